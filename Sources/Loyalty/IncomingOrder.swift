/// One order as a file brought it: what is left of its lines once they are judged.
///
/// Small and flat, because a night has millions: texts are in the batch's arena, the card is an
/// index into the batch's table.
package struct IncomingOrder {
    /// The numbers are those of the store.
    package enum Kind: UInt8, Sendable {
        case sale
        case `return`
        /// Cancels the order that it names, or the one whose identity it bears.
        case void
        /// A return and a sale under one id.
        case exchange
        /// Of a type that never earns: counted only.
        case other
    }

    /// The bytes of the order's id, followed by those of the original order's.
    package var text: UnsafePointer<UInt8>
    package var idCount: UInt16
    package var originalCount: UInt16
    package var kind: Kind
    /// Index into the batch's systems and cards; a card of -1 is an anonymous order.
    package var system: Int32
    package var card: Int32
    /// Index into the batch's files, the line the order starts on, and how many of its lines follow one
    /// another from there.
    package var file: Int32
    package var line: Int32
    package var lineCount: Int32
    package var date: CivilDate
    /// Net amount and earning base, in minor units, signed as in the file; the base of an exchange is
    /// that of its sale.
    package var net: MinorUnits
    package var base: MinorUnits
    package var content: ContentHash
    /// Index into the batch's extras: what few orders have; -1 for the others.
    package var extra: Int32
    /// Index into the batch's places; -1 for none.
    package var place: Int32

    package init(
        id: ByteText, originalCount: Int, kind: Kind, system: Int32, card: Int32, file: Int32,
        line: Int32, lineCount: Int32, date: CivilDate, net: MinorUnits, base: MinorUnits,
        content: ContentHash, extra: Int32 = -1, place: Int32 = -1
    ) {
        text = id.start
        idCount = UInt16(id.count)
        self.originalCount = UInt16(originalCount)
        self.kind = kind
        self.system = system
        self.card = card
        self.file = file
        self.line = line
        self.lineCount = lineCount
        self.date = date
        self.net = net
        self.base = base
        self.content = content
        self.extra = extra
        self.place = place
    }

    package var id: ByteText { ByteText(start: text, count: Int(idCount)) }
    package var original: ByteText {
        ByteText(start: text + Int(idCount), count: Int(originalCount))
    }
}

/// What few orders have.
package struct OrderExtra: Hashable, Sendable {
    /// Points that the order was paid with or, for a return, that it gave back; zero or more.
    package var pointsPaid: Points
    /// What came back in an exchange: the earning base of its return, zero or more.
    package var returnBase: MinorUnits
    /// Its lines that don't follow its first one: they stand apart, or in a file of their own.
    package var furtherLines: [OrderLines]

    package init(
        pointsPaid: Points = 0, returnBase: MinorUnits = 0, furtherLines: [OrderLines] = []
    ) {
        self.pointsPaid = pointsPaid
        self.returnBase = returnBase
        self.furtherLines = furtherLines
    }
}

extension OrderExtra {
    /// About what it takes of memory: an array has a head.
    fileprivate var bytes: Int {
        MemoryLayout<OrderExtra>.stride + 32 + OrderLines.packedBytes(furtherLines)
    }
}

/// Lines of a file, one behind the other.
package struct OrderLines: Hashable, Sendable {
    /// Index into the batch's files, the first line, and how many lines.
    package var file: Int32
    package var line: Int32
    package var lineCount: Int32

    package init(file: Int32, line: Int32, lineCount: Int32) {
        self.file = file
        self.line = line
        self.lineCount = lineCount
    }
}

/// Tonight's orders of all files, in the order (path in the inbox by bytes, SHA-256, line).
package final class OrderBatch {
    package var orders: [IncomingOrder] = []
    package private(set) var extras: [OrderExtra] = []
    /// About what `extras` take of memory.
    package private(set) var extraBytes = 0
    package private(set) var texts = TextArena(blockBytes: 1 << 20)
    package private(set) var cards = TextTable()
    /// Where orders were made: store and channel, with `placeSeparator` between them.
    package let places: TextTable
    /// No text of a file holds it.
    package static let placeSeparator: UInt8 = 0
    /// Names of the systems that the orders came from.
    package var systems: [String] = []
    /// No less than the amounts of all orders come to.
    package var amounts: MinorUnits = 0

    package init() { places = TextTable() }

    /// A part of a night's orders, taken out of it: places are the night's own.
    package init(partOf night: OrderBatch) {
        places = night.places
        systems = night.systems
    }

    /// Keeps what few orders have; says its index.
    package func add(_ extra: OrderExtra) -> Int32 {
        extraBytes += extra.bytes
        extras.append(extra)
        return Int32(extras.count - 1)
    }

    /// Takes back the newest orders, with what few of them have.
    package func removeOrders(from index: Int) {
        orders.removeLast(orders.count - index)
        let last = orders.last { $0.extra >= 0 }?.extra ?? -1
        while extras.count > Int(last) + 1 { extraBytes -= extras.removeLast().bytes }
    }

    /// Forgets the orders, with their texts and cards.
    package func removeOrders() {
        (orders, extras, extraBytes) = ([], [], 0)
        texts = TextArena(blockBytes: 1 << 20)
        cards = TextTable()
    }

    /// The index of a system's name.
    package func system(named name: String) -> Int32 {
        if let index = systems.firstIndex(of: name) { return Int32(index) }
        systems.append(name)
        return Int32(systems.count - 1)
    }

    /// All lines of an order, wherever they stand.
    package func lines(of order: IncomingOrder) -> [OrderLines] {
        let first = OrderLines(file: order.file, line: order.line, lineCount: order.lineCount)
        return order.extra < 0 ? [first] : [first] + extras[Int(order.extra)].furtherLines
    }

    /// Counts the lines of an order under a verdict, by file.
    package func count(
        _ order: IncomingOrder, _ verdict: Verdict, in counts: inout [VerdictCounts]
    ) {
        counts[Int(order.file)][verdict] += Int(order.lineCount)
        guard order.extra >= 0 else { return }
        for lines in extras[Int(order.extra)].furtherLines {
            counts[Int(lines.file)][verdict] += Int(lines.lineCount)
        }
    }
}

/// 128 bits of an order's content, to know a re-sent order from a corrected one.
///
/// The sum over the lines of a hash of each, so that lines in another order are the same content.
/// Not cryptographic: it tells accidents apart, not forgeries.
public struct ContentHash: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    @inlinable public init(high: UInt64 = 0, low: UInt64 = 0) {
        self.high = high
        self.low = low
    }

    @inlinable public static func += (sum: inout ContentHash, line: ContentHash) {
        sum.high &+= line.high
        sum.low &+= line.low
    }
}

/// Hashes one line, field by field: 16 bytes at a time by folded 64 x 64 bit products, as wyhash does.
public struct LineHasher {
    public var high: UInt64 = 0x9E37_79B9_7F4A_7C15
    public var low: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    @inlinable public init() {}

    @inlinable public mutating func combine(_ first: UInt64, _ second: UInt64) {
        high = LineHasher.fold(high ^ first, second ^ 0xA076_1D64_78BD_642F)
        low = LineHasher.fold(low ^ second, first ^ 0xE703_7ED1_A0B4_28DB) &+ high
    }

    @inlinable public mutating func combine(_ text: ByteText) {
        let count = text.count
        var at = 0
        while at + 16 <= count {
            combine(LineHasher.word(text, at), LineHasher.word(text, at + 8))
            at += 16
        }
        let first = LineHasher.tail(text, at)
        let second = at + 8 < count ? LineHasher.tail(text, at + 8) : 0
        // The length keeps fields apart: "ab","c" is not "a","bc".
        combine(first, second ^ (UInt64(truncatingIfNeeded: count) << 56))
    }

    @inlinable public var hash: ContentHash {
        ContentHash(
            high: LineHasher.fold(high ^ 0x8EBC_6AF0_9C88_C6E3, low),
            low: LineHasher.fold(low ^ 0x5899_65CC_7537_4CC3, high))
    }

    @inlinable public static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        // The factors are folded in too: a factor of 0 would otherwise swallow the other.
        return product.high ^ product.low ^ left &+ right
    }

    @inlinable public static func word(_ text: ByteText, _ at: Int) -> UInt64 {
        UInt64(
            littleEndian: UnsafeRawPointer(text.start + at).loadUnaligned(as: UInt64.self))
    }

    /// The last bytes of a text, fewer than eight, as one number.
    @inlinable public static func tail(_ text: ByteText, _ at: Int) -> UInt64 {
        let left = text.count - at
        let start = UnsafeRawPointer(text.start + at)
        guard left >= 4 else {
            guard left > 0 else { return 0 }
            let first = UInt64(text.start[at])
            let middle = UInt64(text.start[at + left / 2])
            return first | middle << 8 | UInt64(text.start[text.count - 1]) << 16
        }
        if left >= 8 { return word(text, at) }
        // Two words of four bytes that overlap hold all of them.
        let low = UInt32(littleEndian: start.loadUnaligned(as: UInt32.self))
        let high = UInt32(
            littleEndian: start.loadUnaligned(fromByteOffset: left - 4, as: UInt32.self))
        return UInt64(low) | UInt64(high) << 32
    }
}
