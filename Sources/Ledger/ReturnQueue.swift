internal import Loyalty
internal import Storage

/// Tonight's returns and exchanges until they are linked: in memory or, where the night is more than that, on
/// disk.
final class ReturnQueue {
    /// Those of earlier nights whose wait ended tonight, and all of them where memory holds the night.
    private var held: [ReturnToLink] = []
    private let sorter: SortedRuns?
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)

    /// - Parameter sorter: sorts those that memory shouldn't hold.
    init(_ sorter: SortedRuns?) { self.sorter = sorter }

    deinit { key.deallocate() }

    func add(_ one: ReturnToLink) throws {
        // What is released may be corrected tonight, and taken out again.
        if sorter == nil || one.order == nil { held.append(one) } else { try spill(one) }
    }

    /// Takes out what was released tonight.
    func remove(_ order: OrderIdentity) { held.removeAll { $0.row.identity == order } }

    private func spill(_ one: ReturnToLink) throws {
        let bytes = MemoryLayout<ReturnToLink>.size
        let original = one.original
        let lines = one.furtherLines ?? ByteText(start: original.start, count: 0)
        try sorter?.add(
            LinkingOrder.key(one.row, into: key),
            bodyBytes: bytes + original.count + lines.count
        ) { target in
            target.storeBytes(of: one, as: ReturnToLink.self)
            (target + bytes).copyMemory(from: original.start, byteCount: original.count)
            (target + bytes + original.count).copyMemory(
                from: lines.start, byteCount: lines.count)
        }
    }

    /// Sorts them; afterwards there are none any more.
    ///
    /// - Parameter texts: owns the texts of those that are taken out of turn.
    func sorted(_ texts: TextArena) throws -> SortedReturns {
        defer { held = [] }
        guard let sorter else {
            return SortedReturns(held.sorted { OrderRow.precedes($0.row, $1.row) }, nil, texts)
        }
        for one in held { try spill(one) }
        return SortedReturns([], try sorter.finish(), texts)
    }
}

/// Returns and exchanges in the order in which the fold runs them: by date, id and system.
final class SortedReturns {
    /// All of them, where memory holds them.
    private let held: [ReturnToLink]
    private var nextHeld = 0
    private let run: SortedRun?
    private let rows: RunReader?
    private let texts: TextArena
    /// The one whose turn it is.
    private var current: ReturnToLink?
    /// Owns its texts.
    private let ownTexts = TextArena()
    /// Exchanges that were taken before their turn.
    private var taken: Set<OrderIdentity> = []

    init(_ held: [ReturnToLink], _ run: SortedRun?, _ texts: TextArena) {
        self.held = held
        self.run = run
        self.texts = texts
        rows = run?.reader()
    }

    /// The one whose turn it is; its texts are good until the next one's turn.
    func next() throws -> ReturnToLink? {
        repeat {
            current = try read()
        } while current.map { taken.contains($0.row.identity) }
            ?? false
        return current
    }

    private func read() throws -> ReturnToLink? {
        if let rows {
            guard try rows.next() else { return nil }
            ownTexts.removeAll()
            return ReturnToLink(rows, into: ownTexts)
        }
        guard nextHeld < held.count else { return nil }
        defer { nextHeld += 1 }
        return held[nextHeld]
    }

    /// Takes an exchange out of turn; nil where it had its turn, or is none of tonight's.
    func take(_ exchange: OrderRow) throws -> ReturnToLink? {
        guard exchange.kind == .exchange, let current,
            OrderRow.precedes(current.row, exchange), !taken.contains(exchange.identity),
            let found = try find(exchange)
        else { return nil }
        taken.insert(found.row.identity)
        return found
    }

    private func find(_ row: OrderRow) throws -> ReturnToLink? {
        if let run {
            let key = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)
            defer { key.deallocate() }
            let wanted = LinkingOrder.key(row, into: key)
            let reader = run.reader(near: wanted)
            while try reader.next(), reader.key <= wanted {
                if reader.key == wanted { return ReturnToLink(reader, into: texts) }
            }
            return nil
        }
        var (low, high) = (nextHeld, held.count)
        while low < high {
            let middle = (low + high) / 2
            if OrderRow.precedes(held[middle].row, row) { low = middle + 1 } else { high = middle }
        }
        return low < held.count && held[low].row.identity == row.identity ? held[low] : nil
    }
}

/// The key by which returns are linked: date, id by bytes, system.
private enum LinkingOrder {
    /// The date in front; behind the id a byte that no text holds, and the system.
    static let idStart = 4
    static let tailBytes = 5

    static func key(_ row: OrderRow, into target: UnsafeMutablePointer<UInt8>) -> ByteText {
        let bytes = UnsafeMutableRawPointer(target)
        // Dates before 1970 come first, too.
        let date = UInt32(bitPattern: row.date.days) ^ (1 << 31)
        bytes.storeBytes(of: date.bigEndian, as: UInt32.self)
        (target + idStart).update(from: row.id.start, count: row.id.count)
        let tail = idStart + row.id.count
        target[tail] = 0
        bytes.storeBytes(
            of: UInt32(bitPattern: row.system).bigEndian, toByteOffset: tail + 1, as: UInt32.self)
        return ByteText(start: target, count: idStart + row.id.count + tailBytes)
    }

    static func id(of key: ByteText) -> ByteText {
        ByteText(start: key.start + idStart, count: key.count - idStart - tailBytes)
    }
}

extension ReturnToLink {
    /// One that was written to disk.
    fileprivate init(_ record: RunReader, into texts: TextArena) {
        let body = record.body
        var link = body.loadUnaligned(as: ReturnToLink.self)
        let id = texts.copy(LinkingOrder.id(of: record.key))
        var at = MemoryLayout<ReturnToLink>.size
        func next(_ count: Int) -> ByteText {
            guard count > 0, let body = body.baseAddress else {
                return ByteText(start: id.start, count: 0)
            }
            defer { at += count }
            return texts.copy(
                ByteText(start: (body + at).assumingMemoryBound(to: UInt8.self), count: count))
        }
        link.row.id = id
        link.original = next(link.original.count)
        link.furtherLines = link.furtherLines.map { next($0.count) }
        self = link
    }
}
