import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// Random files of codes against a register in a dictionary.
@Suite struct RandomCodeListsTests {
    @Test(arguments: 0..<20) func `the register is that of a dictionary, in any cut of the lines`(
        seed: Int
    ) throws {
        var random = SplitMix64(seed: seed)
        let nights = (1...3).map { _ in Self.lines(&random, count: random.int(1...400)) }
        let one = try CodeLists()
        let cut = try CodeLists()
        var twin = NaiveRegister()
        for (index, lines) in nights.enumerated() {
            let night = try day("2026-02-01").adding(days: index)
            let verdicts = try one.post(night, [lines])
            #expect(verdicts == [twin.post(lines)], "seed \(seed), night \(index)")
            _ = try cut.post(night, Self.cut(lines, &random))
            #expect(try one.register() == twin.register(), "seed \(seed), night \(index)")
            #expect(try cut.register() == twin.register(), "seed \(seed), night \(index)")
        }
        for lists in [one, cut] { try Self.expectSums(lists, "seed \(seed)") }
    }

    @Test(arguments: 0..<10) func `twice is once`(seed: Int) throws {
        var random = SplitMix64(seed: 1000 + seed)
        let lines = Self.lines(&random, count: random.int(1...400)).filter {
            !$0.contains("state=delete")
        }
        let lists = try CodeLists()
        try lists.post("2026-02-01", lines)
        let register = try lists.register()
        let events = try lists.rows("SELECT count(*) FROM code_event")
        try lists.post("2026-02-02", lines)
        #expect(try lists.register() == register, "seed \(seed)")
        #expect(try lists.rows("SELECT count(*) FROM code_event") == events, "seed \(seed)")
    }

    @Test func `many codes, a hundredth of them twice, then as many around them`() throws {
        var random = SplitMix64(seed: 7)
        var lines = (0..<9000).map { "K\($0 * 2)" }
        lines += (0..<90).map { "K\($0 * 200)" }
        lines.shuffle(using: &random)
        let lists = try CodeLists()
        #expect(try lists.post("2026-02-01", lines) == ["9000 accepted, 90 duplicate"])
        let more = (0..<18000).map { "K\($0)" }.shuffled(using: &random)
        #expect(try lists.post("2026-02-02", more) == ["9000 accepted, 9000 duplicate"])
        // A few, far from one another: looked up and not walked to.
        #expect(
            try lists.post("2026-02-03", ["K9", "K17998", "K18001", "L", "A"])
                == ["3 accepted, 2 duplicate"])
        #expect(
            try lists.rows("SELECT count(*), count(DISTINCT code) FROM code") == ["18003|18003"])
        try Self.expectSums(lists, "many")
    }

    // MARK: Lines

    private static func lines(_ random: inout SplitMix64, count: Int) -> [String] {
        (0..<count).map { _ in
            var line = "K\(random.int(0...max(3, count / 2)))"
            line += " reward=" + random.pick(["r25", "r25", "r25", "r10", "web", "nobody"])
            if random.oneIn(3) { line += " until=" + random.pick(["2026-01-31", "2026-12-31"]) }
            if random.oneIn(2) {
                let state = random.pick([
                    "available", "assigned", "assigned", "burned", "expired", "voided", "delete",
                ])
                line += " state=\(state)"
                if state == "assigned", !random.oneIn(4) {
                    line += " card=C\(random.int(1...3))"
                }
            }
            return line
        }
    }

    private static func cut(_ lines: [String], _ random: inout SplitMix64) -> [[String]] {
        var files: [[String]] = [[]]
        for line in lines {
            if random.oneIn(20) { files.append([]) }
            files[files.count - 1].append(line)
        }
        return files
    }

    /// Counts and flows are what the register holds.
    private static func expectSums(_ lists: CodeLists, _ note: String) throws {
        let held = try lists.rows(
            """
            SELECT reward, file, sum(state = 0), sum(state = 1), sum(state = 2), sum(state = 3),
                sum(state = 4) FROM code GROUP BY 1, 2 ORDER BY 1, 2
            """)
        let counted = try lists.rows(
            """
            SELECT reward, file, available, assigned, burned, expired, voided FROM code_count c
            WHERE night = (SELECT max(night) FROM code_count WHERE reward = c.reward AND file = c.file)
            ORDER BY 1, 2
            """)
        #expect(held == counted, "\(note)")
        let open = try lists.rows(
            "SELECT reward, sum(state < 2) FROM code GROUP BY 1 ORDER BY 1")
        let closing = try lists.rows(
            """
            SELECT reward, closing FROM code_flow f
            WHERE night = (SELECT max(night) FROM code_flow WHERE reward = f.reward) ORDER BY 1
            """)
        #expect(open == closing, "\(note)")
    }
}

/// The rules of imports, written to be read.
private struct NaiveRegister {
    struct Entry {
        var reward: String
        var state: String
        var card: String
        var until: String
    }

    private var codes: [String: Entry] = [:]

    func register() -> [String] {
        codes.sorted { $0.key < $1.key }.map { key, entry in
            ([key, entry.reward, entry.state, entry.card, entry.until]).filter { !$0.isEmpty }
                .joined(separator: " ")
        }
    }

    mutating func post(_ lines: [String]) -> String {
        var verdicts: [Verdict: Int] = [:]
        var refusals: [String] = []
        for (index, line) in lines.enumerated() {
            let (verdict, reason) = judge(line)
            verdicts[verdict, default: 0] += 1
            if let reason { refusals.append("\(index + 1): \(reason)") }
        }
        let sums = Verdict.allCases.compactMap { verdict in
            verdicts[verdict].map { "\($0) \(verdict)" }
        }
        return (sums + refusals).joined(separator: ", ")
    }

    private mutating func judge(_ line: String) -> (Verdict, String?) {
        let words = line.split(separator: " ").map(String.init)
        func field(_ name: String) -> String {
            words.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
                ?? ""
        }
        let reward = field("reward")
        let state = field("state")
        let card = field("card")
        let owners = ["r25": "pos", "r10": "pos", "web": "ecom"]
        guard let owner = owners[reward] else { return (.rejected, "unknown_reward") }
        let key = words[0] + " " + owner
        guard var entry = codes[key] else {
            if state == "delete" { return (.rejected, "unknown_code") }
            if state.isEmpty, field("until") == "2026-01-31" {
                return (.rejected, "already_expired")
            }
            codes[key] = Entry(
                reward: reward, state: state.isEmpty ? "available" : state, card: card,
                until: field("until"))
            return (.accepted, nil)
        }
        let spent = [
            "burned": "already_burned", "expired": "already_expired", "voided": "code_voided",
        ]
        let isSame = entry.reward == reward
        if isSame, state == "delete" {
            switch entry.state {
            case "available":
                entry.state = "voided"
                codes[key] = entry
                return (.accepted, nil)
            case "assigned", "burned": return (.conflict, "kept_in_use")
            default: return (.duplicate, nil)
            }
        }
        if isSame, state == entry.state, state != "assigned" { return (.duplicate, nil) }
        if let reason = spent[entry.state] { return (.rejected, reason) }
        if isSame, spent[state] != nil { return (.conflict, "record_changed") }
        if !isSame { return (.conflict, "other_reward") }
        guard state == "assigned" else { return (.duplicate, nil) }
        if entry.state == "available" {
            entry.state = "assigned"
            entry.card = card
            codes[key] = entry
            return (.accepted, nil)
        }
        let isHolder = card.isEmpty || entry.card.isEmpty || card == entry.card
        return isHolder ? (.duplicate, nil) : (.conflict, "double_assignment")
    }
}
