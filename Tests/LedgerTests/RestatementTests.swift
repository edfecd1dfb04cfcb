import Ledger
import Loyalty
import Testing

/// Corrections of what the order alone doesn't tell: with returns, with points paid, of returns.
@Suite struct RestatementTests {
    @Test func `D-16: a correction of an order with a return re-states both`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["return R C1 4.00 of A"])
        let night = try ledger.close(["sale A C1 20.00 on 2026-11-16"])
        #expect(night.verdicts == ["correction"])
        #expect(try ledger.balances() == ["C1 16"])
        #expect(try ledger.rows("SELECT version FROM orders WHERE id = 'A'") == ["2"])
        // And back again, and once more from what the ledger says.
        try ledger.close(["sale A C1 10.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C1 6"])
        try ledger.close(["return S C1 6.00 of A"])
        #expect(try ledger.balances() == [])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `D-16: a correction that gives an order with returns to another member`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00", "sale B C1 2.00"])
        try ledger.close(["return R C1 4.00 of A"])
        try ledger.close(["sale A C2 10.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C1 2", "C2 6"])
        try ledger.close(["void V of R"])
        #expect(try ledger.balances() == ["C1 2", "C2 10"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `a corrected return takes what its new version says`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["return R C1 4.00 of A"])
        let night = try ledger.close(["return R C1 9.00 of A on 2026-11-17"])
        #expect(night.verdicts == ["correction"])
        #expect(try ledger.balances() == ["C1 1"])
        #expect(try ledger.rows("SELECT returned FROM orders WHERE id = 'A'") == ["900"])
        try ledger.close(["return R C1 1.00 on 2026-11-17"])
        #expect(try ledger.balances() == ["C1 9"])
        #expect(try ledger.rows("SELECT returned FROM orders WHERE id = 'A'") == ["0"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `a corrected return may name another order`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00", "sale B C2 10.00"])
        try ledger.close(["return R C1 4.00 of A"])
        try ledger.close(["return R C1 4.00 of B on 2026-11-17"])
        #expect(try ledger.balances() == ["C1 10", "C2 6"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `a return by presenter takes from the card that returned, corrected or not`() throws
    {
        let ledger = try LedgerNights { $0.returnsBy = .presenter }
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00", "sale B C2 10.00"])
        try ledger.close(["return R C2 4.00 of A"])
        #expect(try ledger.balances() == ["C1 10", "C2 6"])
        try ledger.close(["sale A C1 20.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C1 20", "C2 6"])
        try ledger.close(["void V of A"])
        #expect(try ledger.balances() == ["C2 10"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `what was spent of a corrected order stays spent`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["return R C1 1.00 of A", "sale B C1 0.00 paid 8"])
        #expect(try ledger.balances() == ["C1 1"])
        let night = try ledger.close(["sale A C1 5.00 on 2026-11-16"])
        // 5 less 1 are earned, 8 are gone: 4 are nobody's.
        #expect(try ledger.balances() == [])
        #expect(night.exceptions == ["uncollected_return A 3 -", "uncollected_return R 1 -"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `an account with a cap is corrected by what was really posted`() throws {
        let ledger = try LedgerNights(accounts: [Account(kind: .spend, max: 12)])
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00", "sale B C1 10.00"])
        #expect(try ledger.balances() == ["C1 12"])
        try ledger.close(["sale B C1 1.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C1 11"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `what an order gained and lost again is reversed, each for itself`() throws {
        let capped = try LedgerNights(accounts: [Account(kind: .spend, max: 0)])
        try capped.members(["C1"])
        try capped.close(["sale A C1 12.00"])
        let night = try capped.close(["sale A C1 15.00 on 2026-11-16"])
        #expect(
            night.postings == [
                "C1 accrue A A 15", "C1 cap A A -15", "C1 reverse A A -12", "C1 reverse A A 12",
            ])
        let paid = try LedgerNights()
        try paid.members(["C1"])
        try paid.close(["sale A C1 12.00 paid 12"])
        #expect(
            try paid.close(["sale A C1 15.00 paid 12 on 2026-11-16"]).postings == [
                "C1 accrue A A 15", "C1 redeem A A -12", "C1 reverse A A -12", "C1 reverse A A 12",
            ])
        #expect(try paid.balances() == ["C1 3"])
    }

    @Test func `more comes back than was sold: the excess is an exception without points`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00", "sale B C1 10.00"])
        let night = try ledger.close(["return R C1 7.00 of A", "return S C1 8.00 of A"])
        #expect(try ledger.balances() == ["C1 10"])
        #expect(night.exceptions == ["over_return S - 500"])
        #expect(try ledger.rows("SELECT returned FROM orders WHERE id = 'A'") == ["1500"])
    }

    @Test func `D-15: another order under a number of before is a reused receipt`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close()
        let night = try ledger.close(["sale A C1 99.00"])
        #expect(night.verdicts == ["reused_receipt"])
        #expect(night.postings == [])
        #expect(try ledger.close(["sale A C1 11.00 on 2026-11-17"]).verdicts == ["correction"])
    }

    // MARK: Exchanges

    @Test func `D-24: an even exchange changes no points`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        let night = try ledger.close(["exchange X C1 10.00 back 10.00 of A"])
        #expect(night.postings == ["C1 accrue X X 10", "C1 return X A -10"])
        #expect(try ledger.balances() == ["C1 10"])
    }

    @Test func `D-24: an uneven exchange is a return and a sale, and each can come back`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        try ledger.close(["exchange X C1 7.00 back 4.00 of A"])
        #expect(try ledger.balances() == ["C1 13"])
        try ledger.close(["return R C1 7.00 of X"])
        #expect(try ledger.balances() == ["C1 6"])
        try ledger.close(["sale A C1 20.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C1 16"])
        try ledger.close(["exchange X C1 7.00 back 5.00 of A on 2026-11-17"])
        #expect(try ledger.balances() == ["C1 15"])
        try ledger.close(["void V of X"])
        #expect(try ledger.balances() == ["C1 20"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `an exchange waits whole for an order that is unknown`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        #expect(try ledger.close(["exchange X C1 7.00 back 4.00 of A"]).verdicts == ["parked"])
        #expect(try ledger.balances() == [])
        try ledger.close(["sale A C1 10.00"])
        #expect(try ledger.balances() == ["C1 13"])
    }

    @Test func `D-17: what never earns is counted only, and so is what comes back of it`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        let night = try ledger.close(["other T C1 10.00", "sale A C1 10.00"])
        #expect(night.settlement.totals.neverEarn == 1)
        #expect(try ledger.close(["return R C1 5.00 of T"]).postings == [])
        #expect(try ledger.balances() == ["C1 10"])
    }

    // MARK: Max

    @Test func `what max took of an order is what comes back first`() throws {
        var account = Account(kind: .spend)
        account.max = 30
        let ledger = try LedgerNights(accounts: [account])
        try ledger.members(["C1", "C2"])
        // Tonight's and last night's alike: buying and returning costs nothing.
        try ledger.close(["sale A C1 30.00", "sale B C1 12.00", "return R C1 12.00 of B"])
        try ledger.close(["sale D C1 12.00"])
        #expect(try ledger.close(["return S C1 12.00 of D"]).postings == [])
        #expect(try ledger.balances() == ["C1 30"])
        try ledger.close(["sale E C2 25.00 on 2026-11-16", "sale F C2 12.00 on 2026-11-16"])
        #expect(try ledger.close(["return T C2 5.00 of F"]).postings == [])
        #expect(try ledger.close(["return U C2 7.00 of F"]).postings == ["C2 return U F -5"])
        #expect(try ledger.balances() == ["C1 30", "C2 25"])
        // A correction is capped anew, and its returns know.
        try ledger.close(["sale F C2 20.00 on 2026-11-16"])
        #expect(try ledger.balances() == ["C1 30", "C2 30"])
        #expect(try ledger.close(["return V C2 8.00 of F"]).postings == ["C2 return V F -5"])
        #expect(try ledger.balances() == ["C1 30", "C2 25"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `what max took counts for the card that returned too, whichever night it is`() throws
    {
        var account = Account(kind: .spend)
        account.max = 30
        for isLater in [false, true] {
            let ledger = try LedgerNights(accounts: [account]) { $0.returnsBy = .presenter }
            try ledger.members(["C1", "C2"])
            try ledger.close(["sale A C1 25.00", "sale P C2 10.00"])
            let orders = ["sale B C1 12.00 on 2026-11-17", "return R C2 8.00 of B on 2026-11-17"]
            if isLater {
                for order in orders { try ledger.close([order]) }
            } else {
                try ledger.close(orders)
            }
            // 7 of the 12 had gone out again.
            #expect(try ledger.balances() == ["C1 30", "C2 9"])
            // Corrected, 15 of 20 go out, and 8 that came back cost nothing.
            try ledger.close(["sale B C1 20.00 on 2026-11-17"])
            #expect(try ledger.balances() == ["C1 30", "C2 10"])
            #expect(try ledger.brokenSums() == [])
        }
    }

    // MARK: Points paid

    @Test func `D-23: a return of what was paid with points gives them back in proportion`() throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 100.00"])
        try ledger.close(["sale B C1 30.00 paid 50"])
        #expect(try ledger.balances() == ["C1 80"])
        let night = try ledger.close(["return R C1 10.00 of B"])
        #expect(night.postings == ["C1 refund R A 16", "C1 return R B -10"])
        try ledger.close(["return S C1 10.00 of B"])
        #expect(try ledger.close(["return T C1 10.00 of B"]).postings.contains("C1 refund T A 17"))
        #expect(try ledger.balances() == ["C1 100"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `D-23: an order that was paid with its own points too comes back whole`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 3.00"])
        try ledger.close(["sale B C1 20.00 paid 23"])
        #expect(try ledger.balances() == [])
        let night = try ledger.close(["return R C1 20.00 of B"])
        #expect(
            night.postings == ["C1 refund R A 3", "C1 refund R B 20", "C1 return R B -20"])
        #expect(try ledger.balances() == ["C1 3"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `D-23: what no lot covered is given back first`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale B C1 20.00 paid 50", "sale A C2 10.00", "sale D C2 20.00 paid 50"])
        try ledger.close(["return R C1 20.00 of B"])
        #expect(try ledger.balances() == [])
        // 20 were not there: two returns give 10 each, the third comes to a lot.
        func refunds(_ order: String) throws -> [String] {
            try ledger.close([order]).postings.filter { $0.contains(" refund ") }
        }
        #expect(try refunds("return S C2 4.00 of D") == [])
        #expect(try refunds("return T C2 4.00 of D") == [])
        #expect(try refunds("return U C2 2.00 of D") == ["C2 refund U D 5"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `D-23: a return says itself how many points it gave back, never more than are left`()
        throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 100.00"])
        try ledger.close(["sale B C1 30.00 paid 50"])
        let night = try ledger.close([
            "return R C1 1.00 of B paid 45", "return S C1 1.00 of B paid 9",
        ])
        #expect(
            night.postings.filter { $0.contains("refund") } == [
                "C1 refund R A 45", "C1 refund S A 5",
            ])
    }

    @Test func `an order that is paid with points and returned in one night pays what is left`()
        throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 100.00"])
        let night = try ledger.close(["sale B C1 30.00 paid 50", "return R C1 15.00 of B"])
        #expect(night.postings.contains("C1 redeem B A -25"))
        #expect(try ledger.balances() == ["C1 90"])
    }

    @Test func `points that nobody had are an exception`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        let night = try ledger.close(["sale B C1 30.00 paid 50"])
        #expect(night.exceptions == ["overspent_points B 20 -"])
        #expect(try ledger.balances() == [])
    }

    @Test func `points paid without a card, or with one that may not spend, are an exception`()
        throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1 status blocked"])
        let night = try ledger.close(["sale A - 30.00 paid 50", "sale B C1 30.00 paid 7"])
        #expect(night.exceptions == ["overspent_points A 50 -", "overspent_points B 7 -"])
        #expect(night.postings == [])
    }

    @Test func `a correction of points paid gives back and takes anew`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 100.00"])
        try ledger.close(["sale B C1 30.00 paid 50"])
        try ledger.close(["sale B C1 30.00 paid 20 on 2026-11-17"])
        #expect(try ledger.balances() == ["C1 110"])
        try ledger.close(["return R C1 15.00 of B"])
        #expect(try ledger.balances() == ["C1 105"])
        try ledger.close(["void V of B"])
        #expect(try ledger.balances() == ["C1 100"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `an exchange paid with points of nobody gives back those of its order`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale O C1 20.00"])
        try ledger.close(["sale A C1 0.50 paid 50"])
        let night = try ledger.close(["exchange X C1 0.90 back 0.25 of A paid 30"])
        #expect(night.exceptions == ["overspent_points X 30 -"])
        #expect(
            night.postings == ["C1 redeem_uncovered A - 25", "C1 redeem_uncovered X - -30"])
        // 5 of what nobody had are left of A, then 20 of lot O.
        #expect(
            try ledger.close(["return R C1 0.25 of A"]).postings == [
                "C1 redeem_uncovered A - 5", "C1 refund R O 20",
            ])
        #expect(
            try ledger.close(["return S C1 0.90 of X"]).postings == ["C1 redeem_uncovered X - 30"])
        #expect(try ledger.balances() == ["C1 20"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `an exchange and its return come in one night, in any order of their numbers`()
        throws
    {
        for number in ["R", "Z"] {
            let ledger = try LedgerNights()
            try ledger.members(["C1"])
            try ledger.close(["sale A C1 50.00"])
            try ledger.close([
                "exchange X C1 10.00 back 10.00 of A paid 30", "return \(number) C1 10.00 of X",
            ])
            #expect(try ledger.balances() == ["C1 40"])
            #expect(try ledger.brokenSums() == [])
        }
    }

    @Test func `a return of what was restated gives back what the last version took`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale O C1 50.00"])
        try ledger.close(["sale A C1 0.50 paid 40"])
        try ledger.close(["exchange X C1 0.40 back 0.25 of A paid 20"])
        #expect(try ledger.balances() == ["C1 10"])
        try ledger.close(["sale A C1 0.50 paid 42 on 2026-11-17"])
        #expect(try ledger.balances() == ["C1 9"])
        try ledger.close(["return R C1 0.25 of A", "return S C1 0.40 of X"])
        #expect(try ledger.balances() == ["C1 50"])
        #expect(try ledger.brokenSums() == [])
    }

    @Test func `what earned before the program paused earns on, whatever took it since`() throws {
        for (account, order, left) in [
            (Account(kind: .spend, max: 0), "sale A C1 12.00", []),
            (Account(kind: .spend), "sale A C1 12.00 paid 12", ["C1 3"]),
        ] {
            let ledger = try LedgerNights(accounts: [account])
            try ledger.members(["C1"])
            try ledger.close([order, "sale B C1 10.00 paid 10"])
            ledger.program.status = .paused
            let again = order.replacing("12.00", with: "15.00") + " on 2026-11-16"
            let night = try ledger.close([again])
            #expect(night.postings.contains("C1 accrue A A 15"))
            #expect(try ledger.balances() == left)
            #expect(try ledger.brokenSums() == [])
        }
    }

    @Test func `a correction while the program pauses keeps the terms that returns need`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        ledger.program.status = .paused
        try ledger.close(["sale A C1 20.00 on 2026-11-16"])
        #expect(try ledger.close(["return R C1 5.00 of A"]).postings == ["C1 return R A -5"])
    }

    @Test func `an exchange while the program pauses takes back and earns nothing`() throws {
        let ledger = try LedgerNights()
        try ledger.members(["C1"])
        try ledger.close(["sale A C1 10.00"])
        ledger.program.status = .paused
        try ledger.close(["exchange X C1 7.00 back 4.00 of A"])
        #expect(try ledger.balances() == ["C1 6"])
        #expect(try ledger.rows("SELECT terms FROM orders WHERE id = 'X'") == [""])
        #expect(try ledger.close(["return R C1 7.00 of X"]).postings == [])
        #expect(try ledger.balances() == ["C1 6"])
    }

    @Test func `more than was sold is told once, and again when a correction changes by how much`()
        throws
    {
        let ledger = try LedgerNights()
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00"])
        let first = try ledger.close(["return R C1 7.00 of A", "return S C1 8.00 of A"])
        #expect(first.exceptions == ["over_return S - 500"])
        let moved = try ledger.close(["sale A C2 10.00 on 2026-11-16"])
        #expect(!moved.exceptions.contains { $0.hasPrefix("over_return") })
        let less = try ledger.close(["sale A C2 9.00 on 2026-11-16"])
        #expect(less.exceptions.contains("over_return S - 600"))
        let enough = try ledger.close(["sale A C2 19.00 on 2026-11-16"])
        #expect(!enough.exceptions.contains { $0.hasPrefix("over_return") })
        let again = try ledger.close(["sale A C2 9.00 on 2026-11-16"])
        #expect(again.exceptions.contains("over_return S - 600"))
    }

    @Test func `points paid use a lot that is past only where they had been taken from it`() throws
    {
        let account = Account(kind: .spend, expiry: .after(.days(1)))
        let ledger = try LedgerNights(accounts: [account])
        try ledger.members(["C1", "C2"])
        try ledger.close(["sale A C1 10.00 paid 8"])
        for _ in 0..<3 { try ledger.close() }
        // The one who had paid with them has them back to pay again.
        let again = try ledger.close(["sale A C1 10.00 paid 7 on 2026-11-16"])
        #expect(again.postings.contains("C1 redeem A A -7"))
        // Another never had them while they were good: nothing un-expires points.
        let other = try ledger.close(["sale A C2 10.00 paid 7 on 2026-11-16"])
        #expect(
            other.postings.filter { $0.hasPrefix("C2") } == [
                "C2 accrue A A 10", "C2 expire A A -10", "C2 redeem_uncovered A - -7",
            ])
        #expect(other.exceptions.contains("overspent_points A 7 -"))
        #expect(try ledger.brokenSums() == [])
    }
}
