package import Loyalty

/// Sorts more records than memory should hold, by the bytes of their keys.
///
/// What fits into a fixed number of bytes is sorted there and written as one run to a file without a name,
/// which is gone with whoever holds it, killed or not; at the end the runs are merged into one. Records of
/// one key stay in the order in which they came; only the first of them is kept, or all.
package final class SortedRuns {
    /// A key has at most this many bytes, and so has a body.
    package static let mostBytes = 1 << 12

    private let folder: String
    private let room: Int
    private var buffer: UnsafeMutableRawPointer
    private var used = 0
    /// Where in the buffer each record begins.
    private var places: [UInt32] = []
    private var runs: [Range<Int>] = []
    private var file: NamelessFile?

    /// - Parameters:
    ///   - folder: where runs are written.
    ///   - memory: bytes that sorting may take, of 64 KiB at least.
    package init(folder: String, memory: Int = 64 << 20) {
        self.folder = folder
        // Beside the records stand their places and what sorting them needs; the largest record must fit.
        room = max(memory / 2, 4 * SortedRuns.mostBytes)
        buffer = .allocate(byteCount: room, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Adds a record.
    ///
    /// - Parameter pack: writes the body.
    package func add(
        _ key: ByteText, bodyBytes: Int, pack: (UnsafeMutableRawPointer) -> Void
    ) throws {
        precondition(key.count <= SortedRuns.mostBytes && bodyBytes <= SortedRuns.mostBytes)
        let start = try place(RunRecord.headBytes + key.count + bodyBytes)
        RunRecord(start).set(key, bodyBytes: bodyBytes, pack)
    }

    /// Room for a record of so many bytes; what was there before is written out where there is none.
    private func place(_ bytes: Int) throws -> UnsafeMutableRawPointer {
        // A place and what sorting it takes are some 40 bytes.
        if used + bytes > room || places.count * 40 > room { try spill() }
        places.append(UInt32(used))
        let start = buffer + used
        used += bytes
        return start
    }

    private func spill() throws {
        guard !places.isEmpty else { return }
        let file = try self.file ?? NamelessFile(in: folder)
        self.file = file
        let start = file.count
        let writer = RunWriter(file)
        for index in order() { try writer.write(record(Int(index))) }
        try writer.flush()
        runs.append(start..<file.count)
        used = 0
        places.removeAll(keepingCapacity: true)
    }

    private func order() -> [Int32] {
        let (buffer, places) = (UnsafeRawPointer(buffer), places)
        return sortedTexts(places.count) { RunRecord(buffer + Int(places[$0])).key }
    }

    private func record(_ index: Int) -> RunRecord { RunRecord(buffer + Int(places[index])) }

    /// Merges what was added; afterwards nothing can be added any more.
    ///
    /// - Parameter again: hears of each record whose key an earlier one has: the body that is kept and its own;
    ///   without it all are kept.
    package func finish(
        again: ((_ kept: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Void)? = nil
    ) throws -> SortedRun {
        let target = try NamelessFile(in: folder)
        let writer = RunWriter(target)
        let kept = KeptRecord()
        defer { kept.free() }
        var count = 0
        var bytes = 0
        var marks: [SortedRun.Mark] = []
        func take(_ record: RunRecord) throws {
            if let again {
                if count > 0, kept.record.key == record.key {
                    again(kept.record.body, record.body)
                    return
                }
                kept.set(record)
            }
            if bytes >= marks.count * SortedRun.bytesOfMark {
                marks.append(SortedRun.Mark(key: record.key.array, start: bytes))
            }
            try writer.write(record)
            bytes += record.bytes
            count += 1
        }
        if runs.isEmpty {
            for index in order() { try take(record(Int(index))) }
        } else {
            try spill()
            try merge(take)
        }
        try writer.flush()
        file = nil
        used = 0
        places = []
        buffer.deallocate()
        buffer = .allocate(byteCount: 1, alignment: 1)
        return SortedRun(file: target, count: count, marks: marks)
    }

    private func merge(_ take: (RunRecord) throws -> Void) throws {
        guard let file else { return }
        // Of equal keys that of the earlier run comes first: it was added first.
        var heap = RunHeap()
        for run in runs {
            let reader = RunReader(file, run, blockBytes: room / runs.count)
            if try reader.next() { heap.push(reader) }
        }
        while let reader = heap.first {
            try take(reader.record)
            if try reader.next() { heap.sinkFirst() } else { heap.removeFirst() }
        }
    }
}

/// Sorted records, each key once, in a file without a name.
package final class SortedRun {
    /// Where a record begins, by which others are found.
    struct Mark {
        var key: [UInt8]
        var start: Int
    }

    /// So many bytes lie between marks, or little more.
    static let bytesOfMark = 1 << 16

    private let file: NamelessFile
    package let count: Int
    private let marks: [Mark]

    init(file: NamelessFile, count: Int, marks: [Mark]) {
        self.file = file
        self.count = count
        self.marks = marks
    }

    /// Reads the records from the beginning, or from some byte at which one begins.
    package func reader(from start: Int = 0) -> RunReader { RunReader(file, start..<file.count) }

    /// Reads from a little before a key.
    package func reader(near key: ByteText) throws -> RunReader {
        var (low, high) = (0, marks.count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore = marks[middle].key.withUnsafeBufferPointer { mark in
                mark.baseAddress.map { ByteText(start: $0, count: mark.count) < key } ?? true
            }
            if isBefore { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? 0 : marks[low - 1].start
        return RunReader(file, start..<file.count, blockBytes: SortedRun.bytesOfMark)
    }
}

/// Reads the records of one run, one after the other.
package final class RunReader {
    private let file: NamelessFile
    private var left: Range<Int>
    private var block: UnsafeMutableRawPointer
    private var at = 0
    private var end = 0
    private(set) var record: RunRecord

    private let blockBytes: Int

    /// - Parameter blockBytes: how many are read at once, as far as a record fits in.
    init(_ file: NamelessFile, _ run: Range<Int>, blockBytes: Int = 1 << 18) {
        self.file = file
        left = run
        self.blockBytes = max(2 * RunRecord.mostBytes, min(blockBytes, 1 << 18))
        block = .allocate(byteCount: self.blockBytes, alignment: 16)
        record = RunRecord(block)
    }

    deinit { block.deallocate() }

    /// Goes to the next record; false at the end.
    package func next() throws -> Bool {
        if end - at < RunRecord.mostBytes, !left.isEmpty { try fill() }
        guard at < end else { return false }
        record = RunRecord(block + at)
        at += record.bytes
        return true
    }

    /// The key of the record; valid until the next one.
    package var key: ByteText { record.key }

    /// What stands behind the key; valid until the next record.
    package var body: UnsafeRawBufferPointer { record.body }

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

/// A record where it lies: the lengths of key and body, then both.
struct RunRecord {
    static let headBytes = 4
    static let mostBytes = headBytes + 2 * SortedRuns.mostBytes

    private let start: UnsafeRawPointer

    init(_ start: UnsafeRawPointer) { self.start = start }

    init(_ start: UnsafeMutableRawPointer) { self.start = UnsafeRawPointer(start) }

    /// Writes a record where there is room for it.
    func set(_ key: ByteText, bodyBytes: Int, _ pack: (UnsafeMutableRawPointer) -> Void) {
        let start = UnsafeMutableRawPointer(mutating: start)
        start.storeBytes(of: UInt16(key.count), as: UInt16.self)
        start.storeBytes(of: UInt16(bodyBytes), toByteOffset: 2, as: UInt16.self)
        (start + RunRecord.headBytes).copyMemory(from: key.start, byteCount: key.count)
        pack(start + RunRecord.headBytes + key.count)
    }

    private var keyBytes: Int { Int(start.loadUnaligned(as: UInt16.self)) }
    private var bodyBytes: Int { Int(start.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) }

    var bytes: Int { RunRecord.bytes(keyBytes, bodyBytes) }

    static func bytes(_ key: Int, _ body: Int) -> Int { headBytes + key + body }

    var key: ByteText {
        ByteText(
            start: (start + RunRecord.headBytes).assumingMemoryBound(to: UInt8.self),
            count: keyBytes)
    }

    var body: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start + RunRecord.headBytes + keyBytes, count: bodyBytes)
    }

    func copy(to target: UnsafeMutableRawPointer) {
        target.copyMemory(from: start, byteCount: bytes)
    }
}

/// A copy of the last record that was kept.
private struct KeptRecord {
    private let bytes = UnsafeMutableRawPointer.allocate(
        byteCount: RunRecord.mostBytes, alignment: 16)

    var record: RunRecord { RunRecord(bytes) }

    func set(_ other: RunRecord) { other.copy(to: bytes) }

    func free() { bytes.deallocate() }
}

/// Gathers records into large writes.
final class RunWriter {
    private let file: NamelessFile
    private let block: UnsafeMutableRawPointer
    private let blockBytes: Int
    private var used = 0

    init(_ file: NamelessFile, blockBytes: Int = 1 << 20) {
        self.file = file
        self.blockBytes = blockBytes
        block = .allocate(byteCount: blockBytes, alignment: 16)
    }

    deinit { block.deallocate() }

    func write(_ record: RunRecord) throws { record.copy(to: try place(record.bytes)) }

    /// Room for a record of so many bytes.
    func place(_ bytes: Int) throws -> UnsafeMutableRawPointer {
        if used + bytes > blockBytes { try flush() }
        defer { used += bytes }
        return block + used
    }

    func flush() throws {
        try file.append(UnsafeRawBufferPointer(start: block, count: used))
        used = 0
    }
}

/// Runs that are being merged, the one with the least key first.
private struct RunHeap {
    private var readers: [(reader: RunReader, order: Int)] = []

    var first: RunReader? { readers.first?.reader }

    mutating func push(_ reader: RunReader) {
        readers.append((reader, readers.count))
        var at = readers.count - 1
        while at > 0, precedes(at, (at - 1) / 2) {
            readers.swapAt(at, (at - 1) / 2)
            at = (at - 1) / 2
        }
    }

    /// The first one has another key now.
    mutating func sinkFirst() {
        var at = 0
        while true {
            var least = at
            for child in [2 * at + 1, 2 * at + 2]
            where child < readers.count && precedes(child, least) { least = child }
            guard least != at else { return }
            readers.swapAt(at, least)
            at = least
        }
    }

    mutating func removeFirst() {
        readers.swapAt(0, readers.count - 1)
        readers.removeLast()
        sinkFirst()
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (one, other) = (readers[left].reader.record.key, readers[right].reader.record.key)
        if one == other { return readers[left].order < readers[right].order }
        return one < other
    }
}

extension ByteText {
    fileprivate var array: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }
}
