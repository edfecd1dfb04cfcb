import Loyalty
import TestSupport

/// What the fold made of a member: postings and open lots as sorted text, and the raw values.
struct Outcome {
    var postings: [String]
    var lots: [String]
    var debts: [Points]
    var raw: [Posting] = []
    var before = MemberState()
    var after: MemberState
    /// Keeps the bytes that the values point at.
    private let texts = Texts()
    private var terms: [Terms] = []
    private var details: [EventDetail] = []

    /// Folds the night that a twin would run.
    init(_ twin: NaiveTwin, _ events: [NaiveTwin.Event]) {
        (postings, lots, debts, after) = ([], [], [], before)
        before.lots = twin.lots.map { self.lot($0) }
        for (kind, debt) in twin.debts { before.debts[Int(kind.rawValue)] = Points(debt) }
        let folded = events.map { event($0, twin.program) }
        after = before
        Fold(program: twin.program, day: twin.day, terms: terms, details: details).run(
            &after, folded.sorted(by: OrderEvent.precedes), into: &raw)
        postings = raw.map { Outcome.text($0) }.sorted()
        lots = after.lots.filter { $0.remaining > 0 }.map { Outcome.text($0) }.sorted()
        debts = after.debts
    }

    private func lot(_ lot: NaiveTwin.Lot) -> Lot {
        Lot(
            account: lot.account, system: Int32(lot.system), id: texts(lot.id),
            points: Points(lot.points), remaining: Points(lot.remaining), earnedOn: lot.earned,
            activeOn: lot.active, expiresOn: lot.expires)
    }

    private mutating func index(_ multiplier: String, _ program: Program) -> Int {
        let rate = Rate(multiplier) ?? .one
        terms.append(Terms(program, tier: Tier(name: "", multipliers: [rate, rate])))
        return terms.count - 1
    }

    private mutating func event(_ event: NaiveTwin.Event, _ program: Program) -> OrderEvent {
        var folded = OrderEvent(
            kind: event.kind, date: event.date, system: Int32(event.system), id: texts(event.id),
            base: MinorUnits(event.base), terms: index(event.multiplier, program),
            oldBase: MinorUnits(event.oldBase),
            oldTerms: event.oldMultiplier.map { index($0, program) },
            originalSystem: Int32(event.original?.system ?? 0),
            original: event.original.map { texts($0.id) },
            sale: event.sale.map { sale in
                OrderEvent.Sale(
                    base: MinorUnits(sale.base), returned: MinorUnits(sale.returned),
                    terms: sale.multiplier.map { index($0, program) },
                    openingPoints: Points(sale.openingPoints),
                    capped: [
                        Points(sale.capped[.spend] ?? 0), Points(sale.capped[.status] ?? 0),
                    ])
            })
        folded.account = event.account
        folded.holdDays = Int32(event.hold)
        let needsDetail: Set<OrderEvent.Kind> = [
            .restatement, .void, .refund, .mergeIn,
        ]
        guard needsDetail.contains(event.kind) else { return folded }
        var detail = EventDetail(
            effects: event.effects.map { effect($0, event.date) },
            lots: event.arriving.map { lot($0) })
        for part in event.parts { detail.parts.append(self.event(part, program)) }
        for (kind, debt) in event.debts { detail.debts[Int(kind.rawValue)] = Points(debt) }
        details.append(detail)
        folded.detail = Int32(details.count - 1)
        return folded
    }

    private func effect(_ effect: NaiveTwin.Effect, _ date: CivilDate) -> EventDetail.Effect {
        let kind = Posting.Kind.allCases.first { $0.name == effect.uncovered }
        return EventDetail.Effect(
            account: effect.account,
            place: effect.lot != nil ? .lot : kind != nil ? .uncovered : .debt,
            system: Int32(effect.system), source: texts(effect.id),
            lotSystem: Int32(effect.lot?.system ?? 0), lot: texts(effect.lot?.id ?? ""),
            earnedOn: effect.lot?.earned ?? date, activeOn: effect.lot?.active ?? date,
            expiresOn: effect.lot?.expires ?? date, points: Points(effect.points),
            uncoveredKind: kind ?? .returnUncovered)
    }

    private static func text(_ posting: Posting) -> String {
        let lot = posting.lot.isEmpty ? "-" : "\(posting.lotSystem)/\(posting.lot.string)"
        let dates =
            posting.points > 0 && !posting.lot.isEmpty
            ? " \(posting.activeOn.days) \(posting.expiresOn.days)" : ""
        return "\(posting.account) \(posting.kind.name) \(posting.system)/\(posting.source.string) "
            + "\(lot) \(posting.points) \(posting.date.days)\(dates)"
    }

    private static func text(_ lot: Lot) -> String {
        "\(lot.account) \(lot.system)/\(lot.id.string) \(lot.remaining)/\(lot.points) "
            + "\(lot.earnedOn.days) \(lot.activeOn.days) \(lot.expiresOn.days)"
    }

    // MARK: What must hold of every night

    /// What is wrong with the sums; empty where nothing is.
    func faults(_ day: CivilDate) -> [String] {
        var faults: [String] = []
        for kind in Account.Kind.allCases {
            let own = raw.filter { $0.account == kind && $0.changesBalance }
            let change =
                after.balance(of: kind, on: day).total - before.balance(of: kind, on: day).total
            let posted = own.reduce(0) { $0 + $1.points }
            if posted != change { faults.append("\(kind): posted \(posted), changed \(change)") }
            if debts[Int(kind.rawValue)] < 0 { faults.append("\(kind): a debt below zero") }
        }
        for lot in after.lots {
            func isSame(_ other: Lot) -> Bool {
                other.account == lot.account && other.system == lot.system && other.id == lot.id
            }
            let had = before.lots.first(where: isSame)?.remaining ?? 0
            let posted = raw.filter {
                $0.account == lot.account && $0.lotSystem == lot.system && $0.lot == lot.id
            }
            let sum = posted.reduce(had) { $0 + $1.points }
            if sum != lot.remaining { faults.append("\(lot.id.string): posted to \(sum)") }
            if lot.remaining < 0 || lot.remaining > lot.points {
                faults.append("\(lot.id.string): \(lot.remaining) of \(lot.points)")
            }
            if lot.remaining > 0, lot.expiresOn <= day {
                faults.append("\(lot.id.string): good after its last day")
            }
            if after.lots.filter(isSame).count > 1 { faults.append("\(lot.id.string): twice") }
        }
        if raw.contains(where: { $0.points == 0 }) { faults.append("a posting of nothing") }
        return faults
    }
}
