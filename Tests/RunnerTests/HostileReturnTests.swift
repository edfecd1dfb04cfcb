import Foundation
import Testing

/// Returns that come too early, too often, for too much, of the wrong thing, by the wrong person.
@Suite struct HostileReturnTests {
    private func night(
        _ lines: [String], edits: [String: String] = [:]
    ) throws -> BadNight {
        let night = try BadNight(edits)
        try night.drop(lines, header: BadNight.returnsHeader)
        #expect(try night.close() == [])
        return night
    }

    @Test func `D-8: a return before its sale in one file is taken after it`() throws {
        let night = try night([line(return: "R", of: "A", "-4.00"), line(sale: "A", "10.00")])
        #expect(try night.postings() == ["C1 accrue A 10", "C1 return R -4"])
    }

    @Test func `D-8: a return waits for a sale that comes a night later`() throws {
        let night = try night([line(return: "R", of: "A", "-4.00")])
        #expect(try night.orders()?.verdicts == ["parked": 1])
        try night.drop([line(sale: "A", "10.00")], header: BadNight.returnsHeader)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue A 10", "C1 return R -4"])
    }

    @Test func `D-8: a return of a sale that waits for its member waits with it`() throws {
        let night = try night([
            line(sale: "A", card: "Z9", "10.00"), line(return: "R", of: "A", card: "Z9", "-4.00"),
        ])
        #expect(try night.orders()?.verdicts == ["parked": 2])
        try night.drop("card_code\nZ9\n", as: "members-late.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["Z9 accrue A 10", "Z9 return R -4"])
    }

    @Test func `a program that takes unlinked returns doesn't wait for a parked sale either`()
        throws
    {
        let night = try night(
            [
                line(sale: "B", "10.00"), line(sale: "A", card: "Z9", "10.00"),
                line(return: "R", of: "A", "-4.00"),
            ],
            edits: ["opens_on": "missing_order: unlinked\nreturns_by: presenter\nopens_on"])
        #expect(try night.orders()?.verdicts == ["accepted": 2, "parked": 1])
        #expect(try night.postings() == ["C1 accrue B 10", "C1 return R -4"])
    }

    @Test func `D-8: a return whose sale never comes is taken unlinked when its wait is over`()
        throws
    {
        let night = try night(
            [line(sale: "B", "10.00"), line(return: "R", of: "A", "-4.00")],
            edits: ["park: 30 days": "park: 1 day"])
        #expect(try night.postings() == ["C1 accrue B 10"])
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 return R -4"])
    }

    @Test func `D-18 and D-19: returns take in proportion, never more than was earned`() throws {
        let night = try night([
            line(sale: "A", "10.00"), line(return: "R1", of: "A", "-3.50"),
            line(return: "R2", of: "A", "-3.50"), line(return: "R3", of: "A", "-8.00"),
        ])
        let taken = try night.postings().filter { $0.contains(" return ") }
        #expect(taken.compactMap { Int($0.split(separator: " ")[3]) }.reduce(0, +) == -10)
    }

    @Test func `D-20: a return without an original takes what is there`() throws {
        let night = try night([line(sale: "A", "10.00"), line(return: "R", of: "", "-4.00")])
        #expect(try night.postings() == ["C1 accrue A 10", "C1 return R -4"])
    }

    @Test func `D-22: a return with nothing left to take is recorded without a debt`() throws {
        let night = try night([line(return: "R", of: "", "-4.00")])
        #expect(try night.postings() == ["C1 return_uncovered R -4"])
        let balances = try night.rows("balances", BadNight.first)
        #expect(balances.allSatisfy { $0["debt"] == "0" })
    }

    @Test func `D-21: a return with nothing left to take is a debt where the account says so`()
        throws
    {
        let night = try night(
            [line(return: "R", of: "", "-4.00")],
            edits: ["hold_days: 0,": "hold_days: 0, returns: debit,"])
        let balances = try night.rows("balances", BadNight.first)
        #expect(balances.contains { $0["card_code"] == "C1" && $0["debt"] == "4" })
    }

    @Test func `D-26: a return by another card takes from who earned`() throws {
        let night = try night([
            line(sale: "A", "10.00"), line(sale: "B", card: "C2", "10.00"),
            line(return: "R", of: "A", card: "C2", "-4.00"),
        ])
        #expect(
            try night.postings() == ["C1 accrue A 10", "C1 return R -4", "C2 accrue B 10"])
    }

    @Test func `D-27: a return takes back at the rate of the sale`() throws {
        let night = try night([line(sale: "A", "10.00")])
        let program = try String(contentsOfFile: night.folder + "/program.yaml", encoding: .utf8)
        try night.write(program.replacing("ratio: 1,", with: "ratio: 3,"), to: "program.yaml")
        try night.drop([line(return: "R", of: "A", "-4.00")], header: BadNight.returnsHeader)
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 return R -4"])
    }

    @Test func `a return of itself finds nothing and harms nothing`() throws {
        let night = try night([line(return: "R", of: "R", "-10.00"), line(sale: "A", "3.00")])
        #expect(
            try night.postings()
                == ["C1 accrue A 3", "C1 return R -3", "C1 return_uncovered R -7"])
    }

    @Test func `a re-sent return counts once`() throws {
        let night = try night([line(sale: "A", "10.00"), line(return: "R", of: "A", "-4.00")])
        try night.drop(
            [line(return: "R", of: "A", "-4.00"), line(sale: "B", "1.00")],
            header: BadNight.returnsHeader)
        #expect(try night.close(BadNight.second) == [])
        #expect(
            try night.orders(BadNight.second)?.verdicts == ["duplicate": 1, "accepted": 1])
    }

    @Test func `D-17: a void and what never earns are no sales`() throws {
        let night = try night([
            line("A") + ",void,B", line("B", "", quantity: "0") + ",training,",
            line("C", "", quantity: "") + ",no_sale,",
        ])
        #expect(try night.rejects() == [])
        #expect(try night.postings() == [])
    }

    @Test func `D-28: one article on two lines earns for each`() throws {
        let night = try night([line(sale: "A", "10.00"), line(sale: "A", "10.00")])
        #expect(try night.postings() == ["C1 accrue A 20"])
    }

    @Test func `D-25: an order of nothing earns nothing, and is known all the same`() throws {
        let night = try night([line(sale: "A", "0.00"), line(sale: "B", "-5.00")])
        #expect(try night.orders()?.verdicts == ["accepted": 2])
        #expect(try night.postings() == [])
    }
}
