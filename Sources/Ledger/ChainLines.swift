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
        // The words, quotes, separators and a number of 64 bits have less than the rest of it.
        makeRoom(2 * (posting.source.count + posting.lot.count) + 64)
        write(posting.account == .spend ? spend : status)
        write(kinds[Int(posting.kind.rawValue)])
        write(cell: posting.source)
        write(cell: posting.lot)
        write(number: posting.points)
    }

    /// Adds copies of its own texts; says where they are.
    func add(_ texts: [ByteText]) -> Range<Int> {
        let first = count
        for text in texts { write(text) }
        return first..<count
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

    private func write(_ text: ByteText) {
        (start + count).update(from: text.start, count: text.count)
        count += text.count
    }

    private func write(byte: UInt8) {
        start[count] = byte
        count += 1
    }

    private func write(cell text: ByteText) {
        let bytes = UnsafeBufferPointer(start: text.start, count: text.count)
        if bytes.allSatisfy({ $0 != 0x22 && $0 != 0x2C && $0 != 0x0A && $0 != 0x0D }) {
            write(text)
        } else {
            write(byte: 0x22)
            for byte in bytes {
                if byte == 0x22 { write(byte: byte) }
                write(byte: byte)
            }
            write(byte: 0x22)
        }
        write(byte: 0x2C)
    }

    private func write(number points: Points) {
        if points < 0 { write(byte: 0x2D) }
        let first = count
        var rest = points.magnitude
        repeat {
            write(byte: 0x30 + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        var digits = UnsafeMutableBufferPointer(start: start + first, count: count - first)
        digits.reverse()
        write(byte: 0x0A)
    }
}
