import Loyalty
import TestSupport
import Testing

/// Random members through the fold and through its naive twin.
@Suite struct FoldTwinTests {
    /// What the fold made of a member: postings and open lots as sorted text, and the raw values.
    private struct Outcome {
        var postings: [String]
        var lots: [String]
        var debts: [Points]
        var raw: [Posting]
        var before: MemberState
        var after: MemberState
        /// Keeps the bytes that the values point at.
        var texts: Texts
    }

    private func fold(_ member: RandomMember) -> Outcome {
        let texts = Texts()
        var terms: [Terms] = []
        var state = MemberState()
        state.lots = member.lots.map { lot in
            Lot(
                account: lot.account, system: Int32(lot.system), id: texts(lot.id),
                points: Points(lot.points), remaining: Points(lot.remaining), earnedOn: lot.earned,
                activeOn: lot.active, expiresOn: lot.expires)
        }
        for (kind, debt) in member.debts { state.debts[Int(kind.rawValue)] = Points(debt) }
        func index(_ multiplier: String) -> Int {
            let rate = Rate(multiplier) ?? .one
            terms.append(Terms(member.program, tier: Tier(name: "", multipliers: [rate, rate])))
            return terms.count - 1
        }
        let events = member.events.map { event in
            OrderEvent(
                kind: event.kind, date: event.date, system: Int32(event.system),
                id: texts(event.id), base: MinorUnits(event.base), terms: index(event.multiplier),
                oldBase: MinorUnits(event.oldBase), oldTerms: event.oldMultiplier.map(index),
                originalSystem: Int32(event.original?.system ?? 0),
                original: event.original.map { texts($0.id) },
                sale: event.sale.map { sale in
                    OrderEvent.Sale(
                        base: MinorUnits(sale.base), returned: MinorUnits(sale.returned),
                        terms: sale.multiplier.map(index),
                        openingPoints: Points(sale.openingPoints))
                })
        }
        let before = state
        var postings: [Posting] = []
        Fold(program: member.program, day: member.day, terms: terms).run(
            &state, events.sorted(by: OrderEvent.precedes), into: &postings)
        return Outcome(
            postings: postings.map(text).sorted(),
            lots: state.lots.filter { $0.remaining > 0 }.map(text).sorted(),
            debts: state.debts, raw: postings, before: before, after: state, texts: texts)
    }

    private func text(_ posting: Posting) -> String {
        let lot = posting.lot.isEmpty ? "-" : "\(posting.lotSystem)/\(posting.lot.string)"
        let dates =
            posting.kind == .accrue ? " \(posting.activeOn.days) \(posting.expiresOn.days)" : ""
        return "\(posting.account) \(posting.kind.name) \(posting.system)/\(posting.source.string) "
            + "\(lot) \(posting.points) \(posting.date.days)\(dates)"
    }

    private func text(_ lot: Lot) -> String {
        "\(lot.account) \(lot.system)/\(lot.id.string) \(lot.remaining)/\(lot.points) "
            + "\(lot.earnedOn.days) \(lot.activeOn.days) \(lot.expiresOn.days)"
    }

    private func members(_ seed: Int) -> [(String, RandomMember)] {
        (0..<60).map { number in
            let own = seed * 1000 + number
            return ("seed \(own)", RandomMember(SplitMix64(seed: own)))
        }
    }

    @Test(arguments: 0..<100) func `a night is what the naive twin makes of it`(seed: Int) {
        for (note, member) in members(seed) {
            let outcome = fold(member)
            var twin = NaiveTwin(
                program: member.program, day: member.day, lots: member.lots, debts: member.debts)
            twin.run(member.events)
            #expect(outcome.postings == twin.postings.sorted(), "\(note)\n\(member)")
            #expect(outcome.lots == twin.lots.map(\.text).sorted(), "\(note)\n\(member)")
            let debts = Account.Kind.allCases.map { Points(twin.debts[$0] ?? 0) }
            #expect(outcome.debts == debts, "\(note)\n\(member)")
        }
    }

    @Test(arguments: 0..<100) func `postings account for every change of a balance`(seed: Int) {
        for (note, member) in members(seed) {
            let outcome = fold(member)
            for kind in Account.Kind.allCases {
                let own = outcome.raw.filter { $0.account == kind && $0.changesBalance }
                let change =
                    outcome.after.balance(of: kind, on: member.day).total
                    - outcome.before.balance(of: kind, on: member.day).total
                #expect(own.reduce(0) { $0 + $1.points } == change, "\(note)\n\(member)")
                #expect(outcome.debts[Int(kind.rawValue)] >= 0, "\(note)\n\(member)")
            }
        }
    }

    @Test(arguments: 0..<100) func `postings account for every lot`(seed: Int) {
        for (note, member) in members(seed) {
            let outcome = fold(member)
            for lot in outcome.after.lots {
                func isSame(_ other: Lot) -> Bool {
                    other.account == lot.account && other.system == lot.system
                        && other.id == lot.id
                }
                let before = outcome.before.lots.first(where: isSame)?.remaining ?? 0
                let posted = outcome.raw.filter {
                    $0.account == lot.account && $0.lotSystem == lot.system && $0.lot == lot.id
                }
                let change = posted.reduce(0) { $0 + $1.points }
                #expect(before + change == lot.remaining, "\(note)\n\(member)")
                #expect(0 <= lot.remaining && lot.remaining <= lot.points, "\(note)\n\(member)")
                #expect(lot.remaining == 0 || lot.expiresOn > member.day, "\(note)\n\(member)")
            }
            #expect(outcome.raw.allSatisfy { $0.points != 0 }, "\(note)\n\(member)")
        }
    }

    @Test(arguments: 0..<100) func `the order of lots and events does not matter`(seed: Int) {
        for (note, member) in members(seed) {
            var other = member
            other.shuffle()
            let (one, two) = (fold(member), fold(other))
            #expect(one.postings == two.postings, "\(note)\n\(member)")
            #expect(one.lots == two.lots, "\(note)\n\(member)")
        }
    }
}
