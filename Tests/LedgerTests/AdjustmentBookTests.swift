import Ledger
import Loyalty
import Testing

/// Points that are given and taken by hand.
@Suite struct AdjustmentBookTests {
    private let texts = TextArena()

    private func adjustment(
        _ id: String, _ card: String, _ points: Points, on day: String = "2026-11-16"
    ) -> Adjustment {
        Adjustment(
            id: texts.copy(id), card: texts.copy(card), account: .spend, points: points,
            effectiveOn: LedgerNights.date(day), reason: texts.copy("goodwill"), file: 0, line: 2)
    }

    @Test func `points are given and taken, once`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        let given = try ledger.close(adjustments: [adjustment("J1", "C1", 50)])
        #expect(given.postings == ["C1 adjust J1 J1 50"])
        let taken = try ledger.close(
            adjustments: [adjustment("J1", "C1", 50), adjustment("J2", "C1", -20)])
        #expect(taken.postings == ["C1 adjust J2 J1 -20"])
        #expect(taken.settlement.counts[0][.duplicate] == 1)
        #expect(try ledger.balances() == ["C1 30"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `another content is a correction, whoever had it before`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(adjustments: [adjustment("J1", "C1", 50)])
        try ledger.close(adjustments: [adjustment("J1", "C1", 20), adjustment("J1", "C1", 30)])
        #expect(try ledger.balances() == ["C1 30"])
        try ledger.close(adjustments: [adjustment("J1", "C2", 30)])
        #expect(try ledger.balances() == ["C2 30"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `an adjustment waits for its card and for its day`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        let night = try ledger.close(
            adjustments: [
                adjustment("J1", "C9", 5), adjustment("J2", "C1", 7, on: "2026-11-17"),
            ])
        #expect(night.settlement.counts[0][.parked] == 2)
        let next = try ledger.close()
        #expect(next.postings == ["C1 adjust J2 J2 7"])
        // The totals count orders.
        #expect(next.settlement.totals.released == 0)
        try ledger.members(["C9"])
        #expect(try ledger.close().postings == ["C9 adjust J1 J1 5"])
    }

    @Test func `what waits is parked where orders are, until it is posted, changed or given up`()
        throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        func parked() throws -> [String] {
            try ledger.rows(
                """
                SELECT p.id, p.reason, p.net, p.parked_on - 20773, p.ended_on - 20773, p.outcome
                FROM parked p JOIN system s ON s.id = p.system WHERE s.name = 'adjustments'
                ORDER BY p.id, p.parked_on
                """)
        }
        try ledger.close(
            adjustments: [
                adjustment("J1", "C9", 5), adjustment("J2", "C1", 7, on: "2026-11-17"),
                adjustment("J3", "C9", 8, on: "2026-11-17"), adjustment("J4", "C1", 1),
            ], parkDays: 2)
        #expect(
            try parked() == ["J1|unknown_member|5|0||", "J2|later_day|7|0||", "J3|later_day|8|0||"])
        try ledger.close(adjustments: [adjustment("J1", "C9", 6)], parkDays: 9)
        #expect(
            try parked() == [
                "J1|unknown_member|5|0|1|replaced", "J1|unknown_member|6|1||",
                "J2|later_day|7|0|1|released", "J3|later_day|8|0|1|released",
                "J3|unknown_member|8|1||",
            ])
        try ledger.close()
        #expect(try ledger.close().exceptions == ["given_up J3 8 -"])
        try ledger.members(["C9"])
        #expect(try ledger.close().postings == ["C9 adjust J1 J1 6"])
        #expect(
            try parked().filter { $0.contains("|1|") && !$0.contains("|0|1|") } == [
                "J1|unknown_member|6|1|4|released", "J3|unknown_member|8|1|3|given_up",
            ])
    }

    @Test func `an adjustment that waits in vain is an exception`() throws {
        let ledger = try LedgerNights()
        try ledger.close(adjustments: [adjustment("J1", "C9", 5)], parkDays: 1)
        #expect(try ledger.close().exceptions == ["given_up J1 5 -"])
        try ledger.members(["C9"])
        #expect(try ledger.close().postings == [])
    }

    @Test func `what can't be taken is an exception`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2 status closed"])
        let night = try ledger.close(
            adjustments: [adjustment("J1", "C1", -5), adjustment("J2", "C2", 7)])
        #expect(night.postings == ["C1 adjust_uncovered J1 - -5"])
        #expect(night.exceptions == ["uncollected_adjustment J1 5 -"])
    }
}
