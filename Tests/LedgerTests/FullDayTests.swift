import Ledger
import Loyalty
import Testing

/// Files that are the whole of a day.
@Suite struct FullDayTests {
    @Test func `what an earlier file of the day had and a later one lacks is taken back`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00", "sale B C1 5.00"], wholeDay: "2026-11-16")
        let night = try ledger.close(
            ["sale B C1 5.00 on 2026-11-16", "sale D C1 1.00 on 2026-11-16"],
            wholeDay: "2026-11-16")
        #expect(night.postings == ["C1 accrue D D 1", "C1 reverse A A -10"])
        #expect(night.settlement.totals.withdrawn == 1)
        #expect(night.settlement.totals.voided == 0)
        // It may come again.
        let again = try ledger.close(
            ["sale A C1 10.00 on 2026-11-16", "sale B C1 5.00 on 2026-11-16"],
            wholeDay: "2026-11-16")
        #expect(again.postings == ["C1 accrue A A 10", "C1 reverse D D -1"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `a full day says nothing of another day`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"], wholeDay: "2026-11-16")
        #expect(try ledger.close(["sale B C1 1.00"], wholeDay: "2026-11-17").postings.count == 1)
        #expect(try ledger.balances() == ["C1 11"])
    }
}
