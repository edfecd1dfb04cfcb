import Loyalty
import TestSupport
import Testing

/// Phases, last days and pauses.
@Suite struct NightTests {
    @Test func `earns come before returns, returns before charges, whatever their dates`() throws {
        try expectLedger(
            """
            charge c 2026-01-01 60
            return r 2026-01-02 40.00
            earn a 2026-01-03 100.00
            night 2026-01-03
            + accrue spend a a 100
            + redeem spend c a -60
            + return spend r a -40
            """)
    }

    @Test func `points are good on their last day, the first of their hold ends it`() throws {
        try expectLedger(
            """
            account spend days=1 hold=1
            earn a 2026-01-01 10.00
            charge b 2026-01-01 10
            night 2026-01-01
            + accrue spend a a 10
            + redeem_uncovered spend b - -10
            = spend a 10/10 2026-01-02 2026-01-02
            charge c 2026-01-02 4
            night 2026-01-02
            + redeem spend c a -4
            + expire spend a a -6
            """)
    }

    @Test func `a late order whose points are past earns and expires in one night`() throws {
        try expectLedger(
            """
            account spend days=365
            earn a 2025-01-01 10.00
            night 2026-01-02
            + accrue spend a a 10
            + expire spend a a -10
            """)
    }

    @Test(arguments: ["paused", "ended"])
    func `a program that does not run earns nothing and goes on expiring`(status: String) throws {
        try expectLedger(
            """
            status \(status)
            lot spend old 30 2025-01-01 2026-01-01
            lot spend new 30 2025-01-01 2026-02-01
            earn a 2026-01-01 10.00
            charge c 2026-01-01 20
            return r 2026-01-01 5.00
            night 2026-01-01
            + return spend r old -5
            + redeem spend c old -20
            + expire spend old old -5
            = spend new 30/30 2025-01-01 2026-02-01
            """)
    }

    @Test func `a charge takes active lots of the spend account only`() throws {
        try expectLedger(
            """
            account status
            lot status s 100 2026-01-01 never
            lot spend held 100 2026-01-02 never
            lot spend b 10 2026-01-01 never
            lot spend a 10 2026-01-01 never
            charge c 2026-01-01 25
            night 2026-01-01
            + redeem spend c a -10
            + redeem spend c b -10
            + redeem_uncovered spend c - -5
            = spend held 100/100 2026-01-02 never
            = status s 100/100 2026-01-01 never
            """)
    }

    @Test func `from and to are both days that earn`() {
        let texts = Texts()
        var program = Program.plain
        let day = CivilDate(days: 20_000)
        program.earnsFrom = day
        program.earnsTo = day.adding(days: 1)
        let terms = [Terms(program, tier: .nameless)]
        for (shift, count) in [(-1, 0), (0, 1), (1, 1), (2, 0)] {
            let event = OrderEvent(
                kind: .accrual, date: day.adding(days: shift), system: 1, id: texts("a"),
                base: 1000, terms: 0)
            var state = MemberState()
            var postings: [Posting] = []
            let night = day.adding(days: 2)
            Fold(program: program, day: night, terms: terms).run(&state, [event], into: &postings)
            #expect(postings.count == count, "\(shift)")
            #expect(state.lots.count == count, "\(shift)")
        }
    }

    @Test func `a balance tells active from pending, and what expires first`() {
        let texts = Texts()
        let day = CivilDate(days: 20_000)
        func lot(_ id: String, _ points: Points, active: Int, expires: Int?) -> Lot {
            Lot(
                account: .spend, system: 1, id: texts(id), points: points, remaining: points,
                earnedOn: day, activeOn: day.adding(days: active),
                expiresOn: expires.map { day.adding(days: $0) } ?? Lot.never)
        }
        let state = MemberState(
            lots: [
                lot("a", 10, active: 0, expires: 9), lot("b", 20, active: 1, expires: 5),
                lot("c", 30, active: -1, expires: 5), lot("d", 40, active: 0, expires: nil),
            ], debts: [7, 0])
        let balance = state.balance(of: .spend, on: day)
        #expect(balance.available == 80)
        #expect(balance.pending == 20)
        #expect(balance.debt == 7)
        #expect(balance.total == 93)
        #expect(balance.nextExpiresOn == day.adding(days: 5))
        #expect(balance.nextExpiringPoints == 50)
        #expect(state.balance(of: .status, on: day) == Balance())
    }
}
