internal import Tabular

extension Layout {
    /// The layouts that need no file, beside `canonical`, which is one of every record kind.
    package static let builtIn = [
        openLoyaltyTransactions, splioOrders, splioOrderItems, splioCards, splioRewards,
        splioAttributions, qualifioCodes, uni8Vouchers, aitrillionGiftCodes, aitrillionGiftUses,
    ]

    /// Whether a name is one of a layout that needs no file.
    package static func isBuiltIn(_ name: String) -> Bool {
        name == canonicalName || builtIn.contains { $0.name == name }
    }

    /// One line an item; `grossValue` is what the customer pays for the whole line.
    private static let openLoyaltyTransactions: Layout = {
        var layout = Layout(name: "openloyalty-transactions", records: .orders)
        layout.columns = [
            "order_id": "documentNumber", "ordered_at": "purchaseDate", "kind": "documentType",
            "store_id": "posIdentifier", "card_code": "loyaltyCardNumber", "product_id": "sku",
            "line_amount": "grossValue", "brand": "maker", "original_order_id": "revisedDocument",
        ]
        layout.dates = ["ordered_at": "yyyy-MM-dd'T'HH:mm:ssXXX"]
        layout.values = ["kind": ["sell": "sale", "return": "return"]]
        return layout
    }()

    /// One row an order; refunds are orders of negative items.
    private static let splioOrders: Layout = {
        var layout = Layout(name: "splio-orders", records: .orders)
        layout.delimiter = UInt8(ascii: ";")
        layout.lines = .orderItems
        layout.dates = ["ordered_at": "yyyy-MM-dd HH:mm:ss"]
        return layout
    }()

    /// The items of `splio-orders`; a refund may say a quantity of 0 and a negative amount.
    private static let splioOrderItems: Layout = {
        var layout = Layout(name: "splio-ordersitems", records: .orderItems)
        layout.delimiter = UInt8(ascii: ";")
        layout.columns = ["line_amount": "total_line_amount"]
        layout.zeroQuantity = .accept
        return layout
    }()

    /// Cards; a `customer_key` may be a mail address, so that it is known and not kept.
    private static let splioCards: Layout = {
        var layout = Layout(name: "splio-cardcode", records: .members)
        layout.delimiter = UInt8(ascii: ";")
        layout.columns = [
            "contact_id": "customer_key", "card_expires_on": "card_expire_at",
            "enrolled_on": "program_joined_at", "tier": "tier_name",
        ]
        layout.dates = [
            "card_expires_on": "yyyy-MM-dd HH:mm:ss", "enrolled_on": "yyyy-MM-dd HH:mm:ss",
        ]
        return layout
    }()
}
