package import Settings
internal import Tabular

/// Reads layouts/*.yaml.
package enum LayoutFile {
    private static let keys = SettingsKeys(
        [
            "layout", "records", "format", "encoding", "header", "delimiter", "decimal",
            "thousands", "dates", "timezone",
            "timezones", "columns", "values", "nulls", "never", "constants", "zero_quantity",
            "fraction", "contiguous", "lines", "order_key", "card_pattern", "check",
            "code_pattern", "trailer", "marker",
        ],
        needed: ["layout", "records"])

    /// The layout that a file describes.
    ///
    /// - Throws: `SettingsErrors` with all that is wrong.
    package static func read(_ source: SettingsSource) throws -> Layout {
        let reader = try SettingsReader(source)
        let map = try reader.file(keys)
        let name = map.text("layout") ?? ""
        if Layout.isBuiltIn(name) {
            reader.fail(
                "'\(name)' is built in; give this layout a name of its own",
                at: map.location(of: "layout"))
        }
        let records = map.word("records", RecordKind.self)
        var layout = forms(map, Layout(name: name, records: records ?? .orders))
        // Without its record kind no column can be judged.
        guard records != nil else { throw reader.failure }
        layout.location = map.location(of: "layout")
        columns(map, into: &layout)
        orders(map, into: &layout)
        texts(map, into: &layout)
        try reader.finish()
        return layout
    }

    /// The keys that no record kind changes.
    private static func forms(_ map: SettingsMap, _ plain: Layout) -> Layout {
        var layout = plain
        layout.format = map.word("format") ?? plain.format
        layout.encoding = map.word("encoding") ?? plain.encoding
        layout.hasHeader = map.boolean("header") ?? plain.hasHeader
        layout.delimiter = byte(map, "delimiter") ?? plain.delimiter
        layout.decimal = byte(map, "decimal") ?? plain.decimal
        if map.textOrEmpty("thousands").map({ !$0.isEmpty }) ?? false {
            layout.thousands = byte(map, "thousands")
        }
        if layout.thousands == layout.decimal {
            map.reader.fail(
                "'thousands' and 'decimal' are the same", at: map.location(of: "thousands"))
        }
        if map.node("timezone")?.text != "program" { layout.timezone = map.timeZone("timezone") }
        layout.marker = marker(map)
        layout.nulls = map.texts("nulls")?.map(\.value) ?? plain.nulls
        layout.never = never(map) ?? plain.never
        layout.zeroQuantity = map.word("zero_quantity") ?? plain.zeroQuantity
        layout.fraction = map.word("fraction") ?? plain.fraction
        return layout
    }

    /// The keys that say how the lines of an order hang together.
    private static func orders(_ map: SettingsMap, into layout: inout Layout) {
        layout.isContiguous = map.boolean("contiguous") ?? layout.isContiguous
        layout.lines = map.word("lines") ?? layout.lines
        if let parts = orderKey(map) { layout.orderKey = parts }
        func refuse(_ key: String, of kind: String) {
            guard map.node(key) != nil else { return }
            map.reader.fail("'\(key)' is a key of layouts for \(kind)", at: map.location(of: key))
        }
        switch layout.records {
        case .orders:
            if layout.lines == .orderItems, layout.orderKey != [.orderID] {
                map.reader.fail(
                    "items know their order by its number alone: no other 'order_key' here",
                    at: map.location(of: "order_key"))
            }
        case .orderItems:
            refuse("lines", of: "orders")
            refuse("order_key", of: "orders")
        default:
            refuse("contiguous", of: "orders and order-items")
            refuse("lines", of: "orders")
            refuse("order_key", of: "orders")
        }
    }

    /// The parts of the key but `system`, which is part of every order's identity.
    private static func orderKey(_ map: SettingsMap) -> [Layout.KeyPart]? {
        guard let items = map.items("order_key") else { return nil }
        var parts: [Layout.KeyPart] = []
        for item in items where item.text != "system" {
            guard let part: Layout.KeyPart = map.reader.word(item, "order_key") else { continue }
            if parts.contains(part) {
                map.reader.fail("'\(part.rawValue)' stands twice in 'order_key'", at: item.location)
            }
            parts.append(part)
        }
        if !parts.contains(.orderID) {
            map.reader.fail("'order_key' needs order_id", at: map.location(of: "order_key"))
        }
        return parts
    }

    /// The keys that say how cards and codes are written.
    private static func texts(_ map: SettingsMap, into layout: inout Layout) {
        layout.cardPattern = pattern(map, "card_pattern")
        layout.codePattern = pattern(map, "code_pattern")
        if !map.isNone("check") { layout.check = map.word("check") }
        for (keys, column, what) in [
            (["card_pattern", "check"], "card_code", "cards"), (["code_pattern"], "code", "codes"),
        ] where layout.records.column(column) == nil {
            for key in keys where map.node(key) != nil && !map.isNone(key) {
                map.reader.fail(
                    "'\(key)' is for \(what), and \(layout.records.rawValue) have none",
                    at: map.location(of: key))
            }
        }
    }

    private static func pattern(_ map: SettingsMap, _ key: String) -> String? {
        if map.isNone(key) { return nil }
        return map.parse(key) { text throws(SettingsProblem) in
            _ = try TextPattern(text)
            return text
        }
    }

    /// The keys that speak of canonical columns.
    private static func columns(_ map: SettingsMap, into layout: inout Layout) {
        let reader = map.reader
        let kind = layout.records
        for entry in map.entries("columns") ?? [] where reader.column(entry, of: kind) != nil {
            layout.columns[entry.key] = reader.text(entry.node, entry.key)
            if layout.columns[entry.key] == "" {
                reader.fail("'\(entry.key)' is empty", at: entry.node.location)
            }
        }
        if layout.format == .jsonLines {
            checkKeys(map)
        } else if !layout.hasHeader {
            checkPositions(map, layout)
        }
        for entry in map.entries("dates") ?? [] where reader.isDate(entry, of: kind) {
            layout.dates[entry.key] = reader.parse(entry.node, entry.key, DateLetters.checked)
        }
        for entry in map.entries("timezones") ?? [] where reader.isDate(entry, of: kind) {
            layout.timezones[entry.key] = reader.timeZone(entry.node, entry.key)
        }
        for entry in map.entries("values") ?? [] {
            guard let column = reader.column(entry, of: kind) else { continue }
            let words = reader.entries(entry.node, entry.key) ?? []
            for word in words { reader.check(word.node, isWordOf: column) }
            layout.values[entry.key] = reader.pairs(words)
        }
        checkSources(map, layout)
        layout.trailer = trailer(map, layout)
        layout.constants = map.node("constants").map { reader.constants($0, of: kind) } ?? [:]
    }

    /// A header or position is of one column, unless `values` makes something else of it in another.
    private static func checkSources(_ map: SettingsMap, _ layout: Layout) {
        var columns: [String: String] = [:]
        for entry in map.entries("columns") ?? [] {
            guard let source = layout.columns[entry.key], !source.isEmpty,
                layout.values[entry.key] == nil
            else { continue }
            if let other = columns.updateValue(entry.key, forKey: source) {
                map.reader.fail(
                    "'\(source)' can't be both '\(other)' and '\(entry.key)'; only 'values' of one of "
                        + "them could tell them apart",
                    at: entry.node.location)
            }
        }
    }

    /// Dates that mean 'no end': patterns differ by column, so only what can be none is refused.
    private static func never(_ map: SettingsMap) -> [String]? {
        map.texts("never")?.map { text in
            let digits = text.value.filter(\.isNumber).count
            let letters = text.value.filter { $0.isLetter && $0 != "T" && $0 != "Z" }
            if digits < 6 || !letters.isEmpty {
                map.reader.fail(
                    "'never' needs dates like 9998-12-31, not '\(text.value)'; words that mean "
                        + "'nothing here' go to 'nulls'", at: text.location)
            }
            return text.value
        }
    }

    /// JSON Lines name each value.
    private static func checkKeys(_ map: SettingsMap) {
        if map.node("header") != nil, map.boolean("header") == false {
            map.reader.fail("JSON Lines have keys and no 'header'", at: map.location(of: "header"))
        }
        if map.node("delimiter") != nil {
            map.reader.fail("JSON Lines have no 'delimiter'", at: map.location(of: "delimiter"))
        }
    }

    private static func marker(_ map: SettingsMap) -> MarkerName? {
        guard !map.isNone("marker") else { return nil }
        return map.parse("marker", as: "a name with {name} or {stem} and more, like {name}.done") {
            MarkerName($0)
        }
    }

    private static func trailer(_ map: SettingsMap, _ layout: Layout) -> Layout.Trailer? {
        guard !map.isNone("trailer"),
            let own = map.map(
                "trailer", SettingsKeys(["starts", "rows", "sum"], needed: ["starts"]))
        else { return nil }
        if layout.format == .jsonLines {
            map.reader.fail("JSON Lines have no 'trailer'", at: map.location(of: "trailer"))
        }
        var trailer = Layout.Trailer(starts: own.text("starts") ?? "")
        trailer.rows = own.integer("rows", in: 1...100_000)
        for entry in own.entries("sum") ?? [] {
            guard let column = map.reader.column(entry, of: layout.records) else { continue }
            if !column.form.isNumber {
                map.reader.fail("the column '\(entry.key)' is no number", at: entry.location)
            }
            trailer.sums[entry.key] = map.reader.parse(
                entry.node, entry.key, as: "a position from 1"
            ) { text in Int(text).flatMap { (1...100_000).contains($0) ? $0 : nil } }
        }
        if trailer.rows == nil, trailer.sums.isEmpty {
            map.reader.warn(
                "the trailer says neither 'rows' nor a 'sum': it shows only that a file is whole",
                at: map.location(of: "trailer"))
        }
        return trailer
    }

    /// Without a header columns are named by their positions.
    private static func checkPositions(_ map: SettingsMap, _ layout: Layout) {
        for entry in map.entries("columns") ?? [] {
            guard let text = layout.columns[entry.key], !text.isEmpty else { continue }
            guard let position = Int(text), (1...100_000).contains(position), "\(position)" == text
            else {
                map.reader.fail(
                    "'\(entry.key)' needs a position from 1, as 'header' is false, not '\(text)'",
                    at: entry.node.location)
                continue
            }
        }
        if layout.columns.isEmpty {
            map.reader.fail(
                "without a header 'columns' must say where each column stands: { order_id: 1 }",
                at: map.location(of: "header"))
        }
    }

    /// One ASCII character that can't be part of a name or a number.
    private static func byte(_ map: SettingsMap, _ key: String) -> UInt8? {
        map.parse(key, as: "one character like ',' ';' or \"\\t\"") { text in
            guard let byte = text.utf8.first, text.utf8.count == 1, CSVReader.canDelimit(byte)
            else {
                return nil
            }
            return byte
        }
    }
}

extension SettingsReader {
    /// The canonical column that a key names, with an error where it can't be used.
    package func column(_ entry: SettingsEntry, of kind: RecordKind) -> RecordColumn? {
        guard let column = kind.column(entry.key) else {
            let hint = Nearest.hint(for: entry.key, among: kind.columns.map(\.name))
            fail("'\(kind.rawValue)' have no column '\(entry.key)'\(hint)", at: entry.location)
            return nil
        }
        return column
    }

    /// Columns with the value that every record has in them.
    package func constants(_ node: SettingsNode, of kind: RecordKind) -> [String: String] {
        let known = entries(node, "constants")?.filter { entry in
            guard let column = column(entry, of: kind) else { return false }
            if column.name == kind.identity {
                fail(
                    "'\(column.name)' tells \(kind.rawValue) apart and can't be the same in all",
                    at: entry.location)
            }
            check(entry.node, isWordOf: column)
            return true
        }
        return known.map(pairs) ?? [:]
    }

    /// Notes a word that no record may have in a column.
    fileprivate func check(_ node: SettingsNode, isWordOf column: RecordColumn) {
        guard let word = node.text, !word.isEmpty, !column.words.isEmpty,
            !column.words.contains(word)
        else { return }
        let hint = Nearest.hint(for: word, among: column.words)
        fail(
            "'\(column.name)' knows no '\(word)', only \(column.words.joined(separator: ", "))"
                + hint, at: node.location)
    }

    fileprivate func isDate(_ entry: SettingsEntry, of kind: RecordKind) -> Bool {
        guard let column = column(entry, of: kind) else { return false }
        guard column.form == .date || column.form == .time else {
            fail("the column '\(entry.key)' is no date", at: entry.location)
            return false
        }
        return true
    }
}
