internal import Loyalty
internal import Storage

/// What tonight's orders and the register do to members, sorted on disk by the members: what the fold needs
/// of each.
///
/// Events that are looked at again before the fold are not among them: memory holds those.
final class EventRuns {
    private let orders: OrderRuns
    private let sorter: SortedRuns
    private var count: UInt32 = 0
    private var run: SortedRun?
    /// Orders that were cancelled tonight, and whose they are.
    private var cancelled: Set<OrderIdentity> = []
    private var cancelledOf: Set<Int32> = []
    /// Points that orders of tonight are paid with no more: their returns gave them back.
    private var givenBack: [OrderIdentity: Points] = [:]
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: 8)
    private var systems: [Int32] = []

    /// What stands of an order that simply earns in front of its id.
    private struct Head {
        var date: CivilDate
        var system: Int32
        var terms: Int32
        var place: Int32
        var base: MinorUnits
    }

    /// In the key: an event of its own, and one that goes with its order when that is cancelled.
    private static let isEvent: UInt32 = 1 << 31
    private static let goesWithOrder: UInt32 = 1 << 30

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
            let headBytes = MemoryLayout<Head>.size
            try sorter.add(
                nextKey(happening.member, 0), bodyBytes: headBytes + order.id.count
            ) { target in
                target.storeBytes(of: head, as: Head.self)
                (target + headBytes).copyMemory(from: order.text, byteCount: order.id.count)
            }
        }
        settlement.happenings.removeAll { $0 & Settlement.specialBit == 0 }
    }

    /// Adds an event.
    ///
    /// - Parameter goesWithOrder: whether nothing of it is left where its order is cancelled tonight.
    func add(_ event: OrderEvent, to member: Int32, goesWithOrder: Bool) throws {
        let kind = EventRuns.isEvent | (goesWithOrder ? EventRuns.goesWithOrder : 0)
        let (id, original) = (event.id, event.original)
        try sorter.add(
            nextKey(member, kind),
            bodyBytes: MemoryLayout<OrderEvent>.size + id.count + original.count
        ) { target in
            target.storeBytes(of: event, as: OrderEvent.self)
            let texts = target + MemoryLayout<OrderEvent>.size
            texts.copyMemory(from: id.start, byteCount: id.count)
            (texts + id.count).copyMemory(from: original.start, byteCount: original.count)
        }
    }

    /// Whose it is, what it is, and the how many-th it is: events of one moment stay in their order.
    private func nextKey(_ member: Int32, _ kind: UInt32) -> ByteText {
        let bytes = UnsafeMutableRawPointer(key)
        bytes.storeBytes(of: UInt32(bitPattern: member).bigEndian, as: UInt32.self)
        bytes.storeBytes(of: (kind | count).bigEndian, toByteOffset: 4, as: UInt32.self)
        count += 1
        return ByteText(start: key, count: 8)
    }

    /// Takes back what cancelled orders post by themselves.
    func withdraw(_ orders: Set<OrderIdentity>, of members: Set<Int32>) {
        (cancelled, cancelledOf) = (orders, members)
    }

    /// Lessens the points that an order of tonight is paid with.
    func giveBack(_ points: Points, of order: OrderIdentity) {
        givenBack[order, default: 0] += points
    }

    /// Reads them in the order of members; afterwards no more can be added.
    func reader() throws -> Reader {
        let run = try self.run ?? sorter.finish()
        self.run = run
        return try Reader(run, self)
    }

    /// Stands on one event at a time.
    final class Reader {
        /// Whose event it is; nil at the end.
        private(set) var member: Int32?
        /// How many there are.
        let count: Int
        private let rows: RunReader
        private let runs: EventRuns

        init(_ run: SortedRun, _ runs: EventRuns) throws {
            rows = run.reader()
            count = run.count
            self.runs = runs
            try step()
        }

        /// Goes to the next event.
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

        /// Whether it is more than an order that simply earns.
        var isEvent: Bool { kind & EventRuns.isEvent != 0 }

        private var kind: UInt32 {
            UInt32(
                bigEndian: UnsafeRawPointer(rows.key.start).loadUnaligned(
                    fromByteOffset: 4, as: UInt32.self))
        }

        private var isCancelled: Bool {
            guard let member, !runs.cancelled.isEmpty else { return false }
            if isEvent {
                guard kind & EventRuns.goesWithOrder != 0 else { return false }
                let event = storedEvent
                return runs.cancelled.contains(OrderIdentity(system: event.system, id: event.id))
            }
            return runs.cancelledOf.contains(member)
                && runs.cancelled.contains(
                    OrderIdentity(system: runs.systems[Int(head.system)], id: id))
        }

        private var head: Head { rows.body.loadUnaligned(as: Head.self) }

        private var id: ByteText { text(from: MemoryLayout<Head>.size) }

        private func text(from start: Int, count: Int? = nil) -> ByteText {
            let body = rows.body.baseAddress ?? UnsafeRawPointer(rows.key.start)
            return ByteText(
                start: (body + start).assumingMemoryBound(to: UInt8.self),
                count: count ?? rows.body.count - start)
        }

        /// The event with its texts where they lie now.
        private var storedEvent: OrderEvent {
            var event = rows.body.loadUnaligned(as: OrderEvent.self)
            let start = MemoryLayout<OrderEvent>.size
            let idCount = event.id.count
            event.id = text(from: start, count: idCount)
            event.original = text(from: start + idCount)
            return event
        }

        /// The order that simply earns, and the terms that it earns at.
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

        /// The event.
        ///
        /// - Parameter texts: keeps its texts.
        func event(_ texts: TextArena) -> OrderEvent {
            var event = storedEvent
            event.id = texts.copy(event.id)
            event.original = texts.copy(event.original)
            guard event.kind == .charge, !runs.givenBack.isEmpty else { return event }
            let order = OrderIdentity(system: event.system, id: event.id)
            event.base -= runs.givenBack[order] ?? 0
            return event
        }
    }
}
