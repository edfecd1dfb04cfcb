import Loyalty
import Testing

/// The worked examples of the rules, each named as there.
///
/// The one of 2023-06-14 is an ExpiryTests.
@Suite struct WorkedExampleTests {
    @Test(arguments: [("floor", 2, 2), ("ceil", 3, 3), ("nearest", 2, 3)])
    func `2.2 and 2.95`(rounding: String, first: Int, second: Int) throws {
        try expectLedger(
            """
            account spend rounding=\(rounding)
            earn a 2026-01-01 2.20
            earn b 2026-01-01 2.95
            night 2026-01-01
            + accrue spend a a \(first)
            + accrue spend b b \(second)
            = spend a \(first)/\(first) 2026-01-01 never
            = spend b \(second)/\(second) 2026-01-01 never
            """)
    }

    @Test func `hold 30 days, 50 points, full return on day 12`() throws {
        try expectLedger(
            """
            account spend hold=30
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            = spend a 50/50 2026-01-31 never
            return r 2026-01-13 50.00 of a
            night 2026-01-13
            + return spend r a -50
            """)
    }

    @Test func `hold 0, 50 earned and spent, return`() throws {
        let spent = """
            earn a 2026-01-01 50.00
            charge c 2026-01-01 50
            night 2026-01-01
            + accrue spend a a 50
            + redeem spend c a -50
            return r 2026-01-02 50.00 of a
            night 2026-01-02

            """
        try expectLedger(
            "account spend returns=debit\n" + spent + "+ return spend r - -50\n- spend 50")
        try expectLedger(
            "account spend returns=within_balance\n" + spent
                + "+ return_uncovered spend r - -50")
    }

    @Test func `debt 35, next earn 50`() throws {
        try expectLedger(
            """
            debt spend 35
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            + repay spend a a -35
            + repay spend a - 35
            = spend a 15/50 2026-01-01 never
            """)
    }

    @Test func `1 point per 10.00, sale 21.90 = 2 points, two returns of 5.00`() throws {
        try expectLedger(
            """
            account spend ratio=0.1
            earn a 2026-01-01 21.90
            night 2026-01-01
            + accrue spend a a 2
            = spend a 2/2 2026-01-01 never
            return r 2026-01-02 5.00 of a
            night 2026-01-02
            + return spend r a -1
            = spend a 1/2 2026-01-01 never
            return s 2026-01-03 5.00 of a
            night 2026-01-03
            = spend a 1/2 2026-01-01 never
            """)
    }

    @Test func `L1 60 exp 2024-12-31, L2 40 exp 2024-06-30, spend 50`() throws {
        let spends = """
            lot spend L1 60 2023-12-31 2024-12-31
            lot spend L2 40 2024-01-01 2024-06-30
            charge c 2024-02-01 50
            night 2024-02-01

            """
        try expectLedger(
            spends + """
                + redeem spend c L2 -40
                + redeem spend c L1 -10
                = spend L1 50/60 2023-12-31 2024-12-31
                """)
        try expectLedger(
            "account spend spend_order=fifo\n" + spends + """
                + redeem spend c L1 -50
                = spend L1 10/60 2023-12-31 2024-12-31
                = spend L2 40/40 2024-01-01 2024-06-30
                """)
    }

    @Test func `a lot of 80 expiring on D, 30 spent on D`() throws {
        try expectLedger(
            """
            lot spend a 80 2026-01-01 2026-03-31
            charge c 2026-03-31 30
            night 2026-03-31
            + redeem spend c a -30
            + expire spend a a -50
            """)
    }

    @Test func `without cascading, 365 days: 100 on 2024-01-10 end 2025-01-09`() throws {
        try expectLedger(
            """
            account spend days=365
            earn a 2024-01-10 100.00
            earn b 2024-06-01 50.00
            night 2024-06-01
            + accrue spend a a 100
            + accrue spend b b 50
            = spend a 100/100 2024-01-10 2025-01-09
            = spend b 50/50 2024-06-01 2025-06-01
            night 2025-01-08
            = spend a 100/100 2024-01-10 2025-01-09
            = spend b 50/50 2024-06-01 2025-06-01
            night 2025-01-09
            + expire spend a a -100
            = spend b 50/50 2024-06-01 2025-06-01
            """)
    }
}
