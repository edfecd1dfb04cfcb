import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// Nights that nobody ran when they were due, over days that are longer, shorter or one more than usual.
@Suite struct MissedNightsTests {
    /// A stretch of days in a zone.
    struct Stretch: CustomTestStringConvertible, Sendable {
        var zone: String
        var first: String
        var days = 4
        var testDescription: String { "\(zone) from \(first)" }
    }

    private static let stretches = [
        // Clocks are put forward on 28 March and back on 31 October 2027.
        Stretch(zone: "Europe/Paris", first: "2027-03-26"),
        Stretch(zone: "Europe/Paris", first: "2027-10-29"),
        // Forward on 27 September 2026, back on 4 April 2027; its days begin half a day before UTC's.
        Stretch(zone: "Pacific/Auckland", first: "2026-09-25"),
        Stretch(zone: "Pacific/Auckland", first: "2027-04-02"),
        // A leap day.
        Stretch(zone: "Europe/Paris", first: "2028-02-27"),
        // Clocks go from 23:59 to 01:00: 24 April 2026 has no midnight.
        Stretch(zone: "Africa/Cairo", first: "2026-04-22"),
    ]

    /// A shop of one zone; ecom writes its times in UTC.
    private final class Shop {
        let nights: Nights
        let zone: String

        init(_ zone: String, opensOn first: CivilDate) throws {
            self.zone = zone
            let scratch = try ScratchFolder()
            _ = try WorkspaceTemplate.write(to: scratch.path + "/made")
            var files = try FolderContents(scratch.path + "/made").files.filter {
                $0.key.hasPrefix("Jobs/")
            }.map { (name: $0.key, text: $0.value) }
            files.append(
                (
                    "program.yaml",
                    """
                    version: 1
                    program: p
                    timezone: \(zone)
                    currency: EUR
                    opens_on: \(first)
                    accounts: { spend: { hold_days: 1, expiry: { after: 2 days } } }
                    systems: { pos: {}, ecom: { timezone: UTC } }

                    """
                ))
            nights = try Nights(files)
            try drop("card_code\nC1\nC2\n", "members-1.csv")
        }

        func drop(_ text: String, _ name: String) throws {
            try nights.folder.write(text, to: "inbox/" + name)
            // Files of these tests are written long after or before the clocks of their runs.
            try nights.folder.write("", to: "inbox/" + name + ".done")
        }

        /// Drops the order files of a night: around midnight and in the hours that clocks change.
        func drop(_ night: CivilDate) throws {
            let header = "order_id,ordered_at,store_id,card_code,quantity,line_amount\n"
            let times = ["00:00:00", "00:30:00", "01:30:00", "02:30:00", "03:00:00", "23:59:59"]
            let lines = times.enumerated().map { number, time in
                "\(night)-\(number),\(night)T\(time),1,C1,1,1\(number).00\n"
            }
            try drop(header + lines.joined(), "orders-pos-\(night).csv")
            // A web shop's day is of UTC: some of its orders are the next or the last day's.
            let hours = ["00:30:00", "10:30:00", "11:30:00", "12:30:00", "22:30:00", "23:30:00"]
            let foreign = hours.enumerated().map { number, time in
                "E\(night)-\(number),\(night)T\(time),1,C2,1,2\(number).00\n"
            }
            try drop(header + foreign.joined(), "orders-ecom-\(night).csv")
        }

        /// Runs all that is due at a time of the shop's clocks, and gives the nights that were closed.
        func run(_ day: CivilDate, _ time: String) throws -> [String] {
            let now = try #require(Time("\(day)T\(time)", zone: zone)).instant
            return try run(at: now)
        }

        func run(at now: Int) throws -> [String] {
            let runner = try WorkspaceRunner(
                try Workspace(folder: nights.folder.path),
                observer: RunObserver(notify: { _ in }, progress: { _, _, _ in }), clock: { now })
            var closed: [String] = []
            try runner.close(jobs: [], date: nil, through: nil, isScheduled: true) {
                closed.append("\($0.night)")
            }
            return closed
        }

        /// The business date of an order's posting.
        func date(of order: String) throws -> [String] {
            try LedgerDump.rows(
                of: nights.store,
                """
                SELECT date(date * 86400, 'unixepoch') FROM posting WHERE source = '\(order)'
                    AND kind = 0
                """)
        }
    }

    @Test(arguments: stretches)
    func `missed nights run as nights of their own, with the same reports`(stretch: Stretch) throws
    {
        let first = try #require(CivilDate(stretch.first))
        let days = (0..<stretch.days).map { first.adding(days: $0) }
        let daily = try Shop(stretch.zone, opensOn: first)
        let missed = try Shop(stretch.zone, opensOn: first)
        for day in days {
            try daily.drop(day)
            try missed.drop(day)
            #expect(try daily.run(day, "23:59") == [], "\(day) has not ended")
            #expect(try daily.run(day.adding(days: 1), "04:00") == ["\(day)"])
        }
        let all = try missed.run(days[days.count - 1].adding(days: 1), "04:00")
        #expect(all == days.map(\.description))
        #expect(try missed.nights.reports().differences(from: daily.nights.reports()) == [])
        #expect(try missed.nights.ledger() == daily.nights.ledger())
        // Orders of the shop's own clocks are of the day as written, hour of change or not.
        for day in days {
            for number in 0..<6 { #expect(try daily.date(of: "\(day)-\(number)") == ["\(day)"]) }
        }
    }

    @Test func `which night is due is asked of the program's calendar`() throws {
        let day = try #require(CivilDate("2026-11-16"))
        let shop = try Shop("Pacific/Auckland", opensOn: day)
        func instant(_ time: String) throws -> Int {
            try #require(Time(time, zone: "UTC")).instant
        }
        // Auckland is 13 hours ahead: its 16 November ends at 11:00 UTC of the same day.
        let workspace = try Workspace(folder: shop.nights.folder.path)
        #expect(try workspace.yesterday(now: instant("2026-11-16T10:59")) == day.adding(days: -1))
        #expect(try workspace.yesterday(now: instant("2026-11-16T11:00")) == day)
        #expect(try workspace.yesterday(now: instant("2026-11-16T23:30")) == day)
        #expect(try shop.run(at: instant("2026-11-16T10:59")) == [])
        // Its night starts at 02:30 of the 17th.
        #expect(try shop.run(at: instant("2026-11-16T13:29")) == [])
        #expect(try shop.run(at: instant("2026-11-16T13:30")) == ["2026-11-16"])
        #expect(try shop.run(at: instant("2026-11-16T23:30")) == [])
        // A day before 1970 is a day like any other.
        #expect(workspace.clock.local(at: -86_400 * 10).day == CivilDate("1969-12-22"))
    }

    @Test func `a web shop's times fall on the program's days`() throws {
        let day = try #require(CivilDate("2027-10-31"))
        let shop = try Shop("Europe/Paris", opensOn: day.adding(days: -1))
        try shop.drop(day.adding(days: -1))
        try shop.drop(day)
        #expect(try shop.run(day.adding(days: 2), "04:00").count == 3)
        // 22:30 UTC is 00:30 in summer, and 23:30 on the day that has gone back to winter.
        #expect(try shop.date(of: "E2027-10-30-4") == ["2027-10-31"])
        #expect(try shop.date(of: "E2027-10-31-4") == ["2027-10-31"])
        #expect(try shop.date(of: "E2027-10-31-5") == ["2027-11-01"])
    }

    @Test func `of an hour that comes twice the first is meant`() throws {
        // On the Azores clocks go from 01:00 back to 00:00 on 25 October 2026: the first 00:30 is
        // 00:30 UTC, and on Cape Verde still the day before.
        let day = try #require(CivilDate("2026-10-24"))
        let shop = try Shop("Atlantic/Cape_Verde", opensOn: day)
        let program = try shop.nights.folder.read("program.yaml")
            .replacingOccurrences(of: "timezone: UTC", with: "timezone: Atlantic/Azores")
        try shop.nights.folder.write(program, to: "program.yaml")
        try shop.drop(
            "order_id,ordered_at,store_id,card_code,quantity,line_amount\n"
                + "E1,2026-10-25T00:30:00,1,C1,1,1.00\n", "orders-ecom-2026-10-24.csv")
        #expect(try shop.run(day.adding(days: 1), "04:00") == ["2026-10-24"])
        #expect(try shop.date(of: "E1") == ["2026-10-24"])
    }
}
