import Foundation
import Loyalty
import TestSupport
import Testing

/// `config check`: what is wrong, what can't do what it says, what is good to know.
@Suite struct ConfigCheckTests {
    @Test func `what init makes is good, and so are the samples`() throws {
        let shop = try FreshShop()
        let check = try shop.run("config", "check")
        #expect(check.status == 0)
        #expect(check.output == "nights can run\n")
        let samples = try BuiltProgram.run(
            "config", "check", "--workspace", Repository.folder + "samples")
        #expect(samples.status == 0)
        // A year in Paris has two days of another length.
        let lines = samples.output.split(separator: "\n")
        let known = [
            ": note: ", "no reward has the id 'cinema' yet; a file of rewards must bring it",
        ]
        #expect(
            lines.dropLast().allSatisfy { line in known.contains { line.contains($0) } },
            "\(samples.output)")
        #expect(lines.count == 4)
    }

    @Test func `errors of all files with their places, and 78`() throws {
        let shop = try FreshShop()
        try shop.edit("program.yaml", "rounding:", "roundng:")
        try shop.edit("Jobs/ingest-orders.yaml", "park: 30 days", "park: 30")
        let check = try shop.run("config", "check")
        #expect(check.status == 78)
        let lines = check.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(
            lines[0].hasPrefix(
                "Jobs/ingest-orders.yaml:17:7: error: 'park' needs a length of time"),
            "\(check.output)")
        #expect(
            lines[1].hasPrefix("program.yaml:13:5: error: unknown key 'roundng'"),
            "\(check.output)")
        #expect(lines[2] == "no night can run")
        let found = try #require(
            json(shop.run("config", "check", "--json").output) as? [[String: Any]])
        #expect(found.map { $0["severity"] as? String } == ["error", "error"])
        #expect(found[1]["file"] as? String == "program.yaml")
        #expect(found[1]["line"] as? Int == 13)
        #expect(found[1]["column"] as? Int == 5)
    }

    @Test func `a workspace without a points job closes no night`() throws {
        let shop = try FreshShop()
        for job in [
            "apply-points", "reconcile-codes", "replenish-codes", "ingest-stock", "emit-reports",
            "push-results", "prune",
        ] {
            try FileManager.default.removeItem(atPath: shop.path + "/Jobs/\(job).yaml")
        }
        let check = try shop.run("config", "check")
        #expect(check.status == 78)
        #expect(
            check.output.hasPrefix(
                "Jobs:1:1: error: no job is of kind 'points', so no night can close\n"))
    }

    /// What `config check` says of a fresh workspace with one thing changed.
    private func warnings(_ change: (FreshShop) throws -> Void) throws -> [String] {
        let shop = try FreshShop()
        try change(shop)
        let check = try shop.run("config", "check")
        #expect(check.status == 0, "\(check.output) \(check.errors)")
        return check.output.split(separator: "\n").dropLast().map(String.init)
    }

    private func job(_ name: String, _ files: String, records: String = "orders") -> String {
        "version: 1\njob: \(name)\nkind: ingest\nrecords: \(records)\nfiles: \"\(files)\"\n"
    }

    @Test func `a job whose files another takes first`() throws {
        #expect(
            try warnings {
                try $0.folder.write(job("till", "orders-pos-{date}.csv"), to: "shop/Jobs/till.yaml")
            } == [
                "Jobs/till.yaml:5:8: warning: 'files': no file ever comes to this job: 'ingest-orders' "
                    + "takes all of them first ('orders-{system}-{date}*.csv*', "
                    + "Jobs/ingest-orders.yaml:11:8)"
            ])
        #expect(
            try warnings {
                try $0.folder.write(job("all", "orders-pos*"), to: "shop/Jobs/all.yaml")
            } == [
                "Jobs/ingest-orders.yaml:11:8: warning: 'files': a file that matches 'orders-pos*' too "
                    + "is taken by 'all' (Jobs/all.yaml:5:8)"
            ])
    }

    @Test func `rules that can't do what they say`() throws {
        #expect(
            try warnings {
                try $0.edit(
                    "program.yaml", "expiry: { after: 1 year }", "expiry: { after: 7 days }")
            }.contains {
                $0.hasPrefix(
                    "program.yaml:14:16: warning: points expire before the hold of 14 days")
            })
        #expect(
            try warnings {
                try $0.edit("program.yaml", "currency: EUR", "currency: EUR\nto: 2025-12-31")
            }.first?.contains(
                "warning: 'to' is 2025-12-31, before the first night of") == true)
        #expect(
            try warnings {
                try $0.folder.write(
                    "version: 1\nlayout: till\nrecords: orders\n", to: "shop/layouts/till.yaml")
            } == ["layouts/till.yaml:2:9: warning: no job uses the layout 'till'"])
        #expect(
            try warnings {
                for name in ["ingest-orders", "ingest-members", "emit-reports"] {
                    try FileManager.default.removeItem(atPath: $0.path + "/Jobs/\(name).yaml")
                }
                for (name, text) in try FolderContents($0.path + "/Jobs").files {
                    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("after:") }
                    try $0.folder.write(
                        lines.joined(separator: "\n") + "\n", to: "shop/Jobs/\(name)")
                }
            } == [
                "Jobs:1:1: warning: no job takes orders: nothing is earned",
                "Jobs:1:1: warning: no job takes members: every order with a card waits",
                "Jobs:1:1: warning: no job asks for a report: nights leave none",
            ])
    }

    @Test func `a file that is expected at an hour when nobody looks`() throws {
        let orders = "park: 30 days"
        #expect(
            try warnings {
                try $0.edit(
                    "Jobs/ingest-orders.yaml", orders,
                    "expect: { from: [pos], by: \"08:00\" }\n" + orders)
            } == [
                "Jobs/ingest-orders.yaml:17:9: warning: 'by' is 08:00, but nights end at 07:00 "
                    + "(night.until): no scheduled run comes after it"
            ])
        #expect(
            try warnings {
                try $0.edit(
                    "Jobs/ingest-orders.yaml", orders,
                    "expect: { from: [pos], by: \"02:00\", if_missing: warn }\n" + orders)
            } == [
                "Jobs/ingest-orders.yaml:17:9: warning: 'by' is 02:00, before nights start at 02:30 "
                    + "(night.starts): no night waits"
            ])
    }

    @Test func `the days on which clocks change, and what that means for the night`() throws {
        let auckland = try warnings { try $0.edit("program.yaml", "UTC", "Pacific/Auckland") }
        #expect(auckland.count == 2)
        #expect(auckland.allSatisfy { $0.hasPrefix("program.yaml:4:11: note: ") })
        #expect(
            auckland.contains {
                $0.contains(" has 23 hours; clocks leave 02:30 (night.starts) out: the night of ")
                    && $0.hasSuffix(" starts at 03:30")
            }, "\(auckland)")
        #expect(
            auckland.contains {
                $0.contains(" has 25 hours; clocks show 02:30 (night.starts) twice: the night of ")
                    && $0.hasSuffix(" starts at the first")
            }, "\(auckland)")
        // Half an hour is put forward on Lord Howe Island.
        let island = try warnings { try $0.edit("program.yaml", "UTC", "Australia/Lord_Howe") }
        #expect(island.contains { $0.contains(" has 23.5 hours; ") }, "\(island)")
        #expect(try warnings { try $0.edit("program.yaml", "UTC", "Asia/Tokyo") } == [])
    }

    // MARK: Sending and fetching

    @Test func `endpoints that no job sends to, and files that are fetched for no job`() throws {
        let endpoints = """
            version: 1
            endpoints:
              pos: { kind: file, url: "file:pos/", send: [members] }
              shop: { kind: file, url: "file:shop/", send: [members] }

            """
        func fetch(_ pattern: String) -> String {
            "version: 1\njob: fetch\nkind: fetch\nfrom: file:///in/\npattern: \"\(pattern)\"\n"
        }
        #expect(
            try warnings {
                try $0.folder.write(endpoints, to: "shop/endpoints.yaml")
                try $0.folder.write(fetch("orders-*.csv"), to: "shop/Jobs/fetch.yaml")
            } == [])
        #expect(
            try warnings {
                try $0.folder.write(endpoints, to: "shop/endpoints.yaml")
                try $0.edit("Jobs/push-results.yaml", "endpoints: []", "endpoints: [pos]")
                try $0.folder.write(fetch("sales-*.csv"), to: "shop/Jobs/fetch.yaml")
            } == [
                "Jobs/fetch.yaml:5:10: warning: no ingest job takes files of such a name: what is fetched "
                    + "stays in the inbox; make the 'files' of one match",
                "endpoints.yaml:4:3: warning: no push job sends to 'shop': what it should get waits for "
                    + "'nightjar deliver'; name it in the 'endpoints' of one",
            ])
        #expect(
            try warnings {
                let url = "https://shop.example/sales.csv?day=1"
                try $0.folder.write(
                    "version: 1\njob: fetch\nkind: fetch\nfrom: \(url)\n",
                    to: "shop/Jobs/fetch.yaml")
            }.first?.hasPrefix("Jobs/fetch.yaml:4:7: warning: no ingest job takes files") ?? false)
    }

    @Test func `secrets that can't be had where it runs, and nothing of those that can`() throws {
        let secrets = try ScratchFolder()
        let (open, good) = (
            try secrets.write("s3same", to: "open"), try secrets.write("s3same", to: "good")
        )
        chmod(open, 0o644)
        chmod(good, 0o600)
        let found = try warnings {
            try $0.folder.write(
                """
                version: 1
                endpoints:
                  unset: { kind: http, url: "https://a.example/", send: [members], auth: { bearer: env:NIGHTJAR_NO_SUCH } }
                  open: { kind: webhook, url: "https://b.example/", send: [exceptions], secret: file:\(open) }
                  gone: { kind: http, url: "https://c.example/", send: [members], auth: { bearer: file:\(secrets.path)/gone } }
                  good: { kind: http, url: "https://d.example/", send: [members], auth: { bearer: file:\(good) } }

                """, to: "shop/endpoints.yaml")
            try $0.folder.write(
                """
                version: 1
                job: fetch
                kind: fetch
                from: https://shop.example/orders-pos-2026-01-31.csv
                auth: { bearer: env:NIGHTJAR_NO_SUCH }

                """, to: "shop/Jobs/fetch.yaml")
        }
        let need = "; nights need it where cron starts them"
        #expect(
            found == [
                "Jobs/fetch.yaml:2:6: warning: run from here, 'fetch' would bring nothing: "
                    + "the environment variable NIGHTJAR_NO_SUCH is not set\(need)",
                "endpoints.yaml:3:3: warning: run from here, 'unset' would get nothing: "
                    + "the environment variable NIGHTJAR_NO_SUCH is not set\(need)",
                "endpoints.yaml:4:3: warning: run from here, 'open' would get nothing: "
                    + "\(open): others can read it; chmod 600 \(open)\(need)",
                "endpoints.yaml:5:3: warning: run from here, 'gone' would get nothing: "
                    + "\(secrets.path)/gone: No such file or directory\(need)",
            ])
        #expect(!found.joined().contains("s3same"))
    }

    // MARK: Rewards and codes

    private let coupon = "- { id: r25, name: R, type: coupon, owner: pos, mirrors: [ecom]"

    /// Gives a workspace one reward, on a line of its own.
    private func addReward(_ keys: String, to shop: FreshShop) throws {
        try shop.edit("program.yaml", "integration: separate ", "integration: asynchronous ")
        try shop.edit(
            "program.yaml", "rewards: [] ", "rewards:\n  \(coupon)\(keys) }\n#")
    }

    private func remove(_ jobs: [String], from shop: FreshShop) throws {
        for job in jobs {
            try FileManager.default.removeItem(atPath: shop.path + "/Jobs/\(job).yaml")
            for (name, text) in try FolderContents(shop.path + "/Jobs").files {
                try shop.folder.write(
                    text.replacing(", \(job)", with: "").replacing("\(job), ", with: "")
                        .replacing("[\(job)]", with: "[]"), to: "shop/Jobs/" + name)
            }
        }
    }

    @Test func `a reward that can't be is refused, with file, line and column`() throws {
        let shop = try FreshShop()
        try addReward(", stock: { threshold: -1 }, target: { tiers: [golden] }", to: shop)
        let check = try shop.run("config", "check")
        #expect(check.status == 78)
        #expect(
            check.output.contains(
                ": error: 'threshold' needs a whole number of codes, not '-1'\n"),
            "\(check.output)")
        try shop.edit("program.yaml", "stock: { threshold: -1 }, ", "")
        #expect(
            try shop.run("config", "check").output.contains(
                "error: 'target' names the tier 'golden', which 'tiers' doesn't"))
    }

    @Test func `burns without a job that judges them are refused`() throws {
        let shop = try FreshShop()
        try remove(["reconcile-codes", "replenish-codes", "apply-codes"], from: shop)
        let check = try shop.run("config", "check")
        #expect(check.status == 78)
        #expect(
            check.output.contains(
                "Jobs/ingest-burns.yaml:3:6: error: the job takes burns, and no job of the kind 'codes' "
                    + "judges them: add one\n"), "\(check.output)")
    }

    @Test func `rewards and workflows that no job serves`() throws {
        #expect(
            try warnings {
                try addReward("", to: $0)
                try remove(["ingest-codes"], from: $0)
            }.filter {
                !$0.contains(": note: ") && !$0.contains("'grace'")
                    && !$0.contains("nothing is sent")
            }
            .map { $0.split(separator: ": ", maxSplits: 1)[1] }
                == ["warning: no job takes codes: 'r25' stays sold out"])
        #expect(
            try warnings {
                try $0.edit(
                    "program.yaml", "workflows: [] ",
                    "workflows: [{ event: quiz, assign: b1 }, { event: birthday, assign: b1 }]\n#")
                try remove(["ingest-events"], from: $0)
            }.map { $0.split(separator: ": ", maxSplits: 1)[1] } == [
                "warning: no job takes events: nothing is ever given for 'quiz'",
                "warning: no reward has the id 'b1' yet; a file of rewards must bring it",
                "warning: no reward has the id 'b1' yet; a file of rewards must bring it",
            ])
    }

    @Test func `a mirror that is busier than the owner, and a reward that ended on its holders`()
        throws
    {
        let shop = try FreshShop(daysAgo: 2)
        let night = shop.first.days
        try addReward("", to: shop)
        #expect(try shop.run("run").status == 0)
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            """
            INSERT OR IGNORE INTO code_system (id, name) VALUES (71, 'pos'), (72, 'ecom');
            INSERT INTO code VALUES ('K1', (SELECT id FROM code_system WHERE name = 'pos'),
                (SELECT id FROM reward), 1, 'C1', NULL, 2147483647, NULL, 0, 1, \(night), 0, NULL,
                NULL, NULL)
            """)
        for (system, count) in [("pos", 1), ("ecom", 3)] {
            for burn in 0..<count {
                try LedgerDump.change(
                    shop.path + "/nightjar.db",
                    """
                    INSERT INTO burn (system, id, night, code, burned_at, is_reversal, state, outcome,
                        file, line)
                    SELECT id, 'B\(burn)', \(night), 'K1', 0, 0, 0, 'burned', 1, 1 FROM code_system
                    WHERE name = '\(system)';
                    INSERT INTO burn_outcome (night, system, id, is_reversal, outcome, reward)
                    SELECT \(night), s.id, 'B\(burn)', 0, 'burned', r.id FROM code_system s, reward r
                    WHERE s.name = '\(system)'
                    """)
            }
        }
        let busy = try shop.run("config", "check")
        #expect(busy.status == 0)
        #expect(
            busy.output.contains(
                "warning: the mirror 'ecom' of 'r25' reported 3 burns in 28 nights, its owner 'pos' 1: "
                    + "the busier system should own the codes\n"), "\(busy.output)")
        try shop.edit(
            "program.yaml", "mirrors: [ecom]", "mirrors: [ecom], valid: { to: \(shop.first) }")
        let ended = try shop.run("config", "check").output
        #expect(
            ended.contains(
                "warning: 'r25' ended on \(shop.first), and members have 1 codes of it: the next night "
                    + "writes them off\n"), "\(ended)")
    }
}
