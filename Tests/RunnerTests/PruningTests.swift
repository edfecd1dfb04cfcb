import Foundation
import Loyalty
import Runner
import Storage
import TestSupport
import Testing

/// What a job of the kind prune removes when a night is closed, and what it leaves.
@Suite struct PruningTests {
    /// Three nights with a good and a wrong line each, the first with a file that is refused whole.
    private func shop(_ keep: String) throws -> BadNight {
        let night = try BadNight(["currency: EUR\n": "currency: EUR\nprivacy: { keep: \(keep) }\n"])
        for (index, day) in [BadNight.first, BadNight.second, BadNight.third].enumerated() {
            let good = line("A\(index)", at: "\(day)T10:00:00", card: "C1")
            try night.drop([good, line("B\(index)", at: "\(day)T10:00:00", "x")], night: day)
            if index == 0 { try night.drop("", as: "orders-ecom-\(day).csv") }
            try night.run(day)
        }
        return night
    }

    private func rejects(_ night: BadNight) throws -> [String] {
        try ReadingStore(path: night.folder + "/nightjar.db").read { connection in
            var rows: [String] = []
            try connection.forEach(
                "SELECT f.night, r.line FROM reject r JOIN file f ON f.id = r.file ORDER BY 1, 2"
            ) { rows.append("\($0.date(0)):\($0.integer(1))") }
            return rows
        }
    }

    @Test func `files and refused lines go when they are older than they are kept`() throws {
        let night = try shop("{ rejects: 1 day, archive: 0 }")
        for (path, isKept) in [
            ("archive/2026-11-16", false), ("archive/2026-11-17", false),
            ("archive/2026-11-18", true), ("quarantine/2026-11-16", false),
            ("rejects/2026-11-16", false), ("rejects/2026-11-17", true),
            ("rejects/2026-11-18", true), ("reports/2026-11-16", true),
        ] { #expect(night.exists(path) == isKept, "\(path)") }
        #expect(try rejects(night) == ["2026-11-17:3", "2026-11-18:3"])
        // It says what it removed: the orders, the quarantined file and its reason, and members of the first night.
        let said = night.notes.filter { $0.hasPrefix("prune: ended; ") }
        #expect(said.count == 3)
        #expect(said[0] == "prune: ended; removed 0 files, 0 bytes, 0 rows")
        #expect(said[1].hasPrefix("prune: ended; removed 4 files, "), "\(said[1])")
        #expect(said[2].hasSuffix(" bytes, 1 rows"), "\(said[2])")
    }

    @Test func `what is said of usual lengths removes nothing young, and none keeps for ever`()
        throws
    {
        for keep in ["{}", "{ rejects: none, archive: none }"] {
            let night = try shop(keep)
            #expect(night.exists("archive/2026-11-16") && night.exists("rejects/2026-11-16"))
            #expect(try rejects(night).count == 3)
        }
    }

    @Test func `postings, identities and the reports of the last night stay as they are`() throws {
        let (kept, pruned) = (try shop("{}"), try shop("{ rejects: 0, archive: 0 }"))
        #expect(
            try LedgerDump.rows(of: kept.folder + "/nightjar.db")
                == LedgerDump.rows(of: pruned.folder + "/nightjar.db"))
        let before = try FolderContents(pruned.folder + "/reports")
        #expect(try FolderContents(kept.folder + "/reports").differences(from: before) == [])
        #expect(try pruned.run(BadNight.third).map(\.state) == [.alreadyClosed])
        #expect(!pruned.notes.contains { $0.contains("differed") })
        // An archived file that is gone is still known when it comes again.
        try pruned.drop(
            [line("A0"), line("B0", "x")], night: BadNight.first)
        try pruned.run("2026-11-19")
        #expect(try pruned.files("2026-11-19").map(\.verdict) == ["duplicate_file"])
        let audit = try StoreAudit(pruned.workspace(), limit: 9) { _, _, _ in }
        #expect(audit.findings.isEmpty)
    }

    @Test func `what was told is emptied when it is older than files are kept, and its key stays`()
        throws
    {
        let night = try shop("{ archive: 1 day }")
        let days = [BadNight.first, BadNight.second, BadNight.third].compactMap {
            CivilDate($0)?.days
        }
        let states = ["acknowledged", "superseded", "refused", "given_up", "pending"]
        try Store(path: night.folder + "/nightjar.db").write { connection in
            // Between some lie more than are looked at together.
            for (index, start) in [0, 15_000, 30_000, 45_000, 60_000, 75_000].enumerated() {
                var id = start
                for state in states {
                    for payload in ["{\"card_code\":\"C1\"}", "{\"sha256\":\"00\"}"] {
                        id += 1
                        try connection.execute(
                            """
                            INSERT INTO outbox (id, night, endpoint, kind, subject, key, payload, state)
                            VALUES (?, ?, 'crm', 'balances', 'C1', ?, ?, ?)
                            """, .integer(id), .integer(Int(days[index / 2])), .text("K\(id)"),
                            .text(payload), .text(state))
                    }
                }
            }
        }
        func emptied() throws -> [String] {
            try LedgerDump.rows(
                of: night.folder + "/nightjar.db",
                "SELECT (night - \(days[0])) || ' ' || state, count(*) FROM outbox WHERE payload = '{}' GROUP BY 1"
            )
        }
        try night.run("2026-11-19", jobs: ["prune"])
        #expect(try emptied() == ["0 acknowledged|2", "0 superseded|2"])
        #expect(night.notes.last?.hasSuffix(" rows, emptied 4 messages") ?? false)
        try night.run("2026-11-19", jobs: ["prune"])
        #expect(night.notes.last?.hasSuffix(" rows") ?? false)
        try night.run("2026-11-19")
        #expect(
            try emptied() == [
                "0 acknowledged|2", "0 superseded|2", "1 acknowledged|2", "1 superseded|2",
            ])
        let keys = try LedgerDump.rows(
            of: night.folder + "/nightjar.db", "SELECT count(DISTINCT key) FROM outbox")
        #expect(keys == ["60"])
    }

    @Test(arguments: [
        ("pending", true), ("sending", true), ("refused", true), ("given_up", true),
        ("acknowledged", false), ("superseded", false),
    ])
    func `a file that may still be sent stays, however old it is`(
        state: String, isKept: Bool
    ) throws {
        let night = try shop("{ archive: 0 }")
        let days = CivilDate(BadNight.first)?.days ?? 0
        try Store(path: night.folder + "/nightjar.db").write { connection in
            for (id, name) in ["a", "b"].enumerated() {
                let file = "outgoing/2026-11-16/share/\(name).csv"
                try night.write(name, to: file)
                let ended = id == 0 ? state : "acknowledged"
                try connection.execute(
                    """
                    INSERT INTO outbox (id, night, endpoint, kind, subject, key, payload, state)
                    VALUES (?, ?, 'share', 'balances', '', ?, ?, ?)
                    """, .integer(id + 1), .integer(Int(days)), .text(name),
                    .text("{\"file\":\"\(file)\",\"sha256\":\"00\"}"), .text(ended))
                if ["refused", "given_up"].contains(ended) {
                    try connection.execute(
                        "INSERT INTO delivery_exception VALUES (?, ?, 1, 'share', 'balances', '', ?, '')",
                        .integer(Int(days)), .integer(id + 1), .text(ended))
                }
            }
        }
        try night.run("2026-11-19", jobs: ["prune"])
        #expect(night.exists("outgoing/2026-11-16/share/a.csv") == isKept)
        #expect(!night.exists("outgoing/2026-11-16/share/b.csv"))
        #expect(night.exists("outgoing/2026-11-16") == isKept)
        let removed = isKept ? "removed 1 files, 1 bytes" : "removed 2 files, 2 bytes"
        #expect(night.notes.last?.contains(removed) ?? false, "\(night.notes.last ?? "")")
    }

    @Test func `asked for by name it closes no night, and twice is once`() throws {
        let night = try shop("{ archive: 0 }")
        try night.write("kept?", to: "outgoing/2026-11-01/a.csv.zst")
        try night.write("kept!", to: "archive/notes.txt")
        #expect(try night.run("2026-11-19", jobs: ["prune"]).isEmpty)
        #expect(!night.exists("outgoing/2026-11-01") && night.exists("archive/notes.txt"))
        #expect(night.notes.last == "prune: ended; removed 1 files, 5 bytes, 0 rows")
        try night.run("2026-11-19", jobs: ["prune"])
        #expect(night.notes.last == "prune: ended; removed 0 files, 0 bytes, 0 rows")
        let state = try ReadingStore(path: night.folder + "/nightjar.db").read {
            try $0.string("SELECT max(day) || '' FROM night")
        }
        #expect(state == "\(CivilDate("2026-11-18")?.days ?? 0)")
    }

    @Test func `its failure fails no night`() throws {
        let night = try shop("{ rejects: 0 }")
        try Store(path: night.folder + "/nightjar.db").write {
            try $0.execute(
                """
                CREATE TRIGGER stuck BEFORE DELETE ON reject BEGIN SELECT RAISE(ABORT, 'stuck'); END
                """)
        }
        #expect(try night.run("2026-11-19").map(\.state) == [.closed])
        let said = try #require(night.notes.last)
        #expect(said.hasPrefix("prune: ") && said.contains("stuck"), "\(said)")
        #expect(said.hasSuffix("; the nights stand, and the next run tries again"))
    }
}
