import Foundation
import Loyalty
import TestSupport
import Testing

/// Nights of random orders of every kind: sums agree, and the order in which orders come is nothing.
@Suite struct RandomLedgerTests {
    /// NIGHTJAR_SEEDS runs more of them.
    private static let most =
        ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 40

    /// A few nights of lines, no order in two versions in one night.
    private struct Story {
        var nights: [[String]] = []
        var members: [[String]] = []
        /// What the register asks of the fold.
        var codes: [[String]] = []
        private var random: SplitMix64
        private var lines: [(id: String, line: String, day: String)] = []
        private let cards = ["C1", "C2", "C3", "C4"]

        init(seed: Int) {
            random = SplitMix64(seed: seed)
            var day = LedgerNights.date("2026-11-16")
            for night in 0..<5 {
                members.append(
                    night == 0
                        ? cards.map { $0 }
                        : night == 2 && random.oneIn(2)
                            ? ["C1 into C2"]
                            : night == 3 && random.oneIn(2) ? ["C5 replaces C3"] : [])
                var today: [String] = []
                var touched: Set<String> = []
                for _ in 0..<random.int(2...7) { add("\(day)", &today, &touched) }
                nights.append(today)
                codes.append(
                    (0..<random.int(0...3)).map { number in
                        let kind = random.pick(["claim", "charge", "gift"])
                        return "\(kind) \(kind)\(night)\(number) \(random.pick(cards)) "
                            + "\(random.int(1...40)) hold \(random.int(0...2))"
                    })
                day = day.adding(days: 1)
            }
        }

        private mutating func add(
            _ day: String, _ today: inout [String], _ touched: inout Set<String>
        ) {
            let card = random.pick(cards)
            let amount = "\(random.int(1...90)).00"
            let known = lines.filter { $0.day <= day }
            let original = known.isEmpty ? "none" : random.pick(known).id
            var id = "O\(lines.count)"
            var date = day
            let line: String
            switch random.int(0...9) {
            case 0...3:
                let paid = random.oneIn(3) ? " paid \(random.int(1...60))" : ""
                line = "sale \(id) \(card) \(amount)\(paid)"
            case 4, 5: line = "return \(id) \(card) \(amount) of \(original)"
            case 6: line = "void \(id) of \(original)"
            case 7:
                line =
                    "exchange \(id) \(card) \(amount) back \(random.int(1...50)).00 of \(original)"
            default:
                // Another version of what came last night or before it: of its own day.
                let earlier = known.filter { $0.day < day }
                guard !earlier.isEmpty else { return }
                let before = random.pick(earlier)
                (id, date) = (before.id, before.day)
                line =
                    random.oneIn(4)
                    ? "void \(id)" : "\(random.pick(["sale", "return"])) \(id) \(card) \(amount)"
            }
            guard touched.insert(id).inserted else { return }
            lines.append((id, line, date))
            today.append("\(line) on \(date)")
        }
    }

    private func run(
        _ story: Story, seed: Int, shuffledBy random: SplitMix64? = nil, spills: Bool = false
    ) throws -> LedgerNights {
        var choice = SplitMix64(seed: seed &+ 77)
        let returns = choice.pick([
            Account.ReturnPolicy.onlyPending, .withinBalance, .debit,
        ])
        let account = Account(
            kind: .spend, holdDays: choice.int(0...2), expiry: .after(.days(choice.int(2...6))),
            returns: returns, returnRounding: choice.pick([.cumulative, .each]),
            max: choice.oneIn(3) ? 100 : nil)
        let ledger = try LedgerNights(accounts: [account]) {
            $0.returnsBy = choice.pick([.earner, .presenter])
            $0.missingOrder = choice.pick([.park, .unlinked])
        }
        ledger.spills = spills
        var random = random
        for (night, members) in story.members.enumerated() {
            try ledger.members(members)
            var (orders, codes) = (story.nights[night], story.codes[night])
            if var own = random {
                orders.shuffle(using: &own)
                codes.shuffle(using: &own)
                random = own
            }
            try ledger.close(orders, codes: codes, parkDays: 2)
        }
        return ledger
    }

    @Test(arguments: 1...most) func `sums of the ledger agree`(seed: Int) throws {
        let ledger = try run(Story(seed: seed), seed: seed)
        #expect(try ledger.brokenSums() == [], "seed \(seed)")
    }

    @Test(arguments: 1...most) func `verify finds nothing wrong`(seed: Int) throws {
        let story = Story(seed: seed)
        let faults = try run(story, seed: seed).faults()
        #expect(faults == [], "seed \(seed)\n\(story.nights)\n\(story.codes)\n\(story.members)")
    }

    @Test(arguments: 1...most) func `orders may come in any order within a night`(seed: Int) throws
    {
        let story = Story(seed: seed)
        let plain = try run(story, seed: seed).dump()
        let other = try run(story, seed: seed, shuffledBy: SplitMix64(seed: seed)).dump()
        #expect(Set(plain).symmetricDifference(other).sorted() == [], "seed \(seed)")
    }

    @Test(arguments: 1...most) func `a night that memory doesn't hold is the same night`(
        seed: Int
    ) throws {
        let story = Story(seed: seed)
        let plain = try run(story, seed: seed)
        let spilled = try run(story, seed: seed, spills: true)
        for table in LedgerDump.ledgerTables {
            let sql = "SELECT * FROM \(table)"
            #expect(try spilled.rows(sql) == plain.rows(sql), "seed \(seed), \(table)")
        }
    }

    @Test(arguments: 1...most) func `every last order again posts nothing`(seed: Int) throws {
        let story = Story(seed: seed)
        let ledger = try run(story, seed: seed)
        let last = try #require(story.nights.last)
        let waiting = try ledger.rows("SELECT 1 FROM parked WHERE ended_on IS NULL").count
        guard waiting == 0 else { return }
        let again = try ledger.close(last)
        #expect(
            again.postings.filter { !$0.contains(" expire ") } == [], "seed \(seed)")
        #expect(Set(again.verdicts).isSubset(of: ["duplicate"]), "seed \(seed)")
    }

    @Test func `the nights have something of everything`() throws {
        var kinds: Set<String> = []
        var exceptions: Set<String> = []
        for seed in 1...40 {
            let ledger = try run(Story(seed: seed), seed: seed)
            kinds.formUnion(
                try ledger.rows(
                    "SELECT DISTINCT name FROM posting p JOIN posting_kind k ON k.id = p.kind"))
            exceptions.formUnion(try ledger.rows("SELECT DISTINCT kind FROM exception"))
        }
        #expect(
            kinds.isSuperset(of: [
                "accrue", "cap", "expire", "merge", "redeem", "redeem_uncovered", "refund", "repay",
                "return", "return_uncovered", "reverse",
            ]))
        #expect(
            exceptions.isSuperset(of: ["over_return", "overspent_points", "uncollected_return"]))
    }
}
