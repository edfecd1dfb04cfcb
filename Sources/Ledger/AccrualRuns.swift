internal import Loyalty
internal import Storage

/// Tonight's orders that simply earn, sorted on disk by the members who earn: what the fold needs of each.
final class AccrualRuns {
    private let orders: OrderRuns
    private let sorter: SortedRuns
    private var count = 0
    private var run: SortedRun?
    /// Orders that were cancelled tonight, and whose they are.
    private var cancelled: Set<OrderIdentity> = []
    private var cancelledOf: Set<Int32> = []
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: 8)
    private var systems: [Int32] = []

    /// What stands of an order in front of its id.
    private struct Head {
        var date: CivilDate
        var system: Int32
        var terms: Int32
        var place: Int32
        var base: MinorUnits
    }

    init(_ orders: OrderRuns) {
        self.orders = orders
        sorter = orders.anotherSorter()
    }

    /// Sorts something else of the night, within its memory.
    func anotherSorter() -> SortedRuns { orders.anotherSorter() }

    deinit { key.deallocate() }

    /// Takes over what simply earns of the orders that were just settled.
    func take(_ settlement: inout Settlement, _ batch: OrderBatch, _ systems: [Int32]) throws {
        self.systems = systems
        for happening in settlement.happenings where happening & Settlement.specialBit == 0 {
            let index = Int(happening & (Settlement.specialBit - 1))
            let order = batch.orders[index]
            let head = Head(
                date: order.date, system: order.system, terms: settlement.terms[index],
                place: order.place, base: order.base)
            let bytes = UnsafeMutableRawPointer(key)
            bytes.storeBytes(of: UInt32(happening >> 32).bigEndian, as: UInt32.self)
            bytes.storeBytes(of: UInt32(count).bigEndian, toByteOffset: 4, as: UInt32.self)
            let headBytes = MemoryLayout<Head>.size
            try sorter.add(
                ByteText(start: key, count: 8), bodyBytes: headBytes + order.id.count
            ) { target in
                target.storeBytes(of: head, as: Head.self)
                (target + headBytes).copyMemory(from: order.text, byteCount: order.id.count)
            }
            count += 1
        }
        settlement.happenings.removeAll { $0 & Settlement.specialBit == 0 }
    }

    /// Takes back what cancelled orders post by themselves.
    func withdraw(_ orders: Set<OrderIdentity>, of members: Set<Int32>) {
        (cancelled, cancelledOf) = (orders, members)
    }

    /// Reads them in the order of members; afterwards no more can be added.
    func reader() throws -> Reader {
        let run = try self.run ?? sorter.finish()
        self.run = run
        return try Reader(run, self)
    }

    /// Stands on one order at a time.
    final class Reader {
        /// Whose order it is; nil at the end.
        private(set) var member: Int32?
        /// How many there are.
        let count: Int
        private let rows: RunReader
        private let runs: AccrualRuns

        init(_ run: SortedRun, _ runs: AccrualRuns) throws {
            rows = run.reader()
            count = run.count
            self.runs = runs
            try step()
        }

        /// Goes to the next order.
        func step() throws {
            repeat {
                guard try rows.next() else {
                    member = nil
                    return
                }
                let bytes = UnsafeRawPointer(rows.key.start)
                member = Int32(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
            } while isCancelled
        }

        private var isCancelled: Bool {
            guard let member, runs.cancelledOf.contains(member) else { return false }
            return runs.cancelled.contains(
                OrderIdentity(system: runs.systems[Int(head.system)], id: id))
        }

        private var head: Head { rows.body.loadUnaligned(as: Head.self) }

        private var id: ByteText {
            let start =
                (rows.body.baseAddress ?? UnsafeRawPointer(rows.key.start))
                + MemoryLayout<Head>.size
            return ByteText(
                start: start.assumingMemoryBound(to: UInt8.self),
                count: rows.body.count - MemoryLayout<Head>.size)
        }

        /// The order and the terms that it earns at.
        ///
        /// - Parameter texts: keeps its id.
        func order(_ texts: TextArena) -> (order: IncomingOrder, terms: Int32) {
            let head = head
            let order = IncomingOrder(
                id: texts.copy(id), originalCount: 0, kind: .sale, system: head.system, card: 0,
                file: 0, line: 0, lineCount: 0, date: head.date, net: 0, base: head.base,
                content: ContentHash(), place: head.place)
            return (order, head.terms)
        }
    }
}
