import Intake
import Loyalty
import TestSupport
import Testing

/// Tiers, adjustments and products: what their lines say, and why they are refused.
@Suite struct HandReaderTests {
    private static let long = String(repeating: "x", count: 256)

    private func read(
        _ text: String, _ kind: RecordKind, program: Program = .plain,
        _ change: (inout Layout) -> Void = { _ in }
    ) throws -> ReadFile {
        var layout = Layout.canonical(kind)
        change(&layout)
        return try ReadFile(text, layout, program: program)
    }

    @Test func `tiers`() throws {
        let file = try read(
            """
            card_code,tier,until
            C1,gold,2026-12-31
            C2,silver,
            C3,silver,9998-12-31 00:00:00
            C4,platinum,
            ,gold,
            C5,,
            C6,gold,2026-13-01
            4.00638E+12,gold,
            \(Self.long),gold,
            C7,gold

            """, .tiers)
        #expect(
            file.batches.hand.tiers.map {
                "\($0.card.string) \($0.tier) \($0.until?.description ?? "-") \($0.line)"
            } == ["C1 1 2026-12-31 2", "C2 0 - 3", "C3 0 - 4"])
        #expect(
            file.refusals == [
                "5 unknown_tier", "6 missing_field", "7 missing_field", "8 date_invalid",
                "9 spreadsheet_damage", "10 text_too_long", "11 field_count",
            ])
    }

    @Test func `adjustments`() throws {
        var program = Program.plain
        program.accounts.append(Account(kind: .status))
        let file = try read(
            """
            adjustment_id,card_code,account,points,effective_on,reason
            A1,C1,,50,2026-11-20,goodwill
            A2,C1,status,-30,,mistake
            A3,C1,spend,0,,nothing
            A4,C1,spend,1.5,,half
            A5,C1,bonus,1,,account
            A6,,spend,1,,card
            ,C1,spend,1,,id
            A8,C1,spend,,,points
            A9,C1,spend,1,,
            A10,C1,spend,1,tomorrow,date
            1.5E+10,C1,spend,1,,damaged
            A12,C1,spend,1,,\(Self.long)

            """, .adjustments, program: program)
        #expect(
            file.batches.hand.adjustments.map {
                "\($0.id.string) \($0.card.string) \($0.account) \($0.points) \($0.effectiveOn) "
                    + "\($0.reason.string) \($0.line)"
            } == ["A1 C1 spend 50 2026-11-20 goodwill 2", "A2 C1 status -30 2026-11-16 mistake 3"])
        #expect(
            file.refusals == [
                "4 number_invalid", "5 number_invalid", "6 value_unknown", "7 missing_field",
                "8 missing_field", "9 missing_field", "10 missing_field", "11 date_invalid",
                "12 spreadsheet_damage", "13 text_too_long",
            ])
    }

    @Test func `an account that the program hasn't is no account`() throws {
        let text = "adjustment_id,card_code,account,points,reason\nA,C,status,1,x\n"
        #expect(try read(text, .adjustments).refusals == ["2 value_unknown"])
    }

    @Test func `products`() throws {
        let file = try read(
            """
            product_id,category,department,brand
            P1,coffee,food,house
            P2,NULL,,
            ,coffee,food,house
            4006381333931E+1,,,
            P3,\(Self.long),,
            4.00638E+12,coffee,,

            """, .products)
        #expect(
            file.batches.hand.products.map {
                [$0.id, $0.category, $0.brand, $0.department].map(\.string).joined(separator: "|")
            } == ["P1|coffee|house|food", "P2|||"])
        #expect(
            file.refusals == [
                "4 missing_field", "5 spreadsheet_damage", "6 text_too_long",
                "7 spreadsheet_damage",
            ])
    }

    @Test func `values, nulls, never and other dates are the layout's`() throws {
        let file = try read(
            "card;level;end\nC1;G;31/12/2026\nC2;G;open\nC3;G;-\nC4;X;-\n", .tiers
        ) {
            $0.delimiter = UInt8(ascii: ";")
            $0.columns = ["card_code": "card", "tier": "level", "until": "end"]
            $0.values = ["tier": ["G": "gold"]]
            $0.dates = ["until": "dd/MM/yyyy"]
            $0.nulls = ["-"]
            $0.never = ["open"]
        }
        #expect(file.batches.hand.tiers.map(\.tier) == [1, 1, 1])
        #expect(
            file.batches.hand.tiers.map(\.until) == [CivilDate("2026-12-31"), nil, nil])
        #expect(file.refusals == ["5 value_unknown"])
        let adjusted = try read("id,c,n,w\nA,C,5,G\n", .adjustments) {
            $0.columns = ["adjustment_id": "id", "card_code": "c", "points": "n", "reason": "w"]
            $0.values = ["reason": ["G": "goodwill"]]
            $0.constants = ["account": "spend"]
        }
        #expect(adjusted.batches.hand.adjustments.map(\.reason.string) == ["goodwill"])
    }

    @Test func `a file that is refused whole leaves nothing`() throws {
        for (kind, text) in [
            (RecordKind.tiers, "card_code,tier\nC1,gold\nC2"),
            (.adjustments, "adjustment_id,card_code,points,reason\nA,C,1,x\nB,C"),
            (.products, "product_id,brand\nP,b\nQ"),
        ] {
            let file = try read(text, kind)
            #expect(file.refusals == ["truncated"], "\(kind)")
            let hand = file.batches.hand
            #expect(
                hand.tiers.isEmpty && hand.adjustments.isEmpty && hand.products.isEmpty, "\(kind)")
        }
    }

    @Test(arguments: RecordKind.allCases)
    func `the template's row is refused, and one that differs is not that row`(_ kind: RecordKind)
        throws
    {
        let example = try read(kind.template, kind)
        #expect(example.refusals == ["2 dummy_row"])
        let columns = kind.template.split(separator: "\n")[0].split(separator: ",")
        let known = kind.columns.filter { $0.name != "system" }
        #expect(columns.map(String.init) == known.map(\.name))
        for column in kind.columns where column.isMandatory { #expect(column.example != "") }
        let changed = kind.template.replacing("EXAMPLE-", with: "MY-")
        #expect(try read(changed, kind).refusals == [])
    }
}
