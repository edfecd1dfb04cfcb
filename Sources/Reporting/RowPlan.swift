internal import Loyalty
internal import Storage
internal import Tabular

/// A report as one job wants it: its SQL, and how each cell comes out of a row.
///
/// All is decided here, once, so that a row costs no more than its cells.
struct RowPlan {
    /// Where a cell's value stands in the row, and what it is.
    enum Source {
        case text(Int32)
        /// A card of which the token is shown.
        case token(Int32)
        case number(Int32)
        case money(Int32)
        case share(Int32)
        case date(Int32)
        case time(Int32)
        /// A small integer: the word stands in `words` at `base` plus it, which is less than `count`.
        case word(Int32, base: Int32, count: Int32)
    }

    struct Cell {
        var source: Source
        /// The index of its other words in `mappings`, or less than 0.
        var mapping: Int32
    }

    /// A code's word, plain and as it is written.
    struct Word {
        var plain: ByteText
        var written: ByteText
    }

    /// What the cell of a row must have.
    struct Condition {
        var source: Source
        var texts: Set<ByteText>
    }

    private(set) var sql = ""
    private(set) var cells: [Cell] = []
    private(set) var words: [Word] = []
    /// Other words by plain text, as they are written.
    private(set) var mappings: [[ByteText: ByteText]] = []
    private(set) var conditions: [Condition] = []
    /// What is written where there is no value.
    ///
    /// A line of one empty cell would be blank, and readers skip those: there it is quoted.
    let blank: ByteText
    let isDefused: Bool
    /// Makes the tokens; nil where cards are shown as they are.
    let tokens: CardTokens?
    /// Whether codes are shown as they are.
    let showsCodes: Bool
    let headers: [String]
    /// The columns of the row that hold what `Report.tally` names: account, kind and points.
    private(set) var tallyAt: Int32?

    /// Owns every text above.
    private let texts = TextArena()
    private var selected: [String] = []

    /// Plans a report of a night; the request's names must be known.
    init(
        _ report: Report, _ request: ReportRequest, night: CivilDate, _ connection: Connection
    ) throws {
        let columns = request.columns(of: report)
        blank = texts.copy(columns.count == 1 ? "\"\"" : "")
        isDefused = request.isSpreadsheetSafe
        headers = request.headers(of: report)
        tokens = request.cards == .hashed ? try CardTokens(connection) : nil
        showsCodes = request.codes == .full
        let ordering: String
        switch report.order {
        case .sorted(let order): ordering = order
        case .byCard(let member, let card, let key):
            selected = [member, card]
            ordering = key
        }
        if let tally = report.tally {
            tallyAt = Int32(selected.count)
            selected += [tally.account, tally.kind, tally.points]
        }
        for column in columns {
            try addCell(column, request.values[column.name] ?? [:], connection)
        }
        for (name, wanted) in request.conditions.sorted(by: { $0.key < $1.key }) {
            guard let column = report.column(name) else { continue }
            let source = try source(column, [:], connection)
            conditions.append(
                Condition(source: source, texts: Set(wanted.map { texts.copy($0) })))
        }
        let source = try RowPlan.source(of: report, night, connection)
        sql = "SELECT \(selected.joined(separator: ", ")) FROM \(source) ORDER BY \(ordering)"
    }

    /// Where the rows come from: members by the cards that stood for them in the night, if some have others
    /// by now.
    private static func source(
        of report: Report, _ night: CivilDate, _ connection: Connection
    ) throws -> String {
        let haveOthers = try connection.integer(
            "SELECT 1 FROM former_card WHERE night > ? LIMIT 1", .date(night))
        guard haveOthers != nil else { return report.source }
        return report.source.replacing(
            "JOIN member m ",
            with: """
                JOIN (SELECT id, coalesce((SELECT f.card FROM former_card f
                    WHERE f.member = member.id AND f.night > ?1 ORDER BY f.night LIMIT 1), card) AS card
                    FROM member) m 
                """)
    }

    private mutating func addCell(
        _ column: Report.Column, _ values: [String: String], _ connection: Connection
    ) throws {
        let source = try source(column, values, connection)
        var mapping: Int32 = -1
        if case .word = column.kind {
            // Its words are mapped already.
        } else if !values.isEmpty {
            mapping = Int32(mappings.count)
            var mapped: [ByteText: ByteText] = [:]
            for (plain, word) in values {
                mapped[texts.copy(plain)] = written(word, isDefused && column.isText)
            }
            mappings.append(mapped)
        }
        cells.append(Cell(source: source, mapping: mapping))
    }

    private mutating func source(
        _ column: Report.Column, _ values: [String: String], _ connection: Connection
    ) throws -> Source {
        let at = Int32(selected.count)
        selected.append(
            column.kind == .code && !showsCodes ? RowPlan.masked(column.sql) : column.sql)
        switch column.kind {
        case .text, .code: return .text(at)
        case .card: return tokens == nil ? .text(at) : .token(at)
        case .number: return .number(at)
        case .money: return .money(at)
        case .share: return .share(at)
        case .date: return .date(at)
        case .time: return .time(at)
        case .word(let kind):
            let base = Int32(words.count)
            for word in try kind.all(connection) {
                words.append(
                    Word(
                        plain: texts.copy(word),
                        written: written(values[word] ?? word, isDefused)))
            }
            return .word(at, base: base, count: Int32(words.count) - base)
        }
    }

    /// The last four characters of a code, of a short one none: codes are money.
    private static func masked(_ sql: String) -> String {
        "CASE WHEN length(\(sql)) >= 8 THEN '****' || substr(\(sql), -4) WHEN \(sql) <> '' THEN '****' END"
    }

    /// A text as it stands between two delimiters.
    private func written(_ text: String, _ isDefused: Bool) -> ByteText {
        guard !text.isEmpty else { return blank }
        var writer = CSVWriter(capacity: 64)
        writer.text(text, defused: isDefused)
        return texts.copy(ByteText(writer.bytes))
    }
}

extension Report.Column {
    /// Whether its cells are texts; small integers that stand for words are.
    var isText: Bool {
        switch kind {
        case .text, .code, .card, .word: true
        case .number, .money, .share, .date, .time: false
        }
    }
}

extension Report.Words {
    /// The words by their codes; those that the store doesn't name are empty.
    fileprivate func all(_ connection: Connection) throws -> [String] {
        switch self {
        case .account:
            return Account.Kind.allCases.map { kind in
                switch kind {
                case .spend: "spend"
                case .status: "status"
                }
            }
        case .postingKind: return Posting.Kind.allCases.map(\.name)
        case .system: return try Report.Words.named("SELECT id, name FROM system", connection)
        case .tier: return try Report.Words.named("SELECT id, name FROM tier", connection)
        }
    }

    private static func named(_ sql: String, _ connection: Connection) throws -> [String] {
        var names: [String] = []
        try connection.forEach(sql + " ORDER BY id") { row in
            while names.count < Int(row.integer(0)) { names.append("") }
            names.append(row.string(1))
        }
        return names
    }
}

extension ByteText {
    /// No bytes.
    static var none: ByteText {
        let empty: StaticString = ""
        return ByteText(start: empty.utf8Start, count: 0)
    }

    /// The bytes of a writer, while they last; one that was never written to has no address and no bytes.
    init(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else {
            self = .none
            return
        }
        self.init(start: start.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    }
}
