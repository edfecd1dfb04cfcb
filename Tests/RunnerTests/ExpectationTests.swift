import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// Files that must have come before a night begins.
@Suite struct ExpectationTests {
    /// A shop in Paris whose night of 2026-11-16 expects a file of each system by 05:00.
    private final class Shop {
        let nights: Nights
        private(set) var messages: [RunMessage] = []

        init(_ expect: String, files: String = "orders-{system}-{date}*.csv") throws {
            nights = try Nights([
                (
                    "program.yaml",
                    """
                    version: 1
                    program: p
                    timezone: Europe/Paris
                    currency: EUR
                    opens_on: 2026-11-16
                    systems: { pos: {}, ecom: {} }

                    """
                ),
                (
                    "Jobs/orders.yaml",
                    """
                    version: 1
                    job: orders
                    kind: ingest
                    records: orders
                    files: "\(files)"
                    settle: { quiet: 0 seconds }
                    expect: \(expect)

                    """
                ),
                ("Jobs/points.yaml", "version: 1\njob: points\nkind: points\nafter: [orders]\n"),
                (
                    "Jobs/reports.yaml",
                    "version: 1\njob: reports\nkind: report\nafter: [points]\nreports: [summary]\n"
                ),
            ])
            try drop("none", "nothing.txt")
        }

        func drop(_ system: String, _ name: String? = nil, night: String = "2026-11-16") throws {
            let name = name ?? "orders-\(system)-\(night).csv"
            // The clock of these runs lies before the files were written: none is ever quiet.
            if !name.hasSuffix(".part") {
                try nights.folder.write("", to: "inbox/" + name + ".done")
            }
            try nights.folder.write(
                "order_id,ordered_at,store_id,quantity,line_amount\n"
                    + "\(system)-1,\(night)T10:00:00,1,1,1.00\n",
                to: "inbox/" + name)
        }

        /// Runs all that is due at a time of the program's zone; the sentence that says what is awaited.
        func run(_ time: String, date: String? = nil, isScheduled: Bool = false) throws -> (
            closed: [String], awaited: [String]
        ) {
            let clock = try #require(Time(time, zone: "Europe/Paris")).instant
            let observer = RunObserver {
                self.messages.append($0)
            } progress: { _, _, _ in
            }
            let runner = try WorkspaceRunner(
                try Workspace(folder: nights.folder.path), observer: observer, clock: { clock })
            var closed: [String] = []
            let awaited = try runner.close(
                jobs: [], date: date.flatMap { CivilDate($0) }, through: nil,
                isScheduled: isScheduled
            ) { closed.append("\($0.night)") }
            return (closed, awaited.map(\.sentence))
        }
    }

    private static let sentence =
        "a file of ecom for orders (orders-ecom-2026-11-16*.csv), "
        + "expected by 05:00 on 2026-11-17 (Europe/Paris)"

    @Test func `a night waits for the file that is missing, and runs when it has come`() throws {
        let shop = try Shop("{ from: [pos, ecom] }")
        try shop.drop("pos")
        for time in ["2026-11-17T02:30", "2026-11-17T05:30", "2026-11-19T12:00"] {
            let run = try shop.run(time)
            #expect(run.closed == [])
            #expect(run.awaited == [Self.sentence])
        }
        // Nothing is claimed by a night that waits.
        #expect(
            FileManager.default.fileExists(
                atPath: shop.nights.folder.path + "/inbox/orders-pos-2026-11-16.csv"))
        try shop.drop("ecom")
        #expect(try shop.run("2026-11-17T06:00").closed == ["2026-11-16"])
    }

    @Test func `a file of another day, of another system or not yet finished is not the one`()
        throws
    {
        let shop = try Shop("{ from: [ecom] }")
        try shop.drop("ecom", night: "2026-11-17")
        try shop.drop("pos")
        try shop.drop("ecom", "orders-ecom-2026-11-16.csv.part")
        #expect(try shop.run("2026-11-17T03:00").awaited == [Self.sentence])
    }

    @Test func `warn: after its time the night runs without the file, and says so`() throws {
        let shop = try Shop("{ from: [ecom], by: \"05:00\", if_missing: warn }")
        #expect(try shop.run("2026-11-17T04:59").awaited == [Self.sentence])
        #expect(try shop.run("2026-11-17T05:00").closed == ["2026-11-16"])
        #expect(
            shop.messages.map(\.text).contains("the night of 2026-11-16 lacks " + Self.sentence))
    }

    @Test func `fail: after its time the run fails as refused data`() throws {
        let shop = try Shop("{ from: [ecom], if_missing: fail }")
        #expect(try shop.run("2026-11-17T04:59").awaited == [Self.sentence])
        let error = #expect(throws: RunnerError.self) { try shop.run("2026-11-17T05:00") }
        #expect(error?.status == .data)
        #expect(error?.description == "the night of 2026-11-16 lacks " + Self.sentence)
        // A night of long ago goes by the same.
        let later = #expect(throws: RunnerError.self) {
            try shop.run("2026-12-24T12:00", date: "2026-11-16")
        }
        #expect(later?.status == .data)
    }

    @Test func `without a date in the pattern any new file of the system is the one, once`()
        throws
    {
        let shop = try Shop("{ from: [ecom] }", files: "{system}-*.csv")
        try shop.drop("ecom", "ecom-a.csv")
        #expect(try shop.run("2026-11-17T03:00").closed == ["2026-11-16"])
        #expect(try shop.run("2026-11-18T03:00").awaited.count == 1)
        try shop.drop("ecom", "ecom-b.csv", night: "2026-11-17")
        #expect(try shop.run("2026-11-18T03:10").closed == ["2026-11-17"])
    }

    @Test func `a scheduled run leaves yesterday alone until the night starts, not older nights`()
        throws
    {
        let shop = try Shop("{ from: [ecom] }")
        try shop.drop("ecom")
        #expect(try shop.run("2026-11-17T02:29", isScheduled: true).closed == [])
        #expect(try shop.run("2026-11-18T02:20", isScheduled: true).closed == ["2026-11-16"])
        try shop.drop("ecom", night: "2026-11-17")
        #expect(try shop.run("2026-11-18T02:29", isScheduled: true).closed == [])
        #expect(try shop.run("2026-11-18T02:30", isScheduled: true).closed == ["2026-11-17"])
    }

    @Test func `05:00 is the clock's, over a change of the clock too`() throws {
        // Auckland puts its clocks forward at 02:00 on 2026-09-27.
        let clock = ProgramClock(zone: "Pacific/Auckland")
        let day = try #require(CivilDate("2026-09-27"))
        let five = try #require(Time("2026-09-27T05:00", zone: "Pacific/Auckland"))
        #expect(clock.instant(day, minutes: 300) == five.instant)
        #expect(clock.length(of: day) == 23 * 3600)
        // An hour that is left out is as if the clock had not been put forward.
        #expect(clock.local(at: clock.instant(day, minutes: 150)).minutes == 210)
        // Of an hour that comes twice it is the first.
        let back = try #require(CivilDate("2026-04-05"))
        #expect(clock.length(of: back) == 25 * 3600)
        #expect(clock.local(at: clock.instant(back, minutes: 150) + 3600).minutes == 150)
    }
}

/// A time of a zone's clocks, `2026-11-17T02:30`, as Foundation understands it.
struct Time {
    /// Seconds since 1970.
    var instant: Int

    init?(_ text: String, zone: String) {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: zone)
        format.dateFormat = "yyyy-MM-dd'T'HH:mm"
        guard let date = format.date(from: text) else { return nil }
        instant = Int(date.timeIntervalSince1970)
    }
}
