import Intake
import Loyalty
import TestSupport
import Testing

/// Burn reports: what their lines say, and why they are refused.
@Suite struct BurnReaderTests {
    private static let long = String(repeating: "x", count: 256)

    private func burns(_ file: ReadFile) -> [String] {
        let batch = file.batches.codes
        return batch.burns.map { line in
            [
                batch.names.texts[Int(line.system)].string, line.id.string, clock(line.burnedAt),
                line.store.string, line.channel.string, line.card.string, line.code.string,
                line.order.string, line.orderAmount.map(String.init) ?? "",
                line.discount.map(String.init) ?? "", line.isReversal ? "reverse" : "burn",
            ].joined(separator: "|")
        }
    }

    private func read(
        _ text: String, constants: [String: String] = ["system": "pos"],
        systems: Set<String> = [], stores: [String: [String]] = [:], zones: [String: String] = [:],
        _ change: (inout Layout) -> Void = { _ in }
    ) throws -> ReadFile {
        var layout = Layout.canonical(.burns)
        change(&layout)
        return try ReadFile(
            text, layout, constants: constants, systems: systems, stores: stores, zones: zones)
    }

    @Test func `a burn and its reversal`() throws {
        let file = try read(
            """
            burn_id,burned_at,store_id,channel,card_code,code,order_id,order_amount,discount_amount,kind
            B1,2026-11-16T18:22:07,PAR01,pos,C1,A-1,T1,60.00,5.00,burn
            B2,2026-11-16T18:40:00,PAR01,,,A-1,,,,reverse
            ,2026-11-16T18:41:00,,,,A-2,T2,60,-5,

            """)
        #expect(
            burns(file) == [
                "pos|B1|2026-11-16 18:22:07|PAR01|pos|C1|A-1|T1|6000|500|burn",
                "pos|B2|2026-11-16 18:40|PAR01|||A-1||||reverse",
                "pos||2026-11-16 18:41||||A-2|T2|6000|500|burn",
            ])
        #expect(file.refusals == [])
    }

    @Test func `what a burn can't be`() throws {
        let file = try read(
            """
            burn_id,burned_at,code,card_code,order_id,order_amount,discount_amount,kind
            B1,,A1,,,,,
            B2,today,A1,,,,,
            B3,2026-11-16T18:22:07,,,,,,
            B4,2026-11-16T18:22:07,4.00638E+12,,,,,
            B5,2026-11-16T18:22:07,"A,1",,,,,
            B6,2026-11-16T18:22:07,A1,4.00638E+12,,,,
            B7,2026-11-16T18:22:07,A1,,4.00638E+12,,,
            B8,2026-11-16T18:22:07,A1,,,sixty,,
            B9,2026-11-16T18:22:07,A1,,,,5.001,
            B10,2026-11-16T18:22:07,A1,,,,,gift
            4.00638E+12,2026-11-16T18:22:07,A1,,,,,
            \(Self.long),2026-11-16T18:22:07,A1,,,,,
            B13,2026-11-16T18:22:07,A1

            """)
        #expect(
            file.refusals == [
                "2 missing_field", "3 date_invalid", "4 missing_field", "5 spreadsheet_damage",
                "6 code_syntax", "7 spreadsheet_damage", "8 spreadsheet_damage",
                "9 amount_invalid", "10 amount_invalid", "11 value_unknown",
                "12 spreadsheet_damage", "13 text_too_long", "14 field_count",
            ])
        #expect(burns(file) == [])
    }

    @Test func `a burn dated tomorrow waits for its day, and one of the day after is a mistake`()
        throws
    {
        let file = try read(
            "burned_at,code\n2026-11-17T23:59:59,A1\n2026-11-18T00:00:00,A2\n")
        #expect(file.batches.codes.burns.map(\.code.string) == ["A1"])
        #expect(file.refusals == ["3 date_in_future"])
    }

    // MARK: Who reports

    @Test func `a report that nobody, or nobody known, sent is refused`() throws {
        let text = "burned_at,code\n2026-11-16T12:00:00,A1\n"
        #expect(try read(text, constants: [:]).refusals == ["system_missing"])
        let stranger = try read(text, constants: ["system": "till"], systems: ["pos", "ecom"])
        #expect(stranger.refusals == ["system_unknown"])
    }

    @Test func `each line may name its system, whose zone and stores count`() throws {
        let file = try read(
            """
            system,burned_at,code,store_id
            pos,2026-11-16T12:00:00,A1,PAR01
            ecom,2026-11-16T12:00:00,A2,
            ecom,2026-11-16T12:00:00,A3,PAR01
            pos,2026-11-16T12:00:00,A4,LYO01
            till,2026-11-16T12:00:00,A5,
            ,2026-11-16T12:00:00,A6,

            """, constants: [:], systems: ["pos", "ecom"], stores: ["pos": ["PAR01"]],
            zones: ["ecom": "UTC"])
        #expect(
            burns(file) == [
                "pos||2026-11-16 12:00|PAR01|||A1||||burn", "ecom||2026-11-16 13:00||||A2||||burn",
                "ecom||2026-11-16 13:00|PAR01|||A3||||burn",
            ])
        #expect(file.refusals == ["5 unknown_store", "6 system_unknown", "7 system_missing"])
    }

    @Test func `in the hour that a clock repeats the first is meant`() throws {
        func times(_ text: String, _ zone: String) throws -> [String] {
            let file = try read(
                "burned_at,code\n\(text),A1\n", constants: ["system": "ecom"],
                systems: ["ecom"], zones: ["ecom": zone])
            return file.batches.codes.burns.map { clock($0.burnedAt) }
        }
        // Half past three in Athens comes twice too; the first is the first half past two in Paris.
        #expect(try times("2026-10-25T03:30:00", "Europe/Athens") == ["2026-10-25 02:30"])
        #expect(try times("2026-10-25T04:30:00", "Europe/Athens") == ["2026-10-25 03:30"])
        #expect(try times("2026-10-25T00:30:00", "UTC") == ["2026-10-25 02:30"])
        #expect(try times("2026-10-25T02:30:00", "Europe/Paris") == ["2026-10-25 02:30"])
    }
}
