internal import Loyalty
internal import Storage
internal import Tabular

/// The messages of one kind for one endpoint, as lines of CSV.
///
/// What would be a formula in a spreadsheet stays as it is: tills read these files, not people.
struct MessageLines {
    private struct Cell {
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
        endpoint: String, _ program: Program
    ) throws {
        self.layout = layout
        decimals = program.currency.decimals
        let columns = layout.columns.compactMap { message.column($0.name) }
        let selected = [message.subject] + columns.map(MessageLines.sql)
        let isTold =
            message.isToldOnce
            ? """
             AND \(message.subject) IN (SELECT subject FROM told WHERE endpoint = ?2
                AND kind = '\(message.kind.rawValue)' AND night = ?1)
            """ : ""
        statement = try connection.prepare(
            """
            SELECT \(selected.joined(separator: ", ")) FROM \(message.source)
            WHERE (\(message.condition))\(isTold) ORDER BY \(message.order)
            """)
        statement.bindParameters(night, endpoint: endpoint, program)
        cells = columns.enumerated().map { index, column in
            Cell(
                column: Int32(index + 1), form: column.form, date: layout.dates[column.name],
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

    func write(to file: OutgoingWriter) throws {
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
            for cell in cells { write(cell, number, &rows, &text) }
            rows.endRecord()
            file.rows += 1
            if rows.count >= 1 << 16 { try flush() }
        }
        try flush()
    }

    private func write(
        _ cell: Cell, _ number: Int64, _ rows: inout CSVWriter, _ text: inout TextBuffer
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
        text.bytes.withText { rows.text($0) }
    }
}
