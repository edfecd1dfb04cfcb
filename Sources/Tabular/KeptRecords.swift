package import Loyalty

/// Copies of records that outlive their reader's batch: twelve bytes a record and four a field beside the text.
package final class KeptRecords {
    private let arena = TextArena(blockBytes: 1 << 20)
    /// Line, flaw and field count of each, the ends of its fields, then its text.
    private var records: [UnsafePointer<UInt32>] = []

    package init() {}

    package var count: Int { records.count }

    /// Keeps a copy of a record, without its place in the file and what it looked like there.
    package func append(_ record: CSVRecord) {
        let first = Int(record.start)
        let fields = record.fieldCount
        let length = fields == 0 ? 0 : max(0, Int(record.ends[fields - 1]) - first)
        let words = 3 + fields
        let raw = UnsafeMutableRawPointer(arena.reserve(words * 4 + length + 3))
        let start = raw.alignedUp(for: UInt32.self).bindMemory(to: UInt32.self, capacity: words)
        start[0] = UInt32(truncatingIfNeeded: record.line)
        start[1] = UInt32(record.flaw.rawValue)
        start[2] = UInt32(fields)
        // A record of one empty field may end before it starts.
        for field in 0..<fields {
            start[3 + field] = UInt32(max(0, Int(record.ends[field]) - first))
        }
        UnsafeMutableRawPointer(start + words)
            .copyMemory(from: record.bytes + first, byteCount: length)
        records.append(UnsafePointer(start))
    }

    package subscript(index: Int) -> CSVRecord {
        let start = records[index]
        let fields = Int(start[2])
        let bytes = UnsafeRawPointer(start + 3 + fields).assumingMemoryBound(to: UInt8.self)
        return CSVRecord(
            line: Int(start[0]), offset: 0, length: 0, fieldCount: fields,
            flaw: CSVRecord.Flaw(rawValue: UInt8(start[1])) ?? .none, isUnterminated: false,
            hasOpenQuote: false, rawBytes: UnsafeRawBufferPointer(start: nil, count: 0),
            bytes: bytes, ends: start + 3, start: 0)
    }
}

extension CSVRecord {
    /// A field by its position; empty where the record ends before it.
    package func field(_ index: Int) -> ByteText {
        index < fieldCount ? self[index] : ByteText(start: bytes, count: 0)
    }
}
