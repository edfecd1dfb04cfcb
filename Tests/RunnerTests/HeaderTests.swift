import Foundation
import TestSupport
import Testing

/// Files without a header, with a line that names the delimiter, and rejects files that come back.
@Suite struct HeaderTests {
    private static let name = "orders-pos-2026-11-16.csv"
    private static let positions = """
        version: 1
        layout: till
        records: orders
        header: false
        columns: { order_id: 1, ordered_at: 2, store_id: 3, card_code: 4, quantity: 5, line_amount: 6 }

        """

    private func night(_ layout: String, _ job: [String: String] = [:]) throws -> BadNight {
        let night = try BadNight(["layout: canonical": "layout: till"].merging(job) { $1 })
        try night.write(layout, to: "layouts/till.yaml")
        return night
    }

    private func rejects(_ night: BadNight, _ day: String = BadNight.first) throws -> String {
        try night.scratch.read("night/rejects/\(day)/orders-pos-\(day).csv")
    }

    @Test func `columns by position; fields beyond them are unknown`() throws {
        let night = try night(Self.positions)
        try night.drop(
            line("A") + ",x,y\n" + line("B") + ",x,y\n" + line("C") + "\n", as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10", "C1 accrue B 10"])
        #expect(try night.rejects() == ["3 field_count"])
        let strict = try self.night(Self.positions, ["strict: false": "strict: true"])
        try strict.drop(line("A") + ",x\n", as: Self.name)
        #expect(try strict.close() == [])
        #expect(try strict.orders()?.verdict == "unknown_column")
    }

    @Test func `a first line that is damaged does not say how many fields there are`() throws {
        let night = try night(Self.positions)
        try night.drop("A\n" + line("B") + "\n", as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.rejects() == ["1 field_count"])
        #expect(try night.postings() == ["C1 accrue B 10"])
    }

    @Test func `rejects of a file without header have one, and come back with it`() throws {
        let night = try night(Self.positions, ["strict: false": "strict: true"])
        try night.drop(line("A") + "\n" + line("B", "x") + "\n", as: Self.name)
        #expect(try night.close() == [])
        let rejects = try rejects(night)
        #expect(rejects.hasPrefix("line,reason,hint,1,2,3,4,5,6\n2,amount_invalid,"))
        try night.drop(
            rejects.replacing("1,x\n", with: "1,7.00\n"), as: "orders-pos-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue B 7"])
    }

    @Test func `rejects of corrected rejects have their three columns once`() throws {
        let night = try BadNight(["strict: false": "strict: true"])
        try night.drop([line("A"), line("B", "x", store: "\"S,\"\"1\"\"\"")])
        #expect(try night.close() == [])
        let first = try rejects(night)
        try night.drop(
            first.replacing("1,x\n", with: "1,y\n"), as: "orders-pos-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        let second = try rejects(night, BadNight.second)
        #expect(
            second
                == "line,reason,hint," + BadNight.header
                + first.split(separator: "\n")[1].replacing("3,amount", with: "2,amount")
                .replacing("1,x", with: "1,y") + "\n")
    }

    @Test func `D-12: a file that names its delimiter keeps it in its rejects`() throws {
        let night = try BadNight()
        let text = "sep=;\n" + BadNight.header + line("A") + "\n" + line("B", "x") + "\n"
        try night.drop(
            text.replacing(",", with: ";"), as: Self.name)
        #expect(try night.close() == [])
        #expect(try night.rejects() == ["4 amount_invalid"])
        let rejects = try rejects(night)
        #expect(rejects.hasPrefix("sep=;\nline;reason;hint;order_id;"))
        try night.drop(
            rejects.replacing("1;x\n", with: "1;7.00\n"), as: "orders-pos-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue B 7"])
    }
}
