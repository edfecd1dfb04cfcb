import Loyalty
import Testing

@testable import Delivery

@Suite struct OutgoingDateTests {
    private func written(_ pattern: String, _ seconds: LocalSeconds) throws -> String {
        var text = TextBuffer()
        try #require(OutgoingDate(pattern)).write(seconds, to: &text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func `a pattern says how a moment is written`() throws {
        let day = try #require(CivilDate("2026-01-09"))
        let at = day.midnight + 8 * 3600 + 5 * 60 + 7
        #expect(try written("yyyy-MM-dd'T'HH:mm:ss", at) == "2026-01-09T08:05:07")
        #expect(try written("dd/MM/yy", at) == "09/01/26")
        #expect(try written("yyyyMMddHHmmss", at) == "20260109080507")
    }

    @Test(arguments: ["", "--", "yyy-MM-dd", "d.M.yyyy", "EEEE", "yyyy'MM", "jj.MM.yyyy"])
    func `a pattern without date or with other letters is none`(_ pattern: String) {
        #expect(OutgoingDate(pattern) == nil)
    }

    @Test func `a day has no time`() {
        #expect(OutgoingDate.day.hasTime == false)
        #expect(OutgoingDate.time.hasTime)
    }
}
