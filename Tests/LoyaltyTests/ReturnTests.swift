import Loyalty
import TestSupport
import Testing

/// What a return takes, by policy, order and rounding.
@Suite struct ReturnTests {
    @Test(arguments: [
        ("only_pending", "+ return_uncovered spend r - -50\n= spend b 20/20 2026-03-01 never"),
        ("within_balance", "+ return spend r b -20\n+ return_uncovered spend r - -30"),
        ("debit", "+ return spend r b -20\n+ return spend r - -30\n- spend 30"),
    ])
    func `what is gone already`(policy: String, outcome: String) throws {
        try expectLedger(
            """
            account spend returns=\(policy)
            opening a 50.00 50
            lot spend b 20 2026-03-01 never
            return r 2026-01-10 50.00 of a
            night 2026-01-10
            \(outcome)
            """)
    }

    @Test func `only_pending leaves the order's lot once it is active`() throws {
        try expectLedger(
            """
            account spend returns=only_pending hold=2
            earn a 2026-01-01 50.00
            night 2026-01-01
            + accrue spend a a 50
            = spend a 50/50 2026-01-03 never
            return r 2026-01-02 20.00 of a
            night 2026-01-02
            + return spend r a -20
            = spend a 30/50 2026-01-03 never
            return s 2026-01-03 20.00 of a
            night 2026-01-03
            + return_uncovered spend s - -20
            = spend a 30/50 2026-01-03 never
            """)
    }

    private static let others = """
        lot spend late 10 2026-01-01 2026-12-31
        lot spend soon 10 2026-01-01 2026-06-30
        lot spend t2 10 2026-01-01 2026-06-30
        lot spend p2 10 2026-02-02 2026-04-30
        lot spend p1 10 2026-02-01 2026-12-31
        lot spend p0 10 2026-02-01 2026-12-31

        """

    @Test func `pending_first: pending oldest first, then active soonest, ties by id`() throws {
        let gone = ["p0", "p1", "p2", "soon", "t2", "late"]
        let kept = [
            "= spend late 10/10 2026-01-01 2026-12-31", "= spend soon 10/10 2026-01-01 2026-06-30",
            "= spend t2 10/10 2026-01-01 2026-06-30", "= spend p2 10/10 2026-02-02 2026-04-30",
            "= spend p1 10/10 2026-02-01 2026-12-31", "= spend p0 10/10 2026-02-01 2026-12-31",
        ]
        try expectTaken(gone, kept, "account spend returns_take=pending_first\n")
    }

    @Test func `soonest: all by their last day, ties by id`() throws {
        let gone = ["p2", "soon", "t2", "late", "p0", "p1"]
        let kept = [
            "= spend late 10/10 2026-01-01 2026-12-31", "= spend soon 10/10 2026-01-01 2026-06-30",
            "= spend t2 10/10 2026-01-01 2026-06-30", "= spend p2 10/10 2026-02-02 2026-04-30",
            "= spend p1 10/10 2026-02-01 2026-12-31", "= spend p0 10/10 2026-02-01 2026-12-31",
        ]
        try expectTaken(gone, kept, "account spend returns_take=soonest\n")
    }

    /// Takes one lot more a time, and expects just those that are first in the order.
    private func expectTaken(_ order: [String], _ lots: [String], _ account: String) throws {
        for count in 1...order.count {
            let taken = order.prefix(count)
            let postings = taken.map { "+ return spend r \($0) -10" }
            let open = lots.filter { line in !taken.contains { line.contains(" \($0) ") } }
            try expectLedger(
                account + ReturnTests.others + "return r 2026-01-10 \(count * 10).00\n"
                    + "night 2026-01-10\n" + (postings + open).joined(separator: "\n"))
        }
    }

    @Test(arguments: 0..<300) func `small returns take what one large one would`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let sale = random.int(1...30_000)
        let parts = (0..<random.int(1...6)).map { _ in random.int(1...sale / 3 + 1) }
        let all = min(sale, parts.reduce(0, +))
        let head = """
            account spend ratio=\(random.pick(["0.1", "1", "1.37", "0.017"])) \
            rounding=\(random.pick(Account.Rounding.allCases)) returns=debit
            earn a 2026-01-01 \(sale / 100).\(sale % 100 / 10)\(sale % 10) x1.25

            """
        func rest(_ returns: [Int]) throws -> [String] {
            var text = head
            for (index, part) in returns.enumerated() {
                let amount = "\(part / 100).\(part % 100 / 10)\(part % 10)"
                text += "return r\(index) 2026-01-02 \(amount) of a\n"
            }
            return try #require(try LedgerTable(text + "night 2026-01-02").nights.last).actual
                .filter { !$0.hasPrefix("+") }
        }
        #expect(try rest(parts) == rest([all]), "seed \(seed): \(sale) \(parts) \(head)")
    }

    @Test func `each rounds every return alone, at the tier of the day`() throws {
        try expectLedger(
            """
            account spend ratio=0.1 return_rounding=each
            earn a 2026-01-01 30.00
            night 2026-01-01
            + accrue spend a a 3
            = spend a 3/3 2026-01-01 never
            return r 2026-01-02 9.00 of a
            return s 2026-01-02 9.00 of a x2
            night 2026-01-02
            + return spend s a -1
            = spend a 2/3 2026-01-01 never
            """)
    }

    @Test func `each takes what the return is worth, more than was sold included`() throws {
        try expectLedger(
            """
            account spend return_rounding=each
            lot spend other 100 2026-01-01 never
            earn a 2026-01-01 30.00
            return r 2026-01-02 20.00 of a
            return s 2026-01-02 25.00 of a
            night 2026-01-02
            + accrue spend a a 30
            + return spend r a -20
            + return spend s a -10
            + return spend s other -15
            = spend other 85/100 2026-01-01 never
            """)
    }

    @Test func `more than was sold takes no more than was earned`() throws {
        try expectLedger(
            """
            account spend return_rounding=cumulative
            lot spend other 100 2026-01-01 never
            earn a 2026-01-01 30.00
            return r 2026-01-02 20.00 of a
            return s 2026-01-02 25.00 of a
            night 2026-01-02
            + accrue spend a a 30
            + return spend r a -20
            + return spend s a -10
            = spend other 100/100 2026-01-01 never
            """)
    }

    @Test func `of an opening order: proportional to the amount`() throws {
        try expectLedger(
            """
            account spend return_rounding=cumulative
            account status returns=debit return_rounding=cumulative
            opening o 100.00 80
            lot spend o 80 2026-01-01 never
            return r 2026-01-10 25.00 of o
            night 2026-01-10
            + return spend r o -20
            = spend o 60/80 2026-01-01 never
            return s 2026-01-11 90.00 of o
            night 2026-01-11
            + return spend s o -60
            """)
    }

    @Test func `a sale whose terms lack an account earned nothing on it`() {
        let texts = Texts()
        var program = Program.plain
        let old = Terms(program, tier: .nameless)
        program.accounts.append(Account(kind: .status, returns: .debit))
        var state = MemberState()
        var postings: [Posting] = []
        let day = CivilDate(days: 20_000)
        let event = OrderEvent(
            kind: .return, date: day, system: 1, id: texts("r"), base: 5000, terms: 0,
            originalSystem: 1, original: texts("o"),
            sale: OrderEvent.Sale(base: 5000, returned: 0, terms: 0))
        Fold(program: program, day: day, terms: [old]).run(&state, [event], into: &postings)
        #expect(postings.map(\.points) == [-50])
        #expect(state.debts == [0, 0])
    }
}
