import Foundation
import Loyalty
import TestSupport
import Testing

/// A run as cron starts it, every ten minutes of the night.
@Suite struct ScheduledRunTests {
    /// A workspace that expects a file of ecom for its only night.
    private func waiting(daysAgo: Int, expect: String) throws -> FreshShop {
        let shop = try FreshShop(daysAgo: daysAgo)
        try shop.edit("Jobs/ingest-orders.yaml", "park:", "expect: \(expect)\npark:")
        return shop
    }

    private func file(_ night: CivilDate) -> String {
        "order_id,ordered_at,store_id,quantity,line_amount\nE1,\(night)T10:00:00,1,1,1.00\n"
    }

    @Test func `with nothing to do it says nothing`() throws {
        let shop = try FreshShop()
        #expect(try shop.run("run").status == 0)
        let run = try shop.run("run", "--scheduled")
        #expect((run.status, run.output, run.errors) == (0, "", ""))
    }

    @Test func `75 and what is awaited, by hand; silent as long as the night may wait`() throws {
        // Nobody can have come by then: the last minute of the night after.
        let shop = try waiting(daysAgo: 1, expect: "{ from: [ecom], by: \"23:58\" }")
        try shop.edit(
            "program.yaml", "earn_on:", "night: { starts: \"00:00\", until: \"23:59\" }\nearn_on:")
        let byHand = try shop.run("run")
        #expect(byHand.status == 75)
        let sentence =
            "nightjar: the night of \(shop.first) waits for a file of ecom for ingest-orders "
            + "(orders-ecom-\(shop.first)*.csv*), expected by 23:58 on "
            + "\(shop.first.adding(days: 1)) (UTC)\n"
        #expect(byHand.errors == sentence)
        #expect(byHand.output == "")
        let scheduled = try shop.run("run", "--scheduled")
        #expect((scheduled.status, scheduled.output, scheduled.errors) == (0, "", ""))
        #expect(try shop.run("run", "--scheduled", "-v").errors == sentence)
        try shop.drop(file(shop.first), "orders-ecom-\(shop.first).csv")
        let closed = try shop.run("run", "--scheduled")
        #expect(closed.status == 0)
        #expect(closed.output.hasPrefix("night of \(shop.first): closed; 1 orders"))
    }

    @Test func `75 and a message every time once night.until is past`() throws {
        let shop = try waiting(daysAgo: 3, expect: "{ from: [ecom] }")
        for _ in 0..<2 {
            let run = try shop.run("run", "--scheduled", "--quiet")
            #expect(run.status == 75)
            #expect(run.errors.contains("waits for a file of ecom"))
        }
    }

    @Test func `65 where the job says to fail, a warning where it says to warn`() throws {
        let failing = try waiting(daysAgo: 3, expect: "{ from: [ecom], if_missing: fail }")
        let failed = try failing.run("run", "--scheduled")
        #expect(failed.status == 65)
        #expect(failed.errors.contains("the night of \(failing.first) lacks a file of ecom"))
        let warning = try waiting(daysAgo: 3, expect: "{ from: [ecom], if_missing: warn }")
        let warned = try warning.run("run", "--date", "\(warning.first)")
        #expect(warned.status == 0)
        #expect(warned.errors.contains("the night of \(warning.first) lacks a file of ecom"))
    }

    @Test func `the crontab line is one that runs`() throws {
        let shop = try FreshShop()
        let lines = try shop.run("schedule").output.split(separator: "\n")
        let line = try #require(lines.last)
        let fields = line.split(separator: " ", maxSplits: 5).map(String.init)
        #expect(fields[0] == "*/10")
        #expect(Array(fields[2...4]) == ["*", "*", "*"])
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", fields[5]]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let json = try #require(json(shop.run("schedule", "--json").output) as? [String: String])
        #expect(json["text"]?.hasSuffix(line + "\n") == true)
    }
}
