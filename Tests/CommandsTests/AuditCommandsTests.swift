import Foundation
import TestSupport
import Testing

/// `verify` and `explain`, as an operator types them, on the retailer of samples/.
@Suite struct AuditCommandsTests {
    private let folder: ScratchFolder

    init() throws {
        folder = try ScratchFolder()
        for name in ["program.yaml", "Jobs", "layouts"] {
            try FileManager.default.copyItem(
                atPath: Repository.folder + "samples/" + name, toPath: folder.path + "/" + name)
        }
        let drops = URL(filePath: Repository.folder + "samples/drops/2026-11-16")
        for file in try FileManager.default.contentsOfDirectory(
            at: drops, includingPropertiesForKeys: nil)
        {
            try folder.write(try Data(contentsOf: file), to: "inbox/" + file.lastPathComponent)
        }
        #expect(try run("run", "--date", "2026-11-16").status == 0)
    }

    private func run(_ arguments: String...) throws -> BuiltProgram.Result {
        try BuiltProgram.run(arguments + ["--workspace", folder.path])
    }

    @Test func `verify: 0 and a line for each invariant; 70 and the first thing that is wrong`()
        throws
    {
        let good = try run("verify")
        #expect(good.status == 0 && good.errors.isEmpty)
        #expect(good.output.contains("good  postings sum to balances\n"))
        #expect(!good.output.contains("WRONG"))
        #expect(try run("verify", "--quiet").output.isEmpty)
        let store = folder.path + "/nightjar.db"
        try LedgerDump.change(
            store,
            """
            UPDATE night_total SET value = value + 1
            WHERE position = 1 AND night = (SELECT max(day) FROM night)
            """)
        let bad = try run("verify")
        #expect(bad.status == 70)
        #expect(bad.output.contains("WRONG  a night's files and postings sum to its totals\n"))
        #expect(
            bad.errors.hasPrefix(
                "nightjar: the first thing that is wrong: night of 2026-11-16: files: "))
        let report = try #require(try json(run("verify", "--json").output) as? [String: Any])
        #expect(report["good"] as? Bool == false)
        #expect((report["checks"] as? [Any])?.count == 22)
        #expect(try run("verify", "--limit", "0").status == 64)
    }

    @Test func `explain: 0 and every posting; 65 for a card that nobody has`() throws {
        let store = folder.path + "/nightjar.db"
        let card = try #require(
            try LedgerDump.rows(
                of: store,
                "SELECT DISTINCT m.card FROM posting p JOIN member m ON m.id = p.member WHERE p.source = 'Q-104231'"
            ).first)
        let found = try run("explain", card)
        #expect(found.status == 0 && found.errors.isEmpty)
        #expect(found.output.hasPrefix("card \(card)"))
        #expect(found.output.contains(" × ratio "))
        let report = try #require(try json(run("explain", card, "--json").output) as? [String: Any])
        #expect(report["day"] as? String == "2026-11-16")
        #expect((report["postings"] as? [Any])?.isEmpty == false)
        let unknown = try run("explain", "0" + card)
        #expect(unknown.status == 65)
        #expect(unknown.errors.contains("nobody has this card; did you mean \(card)"))
    }
}
