import Foundation
import TestSupport
import Testing

/// Lines as tills, shops and spreadsheets damage them, each an order of its own.
@Suite struct DamagedLineTests {
    /// A line and the reason that refuses it; nil where it is good.
    private typealias Case = (line: String, reason: String?)

    private static func amounts(_ texts: [String], _ reason: String?) -> [Case] {
        texts.enumerated().map { (line("amount \($0)\(reason ?? "")", $1), reason) }
    }

    private static func quantities(_ texts: [String], _ reason: String?) -> [Case] {
        texts.enumerated().map { (line("pieces \($0)\(reason ?? "")", quantity: $1), reason) }
    }

    private static func times(_ texts: [String], _ reason: String?) -> [Case] {
        texts.enumerated().map { (line("time \($0)\(reason ?? "")", at: $1), reason) }
    }

    private static func cards(_ texts: [String], _ reason: String?) -> [Case] {
        texts.enumerated().map { (line("card \($0)\(reason ?? "")", card: $1), reason) }
    }

    private static let long = String(repeating: "x", count: 256)

    private static let cases: [Case] =
        amounts(
            [
                "1e5", "\"1,234.50\"", "1 234.50", "+5.00", "9999999999999999.99", ".5", "5.",
                "5.001", "",
                "abc", "NaN", "inf", "0x10", "\u{FF11}0.00", "\u{2212}5.00", "--5", "$5.00",
                "5.00 ", " 5.00",
                "-", "'5.00", "5\u{A0}000.00", "5.00-", "(5.00)",
                "\u{201C}5.00\u{201D}", "5.00\u{A0}", "\u{2019}5.00",
            ], "amount_invalid")
        + amounts(["=\"5.00\"", "1.234E+05", "#####"], "spreadsheet_damage")
        + amounts(["0", "0.5", "7", "-0.00"], nil)
        + amounts(["5,00", "1,234,567"], "field_count")
        + quantities(
            ["1.5", "0", "1e3", "", "9999999999", "one", "1 ", "+1", "\u{663}"], "quantity_invalid")
        + quantities(["-1", "999999999"], nil)
        + times(
            [
                "0000-01-01T00:00:00", "2026-02-29T10:00:00", "2026-13-01T10:00:00", "2026-11-16",
                "2026-11-16 10:00:00", "16/11/2026 10:00", "2026-11-16T24:00:00",
                "2026-11-16T23:59:60",
                "2026-11-16T10:00:00Z", "2026-11-16T10:00:00+99:00", "45977.416", "",
            ], "ordered_at_invalid")
        + times(["#####"], "spreadsheet_damage")
        + times(
            ["2026-11-18T10:00:00", "2027-11-16T10:00:00", "9999-12-31T23:59:59"], "date_in_future")
        + times(["2024-02-29T10:00:00", "1900-01-01T00:00:00", "0001-01-01T00:00:00"], nil)
        + cards(
            [
                "4.00638E+12", "4,00638E+12".quoted, "#####", "#NAME?", "#N/A",
                "=HYPERLINK(\"x\")", "=\"0012\"",
            ], "spreadsheet_damage")
        + cards([long], "text_too_long")
        + cards(["NULL", "\"=1+1\"", "C1 ", "c1", "-", "\u{E9}", "#1", "#NAME", "=HYPERLINK"], nil)
        + [
            (line("", "10.00"), "order_id_missing"),
            (line("NULL", "10.00"), "order_id_missing"),
            (line(long, "10.00"), "text_too_long"),
            (line("4.00638E+12", "10.00"), "spreadsheet_damage"),
            (line("#####", "10.00"), "spreadsheet_damage"),
            (line("no store", store: ""), "missing_field"),
            ("short,2026-11-16T10:00:00", "field_count"),
            ("   ", "field_count"),
            (line("long") + ",x", "field_count"),
            ("\"quoted\"x,2026-11-16T10:00:00,S1,C1,1,10.00", "bad_quote"),
            (line("store", store: "NUL\0in it"), "bad_encoding"),
            (line("=cmd()"), nil), (line("-1"), nil), (line("a\"b"), nil), (line("\u{1F6D2}"), nil),
        ]

    @Test func `D-13: every damaged line gets its reason, and the others are taken`() throws {
        let night = try BadNight(["percent: 5": "percent: 100"])
        try night.drop(Self.cases.map(\.line))
        #expect(try night.close() == [])
        let rejected = Self.cases.enumerated().compactMap { index, wanted in
            wanted.reason.map { "\(index + 2) \($0)" }
        }
        #expect(try night.rejects() == rejected)
        let row = try #require(try night.orders())
        #expect(row.lines == Self.cases.count)
        #expect(row.verdicts["rejected"] == rejected.count)
    }

    @Test func `refused lines are written as they came and accepted once they are corrected`()
        throws
    {
        let night = try BadNight()
        try night.drop([line("A", "free"), line("A", "5.00"), line("B")])
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue B 10"])
        let rejects = try night.scratch.read("night/rejects/2026-11-16/orders-pos-2026-11-16.csv")
        #expect(rejects.contains("," + line("A", "free") + "\n"))
        #expect(rejects.contains("," + line("A", "5.00") + "\n"))
        try night.drop(
            rejects.replacing("free", with: "7.00"), as: "orders-pos-2026-11-16-corrected.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue A 12"])
    }

    @Test func `a refused line takes its whole order with it`() throws {
        let night = try BadNight()
        try night.drop([
            line("A"), line("A", "x"), line("A"), line("B", quantity: "0"), line("B"), line("C"),
        ])
        #expect(try night.close() == [])
        #expect(
            try night.rejects() == [
                "2 order_has_rejected_line", "3 amount_invalid", "4 order_has_rejected_line",
                "5 quantity_invalid", "6 order_has_rejected_line",
            ])
        #expect(try night.postings() == ["C1 accrue C 10"])
    }

    @Test func `a line whose order is unreadable leaves no half of its neighbours`() throws {
        let night = try BadNight()
        try night.drop([
            line("Z"), line("A"), line("A\0"), line("A"), line("B"), line("C"),
        ])
        #expect(try night.close() == [])
        #expect(
            try night.rejects() == [
                "3 order_has_rejected_line", "4 bad_encoding", "5 order_has_rejected_line",
            ])
        #expect(try night.postings() == ["C1 accrue B 10", "C1 accrue C 10", "C1 accrue Z 10"])
    }

    @Test func `formulas in texts are made harmless in reports`() throws {
        let night = try BadNight()
        try night.drop([line("=1+1"), line("@x", card: "+33"), line("-9")])
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue '-9 10", "C1 accrue '=1+1 10"])
        #expect(try night.unmatched() == ["'+33 '@x unknown_member"])
    }

    // MARK: Amounts beyond all reason

    private static let huge = "999999999999999.99"

    @Test(arguments: ["", "-"])
    func `an order too large for its sums is refused, and the others are taken`(_ sign: String)
        throws
    {
        let night = try BadNight()
        try night.drop(
            Array(repeating: line("A", sign + Self.huge), count: 93) + [
                line("B"), line("C", Self.huge),
            ])
        #expect(try night.close() == [])
        let row = try #require(try night.orders())
        #expect(row.verdicts == ["accepted": 1, "rejected": 94])
        #expect(try Set(night.rejects().map { $0.split(separator: " ")[1] }) == ["amount_invalid"])
        #expect(try night.postings() == ["C1 accrue B 10"])
    }

    @Test func `a night of huge orders is cut where its points would not fit`() throws {
        let night = try BadNight([
            "ratio: 1,": "ratio: 1000,", "lines: 100 ": "lines: 9999 ",
            "systems:": "tiers: [{ name: basic, multiplier: 1000 }]\nsystems:",
        ])
        try night.drop((0..<200).map { line("H\($0)", "7777777777.77") } + [line("Z", "1.00")])
        #expect(try night.close() == [])
        let row = try #require(try night.orders())
        #expect(row.verdicts == ["accepted": 13, "rejected": 188])
        #expect(try night.postings().contains("C1 accrue Z 1000000"))
    }

    @Test func `opening lots too large for their sums are refused`() throws {
        let night = try BadNight()
        try night.drop(
            "lot_id,card_code,earned_on,points,remaining\n"
                + (0..<20).map { "L\($0),C1,2026-01-01,999999999999999,999999999999999\n" }.joined()
                + "M,C1,2026-01-01,5,5\n", as: "opening-lots.csv")
        #expect(try night.close() == [])
        #expect(try night.rejects() == (2...21).map { "\($0) number_invalid" })
    }
}

extension String {
    fileprivate var quoted: String { "\"\(self)\"" }
}
