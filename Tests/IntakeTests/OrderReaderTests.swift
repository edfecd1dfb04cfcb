import Foundation
import Loyalty
import Tabular
import TestSupport
import Testing

@testable import Intake

/// What order lines come to, and why they are refused.
@Suite struct OrderReaderTests {
    private static let header = "order_id,ordered_at,store_id,card_code,quantity,line_amount"
    private static let at = "2026-11-16T10:00:00"

    private func read(
        _ columns: String, _ lines: [String], _ layout: Layout = .canonical(.orders),
        program: Program = .plain, stores: [String: [String]] = [:]
    ) throws -> ReadFile {
        let text = ([Self.header + columns] + lines).map { $0 + "\n" }.joined()
        return try ReadFile(text, layout, program: program, stores: stores)
    }

    private func line(
        _ id: String, _ amount: String, _ rest: String = "", quantity: String = "1",
        card: String = "C1", store: String = "S1", at: String = Self.at
    ) -> String {
        [id, at, store, card, quantity, amount].joined(separator: ",") + rest
    }

    // MARK: Kinds

    @Test func `every kind is read, and what never earns has no base`() throws {
        let kinds = [
            "sale", "return", "void", "exchange", "suspended", "training", "no_sale",
            "tender_change", "open", "close", "other", "", "sell",
        ]
        let file = try read(
            ",kind", kinds.enumerated().map { line("\($0.offset + 1)", "9.00", ",\($0.element)") })
        #expect(
            file.orders == [
                "1 sale 900 900", "2 return 900 900", "3 void 900 0", "4 exchange 900 900",
                "5 other 900 0", "6 other 900 0", "7 other 900 0", "8 other 900 0",
                "9 other 900 0", "10 other 900 0", "11 other 900 0", "12 sale 900 900",
            ])
        #expect(file.refusals == ["14 value_unknown"])
        #expect(RecordKind.orders.column("kind")?.words == Array(kinds.dropLast(2)))
    }

    @Test func `without a kind an order of less than nothing is a return`() throws {
        let file = try read("", [line("1", "-9.00", quantity: "-1"), line("2", "9.00")])
        #expect(file.orders == ["1 return -900 -900", "2 sale 900 900"])
    }

    @Test func `a void and a type that never earns may leave goods out, a sale may not`() throws {
        let file = try read(
            ",kind",
            [
                line("1", "", ",void", quantity: ""), line("2", "", ",open", quantity: "0"),
                line("3", "9.00", ",sale", quantity: ""), line("4", "", ",sale"),
                line("5", "x", ",void"),
            ])
        #expect(file.orders == ["1 void 0 0", "2 other 0 0"])
        #expect(file.refusals == ["4 quantity_invalid", "5 amount_invalid", "6 amount_invalid"])
    }

    @Test func `in an exchange the lines of negative quantity are the return`() throws {
        let file = try read(
            ",kind",
            [
                line("1", "-20.00", ",exchange", quantity: "-1"), line("1", "35.00", ",exchange"),
                line("1", "-1.00", ",exchange"), line("2", "-9.00", ",exchange", quantity: "-1"),
                line("2", "9.00", ",exchange"),
            ])
        #expect(file.orders == ["1 exchange 1400 3400 back 2000", "2 exchange 0 900 back 900"])
    }

    // MARK: What earns

    @Test func `tax is off where the program earns net of it, in a return and an exchange too`()
        throws
    {
        let lines = [
            line("1", "12.00", ",2.00,sale"), line("2", "-12.00", ",-2.00,return", quantity: "-1"),
            line("3", "12.00", ",2.00,exchange"),
            line("3", "-6.00", ",-1.00,exchange", quantity: "-1"),
        ]
        let net = try read(",tax_amount,kind", lines, program: .earning(on: .netOfTax))
        #expect(
            net.orders == [
                "1 sale 1200 1000", "2 return -1200 -1000", "3 exchange 600 1000 back 500",
            ])
        let gross = try read(",tax_amount,kind", lines, program: .earning(on: .gross))
        #expect(
            gross.orders == [
                "1 sale 1200 1200", "2 return -1200 -1200", "3 exchange 600 1200 back 600",
            ])
    }

    @Test func `points_discount is off where the program earns net of points, down to nothing`()
        throws
    {
        let lines = [
            line("1", "60.00", ",20,40.00"), line("1", "40.00", ",,"),
            line("2", "30.00", ",50,40.00"),
            line("3", "-30.00", ",-10,-20.00", quantity: "-1"),
            line("4", "30.00", ",,"),
        ]
        let columns = ",points_paid,points_discount"
        let net = try read(columns, lines, program: .earning(on: .netOfPoints))
        #expect(
            net.orders == [
                "1 sale 10000 6000 paid 20", "2 sale 3000 0 paid 50",
                "3 return -3000 -1000 paid 10", "4 sale 3000 3000",
            ])
        let gross = try read(columns, lines, program: .earning(on: .gross))
        #expect(
            gross.orders == [
                "1 sale 10000 10000 paid 20", "2 sale 3000 3000 paid 50",
                "3 return -3000 -3000 paid 10", "4 sale 3000 3000",
            ])
    }

    @Test func `what was paid in points stands on the first line; others may repeat it`() throws {
        let file = try read(
            ",points_paid,points_discount",
            [
                line("1", "9.00", ",20,4.00"), line("1", "9.00", ",20,4.00"),
                line("1", "9.00", ",0,"),
                line("2", "9.00", ",20,4.00"), line("2", "9.00", ",21,4.00"),
                line("3", "9.00", ",20,4.00"), line("3", "9.00", ",,4.01"),
                line("4", "9.00", ",,"), line("4", "9.00", ",20,"),
                line("5", "9.00", ",1.5,"), line("6", "9.00", ",,x"),
            ])
        #expect(file.orders == ["1 sale 2700 2700 paid 20"])
        #expect(
            file.refusals == [
                "5 order_has_rejected_line", "6 amount_invalid", "7 order_has_rejected_line",
                "8 amount_invalid", "9 order_has_rejected_line", "10 amount_invalid",
                "11 number_invalid", "12 amount_invalid",
            ])
    }

    @Test func `few orders have something beside their sums`() throws {
        let file = try read(
            ",points_paid",
            [line("1", "9.00", ",5"), line("2", "9.00", ","), line("3", "1.00", ",0")])
        #expect(file.batches.orders.orders.map(\.extra) == [0, -1, -1])
    }

    // MARK: The content

    @Test func `a file without the later columns has the content it always had`() throws {
        // Taken from the version before points, currencies and stores were read.
        let file = try ReadFile(
            """
            order_id,ordered_at,store_id,channel,card_code,line_no,product_id,quantity,unit_price,line_amount,original_order_id
            A,2026-01-01T10:00:00,S1,shop,C1,1,P1,2,4.50,9.00,
            A,2026-01-01T10:00:00,S1,shop,C1,2,P2,1,3.20,3.20,
            B,2026-01-01T11:30:00,S1,shop,,1,P1,-1,4.50,-4.50,A

            """, .canonical(.orders))
        #expect(
            file.contents.map { String($0.high, radix: 16) } == [
                "5783160915b54c14", "bfd2eab390c36a76",
            ])
        #expect(
            file.contents.map { String($0.low, radix: 16) } == [
                "2405aa27a60c6709", "206af11a85780fd8",
            ])
    }

    @Test(arguments: ["points_paid", "points_discount", "currency", "kind", "terminal_id"])
    func `what else a line says of an order is part of its content`(_ column: String) throws {
        let values = ["points_paid": ("5", "6"), "points_discount": ("5.00", "6.00")]
        let words = ["currency": ("EUR", ""), "kind": ("sale", ""), "terminal_id": ("1", "2")]
        let (one, other) = try #require(values[column] ?? words[column])
        let first = try read(",\(column)", [line("1", "9.00", ",\(one)")])
        let second = try read(",\(column)", [line("1", "9.00", ",\(other)")])
        #expect(first.contents.count == 1 && second.contents.count == 1)
        #expect(first.contents != second.contents)
    }

    // MARK: Checks

    @Test func `another currency than the program's is refused, none is the program's`() throws {
        let file = try read(
            ",currency",
            [line("1", "9.00", ",EUR"), line("2", "9.00", ","), line("3", "9.00", ",USD")])
        #expect(file.refusals == ["4 unknown_currency"])
        let constant = Layout.orders { $0.constants = ["currency": "USD"] }
        #expect(try read("", [line("1", "9.00")], constant).refusals == ["2 unknown_currency"])
    }

    @Test func `a store that the system doesn't have is refused, on any line of the order`() throws
    {
        let lines = [
            line("1", "9.00"), line("2", "9.00", store: "S2"), line("2", "9.00", store: "S3"),
            line("3", "9.00", store: ""),
        ]
        let listed = try read("", lines, stores: ["pos": ["S1", "S2"], "ecom": []])
        #expect(
            listed.refusals == [
                "3 order_has_rejected_line", "4 unknown_store", "5 missing_field",
            ])
        #expect(try read("", lines).refusals == ["5 missing_field"])
    }

    @Test func `a column that the file's name or the job gives is there`() throws {
        let text = "order_id,ordered_at,line_amount\n1,\(Self.at),9.00\n"
        let constants = ["system": "pos", "store_id": "S9", "quantity": "1"]
        let file = try ReadFile(text, .canonical(.orders), constants: constants)
        #expect(file.orders == ["1 sale 900 900"])
        let without = try ReadFile(text, .canonical(.orders))
        #expect(without.refusals == ["missing_column"])
        let other = try ReadFile(
            text, .canonical(.orders), constants: constants, stores: ["pos": ["S1"]])
        #expect(other.refusals == ["2 unknown_store"])
    }

    @Test func `the example row of the template is refused, whatever stands around it`() throws {
        let file = try ReadFile(RecordKind.orders.template, .canonical(.orders))
        #expect(file.refusals == ["2 dummy_row"])
        let example = "EXAMPLE-ORDER,2026-01-31T18:30:00,0001,EXAMPLE-CARD,2,9.00"
        let lines = [line("1", "9.00"), example, line("2", "9.00")]
        #expect(try read("", lines).refusals == ["3 dummy_row"])
        // Something was changed: it is somebody's order, if not of a card that is known.
        #expect(try read("", [example.replacing(",2,", with: ",3,")]).refusals == [])
    }

    @Test func `spreadsheets damage every number`() throws {
        let file = try read(
            ",original_order_id",
            [
                line("4.00638E+12", "9.00", ","), line("2", "9.00", ",", card: "#####"),
                line("3", "9.00", ",1,5E+10"), line("4", "9.00", ",1.5E+10"),
            ])
        #expect(
            file.refusals == [
                "2 spreadsheet_damage", "3 spreadsheet_damage", "4 field_count",
                "5 spreadsheet_damage",
            ])
    }

    // MARK: Memory

    @Test func `a header that is refused leaves no memory behind`() async {
        // In a process of its own: what other tests take meanwhile is not seen.
        await #expect(processExitsWith: .success) {
            let context = FileContext(
                file: 0, layout: .canonical(.orders), constants: [["system": "pos"]],
                program: .plain, systems: [], stores: [:], codes: .twoSystems, rewards: [],
                systemZone: { _ in nil }, day: try #require(CivilDate("2026-11-16")),
                isStrict: false)
            var left = ArraySlice("order_id\n".utf8)
            let reader = CSVReader(delimiter: 44) { room in
                defer { left.removeAll() }
                room.copyBytes(from: left)
                return left.count
            }
            let header = try #require(try reader.next()?.first)
            let batches = Batches(tiers: [])
            let before = try OrderReaderTests.residentPages()
            for _ in 0..<10_000 {
                let reader = try? OrderReader(context, header: header, into: batches)
                try #require(reader == nil)
            }
            // A leak of a few hundred bytes a header is more.
            try #require(try OrderReaderTests.residentPages() - before <= 1_000)
        }
    }

    private static func residentPages() throws -> Int {
        let words = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(
            separator: " ")
        return try #require(Int(words[1]))
    }
}
