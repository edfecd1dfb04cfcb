/// An order as it lies on disk until all of the night's are there.
package enum PackedOrder {
    /// Behind the id in the key: a byte that no text holds, and three numbers.
    private static let tailBytes = 1 + 3 * 4
    /// In front of it: the index of the system.
    private static let headBytes = 4
    private static let orderBytes = MemoryLayout<IncomingOrder>.size

    /// Writes the key by which orders are settled: system, id by bytes, and where the order stands.
    ///
    /// - Parameter number: which of the night's orders it is, in the order in which they were read.
    package static func key(
        _ order: IncomingOrder, number: UInt32, into target: UnsafeMutablePointer<UInt8>
    ) -> ByteText {
        let bytes = UnsafeMutableRawPointer(target)
        let count = Int(order.idCount)
        func put(_ value: UInt32, at offset: Int) {
            bytes.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
        }
        put(UInt32(bitPattern: order.system), at: 0)
        (target + headBytes).update(from: order.text, count: count)
        // A shorter id comes before a longer one that begins with it.
        target[headBytes + count] = 0
        let tail = headBytes + count + 1
        put(UInt32(bitPattern: order.file), at: tail)
        put(UInt32(bitPattern: order.line), at: tail + 4)
        put(number, at: tail + 8)
        return ByteText(start: target, count: tail + 12)
    }

    /// System and id of a key.
    package static func identity(of key: ByteText) -> ByteText {
        ByteText(start: key.start, count: key.count - tailBytes)
    }

    /// Which of the night's orders a key is of.
    package static func number(of key: ByteText) -> UInt32 {
        UInt32(
            bigEndian: UnsafeRawPointer(key.start + key.count - 4).loadUnaligned(as: UInt32.self))
    }

    /// How many bytes `pack` writes.
    package static func bytes(
        _ order: IncomingOrder, _ extra: OrderExtra?, card: ByteText
    ) -> Int {
        orderBytes + Int(order.originalCount) + (extra?.packedBytes ?? 0) + card.count
    }

    /// Writes an order behind its key: what it is, the id of its original, what few orders have, its card.
    package static func pack(
        _ order: IncomingOrder, _ extra: OrderExtra?, card: ByteText,
        into target: UnsafeMutableRawPointer
    ) {
        withUnsafeBytes(of: order) {
            target.copyMemory(
                from: $0.baseAddress ?? UnsafeRawPointer(order.text), byteCount: orderBytes)
        }
        let original = order.original
        var at = target + orderBytes
        at.copyMemory(from: original.start, byteCount: original.count)
        at += original.count
        if let extra {
            extra.pack(into: at)
            at += extra.packedBytes
        }
        at.copyMemory(from: card.start, byteCount: card.count)
    }

    /// Adds a packed order to a part of the night.
    package static func unpack(
        _ key: ByteText, _ body: UnsafeRawBufferPointer, into part: OrderBatch
    ) {
        var order = body.loadUnaligned(as: IncomingOrder.self)
        let (idCount, originalCount) = (Int(order.idCount), Int(order.originalCount))
        let text = part.texts.reserve(idCount + originalCount)
        text.update(from: key.start + headBytes, count: idCount)
        if let bytes = body.baseAddress {
            (text + idCount).update(
                from: (bytes + orderBytes).assumingMemoryBound(to: UInt8.self),
                count: originalCount)
            var at = orderBytes + originalCount
            if order.extra >= 0 {
                let extra = OrderExtra(packed: bytes + at)
                at += extra.packedBytes
                order.extra = part.add(extra)
            }
            if order.card >= 0 {
                order.card = part.cards.intern(
                    ByteText(
                        start: (bytes + at).assumingMemoryBound(to: UInt8.self),
                        count: body.count - at))
            }
        }
        order.text = UnsafePointer(text)
        part.orders.append(order)
    }
}

extension OrderExtra {
    private struct Head {
        var pointsPaid: Points
        var returnBase: MinorUnits
        var lineCount: Int32
    }

    fileprivate var packedBytes: Int {
        MemoryLayout<Head>.size + OrderLines.packedBytes(furtherLines)
    }

    fileprivate func pack(into target: UnsafeMutableRawPointer) {
        let head = Head(
            pointsPaid: pointsPaid, returnBase: returnBase, lineCount: Int32(furtherLines.count))
        target.storeBytes(of: head, as: Head.self)
        OrderLines.pack(furtherLines, into: target + MemoryLayout<Head>.size)
    }

    fileprivate init(packed bytes: UnsafeRawPointer) {
        let head = bytes.loadUnaligned(as: Head.self)
        let lines = (bytes + MemoryLayout<Head>.size).assumingMemoryBound(to: UInt8.self)
        self.init(
            pointsPaid: head.pointsPaid, returnBase: head.returnBase,
            furtherLines: OrderLines.unpack(
                ByteText(
                    start: lines, count: Int(head.lineCount) * MemoryLayout<OrderLines>.stride)))
    }
}

extension OrderLines {
    /// How many bytes lines take that are written one behind the other.
    package static func packedBytes(_ lines: [OrderLines]) -> Int {
        lines.count * MemoryLayout<OrderLines>.stride
    }

    /// Writes lines one behind the other.
    package static func pack(_ lines: [OrderLines], into target: UnsafeMutableRawPointer) {
        for (index, one) in lines.enumerated() {
            target.storeBytes(
                of: one, toByteOffset: index * MemoryLayout<OrderLines>.stride,
                as: OrderLines.self)
        }
    }

    /// Reads lines that were written one behind the other.
    package static func unpack(_ bytes: ByteText) -> [OrderLines] {
        stride(from: 0, to: bytes.count, by: MemoryLayout<OrderLines>.stride).map {
            UnsafeRawPointer(bytes.start + $0).loadUnaligned(as: OrderLines.self)
        }
    }
}
