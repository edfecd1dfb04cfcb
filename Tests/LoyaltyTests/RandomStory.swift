import Loyalty
import TestSupport

/// Several nights of a few members of a random program: what is restated, cancelled or given back was
/// really posted before.
struct RandomStory {
    /// A return of an order and what it gives back of the points paid.
    struct Return {
        var id: String
        var base: Int
        var multiplier: String
        var date: CivilDate
        var refund: Int
    }

    struct Order {
        var system: Int
        var id: String
        var date: CivilDate
        var base: Int
        var multiplier: String
        var paid: Int
        var returns: [Return] = []
        var isRestated = false
        var isVoid = false
        /// An adjustment: its points are `base`.
        var account: Account.Kind?

        /// The points paid that no return gave back.
        var stillPaid: Int { paid - returns.map(\.refund).reduce(0, +) }

        var sources: [(system: Int, id: String)] {
            [(system, id)] + returns.map { (system, $0.id) }
        }
    }

    struct Member {
        var lots: [NaiveTwin.Lot] = []
        var debts: [Account.Kind: Int] = [:]
        var orders: [Order] = []
        var history: [NaiveTwin.Entry] = []
        var events: [NaiveTwin.Event] = []
        /// Orders that tonight has touched already.
        var touched: Set<String> = []
    }

    private(set) var program = Program.plain
    private(set) var day = CivilDate(days: 20_000)
    var members: [Member]
    private var random: SplitMix64
    private var count = 0

    private static let multipliers = ["1", "1.25", "0", "0.333333", "3"]

    init(seed: Int) {
        random = SplitMix64(seed: seed)
        program.accounts = Account.random(&random, around: day)
        if random.oneIn(6) { program.earnsFrom = day.adding(days: random.int(0...20)) }
        members = [Member(), Member()]
        for index in members.indices {
            for _ in 0..<random.int(0...2) { addOpeningLot(index) }
        }
    }

    func twin(_ member: Int) -> NaiveTwin {
        NaiveTwin(
            program: program, day: day, lots: members[member].lots, debts: members[member].debts)
    }

    /// What the night made of a member.
    mutating func keep(_ twin: NaiveTwin, of member: Int) {
        members[member].lots = twin.lots
        members[member].debts = twin.debts
        members[member].history += twin.entries
    }

    /// The events of the next night; `merges`: the second member is merged into the first.
    mutating func nextNight(merges: Bool) {
        day = day.adding(days: random.int(1...random.pick([2, 20])))
        program.status = random.oneIn(10) ? .paused : .running
        for index in members.indices {
            members[index].events = []
            members[index].touched = []
        }
        if merges { merge() }
        for index in members.indices where !merges || index == 0 {
            for _ in 0..<random.int(0...4) { addEvent(index) }
            members[index].events.shuffle(using: &random)
        }
    }

    private mutating func id() -> String {
        count += 1
        return random.pick(["a", "é", "z", ""]) + "\(count)"
    }

    private mutating func date() -> CivilDate {
        day.adding(days: -(random.oneIn(3) ? random.int(0...40) : 0))
    }

    private mutating func money() -> Int { random.int(0...random.pick([99, 999, 9_000])) }

    private mutating func addOpeningLot(_ member: Int) {
        let account = random.pick(program.accounts).kind
        let points = random.int(1...80)
        members[member].lots.append(
            NaiveTwin.Lot(
                account: account, system: 0, id: random.pick(["lot", id()]) + "\(account)",
                points: points, remaining: points, earned: day.adding(days: -20),
                active: day.adding(days: random.int(-9...9)),
                expires: random.oneIn(3) ? Lot.never : day.adding(days: random.int(1...60))))
        let last = members[member].lots.removeLast()
        if !members[member].lots.contains(where: { $0.id == last.id }) {
            members[member].lots.append(last)
        }
    }

    // MARK: Events

    private mutating func addEvent(_ member: Int) {
        switch random.int(1...12) {
        case 1...4: addSale(member)
        case 5, 6: addReturn(member)
        case 7, 8: restate(member)
        case 9: cancel(member)
        case 10: adjust(member)
        case 11: add(member, event(.charge, date(), random.int(1...2), id(), random.int(1...60)))
        default: add(member, event(.return, date(), random.int(1...2), id(), money()))
        }
    }

    private func event(
        _ kind: OrderEvent.Kind, _ date: CivilDate, _ system: Int, _ id: String, _ base: Int,
        _ multiplier: String = "1"
    ) -> NaiveTwin.Event {
        NaiveTwin.Event(
            kind: kind, date: date, system: system, id: id, base: base, multiplier: multiplier)
    }

    private mutating func add(_ member: Int, _ event: NaiveTwin.Event) {
        members[member].events.append(event)
    }

    private mutating func addSale(_ member: Int) {
        let order = Order(
            system: random.int(1...2), id: id(), date: date(), base: money(),
            multiplier: random.pick(Self.multipliers),
            paid: random.oneIn(3) ? random.int(1...80) : 0)
        members[member].orders.append(order)
        for part in Self.parts(of: order) { add(member, part) }
    }

    /// An order that tonight has not touched, and its place.
    private mutating func pick(
        _ member: Int, where isGood: (Order) -> Bool = { $0.account == nil }
    ) -> Int? {
        let good = members[member].orders.indices.filter {
            let order = members[member].orders[$0]
            return !order.isVoid && !members[member].touched.contains(order.id) && isGood(order)
        }
        return good.randomElement(using: &random)
    }

    private func isOfTonight(_ member: Int, _ order: Order) -> Bool {
        members[member].events.contains { $0.id == order.id && $0.system == order.system }
    }

    private mutating func addReturn(_ member: Int) {
        guard let index = pick(member) else { return }
        var order = members[member].orders[index]
        let one = newReturn(of: order)
        var parts = Self.parts(of: order, with: one)
        // Of an order of tonight, less is charged instead.
        let charge = members[member].events.firstIndex { $0.kind == .charge && $0.id == order.id }
        if let charge {
            members[member].events[charge].base -= one.refund
            parts.removeAll { $0.kind == .refund }
        }
        let effects = Self.effects(members[member].history, order.sources)
        for part in parts.indices where parts[part].kind == .refund {
            parts[part].effects = spent(member, order, effects)
        }
        for part in parts.indices where parts[part].kind == .return {
            parts[part].sale?.capped = NaiveTwin.capped(
                members[member].history, (order.system, order.id))
        }
        for part in parts { add(member, part) }
        order.returns.append(one)
        members[member].orders[index] = order
        members[member].touched.insert(order.id)
    }

    private mutating func newReturn(of order: Order) -> Return {
        let left = order.stillPaid
        return Return(
            id: random.oneIn(8) ? order.id : id(),
            base: random.oneIn(3) ? order.base : money(),
            multiplier: random.pick(Self.multipliers), date: date(),
            refund: left > 0 && random.oneIn(2) ? random.int(1...left) : 0)
    }

    /// What the order's points paid took and its returns have not given back.
    private func spent(
        _ member: Int, _ order: Order, _ effects: [NaiveTwin.Effect]
    ) -> [NaiveTwin.Effect] {
        let kinds = ["redeem", "redeem_uncovered", "refund", "reverse"]
        let all = order.sources
        let entries = members[member].history.filter { entry in
            kinds.contains(entry.kind)
                && all.contains { $0.system == entry.system && $0.id == entry.id }
        }
        return effects.compactMap { effect in
            // One effect a lot, whichever of the order's sources it bears.
            guard effect.id == order.id, effect.lot?.id != order.id else { return nil }
            var net = effect
            net.points = entries.filter { entry in
                entry.account == effect.account
                    && entry.lot?.id == effect.lot?.id && entry.lot?.system == effect.lot?.system
                    && (effect.lot != nil || entry.kind == effect.uncovered)
            }.map(\.points).reduce(0, +)
            return net.points < 0 ? net : nil
        }
    }

    private mutating func restate(_ member: Int) {
        guard let index = pick(member, where: { _ in true }) else { return }
        var order = members[member].orders[index]
        if isOfTonight(member, order) { return }
        let effects = Self.effects(members[member].history, order.sources)
        let old = order
        order.base = order.account == nil ? money() : random.int(-90...90)
        if order.account != nil, order.base == 0 { order.base = 1 }
        if random.oneIn(3) { order.multiplier = random.pick(Self.multipliers) }
        if order.account == nil { change(&order) }
        let isSimple =
            program.allowsCorrections && !order.isRestated && order.account == nil
            && old.returns.isEmpty && order.returns.isEmpty && old.paid + order.paid == 0
        var event = event(.restatement, order.date, order.system, order.id, order.base)
        event.multiplier = order.multiplier
        event.oldBase = old.base
        event.oldMultiplier = old.multiplier
        if isSimple, random.oneIn(2) {
            event.kind = .correction
            // The program may have paused when the order came.
            if effects.isEmpty { event.oldMultiplier = nil }
        } else {
            event.effects = effects
            if !random.oneIn(9) { event.parts = Self.parts(of: order, after: old) }
            if order.account == nil, random.oneIn(3) { restateAnother(member, with: &event, index) }
        }
        order.isRestated = true
        let isLeft = event.parts.contains { $0.id == order.id && $0.kind != .return }
        if event.kind == .restatement, !isLeft { order.isVoid = true }
        members[member].orders[index] = order
        members[member].touched.insert(order.id)
        add(member, event)
    }

    /// Through an exchange two orders are restated as one.
    private mutating func restateAnother(
        _ member: Int, with event: inout NaiveTwin.Event, _ first: Int
    ) {
        guard let index = pick(member), index != first else { return }
        let order = members[member].orders[index]
        if isOfTonight(member, order) { return }
        event.effects += Self.effects(members[member].history, order.sources)
        let kinds: [OrderEvent.Kind] = [.accrual, .return, .charge]
        let parts = event.parts + Self.parts(of: order, after: order)
        event.parts = kinds.flatMap { kind in parts.filter { $0.kind == kind } }
        members[member].orders[index].isRestated = true
        members[member].touched.insert(order.id)
    }

    /// Other points paid, a return more or one less.
    private mutating func change(_ order: inout Order) {
        if random.oneIn(3) {
            let given = order.returns.map(\.refund).reduce(0, +)
            order.paid = max(given, random.oneIn(2) ? 0 : random.int(1...80))
        }
        if random.oneIn(3) {
            let one = newReturn(of: order)
            order.returns.append(one)
        } else if random.oneIn(3), !order.returns.isEmpty {
            order.returns.removeFirst()
        }
    }

    private mutating func cancel(_ member: Int) {
        guard let index = pick(member, where: { _ in true }) else { return }
        let order = members[member].orders[index]
        if isOfTonight(member, order) { return }
        var event = event(.void, order.date, order.system, order.id, 0)
        event.effects = Self.effects(members[member].history, order.sources)
        members[member].orders[index].isVoid = true
        members[member].touched.insert(order.id)
        add(member, event)
    }

    private mutating func adjust(_ member: Int) {
        let order = Order(
            system: 3, id: id(), date: date(), base: random.pick([-1, 1]) * random.int(1...90),
            multiplier: "1", paid: 0, account: random.pick(program.accounts).kind)
        members[member].orders.append(order)
        for part in Self.parts(of: order) { add(member, part) }
    }

    private mutating func merge() {
        let into = (date: day, system: 9, id: "merge")
        add(1, event(.mergeOut, into.date, into.system, into.id, 0))
        var arrival = event(.mergeIn, into.date, into.system, into.id, 0)
        arrival.arriving = members[1].lots
        arrival.debts = members[1].debts
        add(0, arrival)
        members[0].orders += members[1].orders
        members[0].history += members[1].history
        members[1].orders = []
    }

    // MARK: What events are made of

    /// An order as it is posted: itself, its returns, what was paid with points and given back.
    ///
    /// - Parameter old: as it was posted before.
    private static func parts(of order: Order, after old: Order? = nil) -> [NaiveTwin.Event] {
        var all: [NaiveTwin.Event] = []
        var event = NaiveTwin.Event(
            kind: .accrual, date: order.date, system: order.system, id: order.id, base: order.base,
            multiplier: order.multiplier)
        if let account = order.account {
            event.kind = .adjustment
            event.account = account
            return [event]
        }
        all.append(event)
        let sorted = order.returns.sorted { $0.date < $1.date }
        var before = order
        before.returns = []
        for one in sorted {
            all += parts(of: before, with: one).filter { $0.kind == .return }
            before.returns.append(one)
        }
        event.kind = .charge
        event.base = order.stillPaid
        event.oldBase = old?.stillPaid ?? 0
        if event.base > 0 { all.append(event) }
        return all
    }

    /// One return more.
    private static func parts(of order: Order, with one: Return) -> [NaiveTwin.Event] {
        var event = NaiveTwin.Event(
            kind: .return, date: one.date, system: order.system, id: one.id, base: one.base,
            multiplier: one.multiplier)
        event.original = (order.system, order.id)
        event.sale = NaiveTwin.Sale(
            base: order.base, returned: order.returns.map(\.base).reduce(0, +),
            multiplier: order.multiplier, openingPoints: 0)
        guard one.refund > 0 else { return [event] }
        var refund = event
        refund.kind = .refund
        refund.base = one.refund
        refund.sale = nil
        return [event, refund]
    }

    /// What sources did, netted by account, source, and lot, debt or kind of what nothing covered; what
    /// a source's own lot lost by it stands apart from what it gained.
    static func effects(
        _ entries: [NaiveTwin.Entry], _ sources: [(system: Int, id: String)]
    ) -> [NaiveTwin.Effect] {
        var effects: [NaiveTwin.Effect] = []
        for entry in entries {
            let isOwn = sources.contains { $0.system == entry.system && $0.id == entry.id }
            guard isOwn, !["expire", "merge"].contains(entry.kind) else { continue }
            let kind = entry.isUncovered ? entry.kind : nil
            let isOwnLot = entry.lot.map { $0.system == entry.system && $0.id == entry.id } ?? false
            let isLoss = isOwnLot && (entry.points < 0) != (entry.kind == "reverse")
            let same = effects.firstIndex { effect in
                effect.account == entry.account && effect.system == entry.system
                    && effect.id == entry.id && effect.uncovered == kind && effect.isLoss == isLoss
                    && effect.lot?.system == entry.lot?.system && effect.lot?.id == entry.lot?.id
            }
            if let same {
                effects[same].points += entry.points
                effects[same].lot = entry.lot
            } else {
                effects.append(
                    NaiveTwin.Effect(
                        account: entry.account, uncovered: kind, system: entry.system,
                        id: entry.id, lot: entry.lot, points: entry.points, isLoss: isLoss))
            }
        }
        return effects
    }
}
