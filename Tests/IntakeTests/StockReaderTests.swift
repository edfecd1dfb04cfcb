import Intake
import Loyalty
import Storage
import TestSupport
import Testing

/// What stock lines say.
@Suite struct StockReaderTests {
    private func read(
        _ text: String, constants: [String: String] = ["system": "pos"],
        _ change: (inout Layout) -> Void = { _ in }
    ) throws -> ReadFile {
        var layout = Layout.canonical(.stock)
        change(&layout)
        return try ReadFile(text, layout, constants: constants)
    }

    /// `code status reward card last day line` of the lines of a file, as they are sorted.
    private func lines(_ file: ReadFile) throws -> [String] {
        let stock = try #require(file.batches.stocks.files.first)
        let reader = stock.lines.reader()
        var lines: [String] = []
        while try reader.next() {
            let line = StockLine(code: reader.key, packed: reader.body)
            let reward =
                line.reward < 0 ? "-" : file.batches.codes.names.texts[Int(line.reward)].string
            let day = CivilDate(days: line.expiresOn)
            lines.append(
                "\(line.code.string) \(CodeState(rawValue: line.status)?.name ?? "?") \(reward) "
                    + "\(line.card.string) \(day == Lot.never ? "-" : day.description) \(line.line)"
            )
        }
        return lines
    }

    @Test func `lines come sorted by their codes, whatever their order`() throws {
        let file = try read(
            """
            code,reward_id,status,card_code,expires_on
            K3,r25,assigned,C1,2027-01-31
            K1,r25,available,,
            K2,r10,burned,C2,9998-12-31 00:00:00
            K0,,expired,,2026-01-31

            """)
        #expect(file.refusals == [])
        #expect(
            try lines(file) == [
                "K0 expired -  2026-01-31 5", "K1 available r25  - 3", "K2 burned r10 C2 - 4",
                "K3 assigned r25 C1 2027-01-31 2",
            ])
    }

    @Test func `without a status a code is somebody's where it has a card`() throws {
        let file = try read("code,card_code\nK1,C1\nK2,\n")
        #expect(try lines(file) == ["K1 assigned - C1 - 2", "K2 available -  - 3"])
    }

    @Test func `a reward may stand in the file's name, and the words of a status in the layout`()
        throws
    {
        let file = try read(
            "code,state\nK1,free\nK2,gone\n", constants: ["system": "pos", "reward_id": "r25"]
        ) {
            $0.columns = ["status": "state"]
            $0.values = ["status": ["free": "available", "gone": "burned"]]
        }
        #expect(try lines(file) == ["K1 available r25  - 2", "K2 burned r25  - 3"])
        #expect(file.batches.stocks.files.map(\.reward) == ["r25"])
    }

    @Test func `wrong lines are refused`() throws {
        let long = String(repeating: "x", count: 256)
        let file = try read(
            """
            code,reward_id,status,card_code,expires_on
            ,r25,available,,
            4.00638E+12,r25,available,,
            K1,r25,lost,,
            K2,r25,available,,tomorrow
            K3,r25,available,\(long),
            K4,r25
            K5,r25,available,,
            \(long),r25,available,,
            "K,6",r25,available,,

            """)
        #expect(
            file.refusals == [
                "2 missing_field", "3 spreadsheet_damage", "4 value_unknown", "5 date_invalid",
                "6 text_too_long", "7 field_count", "9 text_too_long", "10 code_syntax",
            ])
        #expect(try lines(file) == ["K5 available r25  - 8"])
    }

    @Test func `lines of one code are one line, a duplicate or a conflict`() throws {
        let file = try read("code,status\nK1,burned\nK1,burned\nK1,available\nK1,burned\n")
        let stock = try #require(file.batches.stocks.files.first)
        #expect(try lines(file) == ["K1 burned -  - 2"])
        #expect(stock.duplicates == 2)
        #expect(stock.conflicts == [4])
    }

    @Test func `a stock file is of one system, which somebody must name`() throws {
        #expect(try read("code\nK1\n", constants: [:]).refusals == ["system_missing"])
        #expect(try read("code,system\nK1,pos\n").refusals == ["system_missing"])
    }

    @Test func `a file cut in half leaves no stock`() throws {
        let file = try read("code,status\nK1,available\nK2")
        #expect(file.refusals == ["truncated"])
        #expect(file.batches.stocks.files.isEmpty)
    }

    @Test func `a header alone says that the system holds nothing`() throws {
        let file = try read("code,status\n")
        #expect(file.refusals == [])
        #expect(file.batches.stocks.files.map(\.lines.count) == [0])
    }
}
