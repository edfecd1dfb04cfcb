/// A report: which rows of the store it has as of a night, in which columns and which order.
///
/// Every report is a function of the store as of its night, so that the folder of a night that was
/// closed long ago can be made again. Its SQL has one parameter, the night.
package struct Report: Sendable {
    /// A column and how its cells are written.
    package struct Column: Sendable {
        /// The header's name, and what a job calls it.
        package let name: String
        package let kind: Kind
        /// The expression that gives its value.
        let sql: String
        /// What its values say, for the data package.
        let about: String

        /// - Parameter sql: the expression that gives its value; its name where there is none.
        init(_ name: String, _ kind: Kind, _ sql: String? = nil, about: String) {
            self.name = name
            self.kind = kind
            self.sql = sql ?? name
            self.about = about
        }
    }

    /// What a column holds; NULL is an empty cell in each.
    package enum Kind: Hashable, Sendable {
        /// A text as it stands in the store.
        case text
        /// A code: only its end is shown, but where the job says `codes: full`.
        case code
        /// A card: a token stands for it where the job says `cards: hashed`.
        case card
        /// A small integer that stands for a word.
        case word(Words)
        case number
        /// Minor units, written with the decimals of the program's currency.
        case money
        /// Ten-thousandths, written as a decimal number with four places: a share.
        case share
        /// Days since 1970-01-01, written `yyyy-MM-dd`.
        case date
        /// Seconds since 1970-01-01T00:00:00 on the program's clocks, written `yyyy-MM-dd'T'HH:mm:ss`.
        case time
    }

    /// Whose words small integers stand for.
    package enum Words: Hashable, Sendable { case account, postingKind, system, tier }

    /// In which order the rows leave.
    enum Order: Sendable {
        /// As the database sorts them: for reports that stay small.
        case sorted(by: String)
        /// By card, each member's rows together and in the order in which they come. The rows come
        /// by a key that is in the order of members, so that nothing of millions is sorted.
        case byCard(member: String, card: String, key: String)
    }

    /// Where the points of a row stand that are held against the night's totals.
    struct Tally: Sendable {
        let account: String
        let kind: String
        let points: String
    }

    package let name: String
    /// All it has, in the order in which they are written where a job doesn't say which.
    package let columns: [Column]
    /// What follows FROM.
    let source: String
    let order: Order
    let tally: Tally?
    /// What its rows are, for the data package.
    let about: String
    /// The columns that no two rows have in common; empty where there are none such.
    let key: [String]
    /// Where the JSON of its rows has labels, each of which is a column `label.NAME`; nil for none.
    let labels: String?

    init(
        _ name: String, _ about: String, _ columns: [Column], key: [String] = [],
        from source: String, order: Order, tally: Tally? = nil, labels: String? = nil
    ) {
        self.name = name
        self.about = about
        self.key = key
        self.columns = columns
        self.source = source
        self.order = order
        self.tally = tally
        self.labels = labels
    }

    /// The name of its file within the night's folder.
    package var fileName: String { name + ".csv" }

    func column(_ name: String) -> Column? {
        columns.first { $0.name == name } ?? label(name)
    }

    /// The column of a label: what its rows say under that name.
    private func label(_ name: String) -> Column? {
        guard let labels, name.hasPrefix("label.") else { return nil }
        let label = name.dropFirst("label.".count)
        // It becomes part of a path in a statement.
        let isPlain = label.allSatisfy { $0.isLetter || $0.isNumber || "_- ".contains($0) }
        guard isPlain, !label.isEmpty else { return nil }
        return Column(
            name, .text, "json_extract(d.definition, '$.\(labels).\"\(label)\"')",
            about: "the label \(label)")
    }
}
