import Intake
import Loyalty
import TestSupport
import Testing

/// What members lines say.
@Suite struct MemberReaderTests {
    private func read(_ text: String, _ change: (inout Layout) -> Void = { _ in }) throws
        -> ReadFile
    {
        var layout = Layout.canonical(.members)
        change(&layout)
        return try ReadFile(text, layout)
    }

    @Test func `cards that take the place of others, members that become one, cards that end`()
        throws
    {
        let file = try read(
            """
            card_code,member_id,replaces_card,merged_into,card_expires_on
            C2,M1,C1,,2027-01-31
            C3,M3,,M1,9998-12-31 00:00:00
            C4,M4,NULL,,

            """)
        #expect(file.refusals == [])
        let members = file.batches.members.members
        #expect(members.map(\.replacesCard.string) == ["C1", "", ""])
        #expect(members.map(\.mergedInto.string) == ["", "M1", ""])
        #expect(members.map(\.cardExpiresOn) == [CivilDate("2027-01-31"), nil, nil])
    }

    @Test func `every status is read`() throws {
        let words = try #require(RecordKind.members.column("status")?.words)
        let lines = (words + ["gone"]).enumerated().map { "C\($0.offset),\($0.element)\n" }
        let file = try read("card_code,status\n" + lines.joined())
        #expect(file.batches.members.members.count == words.count)
        #expect(file.refusals == ["6 value_unknown"])
    }

    @Test func `a line without a card is refused, even with a member`() throws {
        #expect(try read("card_code,member_id\n,M1\n").refusals == ["2 missing_field"])
    }

    @Test func `dates, damaged cards and long texts`() throws {
        let long = String(repeating: "x", count: 256)
        let file = try read(
            """
            card_code,member_id,replaces_card,merged_into,card_expires_on
            C1,,,,2026-02-30
            C1,,4.00638E+12,,
            C1,,,#####,
            C1,,\(long),,
            C1,,,\(long),
            C1,\(long),,,
            EXAMPLE-CARD,,,,

            """)
        #expect(
            file.refusals == [
                "2 date_invalid", "3 spreadsheet_damage", "4 spreadsheet_damage", "5 text_too_long",
                "6 text_too_long", "7 text_too_long",
            ])
    }

    @Test func `segments are known, and nothing is judged by them`() throws {
        #expect(try read("card_code,segments\nC1,vip;staff\n").batches.members.members.count == 1)
    }

    @Test func `segments and birthdays, where the file has the columns`() throws {
        let file = try read(
            """
            card_code,segments,birthday
            C1,vip;staff,1984-02-29
            C2,,
            C3,vip,1984-02-30

            """)
        #expect(file.refusals == ["4 date_invalid"])
        let members = file.batches.members.members
        #expect(members.map(\.segments?.string) == ["vip;staff", ""])
        #expect(members.map(\.birthday) == [229, 0])
        let plain = try read("card_code\nC1\n").batches.members.members
        #expect(plain.map(\.birthday) == [nil])
        #expect(plain.map { $0.segments == nil } == [true])
    }
}
