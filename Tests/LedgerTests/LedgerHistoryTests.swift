import Ledger
import Loyalty
import Storage
import TestSupport
import Testing

/// What was posted for a member, found without an index.
@Suite struct LedgerHistoryTests {
    @Test(arguments: 1...20) func `every member's postings are found, oldest first`(seed: Int)
        throws
    {
        let scratch = try ScratchFolder()
        let store = try Store(path: scratch.path + "/nightjar.db")
        var random = SplitMix64(seed: seed)
        var expected: [Int32: [Int64]] = [:]
        try store.write { connection in
            var id: Int64 = 0
            for night in 1...random.int(1...6) {
                try connection.execute(
                    "INSERT INTO posting_range VALUES (?, ?)", .integer(id + 1), .integer(night))
                var member = random.int(1...50)
                for _ in 0..<random.int(1...200) {
                    id += 1
                    expected[Int32(member), default: []].append(id)
                    try connection.execute(
                        "INSERT INTO posting VALUES (?, ?, ?, 0, 0, 0, 'S', 0, 'L', 1, 1, 1, NULL)",
                        .integer(id), .integer(night), .integer(member))
                    // Some of many postings, some far from the next.
                    if !random.oneIn(3) { member += random.oneIn(9) ? random.int(1...5000) : 1 }
                }
            }
        }
        try store.read { connection in
            let history = try LedgerHistory(connection)
            let texts = TextArena()
            let most = expected.keys.max() ?? 0
            for member in 0...most + 1 {
                let found = try history.postings(of: member, into: texts)
                #expect(found.map(\.id) == expected[member] ?? [], "member \(member), seed \(seed)")
                let late = try history.postings(
                    of: member, since: CivilDate(days: 3), into: texts)
                #expect(late.map(\.id) == found.filter { $0.night.days >= 3 }.map(\.id))
            }
        }
    }

    @Test func `a posting comes back as it was posted`() throws {
        let scratch = try ScratchFolder()
        let store = try Store(path: scratch.path + "/nightjar.db")
        try store.write { connection in
            try connection.execute(
                """
                INSERT INTO posting_range VALUES (1, 20000);
                INSERT INTO posting VALUES
                    (1, 20000, 7, 1, 0, 2, 'A1', 2, 'A1', 30, 19999, 20001, NULL),
                    (2, 20000, 7, 0, 12, 2, 'R1', NULL, NULL, -5, 20000, NULL, NULL)
                """)
        }
        try store.read { connection in
            let texts = TextArena()
            let found = try LedgerHistory(connection).postings(of: 7, into: texts)
            try #require(found.count == 2)
            #expect(found[0].night == CivilDate(days: 20_000))
            #expect(found[0].posting.account == .status && found[0].posting.kind == .accrue)
            #expect(found[0].posting.system == 2 && found[0].posting.source.string == "A1")
            #expect(found[0].posting.lotSystem == 2 && found[0].posting.lot.string == "A1")
            #expect(found[0].posting.points == 30)
            #expect(found[0].posting.activeOn == CivilDate(days: 20_001))
            #expect(found[0].posting.expiresOn == Lot.never)
            #expect(found[1].posting.kind == .returnUncovered && found[1].posting.lot.isEmpty)
            #expect(found[1].posting.expiresOn == found[1].posting.date)
        }
    }
}
