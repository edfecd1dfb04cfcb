import Intake
import Loyalty
import TestSupport
import Testing

/// Orders whose header and lines come in two files.
@Suite struct OrderHalvesTests {
    private static let headers = Layout.orders { $0.lines = .orderItems }
    private static let columns = "order_id,ordered_at,store_id,card_code,kind,points_paid\n"
    private static let itemColumns = "order_id,product_id,quantity,line_amount,tax_amount\n"

    private enum File {
        case headers([String])
        case items([String])
    }

    private func header(_ id: String, card: String = "C1", kind: String = "", paid: String = "")
        -> String
    {
        "\(id),2026-11-16T10:00:00,S1,\(card),\(kind),\(paid)"
    }

    /// What the files come to: orders, then `file:line reason` of what is refused in the end.
    private func night(
        _ files: [File], program: Program = .plain
    ) throws -> (orders: [String], refusals: [String], batch: OrderBatch) {
        let batches = Batches(tiers: [])
        var read: [ReadFile] = []
        for (index, file) in files.enumerated() {
            let (columns, lines, layout): (String, [String], Layout) =
                switch file {
                case .headers(let lines): (Self.columns, lines, Self.headers)
                case .items(let lines): (Self.itemColumns, lines, .canonical(.orderItems))
                }
            read.append(
                try ReadFile(
                    columns + lines.map { $0 + "\n" }.joined(), layout, program: program,
                    into: batches, file: Int32(index)))
        }
        var refusals = read.enumerated().flatMap { index, file in
            file.refusals.map { "\(index):\($0)" }
        }
        for refusal in try batches.halves.join(into: batches.orders, program: program) {
            for line in refusal.line..<refusal.line + refusal.lineCount {
                refusals.append("\(refusal.file):\(line) \(refusal.reason.name)")
            }
        }
        return (read.first?.orders ?? [], refusals.sorted(), batches.orders)
    }

    @Test func `header and items make the order, in either order of the files`() throws {
        let headers = File.headers([header("A", paid: "5"), header("B", card: "")])
        let items = File.items(["A,P1,1,12.00,2.00", "A,P2,2,6.00,1.00", "B,P1,-1,-12.00,-2.00"])
        let net = Program.earning(on: .netOfTax)
        let one = try night([headers, items], program: net)
        let other = try night([items, headers], program: net)
        #expect(one.orders == ["A sale 1800 1500 paid 5", "B return -1200 -1000"])
        #expect(other.orders == one.orders)
        #expect(one.batch.orders.map(\.content) == other.batch.orders.map(\.content))
        #expect(one.batch.orders.map(\.date) == other.batch.orders.map(\.date))
        #expect(one.batch.cards.texts.map(\.string) == ["C1"])
        #expect(one.refusals == [] && other.refusals == [])
        #expect(
            one.batch.lines(of: one.batch.orders[0]) == [
                OrderLines(file: 0, line: 2, lineCount: 1),
                OrderLines(file: 1, line: 2, lineCount: 2),
            ])
    }

    @Test func `D-8: one half without the other is refused, and may be dropped again`() throws {
        let night = try night([
            .headers([header("A"), header("B")]),
            .items(["B,P,1,1.00,", "C,P,1,1.00,", "C,Q,1,1.00,"]),
        ])
        #expect(night.orders == ["B sale 100 100"])
        #expect(
            night.refusals == [
                "0:2 order_without_items", "1:3 items_without_order", "1:4 items_without_order",
            ])
    }

    @Test func `an order is refused whole across both files`() throws {
        let night = try night([
            .headers([header("A"), header("B", kind: "gift"), header("C")]),
            .items(["A,P,1,1.00,", "A,Q,x,1.00,", "B,P,1,1.00,", "C,P,1,1.00,"]),
        ])
        #expect(night.orders == ["C sale 100 100"])
        #expect(
            night.refusals == [
                "0:2 order_has_rejected_line", "0:3 value_unknown", "1:2 order_has_rejected_line",
                "1:3 quantity_invalid", "1:4 order_has_rejected_line",
            ])
    }

    @Test func `either half alone changes the content`() throws {
        let plain = try content(of: header("A"), "A,P,1,1.00,")
        #expect(try content(of: header("A"), "A,P,1,1.00,") == plain)
        #expect(try content(of: header("A", card: "C2"), "A,P,1,1.00,") != plain)
        #expect(try content(of: header("A"), "A,P,1,1.01,") != plain)
        #expect(try content(of: header("A"), "A,Q,1,1.00,") != plain)
    }

    private func content(of header: String, _ item: String) throws -> ContentHash {
        let night = try night([.headers([header]), .items([item])])
        return try #require(night.batch.orders.first).content
    }

    @Test func `versions of one night stand one behind the other, and every line counts once`()
        throws
    {
        let night = try night([
            .headers([header("A")]), .items(["A,P,1,1.00,"]), .headers([header("A")]),
            .items(["A,P,1,2.00,"]), .headers([header("A", card: "C2")]),
        ])
        #expect(night.orders == ["A sale 100 100", "A sale 200 200", "A sale 200 200"])
        var counts = [VerdictCounts](repeating: VerdictCounts(), count: 5)
        for order in night.batch.orders { night.batch.count(order, .accepted, in: &counts) }
        #expect(counts.map { $0[.accepted] } == [1, 1, 1, 1, 1])
        let contents = night.batch.orders.map(\.content)
        #expect(Set(contents).count == 3)
    }

    @Test func `an exchange, a void and goods paid with points are what their header says`() throws
    {
        let night = try night([
            .headers([
                header("A", kind: "exchange"), header("B", kind: "void"), header("C", paid: "7"),
            ]),
            .items(["A,P,1,9.00,", "A,Q,-1,-4.00,", "B,P,1,9.00,", "C,P,1,9.00,"]),
        ])
        #expect(
            night.orders == [
                "A exchange 500 900 back 400", "B void 900 0", "C sale 900 900 paid 7",
            ])
    }

    @Test func `orders of other files keep their place among the joined ones`() throws {
        let batches = Batches(tiers: [])
        let header =
            "order_id,ordered_at,store_id,card_code,kind,points_paid\nB,2026-11-16T10:00:00,S1,C1,,\n"
        _ = try ReadFile(header, Self.headers, into: batches, file: 0)
        let whole = "order_id,ordered_at,store_id,quantity,line_amount\n"
        let file = try ReadFile(
            whole + "A,2026-11-16T10:00:00,S1,1,1.00\n", .canonical(.orders), into: batches, file: 1
        )
        let items = "order_id,quantity,line_amount\nB,1,5.00\n"
        _ = try ReadFile(items, .canonical(.orderItems), into: batches, file: 2)
        #expect(try batches.halves.join(into: batches.orders, program: .plain).isEmpty)
        #expect(file.orders == ["B sale 500 500", "A sale 100 100"])
        #expect(try batches.halves.join(into: batches.orders, program: .plain).isEmpty)
        #expect(file.orders.count == 2)
    }

    @Test func `a file that is refused whole leaves no half of an order`() throws {
        let batches = Batches(tiers: [])
        let cut = Self.itemColumns + "A,P,1,1.00,\nB,P"
        let file = try ReadFile(cut, .canonical(.orderItems), into: batches)
        #expect(file.refusals == ["truncated"])
        let header = Self.columns + "A,2026-11-16T10:00:00,S1,C1,,\n"
        _ = try ReadFile(header, Self.headers, into: batches, file: 1)
        #expect(
            try batches.halves.join(into: batches.orders, program: .plain).map(\.reason) == [
                .orderWithoutItems
            ])
    }
}
