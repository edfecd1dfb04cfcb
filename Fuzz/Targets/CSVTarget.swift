import Loyalty
import Tabular

extension FuzzTarget {
    /// CSV: whatever the blocks in which it comes, the records are those that the plain model reads; those without a flaw
    /// are the same ones when they are written and read again.
    static let csv = FuzzTarget(
        name: "csv",
        seeds: [
            "a,b\n1,2\n", "a;b\r\n\"1\";\"2\"\"3\"\r\n", "sep=;\na;b\n", "a\rb\r\"\r\n\"\r",
            "\u{FEFF}a,b\n\"open,\n", "a\tb\n\"x\" y\t\n", "\"\"\n\n,\n",
        ], files: ["drops/"]
    ) { input in
        var input = input
        let delimiter = input.pick([UInt8(44), 59, 9, 124])
        let limits = CSVReader.Limits(
            line: input.pick([1 << 20, 200, 60, 17]), fields: input.pick([512, 4]))
        let batch = input.pick([16, 17, 40, 64, 300, 1 << 10])
        let blocks = input.pick([[1], [2, 7], [64], [1, 1 << 10]])
        let whole = try Reading(input.bytes, delimiter, limits, batch: 1 << 16, blocks: [1 << 16])
        let parts = try Reading(input.bytes, delimiter, limits, batch: batch, blocks: blocks)
        require(whole == parts, "by blocks: \(parts), at once: \(whole)")
        // The model knows no line that names the delimiter.
        guard !whole.namesDelimiter else { return }
        let model = CSVModel(input.bytes, delimiter: delimiter, limits: limits)
        require(
            whole.records == model.records && whole.lineCount == model.lineCount,
            "read: \(whole), by the model: \(model.records), \(model.lineCount) lines")
        try requireRoundTrip(whole.records, delimiter)
    }

    /// Writes what can be read and reads it again.
    private static func requireRoundTrip(_ records: [ReadRecord], _ delimiter: UInt8) throws {
        let good = records.filter { $0.flaw == .none }.map(\.fields)
        var writer = CSVWriter(delimiter: delimiter)
        for fields in good {
            for field in fields {
                field.withUnsafeBufferPointer { bytes in
                    guard let start = bytes.baseAddress else { return writer.empty() }
                    writer.text(ByteText(start: start, count: bytes.count))
                }
            }
            writer.endRecord()
        }
        let written = Array(writer.bytes)
        // What begins as a line that names the delimiter, or with a mark, is taken for one.
        guard !written.starts(with: CSVReader.delimiterPrefix), !written.starts(with: [0xEF, 0xBB])
        else { return }
        let again = try Reading(written, delimiter, .init(), batch: 1 << 16, blocks: [1 << 16])
        require(again.records.map(\.fields) == good, "written: \(written), read: \(again)")
    }
}

/// All that a reader says of a file.
private struct Reading: Equatable, CustomStringConvertible {
    var records: [ReadRecord] = []
    var lineCount = 0
    var namesDelimiter = false

    /// - Parameter blocks: how much comes at a time, over and over.
    init(
        _ bytes: [UInt8], _ delimiter: UInt8, _ limits: CSVReader.Limits, batch: Int, blocks: [Int]
    ) throws {
        let reader = CSVReader(
            delimiter: delimiter, limits: limits, batchBytes: batch,
            source: cut(bytes, blocks))
        while let batch = try reader.next() { records += batch.map(ReadRecord.init) }
        lineCount = reader.lineCount
        namesDelimiter = reader.namesDelimiter
    }

    var description: String { "\(records), \(lineCount) lines" }
}

extension ReadRecord {
    init(_ record: CSVRecord) {
        self.init(
            line: record.line, offset: record.offset, length: record.length,
            fields: (0..<record.fieldCount).map {
                Array(UnsafeBufferPointer(start: record[$0].start, count: record[$0].count))
            }, flaw: record.flaw,
            isUnterminated: record.isUnterminated, hasOpenQuote: record.hasOpenQuote)
    }
}

/// Gives bytes in blocks of the given sizes, over and over.
func cut(_ bytes: [UInt8], _ blocks: [Int]) -> ByteSource {
    var at = 0
    var turn = 0
    return { room in
        let count = min(blocks[turn % blocks.count], room.count, bytes.count - at)
        turn += 1
        room.copyBytes(from: bytes[at..<at + count])
        at += count
        return count
    }
}
