import Ledger
import Loyalty
import TestSupport
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

    /// Random files of one day, some nights with two of them: the last of each night, as `system id`.
    private func story(seed: Int) -> (nights: [[String]], last: [Set<Int>]) {
        var random = SplitMix64(seed: seed)
        var nights: [[String]] = []
        var last: [Set<Int>] = []
        for _ in 0..<4 {
            var lines: [String] = []
            for file in 0...random.int(0...1) {
                // A file without orders is read as none here.
                let orders = Set((0..<12).filter { _ in random.oneIn(2) }).union([file])
                for order in orders.sorted() {
                    let system = order < 8 ? "pos" : "ecom"
                    lines.append(
                        "sale O\(order % 8) C1 \(order + 1).00 system \(system) on 2026-11-16 "
                            + "in \(file)")
                }
                if file == 0 { last.append(orders) } else { last[last.count - 1] = orders }
            }
            nights.append(lines)
        }
        return (nights, last)
    }

    @Test(arguments: 1...12) func `a day is what its last file says, whatever memory holds`(
        seed: Int
    ) throws {
        let story = story(seed: seed)
        var ledgers: [LedgerNights] = []
        for spills in [false, true] {
            let ledger = try LedgerNights()
            ledger.spills = spills
            ledgers.append(ledger)
            try ledger.members(["C1"])
            for (lines, last) in zip(story.nights, story.last) {
                try ledger.close(lines, wholeDay: "2026-11-16")
                let points = last.reduce(0) { $0 + $1 + 1 }
                #expect(try ledger.balances() == ["C1 \(points)"], "seed \(seed), \(spills)")
            }
            #expect(try ledger.brokenSums() == [], "seed \(seed)")
            #expect(try ledger.faults() == [], "seed \(seed)")
        }
        for table in LedgerDump.ledgerTables {
            let sql = "SELECT * FROM \(table)"
            #expect(try ledgers[0].rows(sql) == ledgers[1].rows(sql), "seed \(seed), \(table)")
        }
    }
}
