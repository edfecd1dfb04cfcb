import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// Codes that nobody has are taken away: of a file, of a reward, of all.
@Suite struct CodeDeletionTests {
    /// Two files of one reward: A of 500 codes, 120 of them with members, B of 300, 10 of them; and one
    /// of another reward.
    private static func make() throws -> CodeLists {
        func list(_ letter: String, _ count: Int, assigned: Int) -> [String] {
            (1...count).map {
                "\(letter)\($0)" + ($0 > assigned ? "" : " state=assigned card=C\($0)")
            }
        }
        let lists = try CodeLists()
        try lists.post("2026-02-01", list("A", 500, assigned: 120), list("B", 300, assigned: 10))
        try lists.post("2026-02-02", ["W1 reward=web"])
        try LedgerDump.change(
            lists.scratch.path + "/nightjar.db",
            """
            INSERT INTO night (day, state) VALUES (20485, 'closed'), (20486, 'closed'), (20487, 'open');
            INSERT INTO file (id, night, path, job, records, bytes, modified_at, sha256,
                expanded_sha256, evidence, verdict, lines_read, lines_accepted, lines_duplicate,
                lines_correction, lines_parked, lines_rejected, lines_conflict)
            SELECT column1, 20485, column2, 'codes', 'codes', 1, 1, x'00', x'00', 'none', 'ingested',
                1, 1, 0, 0, 0, 0, 0 FROM (VALUES (1, 'pos/a.csv'), (2, 'pos/b.csv'), (3, 'web.csv'))
            """)
        return lists
    }

    private static func delete(_ scope: CodeDeletion.Scope, _ lists: CodeLists) throws -> [String] {
        var terms = CodeTerms()
        terms.rewards = CodeLists.rewards
        terms.systems = ["pos", "ecom", "app"].map { name in
            var system = CodeTerms.System(name: name)
            system.endpoint = name
            system.told = ["code-delete"]
            return system
        }
        return try lists.store.write { connection in
            try CodeDeletion(
                connection, terms: terms, currency: Currency(code: "EUR", decimals: 2),
                night: day("2026-02-03")
            ).run(scope).map {
                "\($0.reward): had \($0.had), \($0.deleted) deleted, \($0.kept) kept"
            }
        }
    }

    private static let open = "SELECT state, count(*) FROM code GROUP BY 1 ORDER BY 1"

    @Test func `of a file: what it brought and nobody has; then of all`() throws {
        let lists = try Self.make()
        #expect(
            try Self.delete(.file("a.csv"), lists) == ["r25: had 500, 380 deleted, 120 kept"])
        #expect(try lists.rows(Self.open) == ["0|291", "1|130", "4|380"])
        #expect(
            try Self.delete(.all, lists) == [
                "r25: had 800, 290 deleted, 130 kept", "web: had 1, 1 deleted, 0 kept",
            ])
        #expect(try lists.rows(Self.open) == ["1|130", "4|671"])
        #expect(
            try lists.rows("SELECT reason, after, count(*) FROM code_event GROUP BY 1, 2")
                == ["deleted|4|671"])
        try lists.store.read { connection in
            try RegisterAudit(connection) { Issue.record("\($0) \($2)") }.run()
        }
    }

    @Test func `of a reward: no other's; and nothing where the name is nobody's`() throws {
        let lists = try Self.make()
        #expect(try Self.delete(.reward("web"), lists) == ["web: had 1, 1 deleted, 0 kept"])
        #expect(try Self.delete(.file("csv"), lists) == [])
        #expect(try lists.rows(Self.open) == ["0|670", "1|130", "4|1"])
    }

    @Test func `every system is told, the mirror before the owner`() throws {
        let shared = CodeLists.reward("shared", .value, "pos") { $0.mirrors = ["ecom", "app"] }
        let lists = try CodeLists([shared])
        try lists.post(
            "2026-02-01", ["K1 reward=shared", "K2 reward=shared state=assigned card=C"])
        try LedgerDump.change(
            lists.scratch.path + "/nightjar.db",
            "INSERT INTO night (day, state) VALUES (20487, 'open')")
        #expect(try Self.delete(.all, lists) == ["shared: had 2, 1 deleted, 1 kept"])
        #expect(
            try lists.rows("SELECT endpoint, kind, subject, state FROM outbox ORDER BY id") == [
                "ecom|code-delete|K1|pending", "app|code-delete|K1|pending",
                "pos|code-delete|K1|pending",
            ])
    }
}
