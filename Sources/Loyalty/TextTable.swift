/// Texts interned to dense integers, by open addressing over their bytes.
///
/// The integers are local to one night: never compared for order, stored or shown.
package final class TextTable {
    private struct Slot {
        var hash: UInt32
        /// -1: free.
        var index: Int32
        var start: UnsafePointer<UInt8>
    }

    private let arena = TextArena(blockBytes: 1 << 20)
    private var slots: UnsafeMutablePointer<Slot>
    private var mask: Int
    /// The texts by their integer.
    package private(set) var texts: [ByteText] = []

    package init() {
        (slots, mask) = TextTable.allocate(1 << 12)
    }

    deinit { slots.deallocate() }

    private static func allocate(_ count: Int) -> (UnsafeMutablePointer<Slot>, Int) {
        let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
        let nowhere = UnsafePointer<UInt8>(OpaquePointer(slots))
        slots.initialize(repeating: Slot(hash: 0, index: -1, start: nowhere), count: count)
        return (slots, count - 1)
    }

    package var count: Int { texts.count }

    /// The integer of a text, new or known.
    package func intern(_ text: ByteText) -> Int32 { intern(text, TextTable.hash(text)) }

    /// The integers of several texts, in their order.
    ///
    /// The table is far larger than the cache: the memory of all look-ups is asked for before the first
    /// of them waits for it.
    package func intern(
        _ many: [ByteText], prefetch: (UnsafeRawPointer) -> Void, each: (Int, Int32) -> Void
    ) {
        while (texts.count + many.count) * 8 > (mask + 1) * 5 { grow() }
        let hashes = many.map { text in
            let hash = TextTable.hash(text)
            prefetch(UnsafeRawPointer(slots + (Int(hash) & mask)))
            return hash
        }
        for hash in hashes { prefetch(UnsafeRawPointer(slots[Int(hash) & mask].start)) }
        for (index, text) in many.enumerated() { each(index, intern(text, hashes[index])) }
    }

    private func intern(_ text: ByteText, _ hash: UInt32) -> Int32 {
        var at = Int(hash) & mask
        while slots[at].index >= 0 {
            let slot = slots[at]
            // The text's length stands in front of its bytes, so that one look tells all.
            if slot.hash == hash, slot.start.stored == text { return slot.index }
            at = (at + 1) & mask
        }
        let index = Int32(texts.count)
        let stored = store(text)
        texts.append(stored.stored)
        slots[at] = Slot(hash: hash, index: index, start: stored)
        if texts.count * 8 > (mask + 1) * 5 { grow() }
        return index
    }

    /// Copies a text behind its length; texts are shorter than 64 KiB.
    private func store(_ text: ByteText) -> UnsafePointer<UInt8> {
        let start = arena.reserve(text.count + 2)
        start[0] = UInt8(truncatingIfNeeded: text.count)
        start[1] = UInt8(truncatingIfNeeded: text.count >> 8)
        (start + 2).update(from: text.start, count: text.count)
        return UnsafePointer(start)
    }

    private func grow() {
        let (larger, largerMask) = TextTable.allocate((mask + 1) * 2)
        for old in 0...mask where slots[old].index >= 0 {
            var at = Int(slots[old].hash) & largerMask
            while larger[at].index >= 0 { at = (at + 1) & largerMask }
            larger[at] = slots[old]
        }
        slots.deallocate()
        (slots, mask) = (larger, largerMask)
    }

    private static func hash(_ text: ByteText) -> UInt32 {
        var hasher = LineHasher()
        hasher.combine(text)
        let hash = hasher.hash
        return UInt32(truncatingIfNeeded: hash.low ^ (hash.high >> 32))
    }
}

extension UnsafePointer<UInt8> {
    /// The text stored here, behind its length.
    fileprivate var stored: ByteText {
        ByteText(start: self + 2, count: Int(self[0]) | Int(self[1]) << 8)
    }
}
