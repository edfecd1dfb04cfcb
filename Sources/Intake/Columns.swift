internal import Loyalty
internal import Tabular

/// What stands in a file's canonical columns: resolved once a file, used for each line.
struct Columns {
    /// One canonical column of this file.
    struct Column {
        /// Position of its field; -1 where the file has no such column.
        var field = -1
        /// What it is where the file has no such column; empty where nobody says.
        var constant: ByteText
        /// What its words mean, and what any other word means.
        var words: [(from: ByteText, to: ByteText)] = []
        var otherwise: ByteText?
        var hasWords = false
        /// Whether any other word stands for itself.
        var keepsOthers = false

        /// Whether the file, or somebody else, says anything of it.
        var isGiven: Bool { field >= 0 || !constant.isEmpty }
    }

    /// Where a number stands: in a field or, where that is empty or not there, in what somebody else says.
    struct Place {
        let field: Int
        let constant: ByteText

        var isThere: Bool { field >= 0 || !constant.isEmpty }

        @inline(__always)
        func text(_ record: CSVRecord) -> ByteText {
            guard field >= 0 else { return constant }
            let text = record[field]
            return text.isEmpty ? constant : text
        }
    }

    private let texts = TextArena(blockBytes: 1 << 12)
    private let nulls: [ByteText]
    private let never: [ByteText]
    private(set) var columns: [String: Column] = [:]
    /// Positions of columns that are read beside the canonical ones, by their header.
    private(set) var more: [String: Int] = [:]
    /// Header columns that the layout doesn't know.
    private(set) var unknown: [String] = []
    let fieldCount: Int
    /// What the fields of the template's row hold here, identity first.
    private var example: [(field: Int, text: ByteText)] = []

    /// Resolves a header.
    ///
    /// - Parameters:
    ///   - constants: what the file's name, the job and the layout say, strongest first.
    ///   - isKnown: whether a column that is no canonical one is read all the same.
    /// - Throws: `FileRefusal` for a column that is missing or stands twice.
    init(
        header: CSVRecord, layout: Layout, constants: [[String: String]],
        isKnown: (String) -> Bool = { _ in false }
    ) throws {
        fieldCount = header.fieldCount
        nulls = layout.nulls.filter { !$0.isEmpty }.map { [texts] in texts.copy($0) }
        never = layout.never.map { [texts] in texts.copy($0) }
        var positions: [String: Int] = [:]
        for index in 0..<header.fieldCount {
            let name = header[index].string
            guard positions.updateValue(index, forKey: name) == nil else {
                throw FileRefusal(
                    .repeatedColumn,
                    name.isEmpty ? "line 1: two columns have no name" : "'\(name)', line 1")
            }
        }
        var known: Set<String> = []
        for column in layout.records.columns {
            let names = [layout.header(of: column.name)] + (layout.aliases[column.name] ?? [])
            let name = names.first { positions[$0] != nil } ?? names[0]
            var resolved = Column(constant: texts.copy(""))
            if let position = positions[name] {
                resolved.field = position
                known.insert(name)
            }
            for level in constants.reversed() {
                if let constant = level[column.name] { resolved.constant = texts.copy(constant) }
            }
            if let words = layout.values[column.name] {
                resolved.hasWords = true
                for (from, to) in words.sorted(by: { $0.key < $1.key }) {
                    if from == "*", to == "*" {
                        resolved.keepsOthers = true
                    } else if from == "*" {
                        resolved.otherwise = texts.copy(to)
                    } else {
                        resolved.words.append((texts.copy(from), texts.copy(to)))
                    }
                }
            }
            if resolved.field >= 0 {
                example.append((resolved.field, texts.copy(column.example)))
            }
            if layout.needs(column), resolved.field < 0, resolved.constant.isEmpty {
                throw FileRefusal(
                    .missingColumn,
                    "'\(name)', line 1" + Columns.whatStands(for: name, header, layout.delimiter))
            }
            columns[column.name] = resolved
        }
        more = positions.filter { isKnown($0.key) }
        unknown = positions.keys.filter { !known.contains($0) && more[$0] == nil }.sorted()
    }

    /// What the header has instead of a column, where that explains it: nothing is guessed.
    private static func whatStands(
        for name: String, _ header: CSVRecord, _ delimiter: UInt8
    ) -> String {
        let names = (0..<header.fieldCount).map { header[$0].string }
        func trimmed(_ text: String) -> String {
            String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }
        for other in names where trimmed(other).lowercased() == name.lowercased() {
            return ": it has '\(other)'; capitals and spaces count, the layout can name it"
        }
        guard let only = names.first else { return "" }
        if only.hasPrefix("sep=") {
            return ": a line 'sep=' that names no delimiter stands before it"
        }
        guard names.count == 1 else { return "" }
        for mark in [",", ";", "\t", "|"] where only.contains(mark) && mark.utf8.first != delimiter
        {
            let text = mark == "\t" ? "a tab" : "'\(mark)'"
            return ": its columns are parted by \(text), the layout's delimiter is another"
        }
        return ""
    }

    subscript(name: String) -> Column { columns[name] ?? Column(constant: texts.copy("")) }

    /// The place of a column whose words mean nothing but numbers or times.
    func place(_ name: String) -> Place {
        let column = self[name]
        return Place(field: column.field, constant: column.constant)
    }

    /// Whether a text means 'nothing here'.
    @inline(__always)
    func isNull(_ text: ByteText) -> Bool {
        if text.isEmpty { return true }
        for null in nulls where null == text { return true }
        return false
    }

    /// Whether a line is the example row of its kind's template.
    func isExample(_ record: CSVRecord) -> Bool {
        for (field, text) in example where record[field] != text { return false }
        return !example.isEmpty
    }

    /// Whether a date means 'no end'.
    func isNever(_ text: ByteText) -> Bool { never.contains(text) }

    /// A field's text: empty where it is null, nil where its word is in no map.
    func text(_ column: Column, _ record: CSVRecord) -> ByteText? {
        guard column.field >= 0 else { return column.constant }
        let text = record[column.field]
        guard column.hasWords else { return isNull(text) ? column.constant : text }
        for (from, to) in column.words where from == text { return to }
        if let otherwise = column.otherwise { return otherwise }
        if isNull(text) { return column.constant }
        return column.keepsOthers ? text : nil
    }
}

extension ByteText {
    /// Whether a spreadsheet rewrote a number or made it a formula.
    ///
    /// `4.00638E+12`, `4,00638E+12`, `#####`, `#NAME?`; `=HYPERLINK(…)`, `="0012"`. A number whose last digits
    /// became zeros can't be told.
    var isSpreadsheetDamage: Bool {
        if count > 0, self[0] == 35 || self[0] == 61 { return isSpreadsheetText }
        guard count >= 4, self[0] &- 48 <= 9 else { return false }
        var at = 0
        while at < count, self[at] &- 48 <= 9 || self[at] == 46 || self[at] == 44 { at += 1 }
        guard at + 2 < count, self[at] == 69 || self[at] == 101, self[at + 1] == 43 else {
            return false
        }
        for index in (at + 2)..<count where self[index] &- 48 > 9 { return false }
        return true
    }

    /// Whether it is what a spreadsheet shows instead of a number, or a formula for a text.
    private var isSpreadsheetText: Bool {
        if self[0] == 61 { return starts(with: "=HYPERLINK(") || starts(with: "=\"") }
        let errors: [StaticString] = [
            "#NAME?", "#REF!", "#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#NULL!",
        ]
        for error in errors where equals(error) { return true }
        for index in 0..<count where self[index] != 35 { return false }
        return true
    }

    private func starts(with literal: StaticString) -> Bool {
        count >= literal.utf8CodeUnitCount
            && ByteText(start: start, count: literal.utf8CodeUnitCount).equals(literal)
    }

    /// Whether the bytes are those of a literal.
    func equals(_ literal: StaticString) -> Bool {
        self == ByteText(start: literal.utf8Start, count: literal.utf8CodeUnitCount)
    }
}
