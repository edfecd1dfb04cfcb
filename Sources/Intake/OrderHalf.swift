internal import Loyalty
internal import Storage

/// The header of an order, or its items, while the other half is not there.
struct OrderHalf {
    enum Part: UInt8 { case header, items }

    var part: Part
    var order: IncomingOrder
    var sums: OrderSums
    /// Its lines that don't follow its first one.
    var furtherLines: [OrderLines]
    /// Of a header; empty for none.
    var card: ByteText
    /// Of a file that was ingested before: it serves a new other half, and no line of it counts again.
    var isKnown = false

    var allLines: [OrderLines] {
        let first = OrderLines(file: order.file, line: order.line, lineCount: order.lineCount)
        return (order.lineCount == 0 ? [] : [first]) + furtherLines
    }

    mutating func forgetLines() {
        order.lineCount = 0
        furtherLines = []
    }

    func refusals(_ reason: Reason) -> [Refusal] {
        allLines.map {
            Refusal(
                file: $0.file, line: $0.line, lineCount: $0.lineCount, verdict: .rejected,
                reason: reason)
        }
    }
}

extension OrderHalf {
    /// What is packed in front of the texts and further lines.
    private struct Head {
        var part: Part
        var order: IncomingOrder
        var sums: OrderSums
        var lineBytes: Int32
    }

    /// How many bytes `pack` writes.
    var packedBytes: Int {
        MemoryLayout<Head>.size + Int(order.originalCount)
            + OrderLines.packedBytes(furtherLines) + card.count
    }

    /// Writes all of it but its id, which is in the key.
    func pack(into target: UnsafeMutableRawPointer) {
        let lineBytes = OrderLines.packedBytes(furtherLines)
        target.storeBytes(
            of: Head(part: part, order: order, sums: sums, lineBytes: Int32(lineBytes)),
            as: Head.self)
        var at = target + MemoryLayout<Head>.size
        at.copyMemory(from: order.original.start, byteCount: order.original.count)
        at += order.original.count
        OrderLines.pack(furtherLines, into: at)
        at += lineBytes
        at.copyMemory(from: card.start, byteCount: card.count)
    }

    /// Reads one that was packed.
    ///
    /// - Parameter texts: keeps its texts.
    init(_ key: HalfKey, _ body: UnsafeRawBufferPointer, into texts: TextArena) {
        let head = body.loadUnaligned(as: Head.self)
        (part, order, sums) = (head.part, head.order, head.sums)
        let id = key.id
        let rest = UnsafeRawBufferPointer(rebasing: body[MemoryLayout<Head>.size...])
        let start = rest.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) } ?? id.start
        let originalCount = Int(order.originalCount)
        let text = texts.reserve(id.count + originalCount)
        text.update(from: id.start, count: id.count)
        (text + id.count).update(from: start, count: originalCount)
        order.text = UnsafePointer(text)
        furtherLines = OrderLines.unpack(
            ByteText(start: start + originalCount, count: Int(head.lineBytes)))
        let cardStart = originalCount + Int(head.lineBytes)
        card = texts.copy(ByteText(start: start + cardStart, count: rest.count - cardStart))
    }
}

/// The key by which halves are sorted: id by bytes, system, where it stands, and which of the night's halves it is.
///
/// An id of which one half was refused stands in front of all halves of that id.
struct HalfKey {
    private let bytes: ByteText

    init(_ bytes: ByteText) { self.bytes = bytes }

    /// Behind the id: a byte that no text holds, and the system, from 1.
    private static let systemBytes = 1 + 4
    /// Behind the system: file, line and number.
    private static let placeBytes = 3 * 4

    /// Writes the key of a half.
    static func write(
        _ order: IncomingOrder, number: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> ByteText {
        write(
            order.id, system: UInt32(order.system) + 1, file: UInt32(order.file),
            line: UInt32(order.line), number, into: target)
    }

    /// Writes the key of a half that was refused.
    static func write(
        refused id: ByteText, number: Int, into target: UnsafeMutablePointer<UInt8>
    ) -> ByteText {
        write(id, system: 0, file: 0, line: 0, number, into: target)
    }

    private static func write(
        _ id: ByteText, system: UInt32, file: UInt32, line: UInt32, _ number: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) -> ByteText {
        target.update(from: id.start, count: id.count)
        target[id.count] = 0
        var count = id.count + 1
        for value in [system, file, line, UInt32(number)] {
            UnsafeMutableRawPointer(target).storeBytes(
                of: value.bigEndian, toByteOffset: count, as: UInt32.self)
            count += 4
        }
        return ByteText(start: target, count: count)
    }

    /// Id and system.
    var identity: ByteText {
        ByteText(start: bytes.start, count: bytes.count - HalfKey.placeBytes)
    }

    var id: ByteText {
        ByteText(start: bytes.start, count: identity.count - HalfKey.systemBytes)
    }

    var isOfRefused: Bool { word(from: HalfKey.placeBytes + 4) == 0 }

    var number: Int { Int(word(from: 4)) }

    /// A number so many bytes in front of the end.
    private func word(from end: Int) -> UInt32 {
        UInt32(
            bigEndian: UnsafeRawPointer(bytes.start + bytes.count - end)
                .loadUnaligned(as: UInt32.self))
    }
}
