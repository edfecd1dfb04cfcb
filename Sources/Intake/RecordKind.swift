/// What a file is about.
package enum RecordKind: String, CaseIterable, Sendable {
    case members, tiers, products, orders
    case orderItems = "order-items"
    case adjustments
    case rewards, codes, burns, stock, claims, events
    case giftCodes = "gift-codes"
    case openingLots = "opening-lots"
    case openingOrders = "opening-orders"

    /// Whether its records are orders or halves of them: they are settled and posted together.
    package var isOfOrders: Bool { self == .orders || self == .orderItems }

    /// Whether its records are posted in the one step that settles orders.
    package var isPosted: Bool { isOfOrders || self == .adjustments || isOfRegister }

    /// Whether the register judges its records, in the same step.
    package var isOfRegister: Bool {
        switch self {
        case .burns, .stock, .claims, .events, .giftCodes: true
        default: false
        }
    }

    /// The canonical columns, in the order of a template.
    ///
    /// Every kind has `system`, who sent the record; it seldom stands in the file itself.
    package var columns: [RecordColumn] {
        switch self {
        case .members: RecordKind.memberColumns
        case .tiers: RecordKind.tierColumns
        case .products: RecordKind.productColumns
        case .orders: RecordKind.orderColumns
        case .orderItems: RecordKind.orderItemColumns
        case .adjustments: RecordKind.adjustmentColumns
        case .rewards: RecordKind.rewardColumns
        case .codes: RecordKind.codeColumns
        case .burns: RecordKind.burnColumns
        case .stock: RecordKind.stockColumns
        case .claims: RecordKind.claimColumns
        case .events: RecordKind.eventColumns
        case .giftCodes: RecordKind.giftCodeColumns
        case .openingLots: RecordKind.openingLotColumns
        case .openingOrders: RecordKind.openingOrderColumns
        }
    }

    /// The column that tells its records apart, beside `system`: no two have the same in it.
    package var identity: String {
        switch self {
        case .members, .tiers: "card_code"
        case .products: "product_id"
        case .orders, .orderItems, .openingOrders: "order_id"
        case .adjustments: "adjustment_id"
        case .rewards: "reward_id"
        case .codes, .burns, .stock, .giftCodes: "code"
        case .claims: "claim_id"
        case .events: "event_id"
        case .openingLots: "lot_id"
        }
    }

    /// What `nightjar init` writes to templates/: a header and the example row.
    package var template: String {
        let columns = columns.filter { $0.name != "system" }
        return columns.map(\.name).joined(separator: ",") + "\n"
            + columns.map(\.example).joined(separator: ",") + "\n"
    }

    /// The column of a name.
    package func column(_ name: String) -> RecordColumn? { columns.first { $0.name == name } }
}

/// A canonical column of a record kind.
package struct RecordColumn: Hashable, Sendable {
    /// How its text is read.
    package enum Form: Hashable, Sendable {
        case text
        /// A whole number.
        case integer
        /// A decimal count of pieces or weight.
        case quantity
        /// An amount in the program's currency.
        case money
        /// A day.
        case date
        /// A day and a time of it.
        case time
    }

    package enum Use: Hashable, Sendable {
        /// No record without it.
        case mandatory
        case optional
        /// Known, allowed and without effect on points.
        case information
    }

    package var name: String
    package var form: Form
    package var use: Use
    /// What stands in it in the template's row; a line of nothing but examples is refused.
    package var example: String
    /// All that may stand in it; empty where any text may.
    package var words: [String]

    package init(
        _ name: String, _ form: Form = .text, _ use: Use = .optional, example: String = "",
        words: [String] = []
    ) {
        self.name = name
        self.form = form
        self.use = use
        self.example = example
        self.words = words
    }

    package var isMandatory: Bool { use == .mandatory }
}

extension RecordKind {
    /// Columns of a record are in its file, in its name, or said by the job; this one mostly so.
    static let system = RecordColumn("system")

    private static let memberColumns: [RecordColumn] = [
        system,
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("member_id", example: "EXAMPLE-MEMBER"),
        RecordColumn("contact_id", .text, .information),
        RecordColumn("tier"),
        RecordColumn("tier_since", .date),
        RecordColumn("enrolled_on", .date, example: "2026-01-31"),
        RecordColumn(
            "status", example: "active", words: ["active", "blocked", "closed", "erased"]),
        RecordColumn("card_expires_on", .date),
        RecordColumn("segments"),
        RecordColumn("birthday", .date),
        RecordColumn("language", .text, .information),
        RecordColumn("email_hash", .text, .information),
        RecordColumn("phone_hash", .text, .information),
        RecordColumn("replaces_card"),
        RecordColumn("merged_into"),
    ]

    private static let tierColumns: [RecordColumn] = [
        system,
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("tier", .text, .mandatory, example: "gold"),
        RecordColumn("until", .date, example: "2026-12-31"),
    ]

    private static let productColumns: [RecordColumn] = [
        system,
        RecordColumn("product_id", .text, .mandatory, example: "EXAMPLE-PRODUCT"),
        RecordColumn("category", example: "coffee"),
        RecordColumn("brand", example: "house"),
        RecordColumn("department", example: "food"),
    ]

    private static let orderColumns: [RecordColumn] = [
        system,
        RecordColumn("order_id", .text, .mandatory, example: "EXAMPLE-ORDER"),
        RecordColumn("ordered_at", .time, .mandatory, example: "2026-01-31T18:30:00"),
        RecordColumn("store_id", .text, .mandatory, example: "0001"),
        RecordColumn("channel", .text, .information),
        RecordColumn("terminal_id", example: "1"),
        RecordColumn("card_code", example: "EXAMPLE-CARD"),
        RecordColumn("line_no", .text, .information, example: "1"),
        RecordColumn("product_id", .text, .information, example: "EXAMPLE-PRODUCT"),
        RecordColumn("category", .text, .information),
        RecordColumn("brand", .text, .information),
        RecordColumn("quantity", .quantity, .mandatory, example: "2"),
        RecordColumn("unit_price", .money, .information, example: "4.50"),
        RecordColumn("line_amount", .money, .mandatory, example: "9.00"),
        RecordColumn("tax_amount", .money),
        RecordColumn("discount_amount", .money, .information),
        RecordColumn("points_paid", .integer),
        RecordColumn("points_discount", .money),
        RecordColumn("currency"),
        RecordColumn(
            "kind", example: "sale",
            words: [
                "sale", "return", "void", "exchange", "suspended", "training", "no_sale",
                "tender_change", "open", "close", "other",
            ]),
        RecordColumn("original_order_id"),
    ]

    private static let orderItemColumns: [RecordColumn] = [
        system,
        RecordColumn("order_id", .text, .mandatory, example: "EXAMPLE-ORDER"),
        RecordColumn("line_no", .text, .information, example: "1"),
        RecordColumn("product_id", .text, .information, example: "EXAMPLE-PRODUCT"),
        RecordColumn("category", .text, .information),
        RecordColumn("brand", .text, .information),
        RecordColumn("quantity", .quantity, .mandatory, example: "2"),
        RecordColumn("unit_price", .money, .information, example: "4.50"),
        RecordColumn("line_amount", .money, .mandatory, example: "9.00"),
        RecordColumn("tax_amount", .money),
        RecordColumn("discount_amount", .money, .information),
    ]

    private static let adjustmentColumns: [RecordColumn] = [
        system,
        RecordColumn("adjustment_id", .text, .mandatory, example: "EXAMPLE-ADJUSTMENT"),
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("account", example: "spend", words: ["spend", "status"]),
        RecordColumn("points", .integer, .mandatory, example: "50"),
        RecordColumn("effective_on", .date, example: "2026-01-31"),
        RecordColumn("reason", .text, .mandatory, example: "goodwill"),
    ]

    private static let openingLotColumns: [RecordColumn] = [
        system,
        RecordColumn("lot_id", .text, .mandatory, example: "EXAMPLE-LOT"),
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("account", example: "spend", words: ["spend", "status"]),
        RecordColumn("order_id", example: "EXAMPLE-ORDER"),
        RecordColumn("earned_on", .date, .mandatory, example: "2025-06-30"),
        RecordColumn("active_on", .date, example: "2025-06-30"),
        RecordColumn("expires_on", .date, example: "2026-06-30"),
        RecordColumn("points", .integer, .mandatory, example: "120"),
        RecordColumn("remaining", .integer, .mandatory, example: "80"),
    ]

    private static let openingOrderColumns: [RecordColumn] = [
        system,
        RecordColumn("order_id", .text, .mandatory, example: "EXAMPLE-ORDER"),
        RecordColumn("card_code", example: "EXAMPLE-CARD"),
        RecordColumn("ordered_on", .date, .mandatory, example: "2025-06-30"),
        RecordColumn("net_amount", .money, .mandatory, example: "120.00"),
        RecordColumn("points", .integer, example: "120"),
    ]
}
