import Codes
import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

/// Nights of random claims and grants through the register and through a list that is searched anew each time.
@Suite struct ClaimTwinTests {
    /// NIGHTJAR_SEEDS runs more of them.
    private static let most =
        ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 30

    private struct Code {
        var id: String
        var reward: String
        var until: CivilDate
        var card: String?
        var granted: ClosedRange<CivilDate>?
    }

    private struct Claim {
        var words: [String]
        var date: CivilDate
        var second: Int
        var waitsUntil: CivilDate?

        var id: String { words[1] }
        var card: String { words[2] }
        var reward: String { words[3] }
        var isGrant: Bool { words[0] == "grant" }
    }

    /// The rules once more, written to be read.
    private struct Twin {
        var rewards: [String: Reward]
        var members: Set<String>
        var purses: [String: Points]
        var codes: [Code] = []
        var waiting: [Claim] = []
        var known: Set<String> = []
        /// `card reward` of what was granted.
        var granted: [String] = []

        /// A night's outcomes, as the register tells them.
        mutating func close(_ lines: [Claim], on night: CivilDate, park: Int) -> [String] {
            var new: [Claim] = []
            for line in lines where known.insert(line.id).inserted { new.append(line) }
            let order = (waiting + new).sorted {
                ($0.date, $0.second) == ($1.date, $1.second)
                    ? $0.id < $1.id : ($0.date, $0.second) < ($1.date, $1.second)
            }
            waiting = []
            var outcomes: [String] = []
            var reserved: [(claim: Claim, code: Int?, cost: Points)] = []
            for var claim in order {
                let isNew = claim.waitsUntil == nil
                let (reason, code) = judge(claim, night, reserved)
                guard let reason else {
                    let cost = claim.isGrant ? 0 : rewards[claim.reward]?.cost ?? 0
                    reserved.append((claim, code, cost))
                    continue
                }
                let waits =
                    reason == "unknown_member" || reason == "later_day"
                    || reason == "sold_out" && claim.isGrant
                guard waits else {
                    outcomes.append("\(claim.id) \(reason) - 0")
                    continue
                }
                let until = claim.waitsUntil ?? night.adding(days: park)
                if !isNew, until <= night {
                    outcomes.append("\(claim.id) given_up - 0")
                    continue
                }
                if claim.words.last != reason { outcomes.append("\(claim.id) \(reason) - 0") }
                claim.waitsUntil = until
                claim.words = Array(claim.words.prefix(4)) + [reason]
                waiting.append(claim)
            }
            // The fold: by date, then by id.
            let inFold = reserved.sorted {
                $0.claim.date == $1.claim.date
                    ? $0.claim.id < $1.claim.id : $0.claim.date < $1.claim.date
            }
            for (claim, code, cost) in inFold {
                guard purses[claim.card, default: 0] >= cost else {
                    outcomes.append("\(claim.id) not_enough_points - 0")
                    continue
                }
                purses[claim.card, default: 0] -= cost
                granted.append("\(claim.card) \(claim.reward)")
                if let code { codes[code].card = claim.card }
                let given = code.map { codes[$0].id } ?? "-"
                outcomes.append("\(claim.id) granted \(given) \(cost)")
            }
            return outcomes.sorted()
        }

        private func judge(
            _ claim: Claim, _ night: CivilDate,
            _ reserved: [(claim: Claim, code: Int?, cost: Points)]
        ) -> (String?, Int?) {
            guard claim.date <= night else { return ("later_day", nil) }
            guard members.contains(claim.card) else { return ("unknown_member", nil) }
            guard let reward = rewards[claim.reward] else { return ("unknown_reward", nil) }
            let all = granted + reserved.map { "\($0.claim.card) \($0.claim.reward)" }
            let units = all.filter { $0.hasSuffix(" \(claim.reward)") }.count
            let own = all.filter { $0 == "\(claim.card) \(claim.reward)" }.count
            if !claim.isGrant, own >= reward.memberLimit ?? Int.max {
                return ("limit_reached", nil)
            }
            if !claim.isGrant, units >= reward.totalLimit ?? Int.max {
                return ("limit_reached", nil)
            }
            if units >= reward.units ?? Int.max { return ("sold_out", nil) }
            if reward.kind == .badge { return (nil, nil) }
            var best: Int?
            for (index, code) in codes.enumerated()
            where code.reward == claim.reward && code.card == nil
                && code.until >= night.adding(days: reward.holdDays)
                && !reserved.contains(where: { $0.code == index })
            {
                if let known = best, codes[known].until <= code.until { continue }
                best = index
            }
            return best.map { (nil, $0) } ?? ("sold_out", nil)
        }
    }

    private struct Story {
        var rewards: [Reward] = []
        var purses: [String: Points] = [:]
        /// By night: codes that come in, members that come in, claims.
        var nights: [(codes: [String], members: [String], claims: [String])] = []
        let park: Int

        init(seed: Int) {
            var random = SplitMix64(seed: seed)
            park = random.int(1...3)
            rewards = ["a", "b", "c"].map { id in
                ClaimNights.reward(id) {
                    $0.cost = Points(random.pick([0, 10, 40]))
                    $0.memberLimit = random.oneIn(2) ? random.int(1...3) : nil
                    $0.totalLimit = random.oneIn(3) ? random.int(2...8) : nil
                    $0.units = random.oneIn(3) ? random.int(2...8) : nil
                    $0.holdDays = random.int(0...2)
                }
            }
            rewards.append(Reward(id: "badge", name: "badge", kind: .badge))
            for card in ["C1", "C2", "C3", "C4"] { purses[card] = Points(random.int(0...120)) }
            var day = ClaimNights.date("2026-11-16")
            for night in 0..<5 {
                let codes = (0..<random.int(0...6)).map { number in
                    "K\(night)\(number) of \(random.pick(["a", "b", "c"])) until "
                        + "\(day.adding(days: random.int(0...8)))"
                }
                let claims = (0..<random.int(0...10)).map { number in
                    let id = random.oneIn(6) ? "Q\(max(0, night - 1))0" : "Q\(night)\(number)"
                    return "\(random.oneIn(3) ? "grant" : "claim") \(id) "
                        + "C\(random.int(1...4)) \(random.pick(["a", "b", "c", "badge"])) "
                        + "on \(day.adding(days: random.int(-1...1))) at \(random.int(0...3))"
                }
                // Two lines of one id in one night depend on their order.
                var seen: Set<Substring> = []
                let once = claims.filter { seen.insert($0.split(separator: " ")[1]).inserted }
                nights.append((codes, night == 2 ? ["C4"] : [], once))
                day = day.adding(days: 1)
            }
        }
    }

    private func run(
        _ story: Story, shuffledBy shuffle: SplitMix64? = nil
    ) throws -> (ClaimNights, [[String]]) {
        let nights = try ClaimNights(story.rewards)
        nights.parkDays = story.park
        nights.purses = story.purses
        var shuffle = shuffle
        var outcomes: [[String]] = []
        for night in story.nights {
            for code in night.codes { try nights.stock(code) }
            for member in night.members { try nights.add(member) }
            var claims = night.claims
            if var own = shuffle {
                claims.shuffle(using: &own)
                shuffle = own
            }
            outcomes.append(try nights.close(claims).outcomes)
        }
        return (nights, outcomes)
    }

    @Test(arguments: 1...most) func `claims come to what the naive twin says`(seed: Int) throws {
        let story = Story(seed: seed)
        let (nights, outcomes) = try run(story)
        var twin = Twin(
            rewards: Dictionary(uniqueKeysWithValues: story.rewards.map { ($0.id, $0) }),
            members: ["C1", "C2", "C3"], purses: story.purses)
        var day = ClaimNights.date("2026-11-16")
        for (night, outcome) in zip(story.nights, outcomes) {
            for line in night.codes {
                let words = line.split(separator: " ").map(String.init)
                twin.codes.append(
                    Code(id: words[0], reward: words[2], until: ClaimNights.date(words[4])))
            }
            twin.members.formUnion(night.members)
            let claims = night.claims.map { line in
                let words = line.split(separator: " ").map(String.init)
                return Claim(
                    words: words, date: ClaimNights.date(words[5]), second: Int(words[7]) ?? 0)
            }
            let expected = twin.close(claims, on: day, park: story.park)
            try #require(outcome == expected, "seed \(seed), night \(day)")
            day = day.adding(days: 1)
        }
        #expect(nights.purses == twin.purses, "seed \(seed)")
        let holders = twin.codes.compactMap { code in code.card.map { "\(code.id) \($0)" } }
        #expect(
            try nights.rows(
                "SELECT code || ' ' || card FROM code WHERE card IS NOT NULL ORDER BY 1")
                == holders.sorted(), "seed \(seed)")
    }

    @Test(arguments: 1...most) func `claims may come in any order within a night`(seed: Int) throws
    {
        let story = Story(seed: seed)
        let plain = try run(story)
        let other = try run(story, shuffledBy: SplitMix64(seed: seed))
        #expect(plain.1 == other.1, "seed \(seed)")
        #expect(try plain.0.register() == other.0.register(), "seed \(seed)")
    }

    @Test(arguments: 1...most) func `twice is once`(seed: Int) throws {
        let story = Story(seed: seed)
        let (nights, _) = try run(story)
        let before = try nights.rows(
            "SELECT code || state || coalesce(card, '') FROM code ORDER BY 1")
        let last = try #require(story.nights.last)
        let waiting = try nights.rows("SELECT id FROM claim WHERE state = 2").count
        guard waiting == 0, !last.claims.isEmpty else { return }
        let again = try nights.close(last.claims)
        #expect(Set(again.verdicts).isSubset(of: ["duplicate", "record_changed"]), "seed \(seed)")
        #expect(again.outcomes == [], "seed \(seed)")
        let after = try nights.rows(
            "SELECT code || min(state, 2) || coalesce(card, '') FROM code WHERE card IS NOT NULL ORDER BY 1"
        )
        #expect(after.count == before.filter { $0.contains("C") }.count, "seed \(seed)")
    }
}
