import Foundation
import Loyalty
import TestSupport
import Testing

/// What `status` tells an operator, and whether it wakes him.
@Suite struct StatusTests {
    private func order(_ id: String, _ night: CivilDate, card: String = "") -> String {
        "order_id,ordered_at,store_id,card_code,quantity,line_amount\n"
            + "\(id),\(night)T10:00:00,1,\(card),1,1.00\n"
    }

    /// Two nights closed, and an inbox with something of everything.
    private func shop() throws -> FreshShop {
        let shop = try FreshShop(daysAgo: 2)
        try shop.edit(
            "program.yaml", "earn_on:", "night: { starts: \"00:00\", until: \"00:01\" }\nearn_on:")
        try shop.drop(order("A1", shop.first, card: "nobody"), "orders-pos-\(shop.first).csv")
        #expect(try shop.run("run").status == 0)
        return shop
    }

    @Test func `all is well: the nights with their counts, what is parked since when`() throws {
        let shop = try shop()
        let status = try shop.run("status")
        #expect(status.status == 0, "\(status.output)")
        let lines = status.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(
            lines[0].hasPrefix("\(shop.first.adding(days: 1))  closed  0 orders  0 points"))
        #expect(lines[1].hasPrefix("\(shop.first)  closed  1 orders  0 points"))
        #expect(lines[1].hasSuffix(" s"))
        #expect(lines[2] == "parked: unknown_member 1, the first since \(shop.first)")
        #expect(lines[3] == "all is well")
    }

    @Test func `a file that no job takes needs a person; one that is being written doesn't`()
        throws
    {
        let shop = try shop()
        try shop.folder.write("x", to: "shop/inbox/members-1.csv.part")
        try shop.folder.write("card_code\nC1\n", to: "shop/inbox/members-2.csv")
        let calm = try shop.run("status")
        #expect(calm.status == 0)
        #expect(calm.output.contains("inbox: members-1.csv.part: not finished yet\n"))
        #expect(calm.output.contains("inbox: members-2.csv: not finished yet\n"))
        // A file of today has its time.
        let today = shop.first.adding(days: 2)
        try shop.folder.write(order("B1", today), to: "shop/inbox/orders-pos-\(today).csv")
        #expect(try !shop.run("status").output.contains("\(today)"))
        for number in 1...12 { try shop.drop("x", "what-\(number).txt") }
        let alarm = try shop.run("status")
        #expect(alarm.status == 1)
        #expect(alarm.output.contains("inbox: what-1.txt: no job takes it\n"))
        #expect(alarm.output.contains("inbox: 2 more files that no job takes\n"))
    }

    @Test func `a night that waits says for what`() throws {
        let shop = try FreshShop()
        try shop.edit("Jobs/ingest-orders.yaml", "park:", "expect: { from: [ecom] }\npark:")
        // It waits whether or not that file was due by now.
        #expect(try shop.run("run").status == 75)
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(
            status.output.contains(
                "awaited: a file of ecom for ingest-orders (orders-ecom-\(shop.first)*.csv*), "
                    + "expected by 05:00 on \(shop.first.adding(days: 1)) (UTC)\n"))
        #expect(!status.output.contains("the last run"))
    }

    @Test func `a run that failed, with its message`() throws {
        let shop = try shop()
        #expect(try shop.run("run", "nonsense").status == 64)
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(status.output.contains("the last run: failed: there is no job 'nonsense'"))
    }

    @Test func `exceptions of the last night, by kind; those of older nights are past`() throws {
        let shop = try shop()
        let last = shop.first.adding(days: 1)
        for (night, source) in [(last, "R1"), (last, "R2"), (shop.first, "R3")] {
            try LedgerDump.change(
                shop.path + "/nightjar.db",
                """
                INSERT INTO exception (night, kind, system, source)
                VALUES (\(night.days), 'over_return', 0, '\(source)')
                """)
        }
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(status.output.contains("exceptions: over_return 2\n"))
    }

    @Test func `nights that are missing: late once night.until is past, due before`() throws {
        let shop = try FreshShop(daysAgo: 3)
        let late = try shop.run("status")
        #expect(late.status == 1)
        #expect(late.output.hasPrefix("no night has run yet\nlate: "))
        try shop.edit(
            "program.yaml", "earn_on:", "night: { starts: \"00:00\", until: \"23:59\" }\nearn_on:")
        let status = try #require(json(shop.run("status", "--json").output) as? [String: Any])
        let days = (0..<3).map { "\(shop.first.adding(days: $0))" }
        #expect(status["due"] as? [String] == days)
        // All but that of yesterday, which has until a minute before midnight.
        #expect(status["late"] as? [String] == Array(days.dropLast()))
        #expect(
            try shop.run("status").output.contains("due: the night of \(days[2]); nights run from"))
    }

    @Test func `the JSON has all of it`() throws {
        let shop = try shop()
        let status = try #require(json(shop.run("status", "--json").output) as? [String: Any])
        #expect(
            Set(status.keys) == [
                "good", "nights", "due", "late", "lastRun", "refusedFiles", "exceptions", "parked",
                "strangers", "unfinished", "awaited",
            ])
        #expect(status["good"] as? Bool == true)
        let parked = try #require(status["parked"] as? [[String: Any]])
        #expect(parked[0]["oldest"] as? String == "\(shop.first)")
        let night = try #require((status["nights"] as? [[String: Any]])?.first)
        #expect(Set(night.keys) == ["night", "state", "seconds", "totals"])
        let run = try #require(status["lastRun"] as? [String: Any])
        #expect(run["outcome"] as? String == "done")
        #expect((run["startedAt"] as? String)?.hasSuffix("Z") == true)
    }
}
