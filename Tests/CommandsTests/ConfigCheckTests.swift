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
        #expect(lines.dropLast().allSatisfy { $0.contains(": note: ") }, "\(samples.output)")
        #expect(lines.count == 3)
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
        for job in ["apply-points", "emit-reports"] {
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
                for name in [
                    "apply-points", "ingest-adjustments", "ingest-opening-lots",
                    "ingest-opening-orders", "ingest-tiers",
                ] {
                    let text = try $0.folder.read("shop/Jobs/\(name).yaml")
                    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("after:") }
                    try $0.folder.write(
                        lines.joined(separator: "\n") + "\n", to: "shop/Jobs/\(name).yaml")
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
}
