internal import Loyalty

/// Writes the identity of an order where its number alone is none: the parts that the layout's `order_key`
/// names, in that order, parted by `/`.
///
/// The date is written `2026-01-31`. A `/` within a part that isn't the last one is doubled, so that no
/// two receipts are written alike.
struct ReceiptKey {
    let parts: [Layout.KeyPart]
    /// Whether an order's number is its identity.
    let isPlain: Bool
    private let bytes: UnsafeMutablePointer<UInt8>

    /// All parts at their longest, every byte of them doubled, and what parts them.
    private static let capacity = 2 * (3 * TextBuffer.capacity + 10) + 4

    /// - Parameter arena: where identities are written; it must outlive them.
    init(_ parts: [Layout.KeyPart], in arena: TextArena) {
        self.parts = parts
        isPlain = parts == [.orderID]
        bytes = arena.reserve(ReceiptKey.capacity)
    }

    /// The identity; good until the next one is written.
    func identity(
        order: ByteText, store: ByteText, terminal: ByteText, day: CivilDate
    ) -> ByteText {
        if isPlain { return order }
        var count = 0
        for (index, part) in parts.enumerated() {
            if index > 0 {
                bytes[count] = UInt8(ascii: "/")
                count += 1
            }
            let isLast = index == parts.count - 1
            switch part {
            case .orderID: append(order, isLast, &count)
            case .storeID: append(store, isLast, &count)
            case .terminalID: append(terminal, isLast, &count)
            case .businessDate:
                for byte in day.description.utf8 {
                    bytes[count] = byte
                    count += 1
                }
            }
        }
        return ByteText(start: bytes, count: count)
    }

    private func append(_ text: ByteText, _ isLast: Bool, _ count: inout Int) {
        for index in 0..<text.count {
            bytes[count] = text[index]
            count += 1
            if text[index] == UInt8(ascii: "/"), !isLast {
                bytes[count] = text[index]
                count += 1
            }
        }
    }

    /// The identity that a return's `original_order_id` means.
    ///
    /// One with a `/` is an identity already. A bare number is of the return's own store and terminal; the day of
    /// the sale it can't tell, so that where the date is part of the key it names nothing.
    func original(_ text: ByteText, store: ByteText, terminal: ByteText) -> ByteText {
        if isPlain || text.isEmpty { return text }
        let isWhole = (0..<text.count).contains { text[$0] == UInt8(ascii: "/") }
        if isWhole || parts.contains(.businessDate) { return text }
        return identity(order: text, store: store, terminal: terminal, day: CivilDate(days: 0))
    }
}
