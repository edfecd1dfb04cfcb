internal import Loyalty

/// A record where it lies: the lengths of key and body, then both.
struct RunRecord {
    static let headBytes = 4
    static let mostBytes = headBytes + 2 * SortedRuns.mostBytes
    /// The length that stands for a body which stands elsewhere.
    private static let isLong = UInt16.max

    private let start: UnsafeRawPointer

    init(_ start: UnsafeRawPointer) { self.start = start }

    init(_ start: UnsafeMutableRawPointer) { self.start = UnsafeRawPointer(start) }

    /// Writes a record where there is room for it.
    func set(_ key: ByteText, bodyBytes: Int, _ pack: (UnsafeMutableRawPointer) -> Void) {
        setHead(key, UInt16(bodyBytes))
        pack(UnsafeMutableRawPointer(mutating: start) + RunRecord.headBytes + key.count)
    }

    /// Writes one whose body stands elsewhere.
    func set(_ key: ByteText, _ long: LongBody) {
        setHead(key, RunRecord.isLong)
        (UnsafeMutableRawPointer(mutating: start) + RunRecord.headBytes + key.count)
            .storeBytes(of: long, as: LongBody.self)
    }

    private func setHead(_ key: ByteText, _ bodyBytes: UInt16) {
        let start = UnsafeMutableRawPointer(mutating: start)
        start.storeBytes(of: UInt16(key.count), as: UInt16.self)
        start.storeBytes(of: bodyBytes, toByteOffset: 2, as: UInt16.self)
        (start + RunRecord.headBytes).copyMemory(from: key.start, byteCount: key.count)
    }

    private var keyBytes: Int { Int(start.loadUnaligned(as: UInt16.self)) }
    private var bodyLength: UInt16 { start.loadUnaligned(fromByteOffset: 2, as: UInt16.self) }
    private var bodyBytes: Int {
        bodyLength == RunRecord.isLong ? MemoryLayout<LongBody>.size : Int(bodyLength)
    }

    var bytes: Int { RunRecord.headBytes + keyBytes + bodyBytes }

    /// How many bytes a record takes where it lies.
    static func bytes(_ key: Int, _ body: Int) -> Int {
        headBytes + key + (body > SortedRuns.mostBytes ? MemoryLayout<LongBody>.size : body)
    }

    var key: ByteText {
        ByteText(
            start: (start + RunRecord.headBytes).assumingMemoryBound(to: UInt8.self),
            count: keyBytes)
    }

    /// The body or, of a long one, where it stands.
    var body: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start + RunRecord.headBytes + keyBytes, count: bodyBytes)
    }

    /// Where the body stands, if it is a long one.
    var long: LongBody? {
        bodyLength == RunRecord.isLong ? body.loadUnaligned(as: LongBody.self) : nil
    }

    func copy(to target: UnsafeMutableRawPointer) {
        target.copyMemory(from: start, byteCount: bytes)
    }
}

/// Where a body stands that is longer than runs take.
struct LongBody {
    var start: Int
    var count: Int

    init(_ start: Int, _ count: Int) {
        self.start = start
        self.count = count
    }
}

/// A copy of the last record that was kept.
struct KeptRecord {
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

/// Reads the long bodies of a reader's records.
final class LongBodies {
    private let file: NamelessFile
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)
    private var count = 0

    init?(_ file: NamelessFile?) {
        guard let file else { return nil }
        self.file = file
    }

    deinit { bytes.deallocate() }

    /// Fetches a record's body, where it is a long one.
    func read(_ record: RunRecord) throws {
        guard let long = record.long else { return }
        if long.count > bytes.count {
            bytes.deallocate()
            bytes = .allocate(byteCount: long.count, alignment: 16)
        }
        count = long.count
        if let start = bytes.baseAddress { try file.read(into: start, count, at: long.start) }
    }

    /// The body of the record that was read last.
    func body(of record: RunRecord) -> UnsafeRawBufferPointer {
        record.long == nil ? record.body : UnsafeRawBufferPointer(rebasing: bytes[..<count])
    }
}
