internal import Loyalty

/// A text that outlives the line it was read from, in an arena that must outlive it in turn.
struct TextBuffer {
    /// The longest text that is kept: an identity has no more.
    static let capacity = 255

    private let bytes: UnsafeMutablePointer<UInt8>
    /// -1: none yet, not even an empty one.
    private var count: Int32 = -1

    init(in arena: TextArena) { bytes = arena.reserve(TextBuffer.capacity) }

    var isEmpty: Bool { count <= 0 }

    var text: ByteText { ByteText(start: bytes, count: max(0, Int(count))) }

    func holds(_ other: ByteText) -> Bool {
        Int(count) == other.count && ByteText(start: bytes, count: other.count) == other
    }

    /// Keeps a copy; of a text that is too long, its beginning.
    mutating func set(_ other: ByteText) {
        count = Int32(min(other.count, TextBuffer.capacity))
        bytes.update(from: other.start, count: Int(count))
    }

    mutating func clear() { count = -1 }
}
