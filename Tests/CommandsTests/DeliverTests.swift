import Foundation
import Loyalty
import TestSupport
import Testing

/// `deliver`, and the push jobs of `run`: what is sent, what is said, how they end.
@Suite struct DeliverTests {
    /// A shop whose night is closed, with rows for an endpoint `crm`.
    private func shop(
        _ server: ScriptedServer, _ more: String = "", rows: Int = 3
    ) throws -> FreshShop {
        let shop = try FreshShop()
        #expect(try shop.run("run", "--quiet").status == 0)
        try configure(shop, server.url, more)
        try write(shop, rows)
        return shop
    }

    private func configure(_ shop: FreshShop, _ url: String, _ more: String = "") throws {
        try shop.folder.write(
            """
            version: 1
            endpoints:
              crm: { kind: http, url: "\(url)/crm", send: [grants], timeout: 60 seconds\(more) }

            """, to: "shop/endpoints.yaml")
    }

    private func write(_ shop: FreshShop, _ count: Int, to endpoint: String = "crm") throws {
        let rows = (1...count).map { number in
            "(\(shop.first.days), '\(endpoint)', 'grants', 'C\(number)', 'U-\(endpoint)-\(number)', "
                + "'{\"card_code\":\"C\(number)\"}')"
        }
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
            VALUES \(rows.joined(separator: ", "));
            INSERT INTO delivery_total (night, endpoint, kind, written)
            VALUES (\(shop.first.days), '\(endpoint)', 'grants', \(count))
            """)
    }

    @Test func `0: all is sent, once; sent again nothing is`() throws {
        let server = try ScriptedServer()
        let shop = try shop(server)
        let first = try shop.run("deliver")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output == "crm: 3 acknowledged\n")
        #expect(first.errors.isEmpty)
        #expect(server.counts == ["U-crm-1": 1, "U-crm-2": 1, "U-crm-3": 1])
        #expect(try shop.run("deliver").output == "crm: 0 acknowledged\n")
        #expect(server.requests.count == 3)
        #expect(try shop.run("status").status == 0)
        #expect(try shop.run("verify", "--quiet").status == 0)
    }

    @Test func `75: something waits, and why`() throws {
        let server = try ScriptedServer { _ in .status(503, headers: [("Retry-After", "3600")]) }
        let shop = try shop(server)
        let run = try shop.run("deliver")
        #expect(run.status == 75)
        #expect(run.output == "crm: 0 acknowledged, 3 waiting\n")
        #expect(run.errors.contains("nightjar: 3 wait for 'crm'; it is left alone until 20"))
        #expect(run.errors.contains("answered 503"))
        let json = try #require(
            json(shop.run("deliver", "--json", "--quiet").output) as? [String: Any])
        #expect(json["good"] as? Bool == false)
        let crm = try #require((json["endpoints"] as? [[String: Any]])?.first)
        #expect(crm["waiting"] as? Int == 3)
        #expect(crm["closedUntil"] != nil)
        #expect(try shop.run("status").output.contains("outbox: crm: left alone until 20"))
    }

    @Test func `65: what was refused is an exception, until it is taken up by hand`() throws {
        let server = try ScriptedServer()
        let shop = try shop(server, ", in_flight: 1")
        server.script(.status(422, "no such card"))
        let run = try shop.run("deliver")
        #expect(run.status == 65)
        #expect(run.output == "crm: 2 acknowledged, 1 refused\n")
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(status.output.contains("outbox: crm 1 refused: answered 422: no such card\n"))
        #expect(try shop.run("deliver").status == 0)
        #expect(try shop.run("deliver", "crm", "--retry").output == "crm: 1 acknowledged\n")
        #expect(try shop.run("status").status == 0)
        #expect(try shop.run("verify", "--quiet").status == 0)
    }

    @Test func `65: of a batch the bad row alone is refused, and each row counts once`() throws {
        let server = try ScriptedServer { request in
            request.text.contains("\"C7\"") ? .status(400, "no such card: C7") : .ok
        }
        let shop = try shop(server, ", batch: 16", rows: 16)
        let run = try shop.run("deliver")
        #expect(run.status == 65)
        #expect(run.output == "crm: 15 acknowledged, 1 refused\n")
        #expect(
            run.errors
                == "nightjar: 'crm' refused 1: answered 400: no such card: (hidden); when that is mended: "
                + "nightjar deliver crm --retry\n")
        let status = try shop.run("status").output
        #expect(
            status.contains("outbox: crm 1 refused: answered 400: no such card: (hidden)\n"),
            "\(status)")
        #expect(server.requests.count == 9)
        let taken = server.requests.filter { !$0.text.contains("\"C7\"") }.map(\.text).joined()
        for number in 1...16 where number != 7 {
            #expect(taken.components(separatedBy: "\"C\(number)\"").count == 2)
        }
        #expect(
            try LedgerDump.rows(
                of: shop.path + "/nightjar.db", "SELECT subject, detail FROM delivery_exception")
                == ["C7|answered 400: no such card: (hidden)"])
        #expect(try shop.run("verify", "--quiet").status == 0)
    }

    @Test func `75: a typo in the path refuses nothing where nothing was ever taken`() throws {
        let server = try ScriptedServer { $0.path == "/crm" ? .ok : .status(404, "no route") }
        let shop = try shop(server, rows: 300)
        try shop.edit("endpoints.yaml", "/crm\"", "/cmr\"")
        let run = try shop.run("deliver")
        #expect(run.status == 75)
        #expect(run.output == "crm: 0 acknowledged, 300 waiting\n")
        #expect(
            run.errors.contains(
                "endpoint 'crm': answered 404: no route: nothing was ever taken at '/cmr'; check the path of 'url'"
            ), "\(run.errors)")
        #expect(server.requests.count <= 8)
        // Once something was taken a typo refuses no more than a hundred.
        try shop.edit("endpoints.yaml", "/cmr\"", "/crm\"")
        server.script(.ok, .status(503, headers: [("Retry-After", "7200")]))
        #expect(try shop.run("deliver").status == 75)
        try shop.edit("endpoints.yaml", "/crm\"", "/cmr\"")
        let late = try shop.run("deliver", "--retry")
        #expect(late.status == 75 && late.errors.contains("100 rows before it were refused"))
        #expect(late.output.contains(", 100 refused"), "\(late.output)")
        try shop.edit("endpoints.yaml", "/cmr\"", "/crm\"")
        #expect(try shop.run("deliver", "--retry").status == 0)
        #expect(server.counts.count == 300 && server.counts.values.allSatisfy { $0 == 1 })
        #expect(try shop.run("verify", "--quiet").status == 0)
    }

    @Test func `64 and 78: an endpoint that isn't there, and one that is wrong`() throws {
        let server = try ScriptedServer()
        let shop = try shop(server)
        let unknown = try shop.run("deliver", "crn")
        #expect(unknown.status == 64)
        #expect(
            unknown.errors == "nightjar: no endpoint is named 'crn'; did you mean 'crm'?\n")
        try configure(shop, "http://me:secret@127.0.0.1")
        let wrong = try shop.run("deliver")
        #expect(wrong.status == 78)
        #expect(!wrong.errors.contains("secret@"))
    }

    @Test func `a secret that can't be had: its rows wait, the others go on`() throws {
        let server = try ScriptedServer()
        let shop = try shop(server)
        try write(shop, 2, to: "app")
        let yaml = try shop.folder.read("shop/endpoints.yaml")
        try shop.folder.write(
            yaml + """
                  app: { kind: webhook, url: "\(server.url)/app", send: [grants], secret: env:NIGHTJAR_NO_SUCH }

                """, to: "shop/endpoints.yaml")
        let run = try shop.run("deliver")
        #expect(run.status == 75)
        #expect(run.output == "app: 0 acknowledged, 2 waiting\ncrm: 3 acknowledged\n")
        #expect(run.errors.contains("endpoint 'app' (endpoints.yaml:4:"))
        #expect(run.errors.contains("NIGHTJAR_NO_SUCH is not set"))
    }

    @Test func `rows of an endpoint that the settings don't know any more are told of`() throws {
        let server = try ScriptedServer()
        let shop = try shop(server)
        try write(shop, 1, to: "old")
        let run = try shop.run("deliver")
        #expect(run.status == 75)
        #expect(run.errors.contains("1 wait for 'old', and no endpoint has that name any more"))
        #expect(server.counts.count == 3)
    }

    @Test func `a night is closed and what it wrote is pushed; where that waits, the night stands`()
        throws
    {
        let server = try ScriptedServer()
        let shop = try FreshShop(daysAgo: 2)
        #expect(try shop.run("run", "--date", "\(shop.first)", "--quiet").status == 0)
        try configure(shop, server.url)
        try write(shop, 3)
        let named = try shop.run("run", "push-results")
        #expect(named.status == 0, "\(named.errors)")
        #expect(named.output == "crm: 3 acknowledged\n")
        server.script(.status(401, "who are you?"))
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
            VALUES (\(shop.first.days), 'crm', 'grants', 'C9', 'U9', '{}');
            UPDATE delivery_total SET written = written + 1
            WHERE night = \(shop.first.days) AND endpoint = 'crm'
            """)
        let run = try shop.run("run")
        #expect(run.status == 75)
        #expect(run.output.hasPrefix("night of \(shop.first.adding(days: 1)): closed; "))
        #expect(run.errors.contains("nightjar: endpoint 'crm': answered 401"))
        #expect(try shop.run("status").output.contains("outbox: crm: answered 401"))
        #expect(try shop.run("run", "push-results", "--quiet").status == 0)
        // Nothing is due: nothing is pushed, and nothing waits.
        #expect(try shop.run("run").status == 0)
        // What ended behind the first night is told of by the second.
        let deliveries = try shop.folder.read(
            "shop/reports/\(shop.first.adding(days: 1))/deliveries.csv")
        #expect(
            deliveries == """
                endpoint,kind,written,acknowledged,superseded,refused,given_up,waiting
                crm,grants,0,3,0,0,0,1

                """)
        #expect(try shop.run("verify", "--quiet").status == 0)
    }

    @Test func `without endpoints a push does nothing and says nothing`() throws {
        let shop = try FreshShop()
        let run = try shop.run("run")
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(try shop.run("run", "push-results").status == 0)
        #expect(try shop.run("deliver").output == "no endpoint is configured\n")
    }

    @Test func `a delivery and a night don't stand in each other's way, two deliveries do`() throws
    {
        let server = try ScriptedServer { _ in .broken(.hang) }
        let shop = try FreshShop(daysAgo: 2)
        #expect(try shop.run("run", "--date", "\(shop.first)", "--quiet").status == 0)
        try configure(shop, server.url)
        try write(shop, 1)
        let delivering = try BuiltProgram.begin(["deliver", "--workspace", shop.path])
        for _ in 1...1_200 where server.requests.isEmpty { Thread.sleep(forTimeInterval: 0.05) }
        let second = try shop.run("deliver")
        #expect(second.status == 75)
        #expect(second.errors.contains("is delivering; try again when it has ended"))
        let night = try shop.run("run", "apply-points", "--quiet")
        #expect(night.status == 0, "\(night.errors)")
        kill(delivering.processIdentifier, SIGKILL)
        delivering.waitUntilExit()
    }
}
