internal import Loyalty
internal import Storage
internal import Tabular

/// The messages of one kind for one endpoint, as lines of CSV.
///
/// What would be a formula in a spreadsheet stays as it is: tills read these files, not people.
struct MessageLines {
    /// What the encoding of a layout has no characters for.
    struct Losses {
        /// Values with a question mark where a character should be.
        var values = 0
        /// The first of them: its record, counted from 1, and its column.
        var firstValue: (record: Int, column: String)?
        /// Records that are left out: a card or a code of another name is somebody else's.
        var records = 0
        /// What of the first of them can't be written: its column, and how it ends.
        var firstRecord: (column: String, ending: String)?
    }

    private struct Cell {
        let name: String
        let column: Int32
        let form: Message.Form
        let date: OutgoingDate?
        /// Other words for what it says, where the layout has some.
        let words: [String: String]
    }

    private let layout: OutgoingLayout
    private let statement: Statement
    private let cells: [Cell]
    private let decimals: Int

    init(
        _ message: Message, _ layout: OutgoingLayout, _ connection: Connection, _ night: CivilDate,
        endpoint: String, _ program: Program, of scope: MemberScope
    ) throws {
        self.layout = layout
        decimals = program.currency.decimals
        let columns = layout.columns.compactMap { message.column($0.name) }
        let selected = [message.subject] + columns.map(MessageLines.sql)
        let isTold =
            message.isToldOnce
            ? """
             AND EXISTS (SELECT 1 FROM told said WHERE said.endpoint = ?2
                AND said.kind = '\(message.kind.rawValue)' AND said.subject = \(message.subject)
                AND said.night = ?1)
            """ : ""
        statement = try connection.prepare(
            """
            SELECT \(selected.joined(separator: ", ")) FROM \(message.source(scope))
            WHERE (\(message.condition))\(isTold) ORDER BY \(message.order)
            """)
        statement.bindParameters(night, endpoint: endpoint, program)
        cells = columns.enumerated().map { index, column in
            Cell(
                name: column.name, column: Int32(index + 1), form: column.form,
                date: layout.dates[column.name],
                words: layout.values[column.name] ?? [:])
        }
    }

    /// Lists and maps are parted by semicolons.
    private static func sql(_ column: Message.Column) -> String {
        switch column.form {
        case .texts:
            "(SELECT group_concat(value, ';') FROM (SELECT value FROM json_each(\(column.sql)) ORDER BY key))"
        case .pairs, .counts:
            """
            (SELECT group_concat(key || ':' || value, ';') FROM (SELECT key, value FROM
                json_each(\(column.sql)) ORDER BY key))
            """
        default: column.sql
        }
    }

    /// The columns by which a receiver knows what a record is about.
    private static let identities: Set = [
        "card_code", "code", "lot", "main_card_code", "member_id", "order_id", "original_order_id",
        "reward_id", "source",
    ]

    /// Writes all records, and says what could not be written as it is.
    func write(to file: OutgoingWriter) throws -> Losses {
        var losses = Losses()
        var rows = CSVWriter(delimiter: layout.delimiter)
        var isStart = true
        func flush() throws {
            try file.write(
                Transcoder.encode(rows.bytes, as: layout.encoding, isStart: isStart))
            isStart = false
            rows.removeAll()
        }
        if layout.hasHeader {
            for column in layout.columns { rows.text(column.header) }
            rows.endRecord()
        }
        var subject: [UInt8] = []
        var number: Int64 = 0
        var text = TextBuffer()
        while try statement.step() {
            if number > 0, statement.text(0).isSame(as: subject) {
                number += 1
            } else {
                number = 1
                subject = Array(statement.text(0).buffer)
            }
            guard canBeNamed(&losses) else { continue }
            file.rows += 1
            for cell in cells { write(cell, number, &rows, &text, file.rows, &losses) }
            rows.endRecord()
            if rows.count >= 1 << 16 { try flush() }
        }
        try flush()
        return losses
    }

    private func canBeWritten(_ bytes: ByteText) -> Bool {
        Transcoder.canEncode(UnsafeRawBufferPointer(bytes.buffer), as: layout.encoding)
    }

    /// Whether what a record is about is its own name in the layout's encoding.
    private func canBeNamed(_ losses: inout Losses) -> Bool {
        for cell in cells where MessageLines.identities.contains(cell.name) {
            if statement.isNull(cell.column) || canBeWritten(statement.text(cell.column)) {
                continue
            }
            losses.records += 1
            let ending = String(statement.string(cell.column).suffix(4))
            losses.firstRecord = losses.firstRecord ?? (cell.name, ending)
            return false
        }
        return true
    }

    private func write(
        _ cell: Cell, _ number: Int64, _ rows: inout CSVWriter, _ text: inout TextBuffer,
        _ record: Int, _ losses: inout Losses
    ) {
        guard !statement.isNull(cell.column) else { return rows.empty() }
        text.removeAll()
        switch cell.form {
        case .number: text.number(statement.integer(cell.column))
        case .ordinal: text.number(number)
        case .flag:
            text.append(Array((statement.integer(cell.column) == 0 ? "false" : "true").utf8))
        default:
            text.value(
                statement, cell.column, cell.form, decimals: decimals, mark: layout.decimal,
                day: cell.date ?? .day, time: cell.date ?? .time)
        }
        if !cell.words.isEmpty,
            let word = cell.words[String(decoding: text.bytes, as: UTF8.self)]
        {
            return rows.text(word)
        }
        text.bytes.withText { text in
            if !canBeWritten(text) {
                losses.values += 1
                losses.firstValue = losses.firstValue ?? (record, cell.name)
            }
            rows.text(text)
        }
    }
}
