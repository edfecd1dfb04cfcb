import Loyalty
import Tabular
import TestSupport
import Testing

/// Dates as layouts write them.
@Suite struct DatePatternTests {
    private func read(_ text: String, _ pattern: String) throws -> String {
        let texts = Texts()
        let compiled = try #require(DatePattern(pattern))
        guard let time = compiled(texts(text)) else { return "none" }
        let offset = time.offsetMinutes.map { " \($0)" } ?? ""
        return "\(time.date) \(time.second)\(offset)"
    }

    private static let iso = "yyyy-MM-dd'T'HH:mm:ss"

    @Test(arguments: [
        (iso, "2026-11-20T09:05:07", "2026-11-20 32707"),
        (iso, "2024-02-29T00:00:00", "2024-02-29 0"),
        (iso, "2026-12-31T23:59:59", "2026-12-31 86399"),
        ("dd/MM/yyyy HH:mm:ss", "05/11/2026 23:00:01", "2026-11-05 82801"),
        ("yyyyMMdd", "20261120", "2026-11-20 0"),
        ("d/M/yyyy", "5/1/2026", "2026-01-05 0"),
        ("d/M/yyyy", "05/11/2026", "2026-11-05 0"),
        ("dd.MM.yy", "05.11.26", "2026-11-05 0"),
        ("yyyy-MM-dd HH:mm:ss.SSS", "2026-11-20 00:00:01.999", "2026-11-20 1"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2026-11-20T09:05:07Z", "2026-11-20 32707 0"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2026-11-20T09:05:07+01:00", "2026-11-20 32707 60"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2026-11-20T09:05:07-0330", "2026-11-20 32707 -210"),
        ("yyyy-MM-dd'T'HH:mm:ssX", "2026-11-20T09:05:07+01", "2026-11-20 32707 60"),
        ("yyyy'年'MM'月'dd", "2026年11月20", "2026-11-20 0"),
    ])
    func `good texts`(pattern: String, text: String, wanted: String) throws {
        #expect(try read(text, pattern) == wanted)
    }

    @Test(arguments: [
        "2026-02-29T00:00:00", "2100-02-29T00:00:00", "2026-11-31T00:00:00", "2026-00-10T00:00:00",
        "2026-13-10T00:00:00", "2026-11-00T00:00:00", "0000-01-01T00:00:00", "2026-11-20T24:00:00",
        "2026-11-20T23:59:60", "2026-11-20T23:60:00", "2026-11-20 09:05:07", "2026-11-20T9:05:07",
        "2026-11-20T09:05:07 ", " 2026-11-20T09:05:07", "2026-11-20T09:05:0", "2026-11-20",
        "2026-11-20T09:05:07Z", "", "26-11-20T09:05:07", "2026-11-20T09:05:077", "٢026-11-20T09:05",
    ])
    func `texts that are no moment of the pattern`(text: String) throws {
        #expect(try read(text, DatePatternTests.iso) == "none")
    }

    @Test(arguments: [
        "", "z", "+", "+1", "+1:00", "+01:", "+01::00", "+01:0", "+010", "+01000", "+19:00",
        "+01:60", " +01:00", "+01 00", "Z ", "-", "ZZ", "+01:00:",
    ])
    func `offsets that are none`(offset: String) throws {
        #expect(try read("2026-11-20\(offset)", "yyyy-MM-ddX") == "none")
    }

    @Test(arguments: [
        "", "yyyy-MM", "yyyy-MM-DD", "YYYY-MM-dd", "yyyy-MM-ddThh:mm", "yyyy-MM-dd'T", "dd",
        "yyyy-MM-dd HH:mm a", "yyyyyyyyyy-MM-dd", "yyyy年MM月dd",
    ])
    func `patterns that are none`(pattern: String) {
        #expect(DatePattern(pattern) == nil)
    }

    @Test func `a pattern with hours has a time`() {
        #expect(DatePattern("yyyy-MM-dd'T'HH:mm:ss")?.hasTime == true)
        #expect(DatePattern("yyyyMMdd")?.hasTime == false)
    }

    @Test(arguments: 0..<100) func `a moment is its text again`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = random.int(1000...9999)
        let (month, day) = (random.int(0...13), random.int(0...32))
        let (hour, minute, second) = (random.int(0...24), random.int(0...60), random.int(0...60))
        let time = "\(two(hour)):\(two(minute)):\(two(second))"
        let isClock = hour < 24 && minute < 60 && second < 60
        let wanted =
            CivilDate(year: year, month: month, day: day)
            .flatMap { isClock ? "\($0) \(hour * 3600 + minute * 60 + second)" : nil } ?? "none"
        let texts = [
            (DatePatternTests.iso, "\(year)-\(two(month))-\(two(day))T\(time)"),
            ("dd/MM/yyyy HH:mm:ss", "\(two(day))/\(two(month))/\(year) \(time)"),
            ("yyyyMMdd HH:mm:ss", "\(year)\(two(month))\(two(day)) \(time)"),
            ("d/M/yyyy H:m:s", "\(day)/\(month)/\(year) \(hour):\(minute):\(second)"),
        ]
        for (pattern, text) in texts {
            #expect(try read(text, pattern) == wanted, "seed \(seed): \(text)")
        }
    }
}
