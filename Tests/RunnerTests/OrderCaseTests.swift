import Testing

/// Hard cases of orders from the file to the ledger, where several records of an order meet.
///
/// Two bills for one receipt and the same code used twice (D-31, D-32) are cases of codes.
@Suite struct OrderCaseTests {
    private static let header =
        "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,original_order_id,"
        + "points_paid,points_discount\n"

    /// One line of a file with all columns that tie orders to others and to points.
    private func line(
        _ id: String, _ kind: String, _ amount: String, of original: String = "",
        paid points: String = "", worth discount: String = "", on day: String = BadNight.first
    ) -> String {
        let pieces = amount.hasPrefix("-") ? "-1" : "1"
        return "\(id),\(day)T10:00:00,S1,C1,\(pieces),\(amount),\(kind),\(original),\(points),"
            + discount
    }

    private func drop(_ lines: [String], on night: String, in workspace: BadNight) throws {
        try workspace.drop(lines, night: night, header: Self.header)
        #expect(try workspace.close(night) == [])
    }

    @Test func `D-17: a void takes back the order and the return that hangs on it`() throws {
        let night = try BadNight()
        try drop(
            [line("A", "sale", "100.00"), line("B", "sale", "7.00")], on: BadNight.first, in: night)
        try drop(
            [line("R", "return", "-40.00", of: "A", on: BadNight.second)], on: BadNight.second,
            in: night)
        #expect(try night.postings(BadNight.second) == ["C1 return R -40"])
        try drop(
            [line("V", "void", "100.00", of: "A", on: BadNight.third)], on: BadNight.third,
            in: night)
        #expect(try night.balance(BadNight.third) == 7)
    }

    @Test func `D-17: a void in the same file leaves no posting of either`() throws {
        let night = try BadNight()
        try drop(
            [
                line("V", "void", "100.00", of: "A"), line("A", "sale", "100.00"),
                line("B", "sale", "7.00"),
            ],
            on: BadNight.first, in: night)
        #expect(try night.postings() == ["C1 accrue B 7"])
    }

    @Test func `D-23: what was paid with points earns nothing, and comes back as points`() throws {
        let night = try BadNight()
        try drop([line("A", "sale", "100.00")], on: BadNight.first, in: night)
        try drop(
            [line("B", "sale", "100.00", paid: "40", worth: "40.00", on: BadNight.second)],
            on: BadNight.second, in: night)
        #expect(
            try night.postings(BadNight.second) == ["C1 accrue B 60", "C1 redeem B -40"])
        #expect(try night.balance(BadNight.second) == 120)
        try drop(
            [line("R", "return", "-100.00", of: "B", on: BadNight.third)], on: BadNight.third,
            in: night)
        #expect(try night.balance(BadNight.third) == 100)
    }

    @Test func `D-24: an uneven exchange is a return and a sale under one number`() throws {
        let night = try BadNight()
        try drop([line("A", "sale", "50.00")], on: BadNight.first, in: night)
        try drop(
            [
                line("E", "exchange", "-50.00", of: "A", on: BadNight.second),
                line("E", "exchange", "80.00", of: "A", on: BadNight.second),
            ], on: BadNight.second, in: night)
        #expect(try night.balance(BadNight.second) == 80)
        #expect(
            try night.postings(BadNight.second).sorted() == ["C1 accrue E 80", "C1 return E -50"])
    }

    /// The collection would mark such orders; here the kind says it, as tills do.
    @Test
    func `D-30: orders of a kind that never earns are counted, and known when they come again`()
        throws
    {
        let night = try BadNight()
        let lines = ["training", "suspended", "other"].map { line("N-\($0)", $0, "100.00") }
        try drop(lines, on: BadNight.first, in: night)
        #expect(try night.orders()?.verdicts == ["accepted": 3])
        #expect(try night.postings() == [])
        try drop(lines + [line("A", "sale", "1.00")], on: BadNight.second, in: night)
        #expect(try night.orders(BadNight.second)?.verdicts == ["accepted": 1, "duplicate": 3])
        #expect(try night.postings(BadNight.second) == ["C1 accrue A 1"])
    }
}

extension BadNight {
    /// What the only card that a night touched can spend after it.
    fileprivate func balance(_ night: String) throws -> Int? {
        try rows("balances", night).first?["available"].flatMap { Int($0) }
    }
}
