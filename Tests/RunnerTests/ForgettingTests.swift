import Foundation
import Ledger
import Loyalty
import Runner
import Storage
import TestSupport
import Testing

/// A person erased from a workspace: files, store, and the nights that follow.
@Suite struct ForgettingTests {
    @discardableResult
    private func forget(_ card: String, _ folder: String) throws -> Forgetting.Outcome {
        try Forgetting(Workspace(folder: folder), card: card).run(now: Nights.now)
    }

    private func findings(_ folder: String) throws -> [String] {
        try StoreAudit(Workspace(folder: folder), limit: 9) { _, _, _ in }.findings.map {
            "\($0.invariant): \($0.text)"
        }
    }

    // MARK: Random nights

    /// The postings of a store, with the cards of one person and what he is called now as one.
    private func postings(_ store: String, _ cards: [String]) throws -> [String] {
        func name(_ text: Substring) -> String {
            cards.contains(String(text)) || text.hasPrefix("forgotten-") ? "HE" : String(text)
        }
        return try LedgerDump.rows(
            of: store, "SELECT night, card, account, kind, source, lot, points, date FROM ledger"
        ).map {
            $0.split(separator: "|", omittingEmptySubsequences: false).map(name)
                .joined(separator: "|")
        }.sorted()
    }

    @Test(arguments: 1...4)
    func `nights with and without somebody who was forgotten post the same and have the same sums`(
        seed: Int
    ) throws {
        let shop = RandomShop(seed: seed)
        let (kept, nights) = (try Nights(shop), try Nights(shop))
        for night in shop.nights {
            for one in [kept, nights] {
                try one.drop(shop.files(of: night))
                try one.close(date: night.date)
            }
        }
        // Whoever has most postings, and nothing that waits for him.
        let card = try #require(
            LedgerDump.rows(
                of: nights.store,
                """
                SELECT c.card FROM ledger l JOIN card c ON c.card = l.card
                WHERE c.member NOT IN (SELECT w.member FROM parked p JOIN card w ON w.card = p.card
                    WHERE p.ended_on IS NULL)
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
                """
            ).first)
        let path = nights.folder.path
        let person = try #require(try Forgetting(Workspace(folder: path), card: card).person())
        try forget(card, path)
        let last = try #require(shop.nights.last).date
        for one in [kept, nights] { try one.close(through: last.adding(days: 15)) }
        #expect(
            try postings(nights.store, person.cards) == postings(kept.store, person.cards),
            "seed \(seed), card \(card)")
        let totals = "SELECT * FROM night_total WHERE name LIKE '%points%' ORDER BY 1, 2"
        #expect(
            try LedgerDump.rows(of: nights.store, totals)
                == LedgerDump.rows(of: kept.store, totals),
            "seed \(seed), card \(card)")
        #expect(try findings(path) == [], "seed \(seed), card \(card)")
        for sum in LedgerDump.sums {
            #expect(
                try LedgerDump.rows(of: nights.store, sum.sql) == [], "\(sum.name), seed \(seed)")
        }
    }

    @Test(arguments: 11...13)
    func `nights go on with whatever files come, when somebody was forgotten among them`(
        seed: Int
    ) throws {
        let shop = RandomShop(seed: seed)
        let nights = try Nights(shop)
        var random = SplitMix64(seed: seed)
        for night in shop.nights {
            try nights.drop(shop.files(of: night))
            try nights.close(date: night.date)
            let cards = try LedgerDump.rows(of: nights.store, "SELECT card FROM card ORDER BY 1")
            guard !cards.isEmpty else { continue }
            let card = cards[random.int(0...cards.count - 1)]
            try forget(card, nights.folder.path)
            #expect(try nights.close(date: night.date) == [.alreadyClosed])
            #expect(try findings(nights.folder.path) == [], "seed \(seed), \(night.date), \(card)")
        }
    }

    // MARK: Files

    /// A night with a refused and a quarantined file, and another that posts.
    private func shop() throws -> BadNight {
        let night = try BadNight()
        try night.drop("card_code,replaces_card\n290004,C1\n", as: "members-second.csv")
        try night.drop([line("A", card: "290004"), line("B", card: "290004", "x"), line("C")])
        try night.drop(
            Data("order_id,290004\n1,2\n".utf8).gzipped.dropLast(4),
            as: "orders-ecom-2026-11-16.csv.gz")
        try night.run()
        try night.drop(
            [line("D", at: "2026-11-17T10:00:00", card: "C2")], night: BadNight.second)
        try night.run(BadNight.second)
        return night
    }

    private func grep(_ text: String, _ folder: String) throws -> [String] {
        try FolderContents(folder).files.filter { $0.value.contains(text) }.keys.sorted()
    }

    @Test func `refused lines and reports lose his lines, and the data package says so`() throws {
        let night = try shop()
        #expect(try !grep("290004", night.folder + "/rejects").isEmpty)
        #expect(try night.postings().contains("290004 accrue A 10"))
        let summary = try night.scratch.read("night/reports/2026-11-16/summary.csv")
        let outcome = try forget("C1", night.folder)
        #expect(
            outcome.erased.contains { $0.path.hasPrefix("rejects/2026-11-16/") && $0.lines == 1 })
        for folder in ["rejects", "reports"] {
            #expect(try grep("290004", night.folder + "/" + folder) == [])
        }
        #expect(try !grep("h", night.folder + "/rejects").isEmpty)
        #expect(try night.postings() == [] && night.postings(BadNight.second) == ["C2 accrue D 10"])
        // The sums of the night stay.
        #expect(try night.scratch.read("night/reports/2026-11-16/summary.csv") == summary)
        let package = try night.scratch.read("night/reports/2026-11-16/datapackage.json")
        let bytes = try night.scratch.read("night/reports/2026-11-16/postings.csv").utf8.count
        #expect(package.contains("\"bytes\" : \(bytes),"))
        #expect(try findings(night.folder) == [])
    }

    @Test func `a file that can't be read is named, and one in the inbox is left to its sender`()
        throws
    {
        let night = try shop()
        try night.drop([line("E", card: "C1")], night: BadNight.third)
        let outcome = try forget("290004", night.folder)
        #expect(
            outcome.unread.map(\.path) == ["quarantine/2026-11-16/orders-ecom-2026-11-16.csv.gz"])
        #expect(outcome.waiting.map(\.path) == ["inbox/orders-pos-2026-11-18.csv"])
        #expect(outcome.waiting.map(\.lines) == [1])
        #expect(night.exists("inbox/orders-pos-2026-11-18.csv"))
    }

    @Test func `the reports of the last night are made again, and a run has nothing to say`() throws
    {
        let night = try shop()
        try forget("C2", night.folder)
        let rows = try night.postings(BadNight.second)
        #expect(
            rows.count == 1 && rows[0].hasPrefix("forgotten-") && rows[0].hasSuffix(" accrue D 10"))
        for report in ["balances", "liability", "expiring"] {
            _ = try night.rows(report, BadNight.second)
        }
        let notes = night.notes.count
        #expect(try night.run(BadNight.second).map(\.state) == [.alreadyClosed])
        #expect(night.notes[notes...].allSatisfy { !$0.contains("differed") })
    }

    // MARK: When

    private func refusal(_ card: String, _ folder: String) -> String {
        do {
            try forget(card, folder)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    /// What nobody can spend stays as it was, so that the sums are kept: as of members who are blocked.
    @Test(arguments: ["", "C3"])
    func `what comes back of a forgotten member's order is counted and takes nothing`(
        card: String
    ) throws {
        let night = try BadNight()
        try night.drop([line("A", card: "C1"), line("B", card: "C2"), line("C", card: "C3")])
        try night.run()
        try forget("C1", night.folder)
        try night.drop("card_code,status\nC2,blocked\n", as: "members-second.csv")
        let back = ["A", "B"].map { order in
            line("R\(order)", at: "2026-11-17T10:00:00", card: card, "-4.00", quantity: "-1")
                + ",return,\(order)"
        }
        try night.drop(back, night: BadNight.second, header: BadNight.returnsHeader)
        try night.run(BadNight.second)
        #expect(try night.orders(BadNight.second)?.verdicts == ["accepted": 2])
        #expect(try night.postings(BadNight.second) == [])
        let summary = try night.rows("summary", BadNight.second)
        for (name, value) in [("orders_not_active", "2"), ("points_closing", "30")] {
            #expect(summary.first { $0["name"] == name }?["value"] == value, "\(name)")
        }
        #expect(try findings(night.folder) == [])
    }

    @Test func `a night that is half done ends first`() throws {
        let night = try shop()
        let half = "a night was broken off and is half done; end it first with: nightjar run"
        try night.write("x", to: "claimed/2026-11-18/orders-pos-2026-11-18.csv")
        #expect(refusal("C1", night.folder) == half)
        try FileManager.default.removeItem(atPath: night.folder + "/claimed")
        try LedgerDump.change(
            night.folder + "/nightjar.db",
            "UPDATE night SET state = 'posted' WHERE day = (SELECT max(day) FROM night)")
        #expect(refusal("C1", night.folder) == half)
    }

    @Test func `while another holds the workspace nothing is touched`() throws {
        let night = try shop()
        let lock = try WorkspaceLock(workspace: night.folder, now: 0)
        #expect(refusal("C1", night.folder).contains(" holds the workspace; "))
        withExtendedLifetime(lock) {}
        #expect(try night.postings().contains("290004 accrue A 10"))
    }

    @Test func `what was broken off behind the store's commit is finished, by any later one`()
        throws
    {
        let night = try shop()
        let store = night.folder + "/nightjar.db"
        try forget("C1", night.folder)
        #expect(refusal("C1", night.folder).hasPrefix("C1: nobody has this card; "))
        try Store(path: store).write { connection in
            try UnfinishedForgetting(connection).begin(try #require(CivilDate("2026-11-18")))
        }
        #expect(try Forgetting(Workspace(folder: night.folder), card: "C1").person() == nil)
        #expect(try forget("C1", night.folder).isOnlyFinished)
        #expect(refusal("C1", night.folder).hasPrefix("C1: nobody has this card; "))
    }

    @Test func `a card that waits for a member goes from parking and archive`() throws {
        let night = try BadNight()
        try night.drop([line("A", card: "290009"), line("B")])
        try night.run()
        #expect(try night.unmatched() == ["290009 A unknown_member"])
        let outcome = try forget("290009", night.folder)
        #expect(
            outcome.erased.map(\.path).contains("archive/2026-11-16/orders-pos-2026-11-16.csv.zst"))
        // It waited still when that night ended, and nobody knows for whom.
        #expect(try night.unmatched() == [" A unknown_member"])
        #expect(try night.close(BadNight.second) == [] && night.unmatched(BadNight.second) == [])
        #expect(try findings(night.folder) == [])
        // Its member may come, and what he buys from now on is his.
        try night.drop("card_code\n290009\n", as: "members-late.csv")
        try night.drop(
            [line("C", at: "2026-11-18T10:00:00", card: "290009")], night: BadNight.third)
        try night.run(BadNight.third)
        #expect(try night.postings(BadNight.third) == ["290009 accrue C 10"])
    }
}
