import Loyalty
import TestSupport
import Testing

/// Random members through the fold and through its naive twin.
@Suite struct FoldTwinTests {
    private func members(_ seed: Int) -> [(String, RandomMember)] {
        (0..<60).map { number in
            let own = seed * 1000 + number
            return ("seed \(own)", RandomMember(SplitMix64(seed: own)))
        }
    }

    private func outcome(_ member: RandomMember) -> Outcome {
        Outcome(member.twin, member.events)
    }

    @Test(arguments: 0..<100) func `a night is what the naive twin makes of it`(seed: Int) {
        for (note, member) in members(seed) {
            let outcome = outcome(member)
            var twin = member.twin
            twin.run(member.events)
            #expect(outcome.postings == twin.entries.map(\.text).sorted(), "\(note)\n\(member)")
            #expect(outcome.lots == twin.lots.map(\.text).sorted(), "\(note)\n\(member)")
            let debts = Account.Kind.allCases.map { Points(twin.debts[$0] ?? 0) }
            #expect(outcome.debts == debts, "\(note)\n\(member)")
        }
    }

    @Test(arguments: 0..<100)
    func `postings account for every change of a lot and of a balance`(seed: Int) {
        for (note, member) in members(seed) {
            #expect(outcome(member).faults(member.day) == [], "\(note)\n\(member)")
        }
    }

    @Test(arguments: 0..<100) func `the order of lots and events does not matter`(seed: Int) {
        for (note, member) in members(seed) {
            var other = member
            other.shuffle()
            let (one, two) = (outcome(member), outcome(other))
            #expect(one.postings == two.postings, "\(note)\n\(member)")
            #expect(one.lots == two.lots, "\(note)\n\(member)")
        }
    }
}
