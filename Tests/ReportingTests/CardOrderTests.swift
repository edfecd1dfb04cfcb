import Loyalty
import Reporting
import TestSupport
import Testing

/// Members come in the order of the store's integers, and leave in the order of their cards.
@Suite struct CardOrderTests {
    private struct SplitMix64: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// How the cards of a store came about.
    enum Cards: CaseIterable { case ascending, ascendingThenNew, shuffled, oddTexts }

    /// Cards in the order in which their members came, none twice.
    private func cards(_ cards: Cards, using random: inout SplitMix64) -> [String] {
        let numbers = (0..<3_000).map { "29" + String(10_000_000 + $0 * 7) }
        switch cards {
        case .ascending: return numbers
        case .ascendingThenNew:
            return numbers + (0..<50).map { "29" + String(10_000_001 + $0 * 343) }
        case .shuffled: return numbers.shuffled(using: &random)
        case .oddTexts:
            let stems = ["", "a", "aaaaaaaa", "aaaaaaaaaaaaaaaa", "é", "Z"]
            let all = stems.flatMap { stem in (0..<500).map { "\(stem)\($0)" } }
            return (all + stems + ["a\u{1}", "aaaaaaaa\u{1}"]).shuffled(using: &random)
        }
    }

    @Test(arguments: Cards.allCases, [1, 64, 1 << 18])
    func `rows leave in the order of the cards' bytes, whatever the buffer`(
        kind: Cards, bufferBytes: Int
    ) throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix64(state: seed)
        var store = try ReportStore()
        store.bufferBytes = bufferBytes
        var rows: [(card: String, row: String)] = []
        var members: [String] = []
        var postings: [String] = []
        for (index, card) in cards(kind, using: &random).enumerated() {
            members.append("(\(index + 1), '\(card)', NULL, 1, 0, NULL, 0)")
            // Some members have nothing tonight.
            for points in 0..<Int.random(in: 0...3, using: &random) {
                postings.append("(0, \(index + 1), 0, 0, 1, 'T', NULL, NULL, \(points + 1), 0)")
                rows.append((card, "\(card),\(points + 1)"))
            }
        }
        try store.run(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES \(members.joined(separator: ","));
            INSERT INTO posting (night, member, account, kind, system, source, lot_system, lot,
                points, date) VALUES \(postings.joined(separator: ","));
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES (0, 'posted', 1, \(postings.count));
            """)
        let sorted = rows.enumerated().sorted { left, right in
            left.element.card == right.element.card
                ? left.offset < right.offset
                : left.element.card.utf8.lexicographicallyPrecedes(right.element.card.utf8)
        }
        let expected = (["card_code,points"] + sorted.map(\.element.row)).joined(separator: "\n")
        let written = try store.text(
            .of("postings", ["card_code", "points"]), night: "1970-01-01")
        #expect(written == expected + "\n", "seed \(seed)")
        #expect(
            try store.listing() == [
                "1970-01-01", "1970-01-01/datapackage.json", "1970-01-01/postings.csv",
            ])
    }

    @Test func `a member whose rows are all left out leaves no trace`() throws {
        let store = try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, 'c', NULL, 1, 0, NULL, 0), (2, 'b', NULL, 1, 0, NULL, 0),
                (3, 'a', NULL, 2, 0, NULL, 0);
            INSERT INTO balance SELECT {2026-11-17}, id, 0, id, 0, 0, NULL, 0, tier FROM member;
            """)
        #expect(
            try store.text(.of("balances", ["card_code", "available"], where: ["tier": ["basic"]]))
                == lines("card_code,available", "b,2", "c,1"))
    }

    @Test func `a posting of a member who is gone keeps its row`() throws {
        let store = try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, 'a', NULL, 1, 0, NULL, 0);
            INSERT INTO posting (id, night, member, account, kind, system, source, points, date)
                VALUES (1, 0, 1, 0, 0, 1, 'T1', 5, 0), (2, 0, 2, 0, 0, 1, 'T2', 6, 0);
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-17}, 'posted', 1, 2);
            """)
        #expect(
            try store.text(.of("postings", ["card_code", "source"]))
                == lines("card_code,source", ",T2", "a,T1"))
    }
}
