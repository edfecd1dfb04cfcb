package import Loyalty

/// Records that outlive their reader's batch: packed, twelve bytes and four a field beside the text, they may be
/// put anywhere, and are read again where they lie here.
package final class KeptRecords {
    private let arena = TextArena(blockBytes: 1 << 20)
    package private(set) var records: [CSVRecord] = []
    /// How many bytes they take.
    package private(set) var bytes = 0

    package init() {}

    package func removeAll() {
        records.removeAll(keepingCapacity: true)
        arena.removeAll()
        bytes = 0
    }

    /// Keeps a copy of a packed record.
    package func append(_ packed: UnsafeRawBufferPointer) {
        guard let bytes = packed.baseAddress else { return }
        let start = UnsafeMutableRawPointer(arena.reserve(packed.count + 3))
            .alignedUp(for: UInt32.self)
        start.copyMemory(from: bytes, byteCount: packed.count)
        self.bytes += packed.count
        let fields = Int(start.load(fromByteOffset: 8, as: UInt32.self))
        let words = start.bindMemory(to: UInt32.self, capacity: 3 + fields)
        records.append(
            CSVRecord(
                line: Int(words[0]), offset: 0, length: 0, fieldCount: fields,
                flaw: CSVRecord.Flaw(rawValue: UInt8(words[1])) ?? .none, isUnterminated: false,
                hasOpenQuote: false, rawBytes: UnsafeRawBufferPointer(start: nil, count: 0),
                bytes: UnsafeRawPointer(words + 3 + fields).assumingMemoryBound(to: UInt8.self),
                ends: words + 3, start: 0))
    }
}

extension CSVRecord {
    /// How many bytes `pack` writes.
    package var packedBytes: Int { (3 + fieldCount) * 4 + textBytes }

    private var textBytes: Int {
        fieldCount == 0 ? 0 : max(0, Int(ends[fieldCount - 1]) - Int(start))
    }

    /// Writes line, flaw and field count, the ends of the fields, then their text, without the record's place
    /// in the file and what it looked like there.
    package func pack(into target: UnsafeMutableRawPointer) {
        var at = target
        func put(_ value: UInt32) {
            at.storeBytes(of: value, as: UInt32.self)
            at += 4
        }
        put(UInt32(truncatingIfNeeded: line))
        put(UInt32(flaw.rawValue))
        put(UInt32(fieldCount))
        // A record of one empty field may end before it starts.
        for field in 0..<fieldCount { put(UInt32(max(0, Int(ends[field]) - Int(start)))) }
        at.copyMemory(from: bytes + Int(start), byteCount: textBytes)
    }

    /// A field by its position; empty where the record ends before it.
    package func field(_ index: Int) -> ByteText {
        index < fieldCount ? self[index] : ByteText(start: bytes, count: 0)
    }
}
