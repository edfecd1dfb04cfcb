import Intake
import Loyalty
import TestSupport
import Testing

/// Codes: what their lines say, and why they are refused.
@Suite struct CodeReaderTests {
    private static let long = String(repeating: "x", count: 256)

    private func read(
        _ text: String, constants: [String: String] = ["reward_id": "r25"],
        systems: Set<String> = [], zones: [String: String] = [:],
        _ change: (inout Layout) -> Void = { _ in }
    ) throws -> ReadFile {
        var layout = Layout.canonical(.codes)
        change(&layout)
        return try ReadFile(text, layout, constants: constants, systems: systems, zones: zones)
    }

    @Test func `a list of codes`() throws {
        let file = try read(
            """
            code,expires_on,valid_from,points
            A-1,2027-01-31,2026-12-01,
            A-2,,,50
            00012,9998-12-31 00:00:00,,
            é!$%&/()=?`,NULL,NULL,NULL

            """)
        #expect(
            file.codes == [
                "A-1 r25 - until 2027-01-31 from 2026-12-01", "A-2 r25 - points 50",
                "00012 r25 -", "é!$%&/()=?` r25 -",
            ])
        #expect(file.refusals == [])
        #expect(file.batches.codes.codes.map(\.line) == [2, 3, 4, 5])
    }

    @Test func `a code holds nothing that breaks files`() throws {
        let file = try read(
            """
            code
            ""
            "A,1"
            "A""1"
            A 1
             A1
            "A
            1"
            A\t1
            A\u{7F}
            \(Self.long)
            4.00638E+12
            #####
            A1

            """)
        #expect(
            file.refusals == [
                "2 missing_field", "3 code_syntax", "4 code_syntax", "5 code_syntax",
                "6 code_syntax", "7 code_syntax", "9 code_syntax", "10 code_syntax",
                "11 text_too_long", "12 spreadsheet_damage", "13 spreadsheet_damage",
            ])
        #expect(file.codes == ["A1 r25 -"])
    }

    @Test func `a code is written as the layout says`() throws {
        let file = try read("code\nAB-12\nAB-123\nab-12\n") { $0.codePattern = "[A-Z]{2}-[0-9]{2}" }
        #expect(file.codes == ["AB-12 r25 -"])
        #expect(file.refusals == ["3 code_syntax", "4 code_syntax"])
    }

    @Test func `a code of ten thousand characters is refused alone`() throws {
        let file = try read("code\n\(String(repeating: "7", count: 10_000))\nA1\n")
        #expect(file.refusals == ["2 text_too_long"])
        #expect(file.codes == ["A1 r25 -"])
    }

    @Test func `what a member has or has used is told by state, card and dates`() throws {
        let file = try read(
            """
            code,state,card_code,assigned_at,burned_at
            A1,available,,,
            A2,,C1,2026-10-01T12:00:00,
            A3,available,C1,,
            A4,assigned,C1,2026-10-01T12:00:00,
            A5,assigned,,,
            A6,burned,,,
            A7,burned,C1,2026-10-01T12:00:00,2026-10-02T18:22:07
            A8,assigned,C1,,2026-10-02T18:22:07
            A9,expired,,,
            A10,voided,,,2026-10-02T18:22:07
            A11,delete,,,
            A12,unused,,,
            A13,burned,,,yesterday
            A14,assigned,C1,2026-11-17T23:59:59,
            A15,assigned,C1,2026-11-18T00:00:00,

            """)
        #expect(
            file.codes == [
                "A1 r25 available", "A2 r25 assigned card C1 given 2026-10-01 12:00",
                "A3 r25 assigned card C1", "A4 r25 assigned card C1 given 2026-10-01 12:00",
                "A6 r25 burned",
                "A7 r25 burned card C1 given 2026-10-01 12:00 used 2026-10-02 18:22:07",
                "A8 r25 burned card C1 used 2026-10-02 18:22:07", "A9 r25 expired",
                "A10 r25 voided", "A11 r25 delete",
                "A14 r25 assigned card C1 given 2026-11-17 23:59:59",
            ])
        #expect(
            file.refusals == [
                "6 missing_field", "13 value_unknown", "14 date_invalid", "16 date_in_future",
            ])
    }

    @Test func `other fields are judged by their form`() throws {
        let file = try read(
            """
            code,expires_on,valid_from,points,card_code,store_id
            A1,2026-02-30,,,,
            A2,,31.12.2026,,,
            A3,,,0,,
            A4,,,1.5,,
            A5,,,,4.00638E+12,
            A6,,,,\(Self.long),
            A7,,,,,\(Self.long)
            A8,,

            """)
        #expect(
            file.refusals == [
                "2 date_invalid", "3 date_invalid", "4 number_invalid", "5 number_invalid",
                "6 spreadsheet_damage", "7 text_too_long", "8 text_too_long", "9 field_count",
            ])
        #expect(file.codes == [])
    }

    // MARK: The last good day

    @Test
    func
        `a day is the last good one, and a time is good through its day unless that has only begun`()
        throws
    {
        let file = try read(
            """
            code,expires_on
            A1,2026-12-31 00:00:00
            A2,2026-12-31 00:00:01
            A3,2026-12-31 23:59:59
            A4,9998-12-31 00:00:00

            """
        ) { $0.dates = ["expires_on": "yyyy-MM-dd HH:mm:ss"] }
        #expect(
            file.codes == [
                "A1 r25 - until 2026-12-30", "A2 r25 - until 2026-12-31",
                "A3 r25 - until 2026-12-31", "A4 r25 -",
            ])
    }

    @Test func `a time with an offset is judged on the program's clocks`() throws {
        // Europe/Paris: two hours ahead in July, one in December.
        let file = try read(
            """
            code,expires_on
            A1,2026-12-30T23:00:00Z
            A2,2026-12-30T22:59:59Z
            A3,2026-07-01T00:00:00+02:00
            A4,2026-07-01T00:00:00+00:00
            A5,2026-10-25T02:30:00+02:00

            """
        ) { $0.dates = ["expires_on": "yyyy-MM-dd'T'HH:mm:ssXXX"] }
        #expect(
            file.codes == [
                "A1 r25 - until 2026-12-30", "A2 r25 - until 2026-12-30",
                "A3 r25 - until 2026-06-30", "A4 r25 - until 2026-07-01",
                "A5 r25 - until 2026-10-25",
            ])
    }

    @Test func `times of another zone are moved, days alone are not`() throws {
        let text = "code,expires_on,assigned_at,card_code\nA1,2026-07-01,2026-07-01T23:30:00,C\n"
        let file = try read(text) { $0.timezone = "UTC" }
        #expect(file.codes == ["A1 r25 assigned until 2026-07-01 card C given 2026-07-02 01:30"])
        let ofSystem = try read(
            text, constants: ["reward_id": "r25", "system": "till"], systems: ["till"],
            zones: ["till": "Europe/Athens"])
        #expect(
            ofSystem.codes == ["A1 r25 assigned until 2026-07-01 card C given 2026-07-01 22:30"])
        let stranger = try read(
            text, constants: ["reward_id": "r25", "system": "till"], systems: ["pos"])
        #expect(stranger.refusals == ["system_unknown"])
    }

    // MARK: Whose codes they are

    @Test func `the line says the reward, else the file's name, the job, the layout`() throws {
        let text = "code,reward_id\nA1,r10\nA2,\nA3,r99\n"
        let named = try read(text)
        #expect(named.codes == ["A1 r10 -", "A2 r25 -"])
        #expect(named.refusals == ["4 unknown_reward"])
        let nameless = try read(text, constants: [:])
        #expect(nameless.codes == ["A1 r10 -"])
        #expect(nameless.refusals == ["3 missing_field", "4 unknown_reward"])
        let byLayout = try read("code\nA1\n", constants: [:]) {
            $0.constants = ["reward_id": "r10"]
        }
        #expect(byLayout.codes == ["A1 r10 -"])
    }

    @Test func `a file of codes that nobody, or nobody known, is the reward of is refused`() throws
    {
        let nobody = try read("code\nA1\n", constants: [:])
        #expect(nobody.refusals == ["reward_missing"])
        let unknown = try read("code\nA1\n", constants: ["reward_id": "r99"])
        #expect(unknown.refusals == ["reward_unknown"])
        #expect(unknown.entry.refusal?.detail == "'r99'")
        #expect(unknown.batches.codes.codes.isEmpty)
    }

    // MARK: Files without a header

    private func column(_ text: String) throws -> ReadFile {
        try read(text) {
            $0.hasHeader = false
            $0.columns = ["code": "1"]
        }
    }

    @Test(arguments: ["code", "CODE", "Codes", "Promo_Code", "VOUCHERS", "\"Code\""])
    func `a header where none belongs is no code`(_ header: String) throws {
        let file = try column("\(header)\nA1\n")
        #expect(file.refusals == ["1 header_line"])
        #expect(file.codes == ["A1 r25 -"])
    }

    @Test func `a header of several columns where none belongs makes no good line too short`()
        throws
    {
        let file = try column("CODE,EXPIRY_DATE\nA1\nA2,2026-12-31\nCODE1\n")
        #expect(file.refusals == ["1 code_syntax", "3 code_syntax"])
        #expect(file.codes == ["A1 r25 -", "CODE1 r25 -"])
    }

    @Test func `what stands under a header may be called code`() throws {
        #expect(try read("code\nCODE\n").codes == ["CODE r25 -"])
    }

    @Test
    func `a list in UTF-16 is read where the layout says so, and refused line by line where not`()
        throws
    {
        let plain = try column("A\u{0}1\u{0}\nA\u{0}2\u{0}\n")
        #expect(plain.refusals == ["1 bad_encoding", "2 bad_encoding"])
    }

    @Test func `a file that is refused whole leaves nothing`() throws {
        for text in ["code,points\nA1,1\nA2", "code,code\nA1,A2\n", "expires_on\n2026-12-31\n"] {
            let file = try read(text)
            #expect(file.entry.refusal != nil, "\(text)")
            #expect(file.codes == [], "\(text)")
        }
    }
}
