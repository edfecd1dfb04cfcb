/// What a file is about.
package enum RecordKind: String, CaseIterable, Sendable {
    case members, orders
    case openingLots = "opening-lots"
    case openingOrders = "opening-orders"

    /// Kinds that a later version reads.
    package static let later = [
        "tiers", "products", "order-items", "burns", "codes", "stock", "claims", "events",
        "gift-codes", "adjustments", "rewards",
    ]

    /// The canonical columns, in the order of a template.
    ///
    /// Every kind has `system`, who sent the record; it seldom stands in the file itself.
    package var columns: [RecordColumn] {
        switch self {
        case .members: RecordKind.memberColumns
        case .orders: RecordKind.orderColumns
        case .openingLots: RecordKind.openingLotColumns
        case .openingOrders: RecordKind.openingOrderColumns
        }
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
        /// It would change points, and a later version reads it.
        case later
    }

    package var name: String
    package var form: Form
    package var use: Use

    package init(_ name: String, _ form: Form = .text, _ use: Use = .optional) {
        self.name = name
        self.form = form
        self.use = use
    }

    package var isMandatory: Bool { use == .mandatory }
}

extension RecordKind {
    private static let memberColumns: [RecordColumn] = [
        RecordColumn("system"),
        RecordColumn("card_code", .text, .mandatory),
        RecordColumn("member_id"),
        RecordColumn("contact_id", .text, .information),
        RecordColumn("tier"),
        RecordColumn("tier_since", .date),
        RecordColumn("enrolled_on", .date),
        RecordColumn("status"),
        RecordColumn("card_expires_on", .date),
        RecordColumn("segments", .text, .later),
        RecordColumn("birthday", .date, .information),
        RecordColumn("language", .text, .information),
        RecordColumn("email_hash", .text, .information),
        RecordColumn("phone_hash", .text, .information),
        RecordColumn("replaces_card", .text, .later),
        RecordColumn("merged_into", .text, .later),
    ]

    private static let orderColumns: [RecordColumn] = [
        RecordColumn("system"),
        RecordColumn("order_id", .text, .mandatory),
        RecordColumn("ordered_at", .time, .mandatory),
        RecordColumn("store_id", .text, .mandatory),
        RecordColumn("channel", .text, .information),
        RecordColumn("terminal_id", .text, .information),
        RecordColumn("card_code"),
        RecordColumn("line_no", .text, .information),
        RecordColumn("product_id", .text, .information),
        RecordColumn("category", .text, .information),
        RecordColumn("brand", .text, .information),
        RecordColumn("quantity", .quantity, .mandatory),
        RecordColumn("unit_price", .money, .information),
        RecordColumn("line_amount", .money, .mandatory),
        RecordColumn("tax_amount", .money),
        RecordColumn("discount_amount", .money, .information),
        RecordColumn("points_paid", .integer, .later),
        RecordColumn("points_discount", .money, .later),
        RecordColumn("currency", .text, .information),
        RecordColumn("kind"),
        RecordColumn("original_order_id"),
    ]

    private static let openingLotColumns: [RecordColumn] = [
        RecordColumn("system"),
        RecordColumn("lot_id", .text, .mandatory),
        RecordColumn("card_code", .text, .mandatory),
        RecordColumn("account"),
        RecordColumn("order_id"),
        RecordColumn("earned_on", .date, .mandatory),
        RecordColumn("active_on", .date),
        RecordColumn("expires_on", .date),
        RecordColumn("points", .integer, .mandatory),
        RecordColumn("remaining", .integer, .mandatory),
    ]

    private static let openingOrderColumns: [RecordColumn] = [
        RecordColumn("system"),
        RecordColumn("order_id", .text, .mandatory),
        RecordColumn("card_code"),
        RecordColumn("ordered_on", .date, .mandatory),
        RecordColumn("net_amount", .money, .mandatory),
        RecordColumn("points", .integer),
    ]
}
