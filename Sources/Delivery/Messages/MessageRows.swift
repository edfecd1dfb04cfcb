internal import CCrypto
internal import Loyalty
internal import Storage

/// The messages of one kind for one endpoint, one after another, as JSON.
///
/// Keys are sorted; all is planned once, so that a row costs no more than its values.
struct MessageRows {
    /// One message; its texts are valid until the next one.
    struct Entry {
        /// Within which it keeps its order.
        var subject: [UInt8] = []
        /// The parts of its key, joined.
        var key: [UInt8] = []
        var json = TextBuffer()
        /// Where its night stands in `json`.
        var night = 0..<0
        /// Whether it should have records and has none.
        var isBare = false
        /// What stands behind its records.
        fileprivate var tail = TextBuffer()
        fileprivate var nightIsBehind = false
    }

    /// A value: its column in the row, and what stands before it.
    private struct Cell {
        /// Less than 0 for what the label says already.
        let column: Int32
        let form: Message.Form
        /// The name with its quotes and a colon.
        let label: [UInt8]
    }

    let message: Message
    private let statement: Statement
    private let decimals: Int
    private let keyStart: [UInt8]
    private let keys: Range<Int32>
    /// Before and behind the records, where there are any.
    private let before: [Cell]
    private let behind: [Cell]
    private let records: [Cell]
    private let recordsLabel: [UInt8]

    init(
        _ message: Message, _ connection: Connection, _ night: CivilDate, endpoint: String,
        _ program: Program, of scope: MemberScope
    ) throws {
        self.message = message
        decimals = program.currency.decimals
        keyStart = MessageRows.keyStart(night, endpoint, message.kind.rawValue)
        var selected = [message.subject] + message.key
        keys = 1..<Int32(selected.count)
        func cells(_ columns: [Message.Column]) -> [Cell] {
            columns.map { column in
                selected.append(column.sql)
                return Cell(
                    column: Int32(selected.count - 1), form: column.form,
                    label: Array("\"\(column.name)\":".utf8))
            }
        }
        let name = message.records?.name ?? "\u{7F}"
        var own = cells(message.columns.sorted { $0.name < $1.name })
        let at = message.columns.filter { $0.name < "schema" }.count
        let label = Array("\"schema\":\"\(message.schema)\"".utf8)
        own.insert(Cell(column: -1, form: .text, label: label), at: at)
        let count = message.columns.filter { $0.name < name }.count + (name > "schema" ? 1 : 0)
        before = Array(own[..<count])
        behind = Array(own[count...])
        records = cells(message.records?.columns.sorted { $0.name < $1.name } ?? [])
        recordsLabel = message.records.map { Array("\"\($0.name)\":[".utf8) } ?? []
        statement = try connection.prepare(
            """
            SELECT \(selected.joined(separator: ", ")) FROM \(message.source(scope))
            WHERE \(message.condition) ORDER BY \(message.order)
            """)
        statement.bindParameters(night, endpoint: endpoint, program)
    }

    /// What the key of every effect begins with.
    static func keyStart(_ night: CivilDate, _ endpoint: String, _ kind: String) -> [UInt8] {
        Array([night.description, endpoint, kind].joined(separator: "\u{1F}").utf8)
    }

    func each(_ body: (Entry) throws -> Void) throws {
        var entry = Entry()
        var number: Int64 = 0
        var isOpen = false
        var hasRow = try statement.step()
        while hasRow {
            let isNext = isOpen && statement.text(0).isSame(as: entry.subject)
            number = isNext ? number + 1 : 1
            if isNext, message.records != nil {
                addRecord(&entry)
            } else {
                begin(&entry, number)
                isOpen = true
                if message.records != nil { addRecord(&entry) }
            }
            hasRow = try statement.step()
            // The subject of the row behind it says whether the message is whole.
            if message.records == nil || !hasRow || !statement.text(0).isSame(as: entry.subject) {
                end(&entry)
                try body(entry)
            }
        }
    }

    // MARK: One message

    /// Writes all but the records, of the first row of a message.
    private func begin(_ entry: inout Entry, _ number: Int64) {
        entry.subject.removeAll(keepingCapacity: true)
        entry.subject.append(contentsOf: statement.text(0).buffer)
        entry.json.removeAll()
        entry.tail.removeAll()
        entry.json.append(UInt8(ascii: "{"))
        for cell in before { write(cell, number, &entry.json, night: &entry.night) }
        for cell in behind { write(cell, number, &entry.tail, night: &entry.night) }
        entry.nightIsBehind = behind.contains { $0.form == .night }
        entry.isBare = message.records != nil
        if message.records != nil { entry.json.append(recordsLabel) }
        entry.key.removeAll(keepingCapacity: true)
        entry.key.append(contentsOf: keyStart)
        for column in keys {
            entry.key.append(EffectKey.separator)
            entry.key.append(contentsOf: statement.text(column).buffer)
        }
        if message.hasNumber {
            entry.key.append(EffectKey.separator)
            entry.key.append(contentsOf: "\(number)".utf8)
        }
    }

    private func addRecord(_ entry: inout Entry) {
        guard records.contains(where: { !statement.isNull($0.column) }) else { return }
        entry.isBare = false
        entry.json.append(UInt8(ascii: "{"))
        for cell in records { write(cell, 0, &entry.json, night: &entry.night) }
        entry.json.trim(UInt8(ascii: ","))
        entry.json.append(Array("},".utf8))
    }

    private func end(_ entry: inout Entry) {
        if message.records != nil {
            entry.json.trim(UInt8(ascii: ","))
            entry.json.append(Array("],".utf8))
        }
        if entry.nightIsBehind {
            entry.night =
                entry.night.lowerBound + entry.json.count..<entry.night.upperBound
                + entry.json.count
        }
        entry.json.append(entry.tail.bytes)
        entry.json.trim(UInt8(ascii: ","))
        entry.json.append(UInt8(ascii: "}"))
    }

    private func write(
        _ cell: Cell, _ number: Int64, _ text: inout TextBuffer, night: inout Range<Int>
    ) {
        guard cell.column < 0 || !statement.isNull(cell.column) else { return }
        text.append(cell.label)
        defer { text.append(UInt8(ascii: ",")) }
        guard cell.column >= 0 else { return }
        let start = text.count
        switch cell.form {
        case .text, .word: text.quote(statement.text(cell.column))
        case .number: text.number(statement.integer(cell.column))
        case .ordinal: text.number(number)
        case .flag:
            text.append(Array((statement.integer(cell.column) == 0 ? "false" : "true").utf8))
        case .money, .percent, .date, .night, .time:
            text.append(UInt8(ascii: "\""))
            text.value(statement, cell.column, cell.form, decimals: decimals)
            text.append(UInt8(ascii: "\""))
        case .texts, .pairs, .counts, .translations: text.append(statement.text(cell.column))
        }
        if cell.form == .night { night = start..<text.count }
    }
}

extension TextBuffer {
    /// A decimal number, a date or a time.
    mutating func value(
        _ row: Statement, _ column: Int32, _ form: Message.Form, decimals: Int,
        mark: UInt8 = UInt8(ascii: "."), day: OutgoingDate = .day, time: OutgoingDate = .time
    ) {
        switch form {
        case .money: decimal(row.integer(column), places: decimals, mark: mark)
        case .percent: decimal(row.integer(column), places: 2, mark: mark)
        case .date, .night: day.write(row.date(column).midnight, to: &self)
        case .time: time.write(row.integer(column), to: &self)
        default: append(row.text(column))
        }
    }
}

extension MessageRows.Entry {
    /// Sixty-four bits of what it says, whatever the night.
    var digest: Int64 {
        Array(json.bytes[..<night.lowerBound] + json.bytes[night.upperBound...]).digest
    }
}

extension [UInt8] {
    /// Sixty-four bits of it.
    var digest: Int64 {
        var sum = [UInt8](repeating: 0, count: 20)
        SHA1(self, count, &sum)
        return sum[..<8].reduce(0) { $0 << 8 | Int64($1) }
    }
}

extension Message {
    /// Whether a count is what tells its messages apart.
    var hasNumber: Bool { columns.contains { $0.form == .ordinal } }
}

extension Statement {
    /// Binds what the SQL of messages may use.
    func bindParameters(_ night: CivilDate, endpoint: String, _ program: Program) {
        bind(night, at: 1)
        bind(endpoint, at: 2)
        bind(program.currency.code, at: 3)
        bind(program.name, at: 4)
        bind(program.accounts.contains { $0.kind == .status } ? 1 : 0, at: 5)
        bind(program.opensOn, at: 6)
    }
}

extension ByteText {
    var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    func isSame(as bytes: [UInt8]) -> Bool { buffer.elementsEqual(bytes) }
}
