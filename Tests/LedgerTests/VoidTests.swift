import Ledger
import Loyalty
import Testing

/// Orders that are cancelled, and what of them was posted.
@Suite struct VoidTests {
    @Test func `D-17: a void takes back what its order earned`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00", "sale B C1 5.00"])
        let night = try ledger.close(["void V of A"])
        #expect(night.postings == ["C1 reverse A A -10"])
        #expect(night.verdicts == ["accepted"])
        #expect(try ledger.state(of: "A") == "6")
        #expect(try ledger.balances() == ["C1 5"])
    }

    @Test func `D-17: a void under the number of its order is a correction that cancels it`() throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        let night = try ledger.close(["void A"])
        #expect(night.postings == ["C1 reverse A A -10"])
        #expect(night.verdicts == ["correction"])
        #expect(try ledger.close(["void A"]).verdicts == ["duplicate"])
        #expect(try ledger.close(["sale A C1 10.00 on 2026-11-16"]).verdicts == ["duplicate"])
        #expect(try ledger.balances() == [])
    }

    @Test(arguments: [
        ["sale A C1 10.00", "void V of A"], ["void V of A", "sale A C1 10.00"],
        ["sale A C1 10.00", "void A"], ["void A", "sale A C1 10.00"],
        ["return R C1 4.00 of A", "void V of A", "sale A C1 10.00"],
    ])
    func `D-17: in one night nothing of either is posted, in any order`(orders: [String]) throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        let night = try ledger.close(orders)
        #expect(night.postings == [])
        #expect(night.settlement.totals.voided == 1)
        #expect(try ledger.state(of: "A") == "6")
    }

    @Test(arguments: ["void V of A", "void A"])
    func `D-8: a void that comes before its order waits for it, and the order posts nothing`(
        void: String
    ) throws {
        let ledger = try LedgerNights { $0.missingOrder = .unlinked }
        try ledger.members(["C1"])
        #expect(try ledger.close([void]).verdicts == ["parked"])
        #expect(try ledger.close(["sale A C1 10.00"]).postings == [])
        #expect(try ledger.close(["sale A C1 10.00 on 2026-11-17"]).verdicts == ["duplicate"])
        #expect(try ledger.state(of: "A") == "6")
        #expect(try ledger.rows("SELECT outcome FROM parked") == ["released"])
    }

    @Test func `a void reverses returns too, and what they took comes back before it goes`() throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00", "sale B C1 5.00"])
        try ledger.close(["return R C1 4.00 of A"])
        try ledger.close(["void V of A"])
        #expect(try ledger.balances() == ["C1 5"])
        #expect(try ledger.state(of: "R") == "6")
        #expect(try ledger.close(["return S C1 4.00 of A"]).postings == [])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `a void of a return restates its order without it`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["return R C1 4.00 of A", "return S C1 3.00 of A"])
        #expect(try ledger.balances() == ["C1 3"])
        try ledger.close(["void V of R"])
        #expect(try ledger.balances() == ["C1 7"])
        #expect(try ledger.rows("SELECT returned FROM orders WHERE id = 'A'") == ["300"])
        // All of the rest comes back.
        try ledger.close(["return T C1 9.00 of A"])
        #expect(try ledger.balances() == [])
    }

    @Test func `a void of an order that waits ends its wait`() throws {
        let ledger = try LedgerNights()
        #expect(try ledger.close(["sale A C1 10.00"]).verdicts == ["parked"])
        try ledger.close(["void V of A"])
        #expect(try ledger.rows("SELECT outcome FROM parked") == ["replaced"])
        try ledger.members(["C1"])
        #expect(try ledger.close().postings == [])
    }

    @Test func `a void of a void is counted and has no effect`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["void V of A"])
        let night = try ledger.close(["void W of V"])
        #expect(night.verdicts == ["accepted"])
        #expect(night.postings == [])
    }

    @Test func `what is voided and spent is owed or uncollected, as the account says`() throws {
        for (returns, left) in [(Account.ReturnPolicy.debit, ["C1 -10"]), (.withinBalance, [])] {
            let ledger = try LedgerNights(accounts: [Account(kind: .spend, returns: returns)])
            try ledger.members(["C1"])
            try ledger.close(["sale A C1 10.00"])
            try ledger.close(["sale B C1 0.00 paid 10"])
            let night = try ledger.close(["void V of A"])
            #expect(try ledger.balances() == left)
            #expect(
                night.exceptions == (returns == .debit ? [] : ["uncollected_return A 10 -"]))
            #expect(try ledger.brokenSums() == [])
        }
    }

    @Test func `a void that never meets its order is given up`() throws {
        let ledger = try LedgerNights()
        try ledger.close(["void V of A"], parkDays: 1)
        let night = try ledger.close()
        #expect(try ledger.rows("SELECT outcome FROM parked") == ["given_up"])
        #expect(try ledger.state(of: "V") == "4")
        #expect(night.exceptions == ["given_up V - -"])
    }

    @Test func `what waits in vain is an exception; a return is then one without an order`() throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(
            ["sale A C1 10.00", "return R C1 4.00 of Z", "sale B nobody 7.00"], parkDays: 1)
        let night = try ledger.close()
        #expect(night.exceptions == ["given_up B - 700", "given_up R - -400"])
        #expect(night.postings == ["C1 return R A -4"])
        #expect(try ledger.brokenSums() == [])
    }
}
