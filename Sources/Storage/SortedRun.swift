package import Loyalty

/// Sorted records, each key once, in a file without a name.
package final class SortedRun {
    private let file: NamelessFile
    package let count: Int
    private let marks: RunMarks
    private let longBodies: NamelessFile?

    init(file: NamelessFile, count: Int, marks: RunMarks, longBodies: NamelessFile?) {
        self.file = file
        self.count = count
        self.marks = marks
        self.longBodies = longBodies
    }

    /// Reads the records from the beginning, or from some byte at which one begins.
    package func reader(from start: Int = 0) -> RunReader {
        RunReader(file, start..<file.count, longBodies)
    }

    /// Reads from a little before a key.
    package func reader(near key: ByteText) -> RunReader {
        RunReader(
            file, marks.start(before: key)..<file.count, longBodies,
            blockBytes: RunMarks.leastDistance)
    }
}

/// Where some records of a run begin, by which others are found.
struct RunMarks {
    /// So many bytes lie between marks, or little more, while the run is short.
    static let leastDistance = 1 << 16
    private static let most = 1 << 14

    private var marks: [(key: [UInt8], start: Int)] = []
    private var distance = leastDistance

    /// Notes a record where it is far enough from the last one that was noted.
    mutating func note(_ key: ByteText, at start: Int) {
        guard start >= marks.count * distance else { return }
        marks.append((key.array, start))
        guard marks.count == RunMarks.most else { return }
        // Of a long run they lie further apart: they take the same memory.
        marks = stride(from: 0, to: marks.count, by: 2).map { marks[$0] }
        distance *= 2
    }

    /// The last of them that stands before a key.
    func start(before key: ByteText) -> Int {
        var (low, high) = (0, marks.count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore = marks[middle].key.withUnsafeBufferPointer { mark in
                mark.baseAddress.map { ByteText(start: $0, count: mark.count) < key } ?? true
            }
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : marks[low - 1].start
    }
}

/// Reads the records of one run, one after the other.
package final class RunReader {
    /// It holds two records at least.
    static let leastBlock = 2 * RunRecord.mostBytes

    private let file: NamelessFile
    private var left: Range<Int>
    private var block: UnsafeMutableRawPointer
    private var at = 0
    private var end = 0
    private(set) var record: RunRecord
    private let long: LongBodies?

    private let blockBytes: Int

    /// - Parameter blockBytes: how many are read at once, as far as a record fits in.
    init(
        _ file: NamelessFile, _ run: Range<Int>, _ longBodies: NamelessFile? = nil,
        blockBytes: Int = 1 << 18
    ) {
        self.file = file
        left = run
        self.blockBytes = max(RunReader.leastBlock, min(blockBytes, 1 << 18))
        block = .allocate(byteCount: self.blockBytes, alignment: 16)
        record = RunRecord(block)
        long = LongBodies(longBodies)
    }

    deinit { block.deallocate() }

    /// Goes to the next record; false at the end.
    package func next() throws -> Bool {
        guard try advance() else { return false }
        try long?.read(record)
        return true
    }

    /// Goes to the next record, whose body stays where it is.
    func advance() throws -> Bool {
        if end - at < RunRecord.mostBytes, !left.isEmpty { try fill() }
        guard at < end else { return false }
        record = RunRecord(block + at)
        at += record.bytes
        return true
    }

    /// The key of the record; valid until the next one.
    package var key: ByteText { record.key }

    /// What stands behind the key; valid until the next record.
    package var body: UnsafeRawBufferPointer { long?.body(of: record) ?? record.body }

    private func fill() throws {
        block.copyMemory(from: block + at, byteCount: end - at)
        end -= at
        at = 0
        let count = min(blockBytes - end, left.count)
        try file.read(into: block + end, count, at: left.lowerBound)
        left = left.lowerBound + count..<left.upperBound
        end += count
    }
}

extension ByteText {
    fileprivate var array: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }
}
