import Testing

/// An order that comes again with other content.
@Suite struct CorrectionTests {
    @Test func `up and down, of the same member`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            = spend a 50/50 2026-01-01 never
            correct a 2026-01-01 80.00
            night 2026-01-02
            + reverse spend a a -50
            + accrue spend a a 80
            = spend a 80/80 2026-01-01 never
            correct a 2026-01-01 30.00 x1.5
            night 2026-01-03
            + reverse spend a a -80
            + accrue spend a a 45
            = spend a 45/45 2026-01-01 never
            """)
    }

    @Test func `after spending, what was spent stays spent once`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 50.00
            charge c 2026-01-01 40
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -40
            = spend a 10/50 2026-01-01 never
            correct a 2026-01-01 60.00
            night 2026-01-02
            + reverse spend a a -50
            + accrue spend a a 60
            = spend a 20/60 2026-01-01 never
            correct a 2026-01-01 30.00
            night 2026-01-03
            + accrue spend a a 30
            + reverse spend a a -50
            + return_uncovered spend a - -10
            """)
    }

    @Test func `to zero: the points go, and what was spent is owed where returns debit`() throws {
        try expectLedger(
            """
            account spend returns=debit
            earn a 2026-01-01 50.00
            charge c 2026-01-01 40
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -40
            = spend a 10/50 2026-01-01 never
            correct a 2026-01-01 0.00
            night 2026-01-02
            + reverse spend a a -10
            + reverse spend a - -40
            - spend 40
            correct a 2026-01-01 50.00
            night 2026-01-03
            + accrue spend a a 50
            + repay spend a a -40
            + repay spend a - 40
            = spend a 10/50 2026-01-01 never
            """)
    }

    @Test func `what was returned stays returned`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 100.00
            return r 2026-01-02 40.00 of a
            night 2026-01-02
            + accrue spend a a 100
            + return spend r a -40
            = spend a 60/100 2026-01-01 never
            correct a 2026-01-01 80.00
            night 2026-01-03
            + reverse spend a a -100
            + accrue spend a a 80
            = spend a 40/80 2026-01-01 never
            return s 2026-01-04 40.00 of a
            night 2026-01-04
            + return spend s a -40
            """)
    }

    @Test func `only_pending takes no other order's points for it`() throws {
        try expectLedger(
            """
            account spend returns=only_pending hold=10
            lot spend b 20 2026-03-01 never
            earn a 2026-01-01 50.00
            charge c 2026-01-20 50
            night 2026-01-20
            + accrue spend a a 50
            + redeem spend c a -50
            = spend b 20/20 2026-03-01 never
            correct a 2026-01-01 0.00
            night 2026-01-21
            + return_uncovered spend a - -50
            = spend b 20/20 2026-03-01 never
            """)
    }
}
