import TestSupport
import Testing

/// The order and points cases of the domain study, as far as the rules alone carry them.
@Suite struct DomainCaseTests {
    @Test func `D-18 a partial return takes the points of what came back`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 40.00 x1.5
            night 2026-01-01
            + accrue spend a a 60
            = spend a 60/60 2026-01-01 never
            return r 2026-01-02 20.00 of a
            night 2026-01-02
            + return spend r a -30
            = spend a 30/60 2026-01-01 never
            """)
    }

    @Test func `D-19 several returns round once, and the last clears the rest`() throws {
        try expectLedger(
            """
            account spend ratio=0.1
            earn a 2026-01-01 21.90
            return r 2026-01-02 5.00 of a
            return s 2026-01-03 5.00 of a
            night 2026-01-03
            + accrue spend a a 2
            + return spend r a -1
            = spend a 1/2 2026-01-01 never
            return t 2026-01-04 11.90 of a
            night 2026-01-04
            + return spend t a -1
            """)
    }

    @Test func `D-20 a return without original: pending oldest first, then active soonest`() throws
    {
        try expectLedger(
            """
            lot spend active 10 2026-01-01 2026-06-30
            lot spend later 10 2026-02-02 2026-12-31
            lot spend sooner 10 2026-02-01 2026-12-31
            return r 2026-01-10 25.00
            night 2026-01-10
            + return spend r sooner -10
            + return spend r later -10
            + return spend r active -5
            = spend active 5/10 2026-01-01 2026-06-30
            """)
    }

    @Test(arguments: [
        ("only_pending", "+ return_uncovered spend r - -50"),
        ("within_balance", "+ return_uncovered spend r - -50"),
        ("debit", "+ return spend r - -50\n- spend 50"),
    ])
    func `D-21 a return after the points were spent`(policy: String, outcome: String) throws {
        try expectLedger(
            """
            account spend returns=\(policy)
            earn a 2026-01-01 50.00
            charge c 2026-01-01 50
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -50
            return r 2026-01-02 50.00 of a
            night 2026-01-02
            \(outcome)
            """)
    }

    @Test func `D-22 a return after the points expired takes nothing and says so`() throws {
        try expectLedger(
            """
            account spend days=10
            earn a 2026-01-01 50.00
            night 2026-01-11
            + accrue spend a a 50
            + expire spend a a -50
            return r 2026-01-20 50.00 of a
            night 2026-01-20
            + return_uncovered spend r - -50
            """)
    }

    private static let paid = """
        lot spend x 30 2026-01-01 2026-01-31
        lot spend y 30 2026-01-01 2026-12-31
        charge o 2026-01-10 40
        night 2026-01-10
        + redeem spend o x -30
        + redeem spend o y -10
        = spend y 20/30 2026-01-01 2026-12-31

        """

    @Test func `D-23 points paid go back to their lots, the last that was spent first`() throws {
        try expectLedger(
            Self.paid + """
                refund r 2026-01-12 25 of o
                night 2026-01-12
                + refund spend r y 10
                + refund spend r x 15
                = spend x 15/15 2026-01-01 2026-01-31
                = spend y 30/30 2026-01-01 2026-12-31
                """)
    }

    @Test func `D-23 what goes back to a lot that has expired expires, or has some days of grace`()
        throws
    {
        try expectLedger(
            Self.paid + """
                refund r 2026-02-05 25 of o
                night 2026-02-05
                + refund spend r y 10
                + refund spend r x 15
                + expire spend x x -15
                = spend y 30/30 2026-01-01 2026-12-31
                """)
        try expectLedger(
            "account spend grace=30\n" + Self.paid + """
                refund r 2026-02-05 25 of o
                night 2026-02-05
                + refund spend r y 10
                + refund spend r x 15
                = spend x 15/15 2026-01-01 2026-03-07
                = spend y 30/30 2026-01-01 2026-12-31
                """)
    }

    @Test func `D-23 what no lot had covered is given back first`() throws {
        try expectLedger(
            """
            lot spend x 10 2026-01-01 2026-12-31
            charge o 2026-01-10 30
            night 2026-01-10
            + redeem spend o x -10
            + redeem_uncovered spend o - -20
            refund r 2026-01-11 25 of o
            night 2026-01-11
            + redeem_uncovered spend o - 20
            + refund spend r x 5
            = spend x 5/5 2026-01-01 2026-12-31
            """)
    }

    /// The rules say that an exchange is a return and a sale: the hold of what replaces begins anew.
    @Test func `D-24 an even exchange leaves the balance, an uneven one is a return and a sale`()
        throws
    {
        try expectLedger(
            """
            account spend hold=14
            earn o 2026-01-01 50.00
            night 2026-01-01
            + accrue spend o o 50
            = spend o 50/50 2026-01-15 never
            earn e 2026-01-10 30.00
            return e 2026-01-10 30.00 of o
            night 2026-01-10
            + accrue spend e e 30
            + return spend e o -30
            = spend o 20/50 2026-01-15 never
            = spend e 30/30 2026-01-24 never
            earn f 2026-01-11 35.00
            return f 2026-01-11 20.00 of o
            night 2026-01-11
            + accrue spend f f 35
            + return spend f o -20
            = spend e 30/30 2026-01-24 never
            = spend f 35/35 2026-01-25 never
            """)
    }

    @Test func `D-25 what comes to nothing earns nothing`() throws {
        try expectLedger(
            """
            account spend rounding=ceil
            earn a 2026-01-01 0.00
            return r 2026-01-01 0.00 of a
            night 2026-01-01
            """)
    }

    @Test func `D-27 a return takes back at the terms of the sale`() throws {
        try expectLedger(
            """
            account spend ratio=2
            earn a 2026-01-01 50.00 x1.5
            night 2026-01-01
            + accrue spend a a 150
            = spend a 150/150 2026-01-01 never
            account spend ratio=1
            return r 2026-01-02 40.00 of a
            night 2026-01-02
            + return spend r a -120
            = spend a 30/150 2026-01-01 never
            """)
    }

    @Test func `D-53 points are good through the whole of their last day, clocks changed or not`()
        throws
    {
        try expectLedger(
            """
            account spend days=10
            earn a 2026-03-20 50.00
            night 2026-03-29
            + accrue spend a a 50
            = spend a 50/50 2026-03-20 2026-03-30
            charge c 2026-03-30 20
            night 2026-03-30
            + redeem spend c a -20
            + expire spend a a -30
            """)
    }

    @Test func `D-55 a new rule of expiry is for new points`() throws {
        try expectLedger(
            """
            account spend days=365
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            = spend a 50/50 2026-01-01 2027-01-01
            account spend fixed=01-31
            earn b 2026-01-02 10.00
            night 2026-01-02
            + accrue spend b b 10
            = spend a 50/50 2026-01-01 2027-01-01
            = spend b 10/10 2026-01-02 2026-01-31
            night 2026-01-31
            + expire spend b b -10
            = spend a 50/50 2026-01-01 2027-01-01
            """)
    }

    @Test func `D-58 what a return took on hold is not released`() throws {
        try expectLedger(
            """
            account spend hold=14 returns=debit
            earn a 2026-01-01 50.00
            return r 2026-01-05 50.00 of a
            night 2026-01-05
            + accrue spend a a 50
            + return spend r a -50
            charge c 2026-01-15 10
            night 2026-01-15
            + redeem_uncovered spend c - -10
            """)
    }

    @Test func `D-59 soonest and fifo differ, and ties go by the lot's id`() throws {
        let lots = """
            lot spend b 10 2026-01-02 2026-06-30
            lot spend a 10 2026-01-02 2026-06-30
            lot spend old 10 2026-01-01 2026-12-31
            charge c 2026-02-01 15
            night 2026-02-01

            """
        try expectLedger(
            lots + """
                + redeem spend c a -10
                + redeem spend c b -5
                = spend b 5/10 2026-01-02 2026-06-30
                = spend old 10/10 2026-01-01 2026-12-31
                """)
        try expectLedger(
            "account spend spend_order=fifo\n" + lots + """
                + redeem spend c old -10
                + redeem spend c a -5
                = spend a 5/10 2026-01-02 2026-06-30
                = spend b 10/10 2026-01-02 2026-06-30
                """)
    }

    @Test func `D-60 what exceeds the max is recorded as capped, in the order of the events`()
        throws
    {
        try expectLedger(
            """
            account spend max=100
            earn b 2026-01-01 80.00
            earn a 2026-01-02 50.00
            earn c 2026-01-03 10.00
            night 2026-01-03
            + accrue spend b b 80
            + accrue spend a a 50
            + cap spend a a -30
            + accrue spend c c 10
            + cap spend c c -10
            = spend b 80/80 2026-01-01 never
            = spend a 20/50 2026-01-02 never
            """)
    }

    @Test func `D-60 a debt makes room: it is repaid before the max is looked at`() throws {
        try expectLedger(
            """
            account spend max=100
            debt spend 30
            earn a 2026-01-01 140.00
            night 2026-01-01
            + accrue spend a a 140
            + repay spend a a -30
            + repay spend a - 30
            + cap spend a a -10
            = spend a 100/140 2026-01-01 never
            """)
    }
}
