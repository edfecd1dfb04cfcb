/// Texts interned to dense integers, by open addressing over their bytes.
///
/// The integers are local to one night: never compared for order, stored or shown.
package final class TextTable {
    private struct Slot {
        var hash: UInt32
        var index: Int32
    }

    private let arena = TextArena(blockBytes: 1 << 20)
    private var slots: [Slot]
    private var mask: Int
    /// The texts by their integer.
    package private(set) var texts: [ByteText] = []

    package init() {
        slots = Array(repeating: Slot(hash: 0, index: -1), count: 1 << 12)
        mask = slots.count - 1
    }

    package var count: Int { texts.count }

    /// The integer of a text, new or known.
    package func intern(_ text: ByteText) -> Int32 {
        let hash = TextTable.hash(text)
        var at = Int(hash) & mask
        while true {
            let slot = slots[at]
            if slot.index < 0 { break }
            if slot.hash == hash, texts[Int(slot.index)] == text { return slot.index }
            at = (at + 1) & mask
        }
        let index = Int32(texts.count)
        texts.append(arena.copy(text))
        slots[at] = Slot(hash: hash, index: index)
        if texts.count * 8 > slots.count * 5 { grow() }
        return index
    }

    private func grow() {
        var larger = Array(repeating: Slot(hash: 0, index: -1), count: slots.count * 2)
        let largerMask = larger.count - 1
        for slot in slots where slot.index >= 0 {
            var at = Int(slot.hash) & largerMask
            while larger[at].index >= 0 { at = (at + 1) & largerMask }
            larger[at] = slot
        }
        slots = larger
        mask = largerMask
    }

    private static func hash(_ text: ByteText) -> UInt32 {
        var hasher = LineHasher()
        hasher.combine(text)
        let hash = hasher.hash
        return UInt32(truncatingIfNeeded: hash.low ^ (hash.high >> 32))
    }
}
