package import Loyalty

/// Keeps the bytes of the texts that a test makes.
package final class Texts {
    private let arena = TextArena()

    package init() {}

    package func callAsFunction(_ text: String) -> ByteText { arena.copy(text) }

    package func callAsFunction(_ bytes: [UInt8]) -> ByteText {
        let start = arena.reserve(bytes.count)
        for (index, byte) in bytes.enumerated() { start[index] = byte }
        return ByteText(start: start, count: bytes.count)
    }
}

extension ByteText {
    /// The bytes of the text.
    package var array: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }
}
