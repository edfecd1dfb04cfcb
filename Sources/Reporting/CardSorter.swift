internal import Loyalty
internal import Tabular

/// Brings rows that come member by member into the order of the members' cards.
///
/// Rows are written to the file as they come: members mostly came into the store in the order of
/// their cards, and then that is all. Only where a card comes too late the file, its name taken
/// away, becomes the spill from which a second one is put together. Beside the bytes on their way,
/// memory holds each member's card and a few bytes more, never a row.
struct CardSorter {
    private let path: String
    private let bufferBytes: Int
    private var file: OutputFile
    /// What stands before the first member: the header.
    private var headBytes = 0
    /// Where the rows of the member begin that is being written.
    private var memberStart = 0
    /// By member, as they came: the bytes of its rows, and where its card ends in `cards`, whose
    /// first byte is nobody's, so that it always has an address.
    private var lengths: [UInt32] = []
    private var cardEnds: [UInt32] = []
    private var cards: [UInt8] = [0]
    private var isAscending = true

    /// Makes the file.
    ///
    /// - Parameter bufferBytes: how many bytes gather before they are written.
    init(path: String, bufferBytes: Int) throws {
        self.path = path
        self.bufferBytes = bufferBytes
        file = try OutputFile(path: path)
    }

    /// Says whose rows come next; equal cards leave as they came.
    mutating func begin(card: ByteText, _ rows: borrowing CSVWriter) {
        let position = file.bytes + rows.count
        if cardEnds.isEmpty {
            headBytes = position
        } else {
            lengths.append(UInt32(position - memberStart))
            if isAscending { isAscending = !precedesLast(card) }
        }
        memberStart = position
        cards.append(contentsOf: UnsafeBufferPointer(start: card.start, count: card.count))
        cardEnds.append(UInt32(cards.count))
    }

    private func precedesLast(_ card: ByteText) -> Bool {
        cards.withUnsafeBufferPointer { card < CardSorter.card(cardEnds.count - 1, $0, cardEnds) }
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
        if !cardEnds.isEmpty { lengths.append(UInt32(file.bytes + rows.count - memberStart)) }
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
        var starts: [Int] = []
        starts.reserveCapacity(lengths.count)
        var start = headBytes
        for length in lengths {
            starts.append(start)
            start += Int(length)
        }
        for member in membersByCard() {
            let start = starts[Int(member)]
            try copy.add(start..<start + Int(lengths[Int(member)]))
        }
        try copy.finish()
    }

    private struct Keyed {
        /// Eight bytes of the card behind what all cards share, as a big-endian number.
        var key: UInt64
        var member: UInt32
    }

    private func membersByCard() -> [UInt32] {
        let ends = cardEnds
        return cards.withUnsafeBufferPointer { cards in
            let first = CardSorter.card(0, cards, ends)
            var shared = first.count
            for member in ends.indices where shared > 0 {
                shared = min(shared, first.commonPrefix(with: CardSorter.card(member, cards, ends)))
            }
            var keyed = ends.indices.map { member in
                let card = CardSorter.card(member, cards, ends)
                return Keyed(key: CardSorter.key(card, from: shared), member: UInt32(member))
            }
            keyed.sort { left, right in
                if left.key != right.key { return left.key < right.key }
                let leftCard = CardSorter.card(Int(left.member), cards, ends)
                let rightCard = CardSorter.card(Int(right.member), cards, ends)
                return leftCard != rightCard ? leftCard < rightCard : left.member < right.member
            }
            return keyed.map(\.member)
        }
    }

    private static func card(
        _ member: Int, _ cards: UnsafeBufferPointer<UInt8>, _ ends: [UInt32]
    ) -> ByteText {
        // Member 0 has the first byte, so there is an address wherever there are members to sort.
        guard let base = cards.baseAddress else { return .none }
        let start = member == 0 ? 1 : Int(ends[member - 1])
        return ByteText(start: base + start, count: Int(ends[member]) - start)
    }

    private static func key(_ card: ByteText, from start: Int) -> UInt64 {
        var key: UInt64 = 0
        for index in start..<start + 8 {
            key = key << 8 | (index < card.count ? UInt64(card[index]) : 0)
        }
        return key
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
