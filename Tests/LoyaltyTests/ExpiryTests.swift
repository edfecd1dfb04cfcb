import Loyalty
import Testing

/// The last day of points, by every form of expiry.
@Suite struct ExpiryTests {
    private func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    private func expect(
        _ expiry: Account.Expiry, _ days: [(earned: String, last: String)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for (earned, last) in days {
            let earnedOn = try day(earned)
            #expect(
                expiry.lastDay(earnedOn: earnedOn, activeOn: earnedOn).description == last,
                "earned \(earned)", sourceLocation: sourceLocation)
        }
    }

    @Test func `earned 2023-06-14, after 1 year: a leap year lies between, not 365 days`() throws {
        try expect(.after(.months(12)), [("2023-06-14", "2024-06-14")])
        try expect(.after(.days(365)), [("2023-06-14", "2024-06-13")])
    }

    @Test func `D-54 months end with their last day, and a year after 29 February with the 28th`()
        throws
    {
        try expect(
            .after(.months(1)),
            [
                ("2023-01-31", "2023-02-28"), ("2024-01-31", "2024-02-29"),
                ("2024-01-25", "2024-02-25"),
            ])
        try expect(
            .after(.months(12)), [("2024-02-29", "2025-02-28"), ("2023-02-28", "2024-02-28")])
    }

    @Test func `end_of rounds up to the end of a month, quarter, half or year`() throws {
        try expect(
            .after(.months(12), endOf: .month),
            [("2020-07-06", "2021-07-31"), ("2023-02-10", "2024-02-29")])
        try expect(
            .after(.days(0), endOf: .month),
            [("2024-01-22", "2024-01-31"), ("2024-01-31", "2024-01-31")])
        try expect(
            .after(.months(1), endOf: .quarter),
            [
                ("2024-01-31", "2024-03-31"), ("2024-02-29", "2024-03-31"),
                ("2024-03-01", "2024-06-30"),
            ])
        try expect(
            .after(.days(0), endOf: .half),
            [("2024-06-30", "2024-06-30"), ("2024-07-01", "2024-12-31")])
        try expect(
            .after(.months(12), endOf: .year),
            [("2024-01-01", "2025-12-31"), ("2024-12-31", "2025-12-31")])
    }

    @Test func `count_from active: the days of the hold are not lost`() throws {
        let earned = try day("2026-01-01")
        let active = try day("2026-01-15")
        func last(_ from: Account.CountFrom) -> String {
            Account.Expiry.after(.days(30), from: from)
                .lastDay(earnedOn: earned, activeOn: active).description
        }
        #expect(last(.order) == "2026-01-31")
        #expect(last(.active) == "2026-02-14")
    }

    @Test func `fixed: the next such day, that of earning included`() throws {
        try expect(
            .fixed(month: 12, day: 31),
            [("2025-12-31", "2025-12-31"), ("2026-01-01", "2026-12-31")])
        try expect(.fixed(month: 3, day: 31), [("2026-04-01", "2027-03-31")])
        try expect(
            .fixed(month: 2, day: 29),
            [
                ("2023-03-01", "2024-02-29"), ("2024-02-29", "2024-02-29"),
                ("2024-03-01", "2025-02-28"), ("2025-02-28", "2025-02-28"),
            ])
    }

    @Test func `period: by the window of the day of earning; outside all, never`() throws {
        let windows = [
            Account.Window(
                from: try day("2026-01-01"), to: try day("2026-06-30"),
                expiresOn: try day("2026-12-31")),
            Account.Window(
                from: try day("2026-08-01"), to: try day("2026-08-31"),
                expiresOn: try day("2027-01-31")),
        ]
        try expect(
            .windows(windows),
            [
                ("2026-01-01", "2026-12-31"), ("2026-06-30", "2026-12-31"),
                ("2026-08-31", "2027-01-31"),
            ])
        for outside in ["2025-12-31", "2026-07-01", "2026-09-01"] {
            let earned = try day(outside)
            let last = Account.Expiry.windows(windows).lastDay(earnedOn: earned, activeOn: earned)
            #expect(last == Lot.never)
        }
    }
}
