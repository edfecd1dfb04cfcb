import Loyalty
import TestSupport
import Testing

@testable import Codes

/// Random registers and stocks, judged once more by dictionaries and sets.
@Suite struct ReconciliationTwinTests {
    /// A code in the register.
    private struct Code {
        var state: CodeState
        var reward: String
        var card: String
        /// Days behind the night.
        var lastDay: Int
        var burnedIn: String

        var line: String {
            "\(reward) \(state.name)" + (card.isEmpty ? "" : " \(card)")
                + (CivilDate("2026-11-20").map { " until \($0.adding(days: lastDay))" } ?? "")
                + " in \(burnedIn)"
        }
    }

    /// A code in a stock.
    private struct Held {
        var status: String
        var reward: String
        var card: String

        var line: String { "\(status) \(reward) \(card)" }
        var isOpen: Bool { status == "available" || status == "assigned" }
    }

    private static let systems = ["pos", "ecom", "app"]
    private static let mirrors = [
        "r1": ["pos", "ecom"], "r2": ["ecom", "pos", "app"], "r3": ["app"],
    ]

    /// The class of a code, from the spec's table, each row a sentence.
    private func name(
        _ code: Code?, _ held: [String: Held], _ ignored: Set<BreakClass>
    ) -> String? {
        func allows(_ kind: BreakClass) -> Bool { !ignored.contains(kind) }
        guard let code else { return allows(.unknownToRegister) ? "unknown_to_register" : nil }
        let should = Self.systems.filter { Self.mirrors[code.reward]?.contains($0) ?? false }
        let open = held.values.contains { $0.isOpen }
        let burned = held.filter { $0.value.status == "burned" }.keys
        let isOpen = code.state == .available || code.state == .assigned
        let isGood = isOpen && code.lastDay >= 0
        if burned.count > 1, allows(.burnedTwice) { return "burned_twice" }
        if code.state == .burned, open, allows(.burnedButOpen) { return "burned_but_open" }
        if isOpen, !burned.isEmpty, allows(.openButBurned) { return "open_but_burned" }
        if code.state != .burned, !isGood, open, allows(.expiredButOpen) {
            return "expired_but_open"
        }
        var cards = Set(held.values.filter { $0.status == "assigned" }.map(\.card))
        if !cards.isEmpty, !code.card.isEmpty { cards.insert(code.card) }
        if isGood, cards.count > 1, allows(.assignedElsewhere) { return "assigned_elsewhere" }
        let missing = should.filter { held[$0] == nil }
        if isGood, !missing.isEmpty, allows(.missing) {
            let isAll = missing.count == should.count && should.count > 1
            return "missing_at_" + (isAll ? "both" : missing.joined(separator: "_"))
        }
        if held.values.contains(where: { $0.reward != code.reward }), allows(.rewardMismatch) {
            return "reward_mismatch"
        }
        let differs = held.values.contains {
            $0.status != code.state.name && !($0.status == "expired" && code.lastDay == 0)
        }
        return isGood && differs && allows(.stateMismatch) ? "state_mismatch" : nil
    }

    @Test(arguments: 0..<150) func `every code has the class that the table says`(seed: Int) throws
    {
        var random = SplitMix64(seed: seed)
        let nights = try StockNights(rewards: [
            StockNights.reward("r1", owner: "pos", mirrors: ["ecom"]),
            StockNights.reward("r2", owner: "ecom", mirrors: ["pos", "app"]),
            StockNights.reward("r3", owner: "app", mirrors: []),
        ]) { $0.systems = Self.systems.map { CodeTerms.System(name: $0) } }
        nights.job.acts = random.oneIn(2)
        nights.job.ignored = Set(
            [.burnedTwice, .assignedElsewhere, .missing, .stateMismatch, .unknownToRegister]
                .filter { _ in random.oneIn(4) })
        var register: [String: Code] = [:]
        var stocks = Dictionary(uniqueKeysWithValues: Self.systems.map { ($0, [String: Held]()) })
        for number in 0..<random.int(0...60) {
            let name = "K\(random.int(0...9))\(number)"
            let reward = random.pick(["r1", "r2", "r3"])
            let state = random.pick(CodeState.allCases)
            if !random.oneIn(6) {
                register[name] = Code(
                    state: state, reward: reward,
                    card: state == .assigned ? random.pick(["C1", "C2"]) : "",
                    lastDay: random.pick([-1, 0, 1, 99]), burnedIn: random.pick(Self.systems))
            }
            for system in Self.systems where random.oneIn(2) {
                let status =
                    random.oneIn(2) && state != .voided
                    ? state.name : random.pick(["available", "assigned", "burned", "expired"])
                stocks[system]?[name] = Held(
                    status: status,
                    reward: random.oneIn(5) ? random.pick(["r1", "r2", "r3"]) : reward,
                    card: status == "assigned" ? random.pick(["C1", "C1", "C2"]) : "")
            }
        }
        let names = Set(register.keys).union(stocks.values.flatMap(\.keys)).sorted()
        var wanted: [String] = []
        for name in names {
            let held = stocks.compactMapValues { $0[name] }
            if let found = self.name(register[name], held, nights.job.ignored) {
                wanted.append("\(name)|\(found)")
            }
        }
        let differences = try nights.night(
            register.map { "\($0.key) \($0.value.line)" },
            stocks.mapValues { $0.map { "\($0.key) \($0.value.line)" } })
        #expect(differences.isEmpty, "seed \(seed)")
        let found = try nights.rows("SELECT code, class FROM code_break ORDER BY code")
        #expect(found == wanted, "seed \(seed)")
        // What is done leaves a history that leads to the state.
        #expect(
            try nights.rows(
                """
                SELECT c.code FROM code c JOIN code_event e USING (code, owner)
                WHERE seq = (SELECT max(seq) FROM code_event l WHERE l.code = c.code
                    AND l.owner = c.owner) AND e.after <> c.state
                """) == [], "seed \(seed)")
        #expect(
            try nights.rows(
                """
                SELECT reward FROM code_flow f WHERE closing <> (SELECT count(*) FROM code c
                    WHERE c.reward = f.reward AND state < 2)
                """) == [], "seed \(seed)")
    }
}
