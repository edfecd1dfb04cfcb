import TestSupport
import Testing

/// Orders that are corrected or cancelled together with their returns.
@Suite struct RestatementTests {
    @Test func `what was returned is returned again, of the new version`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 100.00
            return r 2026-01-02 40.00 of a
            night 2026-01-02
            + accrue spend a a 100
            + return spend r a -40
            = spend a 60/100 2026-01-01 never
            restate a 2026-01-01 80.00
            night 2026-01-03
            + reverse spend a a -100
            + reverse spend r a 40
            + accrue spend a a 80
            + return spend r a -40
            = spend a 40/80 2026-01-01 never
            return s 2026-01-04 60.00 of a
            night 2026-01-04
            + return spend s a -40
            """)
    }

    @Test func `what others spent stays spent, and what was uncovered is reckoned anew`() throws {
        let before = """
            earn a 2026-01-01 50.00
            charge c 2026-01-01 40
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -40
            = spend a 10/50 2026-01-01 never
            return r 2026-01-02 20.00 of a
            night 2026-01-02
            + return spend r a -10
            + return_uncovered spend r - -10

            """
        try expectLedger(
            before + """
                restate a 2026-01-01 45.00
                night 2026-01-03
                + reverse spend a a -50
                + reverse spend r a 10
                + return_uncovered spend r - 10
                + accrue spend a a 45
                + return spend r a -5
                + return_uncovered spend r - -15
                """)
        try expectLedger(
            before + """
                restate a 2026-01-01 30.00
                night 2026-01-03
                + reverse spend a a -40
                + reverse spend r a 10
                + return_uncovered spend r - 10
                + accrue spend a a 30
                + return_uncovered spend r - -20
                + return_uncovered spend a - -10
                """)
    }

    @Test
    func `a void takes back the order and its returns, a debt of theirs that others repaid too`()
        throws
    {
        try expectLedger(
            """
            account spend returns=debit
            earn a 2026-01-01 50.00
            charge c 2026-01-01 50
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -50
            return r 2026-01-02 50.00 of a
            night 2026-01-02
            + return spend r - -50
            - spend 50
            earn b 2026-01-03 20.00
            night 2026-01-03
            + accrue spend b b 20
            + repay spend b b -20
            + repay spend b - 20
            - spend 30
            void a 2026-01-01
            night 2026-01-04
            + reverse spend a a -20
            + reverse spend r a 20
            + reverse spend r - 30
            + reverse spend a - -30
            - spend 30
            """)
    }

    @Test func `a void of an order that nobody has touched leaves nothing`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            = spend a 50/50 2026-01-01 never
            void a 2026-01-01
            night 2026-01-02
            + reverse spend a a -50
            """)
    }

    @Test func `what a return took of another lot goes back to it first`() throws {
        let before = """
            account spend days=8
            earn a 2026-01-01 50.00
            charge c 2026-01-01 50
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -50
            adjust x 2026-01-02 20
            night 2026-01-02
            + adjust spend x x 20
            = spend x 20/20 2026-01-02 2026-01-10
            return r 2026-01-03 20.00 of a
            night 2026-01-03
            + return spend r x -20

            """
        try expectLedger(
            before + """
                void a 2026-01-01
                night 2026-01-04
                + reverse spend r x 20
                + reverse spend a x -20
                + return_uncovered spend a - -30
                """)
        // Weeks later the lot is past: it gives again what it gave, and nothing has changed.
        try expectLedger(
            before + """
                restate a 2026-01-01 50.00
                night 2026-02-01
                + reverse spend a a -50
                + reverse spend r x 20
                + accrue spend a a 50
                + return spend r x -20
                """)
        // Of less, the rest of what comes back expires at once: nothing un-expires points.
        try expectLedger(
            before + """
                account spend days=8 return_rounding=cumulative
                restate a 2026-01-01 65.00
                night 2026-02-01
                + reverse spend a a -50
                + reverse spend r x 20
                + accrue spend a a 65
                + return spend r a -15
                + return spend r x -5
                + expire spend x x -15
                """)
    }

    @Test func `what earned before earns on while the program pauses`() throws {
        try expectLedger(
            """
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            = spend a 50/50 2026-01-01 never
            status paused
            restate a 2026-01-01 60.00
            night 2026-01-02
            + reverse spend a a -50
            + accrue spend a a 60
            = spend a 60/60 2026-01-01 never
            """)
    }

    @Test func `what an account's max cut is not cut twice`() throws {
        try expectLedger(
            """
            account spend max=100
            earn a 2026-01-01 80.00
            earn b 2026-01-02 50.00
            night 2026-01-02
            + accrue spend a a 80
            + accrue spend b b 50
            + cap spend b b -30
            = spend a 80/80 2026-01-01 never
            = spend b 20/50 2026-01-02 never
            restate b 2026-01-02 60.00
            night 2026-01-03
            + reverse spend b b -20
            + accrue spend b b 60
            + cap spend b b -40
            = spend a 80/80 2026-01-01 never
            = spend b 20/60 2026-01-02 never
            restate a 2026-01-01 30.00
            night 2026-01-04
            + reverse spend a a -80
            + accrue spend a a 30
            = spend a 30/30 2026-01-01 never
            = spend b 20/60 2026-01-02 never
            """)
    }
}
