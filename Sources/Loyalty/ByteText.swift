/// A text by reference: bytes that somebody else owns and keeps where they are.
///
/// Identities are opaque: they are compared and ordered by their bytes, never by characters. The
/// owner (a reader's buffer, a `TextArena`) must outlive every `ByteText` that points into it.
///
/// Public, as all types on the path of a line: only what is public is inlined into other modules.
public struct ByteText {
    public let start: UnsafePointer<UInt8>
    public let count: Int

    @inlinable public init(start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.count = count
    }

    @inlinable public var isEmpty: Bool { count == 0 }

    /// The text as a String; for messages and lookups off the path of a line.
    public var string: String {
        String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    @inlinable public subscript(index: Int) -> UInt8 { start[index] }
}

extension ByteText: Hashable, Comparable {
    @inlinable public static func == (left: ByteText, right: ByteText) -> Bool {
        let count = left.count
        guard count == right.count else { return false }
        let one = UnsafeRawPointer(left.start)
        let other = UnsafeRawPointer(right.start)
        if count >= 8 {
            var at = 0
            while at + 8 < count {
                guard one.word(at) == other.word(at) else { return false }
                at += 8
            }
            // The last word may overlap the one before it: that saves a loop over its bytes.
            return one.word(count - 8) == other.word(count - 8)
        }
        for at in 0..<count where left.start[at] != right.start[at] { return false }
        return true
    }

    @inlinable public static func < (left: ByteText, right: ByteText) -> Bool {
        let shared = left.commonPrefix(with: right)
        guard shared < left.count, shared < right.count else { return left.count < right.count }
        return left.start[shared] < right.start[shared]
    }

    /// How many leading bytes are the same.
    @inlinable public func commonPrefix(with other: ByteText) -> Int {
        let limit = min(count, other.count)
        var at = 0
        while at + 8 <= limit {
            let left = UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self)
            let right = UnsafeRawPointer(other.start + at).loadUnaligned(as: UInt64.self)
            if left != right {
                return at + (left ^ right).littleEndian.trailingZeroBitCount / 8
            }
            at += 8
        }
        while at < limit, start[at] == other.start[at] { at += 1 }
        return at
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes: UnsafeRawBufferPointer(start: start, count: count))
    }
}

extension UnsafeRawPointer {
    /// Eight bytes from an offset as one number.
    @inlinable func word(_ at: Int) -> UInt64 {
        loadUnaligned(fromByteOffset: at, as: UInt64.self)
    }
}

/// Owns texts in blocks that never move; everything goes at once, with the arena.
package final class TextArena {
    private var blocks: [UnsafeMutablePointer<UInt8>] = []
    private var free: UnsafeMutablePointer<UInt8>
    private var room = 0
    private let blockBytes: Int

    /// An arena that takes memory in blocks of this size.
    package init(blockBytes: Int = 1 << 16) {
        self.blockBytes = blockBytes
        free = UnsafeMutablePointer.allocate(capacity: 1)
        blocks.append(free)
    }

    deinit { for block in blocks { block.deallocate() } }

    /// Room for so many bytes, uninitialised.
    package func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count > room {
            let size = max(count, blockBytes)
            free = UnsafeMutablePointer.allocate(capacity: size)
            blocks.append(free)
            room = size
        }
        let start = free
        free += count
        room -= count
        return start
    }

    /// A copy of a text.
    package func copy(_ text: ByteText) -> ByteText {
        let start = reserve(text.count)
        start.update(from: text.start, count: text.count)
        return ByteText(start: start, count: text.count)
    }

    /// A copy of a string's UTF-8.
    package func copy(_ string: String) -> ByteText {
        var string = string
        return string.withUTF8 { bytes in
            let start = reserve(bytes.count)
            if let base = bytes.baseAddress { start.update(from: base, count: bytes.count) }
            return ByteText(start: start, count: bytes.count)
        }
    }

    /// Forgets all texts but keeps the newest block for the next ones.
    package func removeAll() {
        guard blocks.count > 1 else { return }
        for block in blocks.dropLast() { block.deallocate() }
        let last = blocks[blocks.count - 1]
        let lastBytes = (free - last) + room
        blocks = [last]
        free = last
        room = lastBytes
    }
}
