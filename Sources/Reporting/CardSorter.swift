internal import Loyalty
internal import Storage
internal import Tabular

/// Brings rows that come member by member into the order of the members' cards.
///
/// Rows are written to the file as they come: members mostly came into the store in the order of
/// their cards, and then that is all. Only where a card comes too late the file, its name taken
/// away, becomes the spill from which a second one is put together. Whose rows lie where is on disk
/// too, in the order of the members: memory holds the bytes on their way, and what sorting is given.
struct CardSorter {
    private let path: String
    private let folder: String
    private let bufferBytes: Int
    private let sortBytes: Int
    private var file: OutputFile
    /// What stands before the first member: the header.
    private var headBytes = 0
    /// Where the rows of the member begin that is being written.
    private var memberStart = 0
    /// The members before him, as they came: their cards, and the bytes of their rows.
    private var members: RecordFile?
    /// His card; it has an address even where it is empty.
    private var card: [UInt8] = []
    private var isAscending = true

    /// Makes the file.
    ///
    /// - Parameters:
    ///   - bufferBytes: how many bytes gather before they are written.
    ///   - sortBytes: what sorting the members may take of memory.
    init(_ name: String, in folder: String, bufferBytes: Int, sortBytes: Int) throws {
        path = folder + "/" + name
        self.folder = folder
        self.bufferBytes = bufferBytes
        self.sortBytes = sortBytes
        file = try OutputFile(path: path)
        card.reserveCapacity(1 << 8)
    }

    /// Says whose rows come next; equal cards leave as they came.
    mutating func begin(card next: ByteText, _ rows: borrowing CSVWriter) throws {
        let position = file.bytes + rows.count
        if members == nil {
            headBytes = position
            members = try RecordFile(in: folder)
        } else {
            try end(at: position)
            if isAscending { isAscending = !card.withUnsafeBytes { next < ByteText($0) } }
        }
        memberStart = position
        card.removeAll(keepingCapacity: true)
        card.append(contentsOf: UnsafeBufferPointer(start: next.start, count: next.count))
    }

    private func end(at position: Int) throws {
        try card.withUnsafeBytes { card in
            try members?.add(ByteText(card), bodyBytes: MemoryLayout<Int>.size) {
                $0.storeBytes(of: position - memberStart, as: Int.self)
            }
        }
    }

    /// Writes what has gathered, once it is enough.
    @inline(__always)
    mutating func passOn(_ rows: inout CSVWriter) throws {
        if rows.count >= bufferBytes { try flush(&rows) }
    }

    private mutating func flush(_ rows: inout CSVWriter) throws {
        try file.write(rows.bytes)
        rows.removeAll()
    }

    /// Writes the rest, in order, waits until the disk has it, and gives the file's size and SHA-256.
    mutating func finish(
        _ rows: inout CSVWriter
    ) throws -> (bytes: Int, sha256: [UInt8]) {
        if !isAscending { try end(at: file.bytes + rows.count) }
        try flush(&rows)
        if !isAscending { try reorder() }
        try file.sync()
        return (file.bytes, file.finishDigest())
    }

    // MARK: When cards came out of order

    private mutating func reorder() throws {
        let spill = file
        try spill.unlink()
        file = try OutputFile(path: path)
        var copy = SegmentCopy(from: spill, to: file)
        try copy.add(0..<headBytes)
        let parts = try partsByCard()
        while let parts, try parts.next() {
            try copy.add(parts.body.loadUnaligned(as: Range<Int>.self))
        }
        try copy.finish()
    }

    /// Where the rows of each member lie, in the order of the cards.
    private func partsByCard() throws -> RunReader? {
        let sorter = SortedRuns(folder: folder, memory: sortBytes)
        let came = try members?.reader()
        var start = headBytes
        while let came, try came.next() {
            let part = start..<start + came.body.loadUnaligned(as: Int.self)
            try sorter.add(came.key, bodyBytes: MemoryLayout<Range<Int>>.size) {
                $0.storeBytes(of: part, as: Range<Int>.self)
            }
            start = part.upperBound
        }
        return try sorter.finish().reader()
    }
}

/// Copies parts of a file to another one; parts that lie side by side are one.
private struct SegmentCopy {
    private let source: OutputFile
    private let target: OutputFile
    private var pending = 0..<0
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var filled = 0

    init(from source: OutputFile, to target: OutputFile) {
        self.source = source
        self.target = target
    }

    mutating func add(_ part: Range<Int>) throws {
        if part.lowerBound == pending.upperBound {
            pending = pending.lowerBound..<part.upperBound
        } else {
            try copyPending()
            pending = part
        }
    }

    private mutating func copyPending() throws {
        var start = pending.lowerBound
        while start < pending.upperBound {
            if filled == buffer.count { try flush() }
            let count = min(buffer.count - filled, pending.upperBound - start)
            let room = filled..<filled + count
            try buffer.withUnsafeMutableBytes { bytes in
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[room])
                try source.read(into: part, at: start)
            }
            filled += count
            start += count
        }
    }

    private mutating func flush() throws {
        try buffer.withUnsafeBytes { bytes in
            try target.write(UnsafeRawBufferPointer(rebasing: bytes[..<filled]))
        }
        filled = 0
    }

    mutating func finish() throws {
        try copyPending()
        try flush()
    }
}
