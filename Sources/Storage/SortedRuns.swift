package import Loyalty

/// Sorts more records than memory should hold, by the bytes of their keys.
///
/// What fits into a fixed number of bytes is sorted there and written as one run to a file without a name,
/// which is gone with whoever holds it, killed or not; at the end the runs are merged. Records of
/// one key stay in the order in which they came; only the first of them is kept, or all.
package final class SortedRuns {
    /// A key has at most this many bytes; a longer body stands in a file of its own.
    package static let mostBytes = 1 << 12

    private let folder: String
    private let room: Int
    private var buffer: UnsafeMutableRawPointer
    private var used = 0
    /// Where in the buffer each record begins.
    private var places: [UInt32] = []
    private var file: NamelessFile?
    private var runs: [StoredRun] = []
    /// Each merged of many, one older than the other and all older than `runs`.
    private var largeRuns: [StoredRun] = []
    private var longBodies: NamelessFile?

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

    /// How many runs are merged at once: each needs a block to be read in.
    private var mostRuns: Int { max(16, room / RunReader.leastBlock) }

    /// Adds a record.
    ///
    /// - Parameter pack: writes the body.
    package func add(
        _ key: ByteText, bodyBytes: Int, pack: (UnsafeMutableRawPointer) -> Void
    ) throws {
        precondition(key.count <= SortedRuns.mostBytes)
        guard bodyBytes <= SortedRuns.mostBytes else {
            let body = LongBody(try writeLong(bodyBytes, pack), bodyBytes)
            RunRecord(try place(RunRecord.bytes(key.count, bodyBytes))).set(key, body)
            return
        }
        let start = try place(RunRecord.bytes(key.count, bodyBytes))
        RunRecord(start).set(key, bodyBytes: bodyBytes, pack)
    }

    /// Writes a body that runs don't take; says where it begins.
    private func writeLong(
        _ count: Int, _ pack: (UnsafeMutableRawPointer) -> Void
    ) throws -> Int {
        let file = try longBodies ?? NamelessFile(in: folder)
        longBodies = file
        let body = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
        defer { body.deallocate() }
        pack(body)
        let start = file.count
        try file.append(UnsafeRawBufferPointer(start: body, count: count))
        return start
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
        runs.append(StoredRun(file: file, bytes: start..<file.count))
        used = 0
        places.removeAll(keepingCapacity: true)
        if runs.count == mostRuns { try gather() }
    }

    /// Merges the runs into a large one, so that there are never more than the last merge has memory for.
    private func gather() throws {
        let target = try NamelessFile(in: folder)
        let writer = RunWriter(target)
        let merged = try SortedRecords(runs, memory: room)
        while try merged.advance() { try writer.write(merged.record) }
        try writer.flush()
        largeRuns.append(StoredRun(file: target, bytes: 0..<target.count))
        (runs, file) = ([], nil)
    }

    private func order() -> [Int32] {
        let (buffer, places) = (UnsafeRawPointer(buffer), places)
        return sortedTexts(places.count) { RunRecord(buffer + Int(places[$0])).key }
    }

    private func record(_ index: Int) -> RunRecord { RunRecord(buffer + Int(places[index])) }

    /// Hands over what was added, to be read once in its order; afterwards nothing can be added any more.
    ///
    /// What memory holds is written nowhere.
    package func sorted() throws -> SortedRecords {
        if runs.isEmpty, largeRuns.isEmpty {
            let inOrder = order().map { places[Int($0)] }
            places = []
            let records = SortedRecords(buffer, inOrder, longBodies)
            buffer = .allocate(byteCount: 1, alignment: 1)
            return records
        }
        try spill()
        (file, places) = (nil, [])
        buffer.deallocate()
        buffer = .allocate(byteCount: 1, alignment: 1)
        defer { (runs, largeRuns) = ([], []) }
        return try SortedRecords(largeRuns + runs, memory: room, longBodies)
    }

    /// Merges what was added; afterwards nothing can be added any more.
    ///
    /// - Parameter again: hears of each record whose key an earlier one has: the body that is kept and its own;
    ///   without it all are kept. Bodies must not be long then.
    package func finish(
        again: ((_ kept: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Void)? = nil
    ) throws -> SortedRun {
        precondition(again == nil || longBodies == nil)
        let target = try NamelessFile(in: folder)
        let writer = RunWriter(target)
        let kept = KeptRecord()
        defer { kept.free() }
        var count = 0
        var bytes = 0
        var marks = RunMarks()
        let records = try sorted()
        while try records.advance() {
            let record = records.record
            if let again {
                if count > 0, kept.record.key == record.key {
                    again(kept.record.body, record.body)
                    continue
                }
                kept.set(record)
            }
            marks.note(record.key, at: bytes)
            try writer.write(record)
            bytes += record.bytes
            count += 1
        }
        try writer.flush()
        return SortedRun(file: target, count: count, marks: marks, longBodies: longBodies)
    }
}

/// Records that were sorted at once, on disk.
struct StoredRun {
    var file: NamelessFile
    var bytes: Range<Int>
}

/// Reads what was sorted, one record after the other: where memory holds it, or merged out of its runs.
package final class SortedRecords {
    private var buffer: UnsafeMutableRawPointer?
    private var places: [UInt32] = []
    private var nextPlace = 0
    // Of equal keys that of the earlier run comes first: it was added first.
    private var heap = RunHeap()
    private var isBegun = false
    private var current: RunRecord?
    private let long: LongBodies?

    /// - Parameter buffer: is freed with the reader.
    init(_ buffer: UnsafeMutableRawPointer, _ places: [UInt32], _ longBodies: NamelessFile?) {
        self.buffer = buffer
        self.places = places
        long = LongBodies(longBodies)
    }

    /// - Parameter memory: bytes that the blocks of all runs may take.
    init(_ runs: [StoredRun], memory: Int, _ longBodies: NamelessFile? = nil) throws {
        long = LongBodies(longBodies)
        for run in runs {
            let reader = RunReader(run.file, run.bytes, blockBytes: memory / runs.count)
            if try reader.advance() { heap.push(reader) }
        }
    }

    deinit { buffer?.deallocate() }

    /// Goes to the next record; false at the end.
    package func next() throws -> Bool {
        guard try advance() else { return false }
        try long?.read(record)
        return true
    }

    /// Goes to the next record, whose body stays where it is.
    func advance() throws -> Bool {
        if let buffer {
            guard nextPlace < places.count else { return false }
            current = RunRecord(buffer + Int(places[nextPlace]))
            nextPlace += 1
            return true
        }
        if isBegun, let reader = heap.first {
            if try reader.advance() { heap.sinkFirst() } else { heap.removeFirst() }
        }
        isBegun = true
        current = heap.first?.record
        return current != nil
    }

    var record: RunRecord {
        // Asked for only where `next` or `advance` has just said true: no content of a run can bring it about.
        guard let current else { preconditionFailure("no record was read") }
        return current
    }

    /// The key of the record; valid until the next one.
    package var key: ByteText { record.key }

    /// What stands behind the key; valid until the next record.
    package var body: UnsafeRawBufferPointer { long?.body(of: record) ?? record.body }
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
