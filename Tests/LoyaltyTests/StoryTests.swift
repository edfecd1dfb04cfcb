import Foundation
import Loyalty
import TestSupport
import Testing

/// Random members over several nights, through the fold and through its naive twin.
///
/// `NIGHTJAR_MEMBERS` says how many, `NIGHTJAR_SEED` from which seed on.
@Suite struct StoryTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["NIGHTJAR_MEMBERS"].flatMap { Int($0) } ?? 5_000
    private static let firstSeed = environment["NIGHTJAR_SEED"].flatMap { Int($0) } ?? 0
    private static let slices = 50

    /// Two members a story.
    private func seeds(_ slice: Int) -> Range<Int> {
        let stories = (Self.count + 1) / 2
        let start = Self.firstSeed
        return start + stories * slice / Self.slices..<start + stories * (slice + 1) / Self.slices
    }

    @Test(arguments: 0..<slices)
    func `nights of restatements, voids, refunds, adjustments and merges`(slice: Int) {
        for seed in seeds(slice) where !tells(seed) { return }
    }

    /// Whether a story's nights are what the twin makes of them.
    private func tells(_ seed: Int) -> Bool {
        var story = RandomStory(seed: seed)
        var uncovered: [String: Int] = [:]
        for night in 0..<5 {
            story.nextNight(merges: night == 3 && seed % 2 == 0)
            for member in story.members.indices {
                let events = story.members[member].events
                var twin = story.twin(member)
                let outcome = Outcome(twin, events)
                twin.run(events)
                let debts = Account.Kind.allCases.map { Points(twin.debts[$0] ?? 0) }
                let isSame =
                    outcome.postings == twin.entries.map(\.text).sorted()
                    && outcome.lots == twin.lots.map(\.text).sorted() && outcome.debts == debts
                let faults =
                    outcome.faults(story.day) + cancelled(twin.entries, events, story, member)
                    + fellShort(twin.entries, &uncovered)
                guard isSame, faults.isEmpty else {
                    Issue.record(
                        """
                        seed \(seed), night \(night), member \(member), \(story.day.days) \(faults)
                        \(story.program)
                        before: \(story.members[member].lots.map(\.text)) \(story.members[member].debts)
                        \(events.map(\.text).joined(separator: "\n"))
                        fold: \(outcome.postings.joined(separator: "\n      "))
                        twin: \(twin.entries.map(\.text).sorted().joined(separator: "\n      "))
                        fold: \(outcome.lots) \(outcome.debts)
                        twin: \(twin.lots.map(\.text).sorted()) \(debts)
                        """)
                    return false
                }
                story.keep(twin, of: member)
            }
        }
        return true
    }

    /// What nothing covered is never made good twice.
    private func fellShort(
        _ entries: [NaiveTwin.Entry], _ uncovered: inout [String: Int]
    ) -> [String] {
        for entry in entries where entry.isUncovered {
            uncovered["\(entry.account) \(entry.kind)", default: 0] += entry.points
        }
        return uncovered.filter { $0.value > 0 }.map { "\($0.key): made good twice" }
    }

    /// An order that was cancelled comes to nothing: all that it and its returns ever posted.
    private func cancelled(
        _ entries: [NaiveTwin.Entry], _ events: [NaiveTwin.Event], _ story: RandomStory,
        _ member: Int
    ) -> [String] {
        events.filter { $0.kind == .void }.flatMap { event in
            let order = story.members[member].orders.first { $0.id == event.id }
            var sums: [Account.Kind: Int] = [:]
            for entry in story.members[member].history + entries {
                let isOwn = event.effects.contains {
                    $0.system == entry.system && $0.id == entry.id
                }
                let isSource = isOwn || entry.system == event.system && entry.id == event.id
                guard isSource, order != nil, !["expire", "merge"].contains(entry.kind)
                else { continue }
                sums[entry.account, default: 0] += entry.points
            }
            return sums.filter { $0.value != 0 }.map { "\(event.id): \($0.key) keeps \($0.value)" }
        }
    }

    @Test(arguments: 0..<20)
    func `a restatement of an order that was never returned is its correction`(slice: Int) {
        for seed in 0..<100 {
            let own = slice * 100 + seed
            var random = SplitMix64(seed: own)
            var member = RandomMember(random)
            member.forgetCaps()
            var twin = member.twin
            twin.run(member.events)
            let sales = member.events.filter { $0.kind == .accrual }
            for sale in sales {
                var correction = sale
                correction.kind = .correction
                correction.oldBase = sale.base
                correction.oldMultiplier = sale.multiplier
                correction.base = random.int(0...20_000)
                var restatement = sale
                restatement.kind = .restatement
                restatement.effects = RandomStory.effects(
                    twin.entries, [(sale.system, sale.id)])
                if restatement.effects.isEmpty { correction.oldMultiplier = nil }
                var again = correction
                again.kind = .accrual
                restatement.parts = [again]
                let next = NaiveTwin(
                    program: twin.program, day: twin.day.adding(days: 1), lots: twin.lots,
                    debts: twin.debts)
                let (one, other) = (Outcome(next, [correction]), Outcome(next, [restatement]))
                #expect(one.lots == other.lots, "seed \(own)\n\(member)")
                #expect(one.debts == other.debts, "seed \(own)\n\(member)")
                #expect(one.raw.map(\.points).reduce(0, +) == other.raw.map(\.points).reduce(0, +))
            }
        }
    }
}
