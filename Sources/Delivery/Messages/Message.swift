/// What is told to other systems in one kind of message: which rows of the store, and what of them.
///
/// Its SQL may use `?1`, the night, `?2`, the endpoint, `?3`, the currency, `?4`, the program, `?5`,
/// whether it has the account status, and `?6`, its first night.
package struct Message: Sendable {
    /// A value of a message: in JSON under its name, in CSV in a column of its own.
    package struct Column: Sendable {
        package let name: String
        package let form: Form
        let sql: String
        /// What it says, for the schema.
        package let about: String
        /// Whether a message may lack it.
        package let isOptional: Bool
    }

    /// How a value is written.
    package enum Form: Hashable, Sendable {
        case text
        /// One of a few words.
        case word([String])
        case number
        /// Minor units, written as a decimal text in the program's currency.
        case money
        /// Hundredths of a percent, written as a decimal text with two places.
        case percent
        /// Days since 1970-01-01.
        case date
        /// The business date whose night tells it.
        case night
        /// Seconds since 1970-01-01T00:00:00 on the program's clocks.
        case time
        /// 1 for true.
        case flag
        /// Counts the messages of one subject, from 1.
        case ordinal
        /// JSON: a list of texts; in CSV parted by semicolons.
        case texts
        /// JSON: texts by name; in CSV `name:text`, parted by semicolons.
        case pairs
        /// JSON: whole numbers by name; in CSV `name:number`, parted by semicolons.
        case counts
        /// JSON: name and description by language.
        case translations
    }

    /// Records that stand together in one message; in CSV each is a line.
    struct Records: Sendable {
        let name: String
        let columns: [Column]
        let about: String
    }

    package let kind: MessageKind
    /// What it tells.
    package let about: String
    package let columns: [Column]
    /// The rows of one subject are one message where it has records.
    let records: Records?
    /// The card or code within which messages keep their order; an empty text for none.
    let subject: String
    /// What tells it from the others of its night and subject.
    let key: [String]
    /// What follows FROM; of members all or some.
    let source: @Sendable (MemberScope) -> String
    /// Whether it can be read of some members.
    let isOfMembers: Bool
    /// What follows WHERE.
    let condition: String
    let order: String
    /// Whether it is told only when it says something else than the last time.
    let isToldOnce: Bool

    init(
        _ kind: MessageKind, _ about: String, _ columns: [Column], records: Records? = nil,
        subject: String, key: [String], from source: String,
        where condition: String = "1", order: String, isToldOnce: Bool = false
    ) {
        self.kind = kind
        self.about = about
        self.columns = columns
        self.records = records
        self.subject = subject
        self.key = key
        self.source = { _ in source }
        isOfMembers = false
        self.condition = condition
        self.order = order
        self.isToldOnce = isToldOnce
    }

    /// - Parameter source: what follows FROM, for a message about members that nothing but what `MemberScope` finds can change.
    init(
        _ kind: MessageKind, _ about: String, _ columns: [Column], records: Records? = nil,
        subject: String, key: [String],
        ofMembers source: @escaping @Sendable (MemberScope) -> String,
        where condition: String = "1", order: String, isToldOnce: Bool = false
    ) {
        self.kind = kind
        self.about = about
        self.columns = columns
        self.records = records
        self.subject = subject
        self.key = key
        self.source = source
        isOfMembers = true
        self.condition = condition
        self.order = order
        self.isToldOnce = isToldOnce
    }

    /// Goes up when a message changes in a way that a receiver must know of; a new column is none.
    package static let version = 1

    /// What a message says of itself under `schema`: `balances/1`.
    package var schema: String { "\(kind.rawValue)/\(Message.version)" }

    /// All that a line of CSV may have, in the order of the message.
    package var allColumns: [Column] { columns + (records?.columns ?? []) }

    package func column(_ name: String) -> Column? { allColumns.first { $0.name == name } }
}

extension Message.Column {
    /// - Parameter sql: the expression that gives its value; its name where there is none.
    private static func make(
        _ form: Message.Form, _ name: String, _ sql: String?, _ about: String, _ isOptional: Bool
    ) -> Message.Column {
        Message.Column(
            name: name, form: form, sql: sql ?? name, about: about, isOptional: isOptional)
    }

    static func text(
        _ name: String, _ sql: String? = nil, _ about: String, optional: Bool = false
    ) -> Message.Column { make(.text, name, sql, about, optional) }

    static func word(
        _ name: String, _ words: [String], _ sql: String? = nil, _ about: String,
        optional: Bool = false
    ) -> Message.Column { make(.word(words), name, sql, about, optional) }

    static func number(
        _ name: String, _ sql: String? = nil, _ about: String, optional: Bool = false
    ) -> Message.Column { make(.number, name, sql, about, optional) }

    static func money(
        _ name: String, _ sql: String? = nil, _ about: String, optional: Bool = false
    ) -> Message.Column { make(.money, name, sql, about, optional) }

    static func date(
        _ name: String, _ sql: String? = nil, _ about: String, optional: Bool = false
    ) -> Message.Column { make(.date, name, sql, about, optional) }

    static func of(
        _ form: Message.Form, _ name: String, _ sql: String? = nil, _ about: String,
        optional: Bool = false
    ) -> Message.Column { make(form, name, sql, about, optional) }

    /// The business date whose night tells it.
    static let night = of(.night, "night", "?1", "the business date whose night tells it")

    /// Tells messages of one card or code apart.
    static let number = of(
        .ordinal, "no", "0",
        "counts the messages of the card and night; without a card, of the night")

    /// The member's card.
    static let card = text("card_code", "m.card", "the member's card")

    /// The member's number, where he has one.
    static let member = text("member_id", "m.member_id", "the member's number", optional: true)
}
