import Foundation
import Loyalty
import Reporting
import Runner
import TestSupport
import Testing

/// Reports are a function of the store as of their night, whatever later nights did.
@Suite struct OldReportsTests {
    /// Publishes a night again from a store as it is now.
    private func republish(_ night: String, _ workspace: String) throws -> Publication {
        let settings = try Workspace(folder: workspace).settings
        let requests = settings.jobs.flatMap { job -> [ReportRequest] in
            if case .report(let requests) = job.work { return requests }
            return []
        }
        let program = settings.program.program
        return try ReportFolder(reports: workspace + "/reports").publish(
            requests, night: try #require(CivilDate(night)), program: program.name,
            currency: program.currency, store: workspace + "/nightjar.db")
    }

    @Test(arguments: 1...8) func `every night of a random shop, made again at the end, is the same`(
        seed: Int
    ) throws {
        let shop = RandomShop(seed: seed)
        let nights = try Nights(shop)
        for night in shop.nights {
            try nights.drop(shop.files(of: night))
            try nights.close(date: night.date)
        }
        for night in shop.nights {
            let again = try republish("\(night.date)", nights.folder.path)
            #expect(again.outcome == .same, "seed \(seed), night \(night.date)")
        }
    }

    @Test(arguments: ["cards: plain", "cards: hashed"])
    func `a night shows the card of its day, whatever took its place since`(cards: String) throws {
        let night = try BadNight()
        try night.write(
            """
            version: 1
            job: emit-reports
            kind: report
            after: [apply-points]
            reports: [{ report: postings, \(cards) }, { report: balances, \(cards) }]

            """, to: "Jobs/emit-reports.yaml")
        try night.drop([line("P1", "30.00")])
        try night.run(BadNight.first)
        try night.drop("card_code,replaces_card\nC4,C1\n", as: "members-second.csv")
        try night.drop(
            [line("P2", at: "2026-11-17T10:00:00")], night: BadNight.second)
        try night.run(BadNight.second)
        try night.drop("card_code,replaces_card\nC0,C4\n", as: "members-third.csv")
        try night.run(BadNight.third)
        for day in [BadNight.first, BadNight.second, BadNight.third] {
            #expect(try republish(day, night.folder).outcome == .same, "\(day)")
        }
        guard cards == "cards: plain" else { return }
        #expect(try night.postings() == ["C1 accrue P1 30"])
        #expect(try night.postings(BadNight.second) == ["C4 accrue P2 10"])
    }

    /// `card account points last-day days` of every row.
    private func expiring(_ night: BadNight, _ day: String) throws -> [String] {
        try night.rows("expiring", day).map { row in
            ["card_code", "account", "points", "expires_on", "days"].map { row[$0] ?? "" }
                .joined(separator: " ")
        }
    }

    /// A purchase of 30 points that is good through 2026-11-24; 10 of them are taken back on the 18th.
    private func expiringPoints() throws -> BadNight {
        let night = try BadNight(["{ after: 1 year }": "{ after: 8 days }"])
        try night.drop([line("P1", "30.00"), line("P2", at: "2026-11-16T11:00:00", card: "C2")])
        let back = "P3,2026-11-18T10:00:00,S1,C1,-1,-10.00,return,P1"
        try night.drop(
            [back], night: "2026-11-18", header: BadNight.returnsHeader)
        for day in 16...24 { #expect(try night.close("2026-11-\(day)") == []) }
        return night
    }

    @Test
    func `points are reported 7 days and 1 day before their last one, as the night left them`()
        throws
    {
        let night = try expiringPoints()
        let expected = [
            "2026-11-17": ["C1 spend 30 2026-11-24 7", "C2 spend 10 2026-11-24 7"],
            "2026-11-23": ["C1 spend 20 2026-11-24 1", "C2 spend 10 2026-11-24 1"],
        ]
        for day in (16...24).map({ "2026-11-\($0)" }) {
            #expect(try expiring(night, day) == expected[day] ?? [], "\(day)")
        }
        #expect(try night.postings("2026-11-24").contains("C1 expire P1 -20"))
    }

    @Test func `what is lost of an old night comes again with the same bytes`() throws {
        let night = try expiringPoints()
        for day in (16...24).map({ "2026-11-\($0)" }) {
            let folder = night.folder + "/reports/" + day
            let before = try FolderContents(folder)
            try FileManager.default.removeItem(atPath: folder)
            #expect(try republish(day, night.folder).outcome == .created)
            #expect(try FolderContents(folder).differences(from: before) == [], "\(day)")
        }
    }

    @Test func `liability follows the points: earned, taken back, expired`() throws {
        let night = try expiringPoints()
        func liability(_ day: String) throws -> [String] {
            try night.rows("liability", day).map { row in
                [
                    "account", "expires_month", "available", "pending", "points", "breakage_rate",
                    "expected_breakage",
                ].map { row[$0] ?? "" }.joined(separator: " ")
            }
        }
        #expect(try liability("2026-11-16") == ["spend 2026-11 40 0 40  "])
        #expect(try liability("2026-11-17") == ["spend 2026-11 40 0 40  "])
        #expect(try liability("2026-11-18") == ["spend 2026-11 30 0 30  "])
        #expect(try liability("2026-11-23") == ["spend 2026-11 30 0 30  "])
        #expect(try liability("2026-11-24") == [])
    }

    @Test func `points on hold become available by date alone`() throws {
        let night = try BadNight(["hold_days: 0": "hold_days: 2", "{ after: 1 year }": "never"])
        try night.drop([line("P1", "30.00")])
        var seen: [String] = []
        for day in 16...19 {
            #expect(try night.close("2026-11-\(day)") == [])
            seen += try night.rows("liability", "2026-11-\(day)").map { row in
                "\(row["expires_month"] ?? "")|\(row["available"] ?? "") \(row["pending"] ?? "")"
            }
        }
        #expect(seen == ["|0 30", "|0 30", "|30 0", "|30 0"])
    }
}
