internal import Loyalty
internal import Storage

/// Posts anew what an order's row alone doesn't tell: orders with returns, with points paid, corrected
/// before, or cancelled.
///
/// 'A correction re-states the order and its returns together: reverse all, post all' (spec, part 0).
/// What was posted is read from the ledger, what is to be posted from the registry, when all of
/// tonight's orders have been settled: so the order in which files came can't matter.
final class Restater {
    private let program: Program
    private let registry: OrderRegistry
    private let links: OrderLinks
    private let terms: TierTerms
    private let texts: TextArena
    private let history: PostedEffects

    /// What must be restated, and the members who had it before.
    private var marked: [OrderIdentity: Set<Int32>] = [:]
    /// Of what is marked: the order as it was before tonight; parked, if it is released tonight.
    private var before: [OrderIdentity: OrderRow] = [:]
    /// Links that were taken away tonight.
    private var former: [OrderIdentity: [OrderIdentity]] = [:]
    /// Corrected returns: tonight's linker posts them like new ones.
    private var relinked: Set<OrderIdentity> = []
    /// All that is restated together with what is marked.
    private var groups: [[OrderIdentity]] = []
    private var restated: Set<OrderIdentity> = []
    /// Tonight's returns of orders that were paid with points.
    private var returnsOfPaid: [OrderIdentity: [OrderRow]] = [:]

    init(
        _ connection: Connection, program: Program, registry: OrderRegistry, links: OrderLinks,
        terms: TierTerms, texts: TextArena
    ) throws {
        self.program = program
        self.registry = registry
        self.links = links
        self.terms = terms
        self.texts = texts
        history = PostedEffects(connection, texts: texts)
    }

    // MARK: What to restate

    /// Restates an order that is corrected: what came back by it is linked anew.
    ///
    /// - Parameters:
    ///   - old: the order as it was before tonight.
    ///   - wasPosted: false for one that is released tonight.
    func restate(_ old: OrderRow, wasPosted: Bool = true) throws {
        mark(old, wasPosted: wasPosted)
        relinked.insert(old.identity)
        guard let order = try links.order(of: old.identity) else { return }
        try uncount(old, of: order)
        try links.remove(old.identity)
        marked[order, default: []].insert(0)
        former[order, default: []].append(old.identity)
        former[old.identity, default: []].append(order)
    }

    /// Restates an order that is cancelled: what it brought back doesn't count.
    func cancel(_ old: OrderRow) throws {
        mark(old, wasPosted: true)
        guard let order = try links.order(of: old.identity) else { return }
        try uncount(old, of: order)
    }

    private func mark(_ old: OrderRow, wasPosted: Bool) {
        marked[old.identity, default: []].insert(old.member)
        guard before[old.identity] == nil else { return }
        var row = old
        if !wasPosted { row.state = .parked }
        before[old.identity] = row
    }

    private func uncount(_ back: OrderRow, of order: OrderIdentity) throws {
        guard back.countsAsReturned else { return }
        try registry.addReturned(-back.returnedBase, to: order)
    }

    /// Whether tonight's linker posts the return of a corrected order.
    func isRelinked(_ order: OrderIdentity) -> Bool { relinked.contains(order) }

    /// Finds what must be restated together: an order with its returns; through an exchange, several.
    func gather() throws {
        for start in marked.keys where !restated.contains(start) {
            var group = [start]
            restated.insert(start)
            var next = 0
            while next < group.count {
                let one = group[next]
                next += 1
                var near = try links.returns(of: one) + (former[one] ?? [])
                if let order = try links.order(of: one) { near.append(order) }
                for other in near where restated.insert(other).inserted { group.append(other) }
            }
            groups.append(group)
        }
    }

    // MARK: Restating

    func run(_ settlement: inout Settlement) throws {
        for group in groups { try restate(group, &settlement) }
    }

    private func restate(_ group: [OrderIdentity], _ settlement: inout Settlement) throws {
        var rows: [OrderRow] = []
        var members: Set<Int32> = []
        for identity in group {
            for member in marked[identity] ?? [] {
                members.insert(registry.survivor(of: member))
            }
            guard let row = try registry.find(identity.system, identity.id, texts) else { continue }
            members.insert(row.member)
            rows.append(row)
        }
        rows.sort(by: OrderRow.precedes)
        guard let root = rows.first(where: \.isSale) ?? rows.first else { return }
        let parts = try parts(of: rows, &settlement)
        members.formUnion(parts.keys)
        let sources = Set(group)
        var hasChanged = false
        for member in members.sorted() where member > 0 {
            let effects = try history.effects(
                of: sources, on: registry.selves(of: member))
            let own = parts[member] ?? []
            guard !effects.isEmpty || !own.isEmpty else { continue }
            hasChanged = true
            let event = OrderEvent(
                kind: root.state == .cancelled ? .void : .restatement, date: root.date,
                system: root.system, id: root.id, base: 0, terms: 0)
            notePresented(own, of: rows, by: member, &settlement)
            settlement.add(event, EventDetail(effects: effects, parts: own), to: member)
        }
        guard hasChanged else { return }
        for row in rows where row.isSale { try registry.raiseVersion(of: row.identity) }
    }

    /// What is to be posted anew, by member: sales, then returns, then points paid.
    private func parts(
        of rows: [OrderRow], _ settlement: inout Settlement
    ) throws -> [Int32: [OrderEvent]] {
        var parts: [Int32: [OrderEvent]] = [:]
        for row in rows where row.earns { parts[row.member, default: []].append(row.accrual) }
        for row in rows where row.isOpening && row.state == .cancelled && row.member > 0 {
            // Its lot came with the opening lots: it is taken back as if all of it came back.
            var event = row.takingBack(row, row.id, returned: 0)
            event.base = row.earningBase
            parts[row.member, default: []].append(event)
        }
        var returned: [OrderIdentity: MinorUnits] = [:]
        let told = try overReturns(before: rows)
        for row in rows where row.takesBack && !relinked.contains(row.identity) {
            let named = try links.order(of: row.identity)
            let order = rows.first { $0.identity == named }
            guard let event = try part(row, of: order, &returned, told, &settlement) else {
                continue
            }
            parts[event.member, default: []].append(event.event)
        }
        for row in rows where row.isPosted && row.isSale && row.pointsPaid > 0 {
            var charge = row.charge
            charge.base -= givenBack(of: row, try returns(of: row))
            charge.oldBase = chargedBefore(row)
            if charge.base > 0 { parts[row.member, default: []].append(charge) }
        }
        return parts
    }

    /// The points that the order's member had been charged by it.
    private func chargedBefore(_ row: OrderRow) -> Points {
        guard let old = before[row.identity] else { return row.pointsPaid }
        let isSame = old.isPosted && registry.survivor(of: old.member) == row.member
        return isSame && old.isSale ? old.pointsPaid : 0
    }

    private func part(
        _ back: OrderRow, of order: OrderRow?, _ returned: inout [OrderIdentity: MinorUnits],
        _ told: [OrderIdentity: MinorUnits], _ settlement: inout Settlement
    ) throws -> (member: Int32, event: OrderEvent)? {
        var row = back
        guard var order else {
            return row.member > 0 && row.returnedBase > 0
                ? (
                    row.member,
                    row.takingBack(nil, ByteText(start: row.id.start, count: 0), returned: 0)
                )
                : nil
        }
        if row.kind == .return, order.state == .cancelled, !order.isWithdrawn {
            row.state = .cancelled
            try registry.setState(row)
        }
        guard order.postsReturns else { return nil }
        if program.returnsBy == .earner, row.member != order.member {
            row.member = order.member
            if let holder = try registry.holder(of: order.member) {
                row.terms = try terms.terms(of: holder, on: row.date)
            }
            // The card of an exchange keeps what it bought.
            if row.kind == .return { try registry.setState(row) }
        }
        order.returned = returned[order.identity] ?? 0
        returned[order.identity] = order.returned + row.returnedBase
        if program.returnsAreCumulative, let excess = row.excess(over: order),
            excess != told[row.identity]
        {
            settlement.note(LedgerException(.overReturn, of: row, amount: excess))
        }
        guard row.member > 0, row.returnedBase > 0 else { return nil }
        var event = row.takingBack(order, order.id, returned: order.returned)
        if event.terms == 0 {
            event.terms = try terms.terms(ofBack: row, for: row.member, registry)
        }
        return (row.member, event)
    }

    /// By how much returns exceeded their orders before tonight: the night in which they came said so.
    private func overReturns(before rows: [OrderRow]) throws -> [OrderIdentity: MinorUnits] {
        guard program.returnsAreCumulative else { return [:] }
        let old = rows.map { before[$0.identity] ?? $0 }.sorted(by: OrderRow.precedes)
        var returned: [OrderIdentity: MinorUnits] = [:]
        var excesses: [OrderIdentity: MinorUnits] = [:]
        for row in old where row.takesBack {
            let named = try links.order(of: row.identity) ?? former[row.identity]?.first
            guard var order = old.first(where: { $0.identity == named }) else { continue }
            order.returned = returned[order.identity] ?? 0
            returned[order.identity] = order.returned + row.returnedBase
            excesses[row.identity] = row.excess(over: order)
        }
        return excesses
    }

    // MARK: Max

    private func notePresented(
        _ parts: [OrderEvent], of rows: [OrderRow], by member: Int32, _ settlement: inout Settlement
    ) {
        guard !program.allowsCorrections else { return }
        for (index, part) in parts.enumerated() where part.kind == .return {
            let order = OrderIdentity(system: part.originalSystem, id: part.original)
            let earner = rows.first { $0.identity == order }?.member ?? 0
            guard earner > 0, earner != member else { continue }
            settlement.presented.append(
                PresentedReturn(
                    earner: earner, order: order, event: settlement.special.count, part: index))
        }
    }

    /// What `max` took of an order on an earlier night.
    ///
    /// Of what is restated tonight, that is reversed with the rest, and the fold knows the new.
    func capped(of order: OrderRow) throws -> InlineArray<2, Points> {
        guard !program.allowsCorrections, order.member > 0, !restated.contains(order.identity)
        else { return [0, 0] }
        return try history.capped(of: order.identity, on: registry.selves(of: order.member))
    }

    // MARK: Points paid

    /// A return of an order that was paid with points gives points back.
    func refund(_ back: OrderRow, of order: OrderRow, _ settlement: inout Settlement) throws {
        let before = try returns(of: order)
        var (order, back) = (order, back)
        order.id = texts.copy(order.id)
        back.id = texts.copy(back.id)
        returnsOfPaid[order.identity, default: []].append(back)
        // What is restated tonight is charged less.
        guard !restated.contains(order.identity) else { return }
        let points = givenBack(of: order, before + [back]) - givenBack(of: order, before)
        guard points > 0, order.member > 0 else { return }
        if let charge = settlement.charge(of: order.identity) {
            settlement.special[charge].base -= points
            return
        }
        if let runs = settlement.eventRuns, order.isSale, order.isPosted,
            try registry.isOfTonight(order.identity)
        {
            return runs.giveBack(points, of: order.identity)
        }
        var event = OrderEvent(
            kind: .refund, date: back.date, system: back.system, id: back.id, base: points, terms: 0
        )
        event.originalSystem = order.system
        event.original = order.id
        let spent = try history.spent(
            by: order.identity, returns: Set(try links.returns(of: order.identity)),
            on: registry.selves(of: order.member))
        settlement.add(event, EventDetail(effects: spent), to: order.member)
    }

    /// What came back of an order so far, tonight's included.
    private func returns(of order: OrderRow) throws -> [OrderRow] {
        var rows: [OrderRow] = returnsOfPaid[order.identity] ?? []
        for identity in try links.returns(of: order.identity) {
            guard let row = try registry.find(identity.system, identity.id, texts),
                row.countsAsReturned
            else { continue }
            rows.append(row)
        }
        return rows
    }

    /// The points that returns give back: what they say themselves, else in proportion to the money,
    /// cumulatively, so that several small ones give what one large one would.
    private func givenBack(of order: OrderRow, _ backs: [OrderRow]) -> Points {
        let paid = order.pointsPaid
        // What an exchange brought back is no part of what can come back of it.
        let sold = order.kind == .exchange ? order.net + order.returnBase : order.net
        func due(_ returned: MinorUnits) -> Points {
            guard returned > 0 else { return 0 }
            guard sold > returned else { return paid }
            return Points(Int128(paid) * Int128(returned) / Int128(sold))
        }
        var given: Points = 0
        var returned: MinorUnits = 0
        for back in backs.sorted(by: OrderRow.precedes) {
            let before = returned
            returned += back.kind == .return ? abs(back.net) : back.returnBase
            let own = back.kind == .return ? back.pointsPaid : 0
            given = min(paid, given + (own > 0 ? own : due(returned) - due(before)))
        }
        return given
    }
}

extension OrderRow {
    /// The order in which the fold runs orders of one phase.
    static func precedes(_ left: OrderRow, _ right: OrderRow) -> Bool {
        if left.date != right.date { return left.date < right.date }
        if left.id != right.id { return left.id < right.id }
        return left.system < right.system
    }

    var isPosted: Bool { state == .posted && member > 0 }

    /// Whether it makes a lot.
    var earns: Bool { isSale && isPosted && base > 0 }

    /// Whether goods came back by it, whoever's points they are.
    var countsAsReturned: Bool {
        switch state {
        case .posted, .anonymous, .notActive: isReturn
        case .parked, .opening, .givenUp, .cancelled: false
        }
    }

    /// Whether it may take points: an exchange does so for whoever bought.
    var takesBack: Bool {
        kind == .exchange ? countsAsReturned : kind == .return && state == .posted
    }

    /// Whether a full day lacked it: unlike what was voided, it may come again.
    var isWithdrawn: Bool { state == .cancelled && !isOpening && content == ContentHash() }

    var accrual: OrderEvent {
        OrderEvent(
            kind: .accrual, date: date, system: system, id: id, base: base, terms: Int(terms))
    }

    /// The points that it was paid with.
    var charge: OrderEvent {
        OrderEvent(kind: .charge, date: date, system: system, id: id, base: pointsPaid, terms: 0)
    }
}
