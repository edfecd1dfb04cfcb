import Intake
import Loyalty
import Runner
import TestSupport
import Testing

/// Files of codes in a night: whose they are, and how their reward is known.
@Suite struct CodeFileTests {
    private static let program = """
        version: 1
        program: shop
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-11-16
        systems: { pos: {}, ecom: {} }
        fields: { rewards: [{ name: colour, type: text }] }
        rewards:
          - { id: badge, name: Badge coupon, type: coupon, owner: pos }
        """

    private func job(_ name: String, _ records: String, _ keys: String) -> (String, String) {
        let text = """
            version: 1
            job: \(name)
            kind: ingest
            records: \(records)
            settle: { quiet: 0 seconds }
            \(keys)

            """
        return ("Jobs/\(name).yaml", text)
    }

    private func nights(_ files: [(String, String)]) throws -> Nights {
        let jobs = [
            job("rewards", "rewards", "files: \"rewards-*\"\nconstants: { owner: pos }"),
            job("codes", "codes", "files: \"codes-{reward}-*.csv\"\nafter: [rewards]"),
            job("burns", "burns", "files: \"burns-{system}-*.csv\""),
            (
                "Jobs/register.yaml",
                "version: 1\njob: register\nkind: codes\nafter: [codes, burns]\n"
            ), ("Jobs/points.yaml", "version: 1\njob: points\nkind: points\nafter: [register]\n"),
            (
                "Jobs/reports.yaml",
                "version: 1\njob: reports\nkind: report\nafter: [points]\n"
                    + "reports: [{ report: rejects }, { report: files }]\n"
            ),
        ]
        return try Nights([("program.yaml", Self.program)] + jobs + files)
    }

    /// `code reward` of all codes that the register has.
    private func register(_ nights: Nights) throws -> [String] {
        try LedgerDump.rows(
            of: nights.store,
            "SELECT c.code || ' ' || r.name FROM code c JOIN reward r ON r.id = c.reward ORDER BY 1"
        )
    }

    @Test func `a reward that a file of the same night defines can have codes`() throws {
        let nights = try nights([
            ("inbox/rewards-1.csv", "reward_id,name,type,colour\nr-10,Ten,coupon,red\n"),
            ("inbox/codes-r-10-first.csv", "code\nA1\nA2\n"),
        ])
        try nights.close(date: CivilDate("2026-11-16"))
        #expect(try register(nights) == ["A1 r-10", "A2 r-10"])
        #expect(
            try LedgerDump.rows(
                of: nights.store, "SELECT reward, definition FROM reward_terms WHERE file NOT NULL"
            ).contains { $0.contains("\"colour\":\"red\"") })
    }

    @Test
    func `the longest reward that a name may hold is meant, from the night on which it is known`()
        throws
    {
        let nights = try nights([("inbox/codes-badge-10-a.csv", "code\nA1\n")])
        try nights.close(date: CivilDate("2026-11-16"))
        try nights.folder.write(
            "reward_id,name,type\nbadge-10,Ten,coupon\n", to: "inbox/rewards-1.csv")
        try nights.folder.write("code\nB1\n", to: "inbox/codes-badge-10-b.csv")
        try nights.close(date: CivilDate("2026-11-17"))
        #expect(try register(nights) == ["A1 badge", "B1 badge-10"])
    }

    @Test func `codes of a reward that nobody knows are refused whole, and check says so before`()
        throws
    {
        let nights = try nights([("inbox/codes-r99-a.csv", "code\nA1\n")])
        let check = FileCheck(try Workspace(folder: nights.folder.path))
        let path = nights.folder.path + "/inbox/codes-r99-a.csv"
        #expect(try check.check(path, kind: nil, layout: nil).refusal?.reason == .rewardUnknown)
        try nights.close(date: CivilDate("2026-11-16"))
        let files = try nights.folder.read("reports/2026-11-16/files.csv")
        #expect(files.contains("codes-r99-a.csv,codes,codes,refused,reward_unknown"))
        #expect(try register(nights) == [])
    }

    @Test func `check says which lines wait for a later day`() throws {
        let nights = try nights([
            (
                "burns-pos-1.csv",
                "burned_at,code\n2026-11-16T23:59:59,A1\n2026-11-17T00:00:00,A2\n"
            )
        ])
        let check = FileCheck(try Workspace(folder: nights.folder.path))
        let outcome = try check.check(
            nights.folder.path + "/burns-pos-1.csv", kind: nil, layout: nil)
        #expect(outcome.laterLines == 1 && outcome.isGood)
    }
}
