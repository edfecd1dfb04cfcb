import Ledger
import Loyalty
import Runner
import TestSupport
import Testing

/// Claims, grants and what they cost, from files to the store.
@Suite struct ClaimStoryTests {
    private static let program = """
        version: 1
        program: shop
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2024-03-01
        accounts:
          spend: { ratio: 1 }
        systems: { pos: {} }
        rewards:
          - { id: r25, name: 25 euro, type: value, value: 25.00, cost_points: 40, owner: pos }
          - { id: thanks, name: Thanks, type: voucher, owner: pos }
          - { id: parcel, name: Parcel, type: gift_code, points: 7, owner: pos }
          - { id: ten, name: Ten, type: badge }
        workflows:
          - { event: order_over, where: { amount_over: 50.00 }, assign: thanks }
          - { event: goal_completed, where: { subject: first-10 }, assign: ten }

        """

    private static let jobs: [(records: String, files: String, after: String)] = [
        ("members", "members-{date}.csv", ""), ("codes", "codes-{reward}-{date}.csv", "members"),
        ("orders", "orders-{system}-{date}.csv", "codes"),
        ("claims", "claims-{system}-{date}.csv", "codes"),
        ("events", "events-{system}-{date}.csv", "codes"),
        ("gift-codes", "gift-codes-{system}-{date}.csv", "codes"),
    ]

    private func shop() throws -> Nights {
        var files = [(name: "program.yaml", text: Self.program)]
        for job in Self.jobs {
            files.append(
                (
                    "Jobs/\(job.records).yaml",
                    "version: 1\njob: \(job.records)\nkind: ingest\nrecords: \(job.records)\n"
                        + "after: [\(job.after)]\nfiles: \"\(job.files)\"\nsettle: { quiet: 0 seconds }\n"
                ))
        }
        files.append(
            (
                "Jobs/apply.yaml",
                "version: 1\njob: apply\nkind: codes\nafter: [claims, events, gift-codes]\n"
            ))
        files.append(
            ("Jobs/points.yaml", "version: 1\njob: points\nkind: points\nafter: [orders, apply]\n"))
        return try Nights(files)
    }

    /// Drops files by their names without the night's date, and closes the night.
    private func close(_ day: Int, _ files: [String: [String]], in nights: Nights) throws {
        let headers = [
            "members": "card_code", "codes": "code,expires_on",
            "claims":
                "claim_id,claimed_at,card_code,reward_id,kind",
            "events": "event_id,occurred_at,card_code,event,subject",
            "gift-codes": "used_at,card_code,code",
            "orders":
                "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,original_order_id",
        ]
        let night = "2024-03-0\(day)"
        for (name, lines) in files {
            let records = headers.keys.first { name.hasPrefix($0) } ?? ""
            let text = ([headers[records] ?? ""] + lines).joined(separator: "\n") + "\n"
            try nights.folder.write(
                text.replacing("DAY", with: night), to: "inbox/\(name)-\(night).csv")
        }
        try nights.close(date: CivilDate(night))
    }

    private func rows(_ sql: String, _ nights: Nights) throws -> [String] {
        try LedgerDump.rows(of: nights.store, sql)
    }

    private func outcomes(_ day: Int, _ nights: Nights) throws -> [String] {
        try rows(
            """
            SELECT o.id || ' ' || o.outcome || ' ' || coalesce(o.code, '-') || ' ' || o.points
            FROM claim_outcome o WHERE night = \((CivilDate("2024-03-0\(day)") ?? CivilDate(days: 0)).days)
            ORDER BY o.id
            """, nights)
    }

    private func findings(_ nights: Nights) throws -> [String] {
        try StoreAudit(Workspace(folder: nights.folder.path), limit: 10) { _, _, _ in }
            .findings.map(\.text)
    }

    /// The first night of all.
    private func begin() throws -> Nights {
        let nights = try shop()
        try close(
            1,
            [
                "members": ["C1", "C2"], "codes-r25": ["K1,2024-12-31", "K2,2024-06-30"],
                "codes-thanks": ["T1,", "T2,"], "codes-parcel": ["G1,"],
                "orders-pos": [
                    "A,DAYT10:00:00,1,C1,1,60.00,sale,", "B,DAYT10:00:00,1,C2,1,9.00,sale,",
                ],
                "claims-pos": [
                    "Q1,DAYT11:00:00,C1,r25,claim", "Q2,DAYT11:30:00,C1,r25,claim",
                ],
                "events-pos": ["E1,DAYT12:00:00,C2,goal_completed,first-10"],
                "gift-codes-pos": ["DAYT12:00:00,C2,G1"],
            ], in: nights)
        return nights
    }

    private static let thanks = "order_over(amount_over=5000)>thanks:order_over:pos/A"

    @Test func `points earned tonight pay for a claim of tonight, and for no second one`() throws {
        let nights = try begin()
        #expect(
            try outcomes(1, nights) == [
                "Q1 granted K2 40", "Q2 not_enough_points - 0",
                "goal_completed(subject=first-10)>ten:E1 granted - 0",
                "\(Self.thanks) granted T1 0",
            ])
        #expect(
            try rows("SELECT code || state FROM code ORDER BY code", nights)
                == ["G12", "K10", "K21", "T11", "T20"])
        #expect(try findings(nights) == [])
    }

    @Test func `a void takes back what the order earned: points, and the code that nobody used`()
        throws
    {
        let nights = try begin()
        try close(
            2,
            [
                "orders-pos": ["V,DAYT10:00:00,1,,1,0,void,A"],
                "claims-pos": [
                    "Q1,2024-03-01T11:00:00,C1,r25,claim", "Q3,DAYT12:00:00,C2,r25,claim",
                ],
            ], in: nights)
        #expect(try outcomes(2, nights) == ["Q3 not_enough_points - 0"])
        #expect(
            try rows("SELECT code || state FROM code ORDER BY code", nights)
                == ["G12", "K10", "K21", "T14", "T20"])
        #expect(
            try rows(
                "SELECT reason || ' ' || source FROM code_event WHERE code = 'T1' ORDER BY night",
                nights)
                == ["grant \(Self.thanks)", "returned A"])
        #expect(try findings(nights) == [])
    }

    @Test func `explain says which claim or gift code moved points, from which file and line`()
        throws
    {
        let nights = try begin()
        let workspace = try Workspace(folder: nights.folder.path)
        func lines(_ card: String) throws -> [String] {
            try workspace.explain(card, on: nil).lines.filter { $0.system != "pos" }.map {
                "\($0.kind.name) \($0.points) \($0.source): \($0.rule) [\($0.file ?? "-"):\($0.fileLine)]"
            }
        }
        #expect(
            try lines("C1") == [
                "redeem -40 Q1: claim of r25, the lot that expires soonest first "
                    + "[claims-pos-2024-03-01.csv:2]"
            ])
        #expect(
            try lines("C2") == [
                "accrue 7 G1: gift code of parcel [gift-codes-pos-2024-03-01.csv:2]"
            ])
    }

    @Test func `a closed night run again changes nothing`() throws {
        let nights = try begin()
        let before = try nights.ledger()
        let codes = try rows("SELECT * FROM code_event ORDER BY code, night, seq", nights)
        #expect(try nights.close(date: CivilDate("2024-03-01")) == [.alreadyClosed])
        #expect(try nights.ledger() == before)
        #expect(try rows("SELECT * FROM code_event ORDER BY code, night, seq", nights) == codes)
    }
}
