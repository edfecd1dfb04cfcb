import Intake
import Loyalty
import TestSupport
import Testing

/// Orders whose number alone is no identity, and orders whose lines stand apart.
@Suite struct ReceiptKeyTests {
    private static let header =
        "order_id,ordered_at,store_id,terminal_id,quantity,line_amount,original_order_id\n"
    private static let recycled = Layout.orders {
        $0.orderKey = [.storeID, .terminalID, .businessDate, .orderID]
    }

    private func read(_ layout: Layout, _ lines: [String]) throws -> ReadFile {
        try ReadFile(Self.header + lines.map { $0 + "\n" }.joined(), layout)
    }

    private func line(
        _ id: String, _ amount: String = "1.00", store: String = "S1", terminal: String = "1",
        at: String = "2026-11-16T10:00:00", of original: String = ""
    ) -> String {
        [id, at, store, terminal, "1", amount, original].joined(separator: ",")
    }

    // MARK: order_key

    @Test func `D-14: store, terminal, day and number make the identity where receipts recycle`()
        throws
    {
        let file = try read(
            Self.recycled,
            [
                line("17"), line("17", "2.00"), line("17", store: "S2"),
                line("17", store: "S2", terminal: "2"),
                line("17", store: "S2", terminal: "2", at: "2026-11-15T23:59:59"),
            ])
        #expect(
            file.orders == [
                "S1/1/2026-11-16/17 sale 300 300", "S2/1/2026-11-16/17 sale 100 100",
                "S2/2/2026-11-16/17 sale 100 100", "S2/2/2026-11-15/17 sale 100 100",
            ])
        let plain = try read(.canonical(.orders), [line("17"), line("17", store: "S2")])
        #expect(plain.orders == ["17 sale 200 200"])
    }

    @Test func `a part of the identity may be anywhere in it, but not missing`() throws {
        let layout = Layout.orders { $0.orderKey = [.orderID, .storeID] }
        let file = try read(layout, [line("17"), line("18", store: "")])
        #expect(file.orders == ["17/S1 sale 100 100"])
        #expect(file.refusals == ["3 missing_field"])
        let byTerminal = try read(Self.recycled, [line("17"), line("17", terminal: "")])
        #expect(byTerminal.refusals == ["2 order_has_rejected_line", "3 missing_field"])
        #expect(
            try ReadFile(
                "order_id,ordered_at,store_id,quantity,line_amount\n17,2026-11-16T10:00:00,S,1,1.00\n",
                Self.recycled
            ).refusals == ["2 missing_field"])
    }

    @Test func `no two receipts are written alike`() throws {
        let file = try read(
            Self.recycled,
            [line("c", store: "a/b", terminal: "1"), line("c", store: "a", terminal: "b/1")])
        #expect(
            file.orders == [
                "a//b/1/2026-11-16/c sale 100 100", "a/b//1/2026-11-16/c sale 100 100",
            ])
        let long = String(repeating: "x", count: 130)
        #expect(
            try read(Self.recycled, [line(long, store: long)]).refusals == ["2 text_too_long"])
    }

    @Test func `a bare original number is of the return's own store, where no day is needed`()
        throws
    {
        func originals(_ layout: Layout, _ original: String) throws -> [String] {
            try read(layout, [line("R", of: original)]).originals
        }
        let byStore = Layout.orders { $0.orderKey = [.storeID, .terminalID, .orderID] }
        #expect(try originals(byStore, "17") == ["S1/1/17"])
        #expect(try originals(byStore, "S9/4/17") == ["S9/4/17"])
        #expect(try originals(byStore, "") == [""])
        #expect(try originals(Self.recycled, "17") == ["17"])
        #expect(try originals(Self.recycled, "S1/1/2026-11-15/17") == ["S1/1/2026-11-15/17"])
        #expect(try originals(.canonical(.orders), "17") == ["17"])
    }

    // MARK: contiguous: false

    private static let scattered = Layout.orders { $0.isContiguous = false }

    @Test func `lines that stand apart are one order, with the content of lines that don't`() throws
    {
        let together = [line("A", "1.00"), line("A", "2.00"), line("B", "4.00"), line("B", "8.00")]
        let apart = [together[2], together[0], together[3], together[1]]
        let file = try read(Self.scattered, apart)
        #expect(file.orders == ["A sale 300 300", "B sale 1200 1200"])
        #expect(file.contents == (try read(.canonical(.orders), together)).contents)
        #expect(try read(.canonical(.orders), apart).orders.count == 4)
        let orders = file.batches.orders
        #expect(
            orders.lines(of: orders.orders[0]) == [
                OrderLines(file: 0, line: 3, lineCount: 1),
                OrderLines(file: 0, line: 5, lineCount: 1),
            ])
        #expect(
            orders.lines(of: orders.orders[1]) == [
                OrderLines(file: 0, line: 2, lineCount: 1),
                OrderLines(file: 0, line: 4, lineCount: 1),
            ])
        var counts = [VerdictCounts()]
        orders.count(orders.orders[0], .accepted, in: &counts)
        orders.count(orders.orders[1], .conflict, in: &counts)
        #expect(counts[0][.accepted] == 2 && counts[0][.conflict] == 2)
    }

    @Test func `a refused line refuses its order wherever the others stand`() throws {
        let file = try read(
            Self.scattered, [line("A"), line("B"), line("A", "x"), line("B"), line("", "1.00")])
        #expect(file.orders == ["B sale 200 200"])
        #expect(
            file.refusals == [
                "2 order_has_rejected_line", "4 amount_invalid", "6 order_id_missing",
            ])
    }

    @Test
    func `recycled numbers that stand apart are told apart by their day in the program's zone`()
        throws
    {
        var layout = Self.recycled
        layout.isContiguous = false
        layout.dates = ["ordered_at": "yyyy-MM-dd'T'HH:mm:ssXXX"]
        let file = try read(
            layout,
            [
                line("1", at: "2026-11-15T22:59:59+00:00"),
                line("1", at: "2026-11-16T00:30:00+02:00"),
                line("1", at: "2026-11-15T23:00:00+00:00"),
                line("1", at: "2026-11-16T00:10:00+01:00"),
            ])
        #expect(
            file.orders == [
                "S1/1/2026-11-15/1 sale 200 200", "S1/1/2026-11-16/1 sale 200 200",
            ])
    }

    @Test func `a line that doesn't say whose it is makes every order of the file doubtful`() throws
    {
        let lines = [line("A"), "\u{0},,", line("B")]
        #expect(try read(Self.scattered, lines).refusals == ["unreadable_line"])
        #expect(try read(Self.scattered, lines).orders == [])
    }

    @Test func `random files give the same orders however their lines are mixed`() throws {
        let seed = Int.random(in: 0..<1_000_000)
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            var lines: [String] = []
            for order in 0..<Int.random(in: 1...40, using: &random) {
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    let cents = Int.random(in: 100...999, using: &random)
                    lines.append(line("\(order)", "\(cents).00"))
                }
            }
            let together = try read(.canonical(.orders), lines)
            let mixed = try read(Self.scattered, lines.shuffled(using: &random))
            func summary(_ file: ReadFile) -> Set<String> {
                Set(zip(file.orders, file.contents).map { "\($0) \($1.high) \($1.low)" })
            }
            #expect(summary(together) == summary(mixed), "seed \(seed)")
            #expect(together.refusals == [] && mixed.refusals == [], "seed \(seed)")
        }
    }
}
