import Ledger
import Loyalty
import TestSupport
import Testing

/// What the register hears of a night's orders and points.
@Suite struct OrderNewsTests {
    private func ledger() throws -> LedgerNights {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        return ledger
    }

    private var over50: LedgerQuestions {
        var questions = LedgerQuestions()
        questions.salesOver = 5000
        questions.returns = true
        return questions
    }

    private func sales(_ night: LedgerNights.Night) -> [String] {
        night.news.sales.map { "\($0.system)/\($0.id.string) \($0.net) \($0.date)" }
    }

    private func returns(_ night: LedgerNights.Night) -> [String] {
        night.news.returns.map { "\($0.system)/\($0.id.string)" }
    }

    @Test func `sales of members over an amount, once`() throws {
        let ledger = try ledger()
        let lines = ["sale A C1 50.01", "sale B C2 50.00", "sale D - 70.00", "return R C1 60.00"]
        #expect(sales(try ledger.close(lines, asking: over50)) == ["pos/A 5001 2026-11-16"])
        let again = try ledger.close(["sale A C1 50.01 on 2026-11-16"], asking: over50)
        #expect(sales(again) == [])
    }

    @Test func `a sale that is corrected above the amount, or whose wait ends, is one`() throws {
        let ledger = try ledger()
        try ledger.close(["sale A C1 10.00", "sale B C9 80.00"])
        try ledger.members(["C9"])
        let night = try ledger.close(["sale A C1 60.00 on 2026-11-16"], asking: over50)
        #expect(sales(night) == ["pos/A 6000 2026-11-16", "pos/B 8000 2026-11-16"])
    }

    @Test func `a sale that is voided in its own night is none`() throws {
        let night = try ledger().close(["sale A C1 60.00", "void V of A"], asking: over50)
        #expect(sales(night) == [])
        #expect(returns(night) == ["pos/A"])
    }

    @Test func `an order came back whole when nothing of it is left`() throws {
        let ledger = try ledger()
        try ledger.close(["sale A C1 10.00", "sale B C1 10.00", "sale D C1 10.00"])
        let first = try ledger.close(
            ["return RA C1 6.00 of A", "return RB C1 10.00 of B", "void V of D"], asking: over50)
        #expect(returns(first) == ["pos/B", "pos/D"])
        #expect(returns(try ledger.close(["return R2 C1 4.00 of A"], asking: over50)) == ["pos/A"])
    }

    @Test func `nothing is told that nobody asked for`() throws {
        let night = try ledger().close(["sale A C1 60.00", "void V of A"])
        #expect(sales(night) == [] && returns(night) == [] && night.news.crossings == [])
    }

    @Test func `points that are reached tonight are told, those that were there before are not`()
        throws
    {
        let ledger = try ledger()
        var questions = LedgerQuestions()
        questions.points = [10, 100]
        let first = try ledger.close(["sale A C1 9.00", "sale B C2 100.00"], asking: questions)
        #expect(
            first.news.crossings == [
                LedgerNews.Crossing(member: 2, points: 10),
                LedgerNews.Crossing(member: 2, points: 100),
            ])
        let second = try ledger.close(["sale D C1 1.00", "sale E C2 5.00"], asking: questions)
        #expect(second.news.crossings == [LedgerNews.Crossing(member: 1, points: 10)])
    }

    @Test func `a claim is paid whole or not at all, in the order of date and id`() throws {
        let ledger = try ledger()
        try ledger.close(["sale A C1 50.00"])
        let night = try ledger.close(codes: ["claim Q2 C1 30", "claim Q1 C1 30", "claim Q3 C1 20"])
        #expect(night.paid == ["Q1", "Q3"])
        #expect(night.postings == ["C1 redeem Q1 A -30", "C1 redeem Q3 A -20"])
        #expect(try ledger.faults() == [])
    }

    @Test func `a charge records what no lot covers, a gift code makes a lot of its own`() throws {
        let ledger = try ledger()
        let night = try ledger.close(codes: ["gift G1 C1 20 hold 3", "charge B1 C2 15"])
        #expect(
            night.postings == ["C1 accrue G1 G1 20", "C2 redeem_uncovered B1 - -15"])
        #expect(try ledger.rows("SELECT active_on - earned_on FROM lot") == ["3"])
        #expect(
            try ledger.rows("SELECT name FROM system WHERE name <> 'adjustments' ORDER BY 1") == [
                "burns:pos", "gift-codes",
            ])
        #expect(try ledger.faults() == [])
    }
}
