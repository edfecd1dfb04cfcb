internal import Loyalty

/// The lines of one member in the night chain, one behind the other in memory of their own.
///
/// An array would ask at each cell whether it is shared, and there are millions of cells a night.
final class ChainLines {
    private var start: UnsafeMutablePointer<UInt8>
    private var room = 1 << 12
    private(set) var count = 0

    private let words = TextArena(blockBytes: 1 << 8)
    private let spend: ByteText
    private let status: ByteText
    /// By the number of the kind.
    private let kinds: [ByteText]

    init() {
        start = .allocate(capacity: room)
        spend = words.copy("spend,")
        status = words.copy("status,")
        kinds = Posting.Kind.allCases.map { [words] in words.copy("\($0.name),") }
    }

    deinit { start.deallocate() }

    func removeAll() { count = 0 }

    func text(_ range: Range<Int>) -> ByteText {
        ByteText(start: start + range.lowerBound, count: range.count)
    }

    /// Adds the line `account,kind,source,lot,points` of a posting.
    func add(_ posting: Posting) {
        let (source, lot) = (posting.source, posting.lot)
        // The words, quotes, separators and a number of 64 bits have less than the rest of it.
        makeRoom(2 * (source.count + lot.count) + 64)
        var at = start + count
        at.write(posting.account == .spend ? spend : status)
        at.write(kinds[Int(posting.kind.rawValue)])
        let cell = at
        at.write(cell: source)
        if lot.start == source.start, lot.count == source.count {
            at.write(ByteText(start: cell, count: at - cell))
        } else {
            at.write(cell: lot)
        }
        at.write(number: posting.points)
        count = at - start
    }

    /// Adds copies of its own texts; says where they are.
    func add(_ texts: [ByteText]) -> Range<Int> {
        let first = count
        var at = start + count
        for text in texts { at.write(text) }
        count = at - start
        return first..<count
    }

    /// A range at the end, to be read by a digest.
    func open(_ range: Range<Int>) -> UnsafeMutablePointer<UInt8> {
        makeRoom(Digest.endBytes)
        return start + range.lowerBound
    }

    /// Makes room for so many bytes more.
    func makeRoom(_ more: Int) {
        guard count + more > room else { return }
        room = 2 * (count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: room)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }
}

/// Writing that goes on behind what is written.
extension UnsafeMutablePointer<UInt8> {
    @inline(__always)
    fileprivate mutating func write(_ text: ByteText) {
        update(from: text.start, count: text.count)
        self += text.count
    }

    @inline(__always)
    fileprivate mutating func write(byte: UInt8) {
        pointee = byte
        self += 1
    }

    @inline(__always)
    fileprivate mutating func write(cell text: ByteText) {
        if text.needsQuotes {
            write(byte: 0x22)
            for index in 0..<text.count {
                if text[index] == 0x22 { write(byte: 0x22) }
                write(byte: text[index])
            }
            write(byte: 0x22)
        } else {
            write(text)
        }
        write(byte: 0x2C)
    }

    @inline(__always)
    fileprivate mutating func write(number points: Points) {
        if points < 0 { write(byte: 0x2D) }
        var rest = points.magnitude
        var digits = 1
        var limit: UInt64 = 10
        while digits < 20, rest >= limit {
            digits += 1
            limit = digits < 20 ? limit * 10 : limit
        }
        for index in stride(from: digits - 1, through: 0, by: -1) {
            self[index] = 0x30 + UInt8(rest % 10)
            rest /= 10
        }
        self += digits
        write(byte: 0x0A)
    }
}

extension ByteText {
    /// Whether a CSV cell of it stands in quotes.
    fileprivate var needsQuotes: Bool {
        guard count >= 8 else {
            for index in 0..<count where self[index].isSpecial { return true }
            return false
        }
        let bytes = UnsafeRawPointer(start)
        var found: UInt64 = 0
        var at = 0
        while at + 8 < count {
            found |= bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self).specials
            at += 8
        }
        // The last word may overlap the one before it.
        return found | bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self).specials != 0
    }
}

extension UInt8 {
    fileprivate var isSpecial: Bool { self == 0x22 || self == 0x2C || self == 0x0A || self == 0x0D }
}

extension UInt64 {
    /// Not 0 where one of its eight bytes is a quote, a comma or ends a line.
    fileprivate var specials: UInt64 {
        zeros(self ^ 0x2222_2222_2222_2222) | zeros(self ^ 0x2C2C_2C2C_2C2C_2C2C)
            | zeros(self ^ 0x0A0A_0A0A_0A0A_0A0A) | zeros(self ^ 0x0D0D_0D0D_0D0D_0D0D)
    }

    /// Not 0 where one of the bytes of a word is 0.
    private func zeros(_ word: UInt64) -> UInt64 {
        (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
    }
}
