package import Loyalty

/// The orders of a night that are more than memory should hold: sorted on disk by system and id, and read
/// again in that order, part by part.
package final class OrderRuns {
    private let folder: String
    private let memory: Int
    private let sorter: SortedRuns
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)
    /// How many orders have been added.
    package private(set) var count = 0
    /// Orders of files that were taken back.
    private var withdrawn: [Range<Int>] = []
    /// By index of the system: bytes of its records.
    private var systemBytes: [Int] = []
    private var run: SortedRun?

    /// What an order takes of memory in a night that holds them all, from its file to its postings.
    private static let bytesOfOrder = 288
    /// What it takes while it is settled in a part of the night: one part is settled, two more are read meanwhile.
    private static let bytesOfPart = 1024
    /// Once orders go to disk, they go when there are so many.
    private static let bytesAtOnce = 4096 * bytesOfOrder

    /// - Parameters:
    ///   - folder: where they are written.
    ///   - memory: bytes that the night's orders may take.
    package init(folder: String, memory: Int) {
        self.folder = folder
        self.memory = memory
        sorter = SortedRuns(folder: folder, memory: memory / 2)
    }

    deinit { key.deallocate() }

    /// Sorts something else of the night, in a quarter of its memory.
    ///
    /// No more than two of them fill up at a time, beside parts of the orders, which take the other half: events
    /// and returns while orders are settled, events and links while returns are linked, members while the night
    /// is folded.
    package func anotherSorter() -> SortedRuns { SortedRuns(folder: folder, memory: memory / 4) }

    /// How many orders were read, with those that the batch still holds.
    package func total(_ batch: OrderBatch) -> Int { count + batch.orders.count }

    /// Takes the orders out of a batch where it holds more than it should.
    package func relieve(_ batch: OrderBatch) throws {
        let most = count == 0 ? memory : min(memory, OrderRuns.bytesAtOnce)
        let bytes = batch.orders.count * OrderRuns.bytesOfOrder + batch.extraBytes
        if bytes > most { try take(batch) }
    }

    private func take(_ batch: OrderBatch) throws {
        let nobody = batch.texts.copy("")
        for order in batch.orders {
            let card = order.card < 0 ? nobody : batch.cards.texts[Int(order.card)]
            let key = PackedOrder.key(order, number: UInt32(count), into: key)
            let extra = order.extra < 0 ? nil : batch.extras[Int(order.extra)]
            let bytes = PackedOrder.bytes(order, extra, card: card)
            try sorter.add(key, bodyBytes: bytes) {
                PackedOrder.pack(order, extra, card: card, into: $0)
            }
            let system = Int(order.system)
            while systemBytes.count <= system { systemBytes.append(0) }
            systemBytes[system] += RunRecord.bytes(key.count, bytes)
            count += 1
        }
        batch.removeOrders()
    }

    /// Takes back the newest orders, down to a number.
    package func withdraw(to total: Int, _ batch: OrderBatch) {
        batch.removeOrders(from: max(0, total - count))
        if count > total { withdrawn.append(total..<count) }
    }

    /// Sorts what was added, with what is left in the batch; false where the batch holds all.
    package func finish(_ batch: OrderBatch) throws -> Bool {
        guard count > 0 else { return false }
        try take(batch)
        run = try sorter.finish()
        return true
    }

    /// Hands out the orders of a system in the order of their ids, part by part; all of one id are in one part.
    ///
    /// - Parameters:
    ///   - system: its index in the batch.
    ///   - body: says false once nobody wants any more.
    package func parts(
        of system: Int, in batch: OrderBatch, _ body: (OrderBatch) throws -> Bool
    ) throws {
        guard let run, system < systemBytes.count else { return }
        let start = systemBytes[..<system].reduce(0, +)
        let reader = run.reader(from: start)
        let most = memory / 2 - OrderRuns.bytesOfPart
        let texts = TextArena()
        var last = texts.copy("")
        var part = OrderBatch(partOf: batch)
        var left = systemBytes[system]
        while left > 0, try reader.next() {
            let (key, packed) = (reader.key, reader.body)
            left -= RunRecord.bytes(key.count, packed.count)
            let number = Int(PackedOrder.number(of: key))
            if withdrawn.contains(where: { $0.contains(number) }) { continue }
            let identity = PackedOrder.identity(of: key)
            let bytes = part.orders.count * OrderRuns.bytesOfPart + part.extraBytes
            if !part.orders.isEmpty, bytes > most, identity != last {
                guard try body(part) else { return }
                part = OrderBatch(partOf: batch)
            }
            PackedOrder.unpack(key, packed, into: part)
            if identity != last {
                texts.removeAll()
                last = texts.copy(identity)
            }
        }
        if !part.orders.isEmpty { _ = try body(part) }
    }
}
