import Loyalty
import Settings
import Testing

@testable import Runner

@Suite struct RetentionTests {
    private func keep(_ text: String) throws -> Retention {
        let head =
            "version: 1\nprogram: p\ntimezone: Europe/Paris\ncurrency: EUR\nopens_on: 2026-01-01\n"
        return try ProgramFile(SettingsSource(name: "program.yaml", text: head + text)).keep
    }

    @Test func `what says nothing is kept as long as usual`() throws {
        let usual = try keep("")
        #expect(usual == Retention() && usual.rejects == .days(90) && usual.archive == .months(24))
        let some = try keep("privacy: { keep: { archive: none } }\n")
        #expect(some.archive == nil && some.rejects == .days(90))
        #expect(try keep("privacy: { keep: { rejects: 2 weeks } }\n").rejects == .days(14))
    }

    @Test func `what has no calendar length is refused`() {
        #expect(throws: SettingsErrors.self) {
            try keep("privacy: { keep: { rejects: 5 minutes } }\n")
        }
    }

    @Test(arguments: [
        (Period.days(0), "2026-03-31", "2026-03-31"), (.days(1), "2026-03-01", "2026-02-28"),
        (.days(90), "2026-04-01", "2026-01-01"), (.months(24), "2026-04-01", "2024-04-01"),
        // A month after the 31st of January, and after the 28th, is the 28th of February.
        (.months(1), "2026-02-28", "2026-01-28"), (.months(1), "2026-03-01", "2026-02-01"),
        (.months(1), "2026-03-31", "2026-03-01"), (.months(12), "2025-02-28", "2024-02-28"),
        (.months(12), "2025-03-01", "2024-03-01"),
    ])
    func `the first day that is kept`(_ period: Period, _ day: String, _ first: String) throws {
        let day = try #require(CivilDate(day))
        let found = period.firstKept(on: day)
        #expect("\(found)" == first)
        #expect(period.after(found) >= day && period.after(found.adding(days: -1)) < day)
    }
}
