import Loyalty
import Testing

@Suite struct CivilDateTests {
    @Test func `a day is its text again, leap days included`() throws {
        for text in ["1970-01-01", "1969-12-31", "2024-02-29", "2000-02-29", "2026-11-20"] {
            #expect(try #require(CivilDate(text)).description == text)
        }
        #expect(CivilDate("1970-01-01")?.days == 0)
        #expect(CivilDate("2026-11-20")?.days == 20_777)
    }

    @Test(arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "2026-1-1", "x", ""])
    func `a day that the calendar lacks is none`(text: String) {
        #expect(CivilDate(text) == nil)
    }

    @Test func `every day of four centuries has its own civil date`() throws {
        var day = try #require(CivilDate("1900-01-01"))
        let end = try #require(CivilDate("2300-01-01"))
        while day < end {
            let (year, month, dayOfMonth) = day.civil
            #expect(CivilDate(year: year, month: month, day: dayOfMonth) == day)
            day = day.adding(days: 1)
        }
    }

    @Test func `earned 2023-06-14, after 1 year`() throws {
        let earned = try #require(CivilDate("2023-06-14"))
        #expect(Period.months(12).after(earned).description == "2024-06-14")
    }

    @Test func `31 January and one month is the last of February`() throws {
        let day = try #require(CivilDate("2024-01-31"))
        #expect(Period.months(1).after(day).description == "2024-02-29")
        #expect(Period.months(13).after(day).description == "2025-02-28")
        #expect(Period.months(-2).after(day).description == "2023-11-30")
    }
}
