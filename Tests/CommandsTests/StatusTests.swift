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
        // Announced, and not there.
        try shop.folder.write("{\"rows\": 1}", to: "shop/inbox/members-3.csv.manifest")
        let calm = try shop.run("status")
        #expect(calm.status == 0)
        #expect(calm.output.contains("inbox: members-1.csv.part: not finished yet\n"))
        #expect(calm.output.contains("inbox: members-2.csv: not finished yet\n"))
        #expect(calm.output.contains("inbox: members-3.csv.manifest: not finished yet\n"))
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
                "strangers", "unfinished", "awaited", "lowStock", "outbox",
            ])
        #expect(status["good"] as? Bool == true)
        let parked = try #require(status["parked"] as? [[String: Any]])
        #expect(parked[0]["oldest"] as? String == "\(shop.first)")
        #expect(parked[0]["records"] as? String == "orders")
        let night = try #require((status["nights"] as? [[String: Any]])?.first)
        #expect(Set(night.keys) == ["night", "state", "seconds", "totals"])
        let run = try #require(status["lastRun"] as? [String: Any])
        #expect(run["outcome"] as? String == "done")
        #expect((run["startedAt"] as? String)?.hasSuffix("Z") == true)
    }

    @Test func `what waits for its code, its member, its day; what is to be sent; low stock`()
        throws
    {
        let shop = try shop()
        let last = shop.first.adding(days: 1)
        let tomorrow = last.adding(days: 1).midnight
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT INTO code_system (id, name) VALUES (71, 'pos');
            INSERT INTO burn (system, id, night, code, burned_at, is_reversal, state, outcome, file, line)
            VALUES (71, 'B1', \(shop.first.days), 'K1', 0, 0, 1, 'unknown_code', 1, 1),
                (71, 'B2', \(last.days), 'K2', 0, 0, 1, 'unknown_code', 1, 2),
                (71, 'B3', \(last.days), 'K3', \(tomorrow), 0, 1, 'later_day', 1, 3),
                (71, 'B4', \(last.days), 'K4', 0, 0, 0, 'burned', 1, 4);
            INSERT INTO reward (id, name) VALUES (71, 'r25');
            INSERT INTO claim (id, night, how, claimed_at, card, reward, state, reason)
            VALUES ('G1', \(last.days), 'admin', 0, 'C1', 71, 2, 'sold_out');
            INSERT INTO program_event (id, night, event, occurred_at, card, state)
            VALUES ('E1', \(last.days), 'quiz', 0, 'C1', 1);
            INSERT INTO gift_use VALUES ('K5', 'C9', 0, \(last.days), \(last.days + 30), 1, 1);
            INSERT INTO low_stock VALUES (\(last.days), 71, 349, 0, 0, 350, 351, 'requested', 12);
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
            VALUES (\(last.days), 'pos', 'replenishment', 'r25', 'U1', '{}'),
                (\(last.days), 'pos', 'code-add', 'K1', 'U2', '{}')
            """)
        let status = try shop.run("status")
        #expect(status.status == 0, "\(status.output)")
        #expect(
            status.output.contains(
                """
                parked: burns later_day 1, the first since \(last)
                parked: burns unknown_code 2, the first since \(shop.first)
                parked: claims sold_out 1, the first since \(last)
                parked: events unknown_member 1, the first since \(last)
                parked: gift-codes unknown_member 1, the first since \(last)
                low stock: r25: 349 codes of 350, for 12 days; requested
                outbox: pos 2, the first since \(last); no endpoint has that name
                all is well

                """), "\(status.output)")
        let all = try #require(json(shop.run("status", "--json").output) as? [String: Any])
        let stock = try #require((all["lowStock"] as? [[String: Any]])?.first)
        #expect(stock["reward"] as? String == "r25")
        #expect(stock["daysLeft"] as? Int == 12)
        let outbox = try #require((all["outbox"] as? [[String: Any]])?.first)
        #expect(outbox["waiting"] as? Int == 2)
        #expect(outbox["givenUp"] as? Int == 0)
    }

    @Test func `a file refused whole needs a person until somebody takes it out of quarantine`()
        throws
    {
        let shop = try FreshShop(daysAgo: 3)
        try shop.folder.write("", to: "shop/inbox/members-1.csv")
        try shop.folder.write("", to: "shop/inbox/members-1.csv.done")
        // All three nights in one run: the first of them took the file.
        #expect(try shop.run("run", "--quiet").status == 0)
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(
            status.output.contains(
                "refused: members-1.csv: empty_file; it lies in quarantine/\(shop.first)/ until"))
        let all = try #require(json(shop.run("status", "--json").output) as? [String: Any])
        let file = try #require((all["refusedFiles"] as? [[String: Any]])?.first)
        #expect(file["night"] as? String == "\(shop.first)")
        try FileManager.default.removeItem(
            atPath: shop.path + "/quarantine/\(shop.first)/members-1.csv")
        #expect(try shop.run("status").status == 0)
    }

    @Test func `codes that a person must order, and what nobody sends any more, need a person`()
        throws
    {
        let shop = try shop()
        let last = shop.first.adding(days: 1)
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT INTO code_exception (night, kind, system, source, code)
            VALUES (\(last.days), 'low_stock', 0, 'r25', '')
            """)
        let manual = try shop.run("status")
        #expect(manual.status == 1)
        #expect(manual.output.contains("exceptions: low_stock 1\n"))
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            DELETE FROM code_exception;
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload, state)
            VALUES (\(last.days), 'pos', 'code-add', 'K1', 'U1', '{}', 'given_up');
            INSERT INTO delivery_exception
            VALUES (\(last.days), 1, 9, 'pos', 'code-add', 'K1', 'given_up', 'timed out')
            """)
        let gone = try shop.run("status")
        #expect(gone.status == 1)
        #expect(gone.output.contains("exceptions: delivery_given_up 1\n"))
        #expect(gone.output.contains("outbox: pos 1 given up: timed out\n"))
        // What older nights' reports told of is past.
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            "UPDATE delivery_exception SET night = night - 1")
        #expect(try shop.run("status").status == 0)
    }

    @Test
    func `an endpoint that was stopped needs a person, one that is left alone for a while doesn't`()
        throws
    {
        let shop = try shop()
        let last = shop.first.adding(days: 1)
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
            VALUES (\(last.days), 'crm', 'balances', 'C1', 'U1', '{}');
            INSERT INTO endpoint_state VALUES ('crm', 5, 1, 1800000000, 'timed out', 1799999970)
            """)
        let calm = try shop.run("status")
        #expect(calm.status == 0)
        #expect(
            calm.output.contains("outbox: crm: left alone until 2027-01-15T08:00:00Z: timed out\n"))
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            "UPDATE endpoint_state SET failures = 0, closed_until = NULL, detail = 'refuses our login'"
        )
        let alarm = try shop.run("status")
        #expect(alarm.status == 1)
        #expect(alarm.output.contains("outbox: crm: refuses our login\n"))
    }

    @Test
    func
        `rows that nothing gives up need a person once they waited for as long as others are tried`()
        throws
    {
        let shop = try shop()
        try shop.folder.write(
            """
            version: 1
            endpoints:
              crm: { kind: http, url: "https://crm.example/", send: [balances], give_up_after: 2 days }

            """, to: "shop/endpoints.yaml")
        let last = shop.first.adding(days: 1)
        func status(_ endpoint: String, days: Int, trouble: String?) throws -> Int32 {
            try LedgerDump.change(
                shop.path + "/nightjar.db",
                """
                DELETE FROM outbox; DELETE FROM endpoint_state;
                INSERT OR IGNORE INTO night (day, state) VALUES (\(last.days) - \(days), 'closed');
                INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
                VALUES (\(last.days) - \(days), '\(endpoint)', 'balances', 'C1', 'U1', '{}');
                INSERT INTO endpoint_state VALUES
                    ('crm', 9, 5, 1800000000, \(trouble.map { "'\($0)'" } ?? "NULL"), 1799999970)
                """)
            return try shop.run("status").status
        }
        #expect(try status("crm", days: 1, trouble: "the login: timed out") == 0)
        #expect(try status("crm", days: 2, trouble: "the login: timed out") == 1)
        // Nothing is wrong with it: its job has a time of its own.
        #expect(try status("crm", days: 9, trouble: nil) == 0)
        // What is sent to a name that no endpoint has any more.
        #expect(try status("till", days: 2, trouble: nil) == 0)
        #expect(try status("till", days: 3, trouble: nil) == 1)
    }

    @Test func `an endpoint whose secret can't be had needs a person`() throws {
        let shop = try shop()
        try shop.folder.write(
            """
            version: 1
            endpoints:
              crm: { kind: http, url: "https://crm.example/", send: [balances], auth: { bearer: "env:NO_SUCH_TOKEN" } }

            """, to: "shop/endpoints.yaml")
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
            VALUES (\(shop.first.days), 'crm', 'balances', 'C1', 'U1', '{}')
            """)
        #expect(try shop.run("deliver").status == 75)
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(status.output.contains("outbox: crm 1, the first since \(shop.first)\n"))
        #expect(status.output.contains("NO_SUCH_TOKEN"), "\(status.output)")
    }
}
