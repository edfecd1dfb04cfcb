internal import Loyalty
internal import Tabular

extension Layout {
    /// The last line of a file, which says what the others come to.
    package struct Trailer: Hashable, Sendable {
        /// Its first field.
        package var starts: String
        /// Position of the number of lines, from 1.
        package var rows: Int?
        /// Positions of sums, by canonical column.
        package var sums: [String: Int]

        package init(starts: String, rows: Int? = nil, sums: [String: Int] = [:]) {
            self.starts = starts
            self.rows = rows
            self.sums = sums
        }

        func isTrailer(_ record: CSVRecord) -> Bool {
            record.fieldCount > 0 && record[0].string == starts
        }
    }
}

/// Holds the lines of a file against what its trailer and its manifest say of them.
///
/// Every data line counts, wrong ones too, and a sum takes every number of its column that can be read.
struct ControlTotals {
    private struct Sum {
        var name: String
        var field: Int
        var isMoney: Bool
        var value: Int128 = 0
    }

    /// The trailer's fields and line, once it has come.
    private struct End {
        var line: Int
        var fields: [String]
    }

    private let trailer: Layout.Trailer?
    private let manifest: Manifest?
    private let numbers: NumberFormat
    private let decimals: Int
    private var sums: [Sum] = []
    private var rows = 0
    private var end: End?

    /// Nil where neither a trailer nor a manifest says anything of lines.
    ///
    /// - Throws: `FileRefusal` where the header lacks a column that is summed.
    init?(
        _ trailer: Layout.Trailer?, _ manifest: Manifest?, _ context: FileContext,
        _ header: CSVRecord
    ) throws {
        let names = Set(trailer?.sums.keys.map(\.self) ?? []).union(
            manifest?.sums.keys.map(\.self) ?? [])
        guard trailer != nil || manifest?.rows != nil || !names.isEmpty else { return nil }
        self.trailer = trailer
        self.manifest = manifest
        numbers = context.numbers
        decimals = context.program.currency.decimals
        for name in names.sorted() {
            guard let column = context.layout.records.column(name), column.form.isNumber else {
                throw FileRefusal(.badManifest, "'\(name)' is no column of numbers")
            }
            let own = context.layout.header(of: name)
            guard let field = (0..<header.fieldCount).first(where: { header[$0].string == own })
            else { throw FileRefusal(.missingColumn, "'\(own)', which is summed, line 1") }
            sums.append(Sum(name: name, field: field, isMoney: column.form == .money))
        }
    }

    /// Counts lines, and gives them back without the trailer.
    mutating func take(_ lines: ArraySlice<CSVRecord>) throws -> ArraySlice<CSVRecord> {
        var lines = lines
        if let end, let next = lines.first {
            throw ControlTotals.stands(next, behind: end.line)
        }
        if let trailer, let at = lines.firstIndex(where: trailer.isTrailer) {
            let last = lines[at]
            if at + 1 < lines.endIndex {
                throw ControlTotals.stands(lines[at + 1], behind: last.line)
            }
            end = End(
                line: last.line, fields: (0..<last.fieldCount).map { last[$0].string })
            lines = lines[..<at]
        }
        rows += lines.count
        for index in sums.indices {
            let field = sums[index].field
            for line in lines where field < line.fieldCount {
                sums[index].value += number(line[field], sums[index].isMoney, numbers) ?? 0
            }
        }
        return lines
    }

    private static func stands(_ line: CSVRecord, behind trailer: Int) -> FileRefusal {
        FileRefusal(.controlTotal, "line \(line.line) stands behind the trailer of line \(trailer)")
    }

    private func number(_ text: ByteText, _ isMoney: Bool, _ format: NumberFormat) -> Int128? {
        let value =
            isMoney ? format.money(text, decimals: decimals) : wholeNumber(text, digits: 18)
        return value.map { Int128($0) }
    }

    /// Holds the lines against what was said of them, now that all have been counted.
    ///
    /// - Throws: `FileRefusal` where the trailer is missing, or a number differs.
    func check() throws {
        if let manifest {
            try check(rows: manifest.rows, "the manifest")
            for sum in sums {
                try check(sum, manifest.sums[sum.name], NumberFormat(), "the manifest")
            }
        }
        guard let trailer else { return }
        guard let end else {
            throw FileRefusal(.truncated, "no line begins with the trailer's '\(trailer.starts)'")
        }
        let who = "the trailer in line \(end.line)"
        func field(_ position: Int) throws -> String {
            guard position <= end.fields.count else {
                throw FileRefusal(.truncated, "\(who) has no field \(position)")
            }
            return end.fields[position - 1]
        }
        if let position = trailer.rows {
            let text = try field(position)
            guard let claimed = with(text, { wholeNumber($0, digits: 18) }) else {
                throw FileRefusal(.controlTotal, "\(who) has '\(text)' for a number of lines")
            }
            try check(rows: Int(claimed), who)
        }
        for sum in sums {
            if let position = trailer.sums[sum.name] {
                try check(sum, field(position), numbers, who)
            }
        }
    }

    private func check(rows claimed: Int?, _ who: String) throws {
        guard let claimed, claimed != rows else { return }
        throw FileRefusal(.controlTotal, "\(who) counts \(claimed) lines, there are \(rows)")
    }

    private func check(
        _ sum: Sum, _ claimed: String?, _ format: NumberFormat, _ who: String
    ) throws {
        guard let claimed else { return }
        guard with(claimed, { number($0, sum.isMoney, format) }) != sum.value else { return }
        throw FileRefusal(
            .controlTotal,
            "\(who) sums \(sum.name) to \(claimed), the lines come to \(text(sum))")
    }

    /// A sum as the manifest would write it.
    private func text(_ sum: Sum) -> String {
        guard sum.isMoney, decimals > 0 else { return "\(sum.value)" }
        let digits = String(sum.value.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (sum.value < 0 ? "-" : "") + padded.dropLast(decimals) + "."
            + padded.suffix(decimals)
    }

    private func with<Value>(_ text: String, _ read: (ByteText) -> Value?) -> Value? {
        var text = text
        return text.withUTF8 { bytes in
            bytes.baseAddress.flatMap { read(ByteText(start: $0, count: bytes.count)) }
        }
    }
}

extension RecordColumn.Form {
    /// Whether a column of this form can be summed.
    var isNumber: Bool { self == .money || self == .integer || self == .quantity }
}
