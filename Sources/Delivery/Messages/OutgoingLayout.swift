internal import Loyalty
package import Settings
package import Tabular

/// How the lines of a message look to a system: which columns, under which names, in which forms.
package struct OutgoingLayout: Hashable, Sendable {
    struct Column: Hashable, Sendable {
        /// Ours.
        var name: String
        /// Theirs.
        var header: String
    }

    package var name: String
    package var kind: MessageKind
    /// In the order of the lines.
    var columns: [Column]
    package var encoding = TextEncoding.utf8
    var hasHeader = true
    var delimiter = UInt8(ascii: ",")
    var decimal = UInt8(ascii: ".")
    /// By column.
    var dates: [String: OutgoingDate] = [:]
    /// By column: their words by ours.
    var values: [String: [String: String]] = [:]
    /// Where its file names it; nil for one that needs no file.
    package var location: SettingsLocation?

    /// All columns of a message, as it names them.
    init(of message: Message) {
        name = "canonical"
        kind = message.kind
        columns = message.allColumns.map { Column(name: $0.name, header: $0.name) }
    }

    private static let keys = SettingsKeys(
        [
            "layout", "messages", "columns", "encoding", "header", "delimiter", "decimal", "dates",
            "values",
        ],
        needed: ["layout", "messages"],
        elsewhere: [
            "records": "'records' is of layouts for files that come in, 'messages' of these"
        ])

    /// Whether a file of layouts/ is for what goes out.
    package static func isOne(_ source: SettingsSource) -> Bool {
        (try? SettingsReader(source).peek("messages")) != nil
    }

    /// Reads a file of layouts/.
    ///
    /// - Throws: `SettingsErrors` with all that is wrong.
    package init(_ source: SettingsSource) throws {
        let reader = try SettingsReader(source)
        let map = try reader.file(OutgoingLayout.keys)
        let kind: MessageKind? = map.word("messages")
        guard let kind, let message = Messages.message(kind) else {
            if kind != nil {
                reader.fail(
                    "'\(map.node("messages")?.text ?? "")' have no layout: they go as they are",
                    at: map.location(of: "messages"))
            }
            throw reader.failure
        }
        self.init(of: message)
        name = map.text("layout") ?? ""
        location = map.location(of: "layout")
        encoding = map.word("encoding") ?? encoding
        hasHeader = map.boolean("header") ?? hasHeader
        delimiter = OutgoingLayout.byte(map, "delimiter") ?? delimiter
        decimal = OutgoingLayout.byte(map, "decimal") ?? decimal
        readColumns(map, message)
        checkWords(map)
        try reader.finish()
    }

    private mutating func readColumns(_ map: SettingsMap, _ message: Message) {
        let reader = map.reader
        func column(_ entry: SettingsEntry) -> Message.Column? {
            if let column = message.column(entry.key) { return column }
            let names = message.allColumns.map(\.name)
            let hint = Nearest.hint(for: entry.key, among: names)
            let list = hint.isEmpty ? "; they have \(names.joined(separator: ", "))" : hint
            reader.fail(
                "'\(message.kind.rawValue)' have no column '\(entry.key)'\(list)",
                at: entry.location)
            return nil
        }
        if let entries = map.entries("columns") {
            columns = entries.compactMap { entry in
                guard column(entry) != nil, let header = reader.text(entry.node, entry.key) else {
                    return nil
                }
                return Column(name: entry.key, header: header)
            }
            if entries.isEmpty {
                reader.fail(
                    "'columns' is empty: nothing would be written", at: map.location(of: "columns"))
            }
        }
        func isWritten(_ entry: SettingsEntry) -> Bool {
            if columns.contains(where: { $0.name == entry.key }) { return true }
            reader.fail("'columns' leaves '\(entry.key)' out", at: entry.location)
            return false
        }
        for entry in map.entries("dates") ?? [] {
            guard let column = column(entry), isWritten(entry) else { continue }
            guard [.date, .night, .time].contains(column.form) else {
                reader.fail("the column '\(entry.key)' is no date", at: entry.location)
                continue
            }
            let pattern = reader.parse(
                entry.node, entry.key, as: "a pattern of yyyy, MM, dd, HH, mm and ss"
            ) { OutgoingDate($0) }
            if let pattern, pattern.hasTime, column.form != .time {
                reader.fail("'\(entry.key)' is a day and has no time", at: entry.node.location)
            }
            dates[entry.key] = pattern
        }
        for entry in map.entries("values") ?? [] {
            guard let column = column(entry), isWritten(entry) else { continue }
            let words = reader.entries(entry.node, entry.key) ?? []
            if case .word(let known) = column.form {
                for word in words where !known.contains(word.key) {
                    reader.fail(
                        "'\(entry.key)' is never '\(word.key)', only \(known.joined(separator: ", "))"
                            + Nearest.hint(for: word.key, among: known), at: word.location)
                }
            }
            values[entry.key] = reader.pairs(words)
        }
    }

    /// What the layout itself says must be in its encoding.
    private func checkWords(_ map: SettingsMap) {
        let words = [
            "columns": columns.map(\.header),
            "values": values.values.flatMap { $0.values }.sorted(),
        ]
        for (key, words) in words.sorted(by: { $0.key < $1.key }) {
            for word in words {
                let canEncode = Array(word.utf8).withUnsafeBytes {
                    Transcoder.canEncode($0, as: encoding)
                }
                if canEncode { continue }
                map.reader.fail(
                    "\(encoding.rawValue) lacks characters of '\(word)'", at: map.location(of: key))
            }
        }
    }

    /// One ASCII character that can't be part of a name or a number.
    private static func byte(_ map: SettingsMap, _ key: String) -> UInt8? {
        map.parse(key, as: "one character like ',' ';' or \"\\t\"") { text in
            guard let byte = text.utf8.first, text.utf8.count == 1, CSVReader.canDelimit(byte)
            else { return nil }
            return byte
        }
    }
}
