import TestSupport
import Testing

/// Points given and taken by hand, and members that become one.
@Suite struct AdjustmentTests {
    @Test func `given: active on its day, good by the account's rule, a debt first`() throws {
        try expectLedger(
            """
            account spend hold=14 days=10
            debt spend 15
            adjust x 2026-01-05 40
            night 2026-01-10
            + adjust spend x x 40
            + repay spend x x -15
            + repay spend x - 15
            = spend x 25/40 2026-01-05 2026-01-15
            """)
    }

    @Test func `given beyond the account's max`() throws {
        try expectLedger(
            """
            account spend max=30
            adjust x 2026-01-05 40
            night 2026-01-05
            + adjust spend x x 40
            + cap spend x x -10
            = spend x 30/40 2026-01-05 never
            """)
    }

    @Test(arguments: [
        ("within_balance", "+ adjust_uncovered spend y - -10"),
        ("only_pending", "+ adjust_uncovered spend y - -10"),
        ("debit", "+ adjust spend y - -10\n- spend 10"),
    ])
    func `taken: from active lots as spent, then from pending ones, soonest active first`(
        policy: String, rest: String
    ) throws {
        try expectLedger(
            """
            account spend returns=\(policy)
            lot spend p2 10 2026-03-01 2026-12-31
            lot spend p1 10 2026-02-15 2026-12-31
            lot spend b 10 2026-01-01 2026-06-30
            lot spend a 10 2026-01-01 2026-02-01
            adjust x 2026-01-10 -25
            night 2026-01-10
            + adjust spend x a -10
            + adjust spend x b -10
            + adjust spend x p1 -5
            = spend p1 5/10 2026-02-15 2026-12-31
            = spend p2 10/10 2026-03-01 2026-12-31
            adjust y 2026-01-11 -25
            night 2026-01-11
            + adjust spend y p1 -5
            + adjust spend y p2 -10
            \(rest)
            """)
    }

    @Test func `of one account only, and after the night's charges`() throws {
        try expectLedger(
            """
            account status
            lot spend a 10 2026-01-01 never
            lot status b 10 2026-01-01 never
            adjust x 2026-01-10 -4 status
            adjust y 2026-01-10 5
            charge c 2026-01-10 12
            night 2026-01-10
            + redeem spend c a -10
            + redeem_uncovered spend c - -2
            + adjust status x b -4
            + adjust spend y y 5
            = status b 6/10 2026-01-01 never
            = spend y 5/5 2026-01-10 never
            """)
    }

    @Test func `lots and debts arrive with their dates; what is earned later repays`() throws {
        try expectLedger(
            """
            lot spend a 10 2026-01-01 2026-06-30
            debt spend 5
            merge m 2026-01-10 debt 7 lot b 20 2026-01-01 2026-03-31 lot a 5 2026-01-01 2026-12-31
            night 2026-01-10
            + merge spend m b 20
            + merge spend m a 5
            + merge spend m - -7
            = spend a 15/15 2026-01-01 2026-06-30
            = spend b 20/20 2026-01-01 2026-03-31
            - spend 12
            earn c 2026-01-11 20.00
            night 2026-01-11
            + accrue spend c c 20
            + repay spend c c -12
            + repay spend c - 12
            = spend a 15/15 2026-01-01 2026-06-30
            = spend b 20/20 2026-01-01 2026-03-31
            = spend c 8/20 2026-01-11 never
            """)
    }

    @Test func `what leaves is gone before the night's other events`() throws {
        try expectLedger(
            """
            lot spend a 10 2026-01-01 2026-06-30
            debt spend 5
            leave m 2026-01-10
            charge c 2026-01-01 4
            night 2026-01-10
            + merge spend m a -10
            + merge spend m - 5
            + redeem_uncovered spend c - -4
            """)
    }
}
