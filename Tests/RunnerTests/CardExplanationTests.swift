import Ledger
import Loyalty
import Runner
import TestSupport
import Testing

/// `explain`: why a card has its points.
@Suite struct CardExplanationTests {
    private func explain(_ card: String, on day: String? = nil) throws -> CardExplanation {
        let nights = try AuditedShop.make()
        return try Workspace(folder: nights.folder.path).explain(
            card, on: day.flatMap(CivilDate.init))
    }

    private func words(_ line: CardExplanation.Line) -> String {
        "\(line.night) \(line.kind.name) \(line.points) \(line.source): \(line.rule)"
            + (line.file.map { " [\($0):\(line.fileLine)]" } ?? "")
    }

    @Test func `each posting with its file, line and arithmetic`() throws {
        let found = try explain("C1")
        #expect(
            found.lines.map(words) == [
                "2024-03-01 accrue 10 A1: 10.00 × ratio 1 × tier 1, floor → 10 "
                    + "[orders-pos-2024-03-01.csv:2]",
                "2024-03-01 accrue 20 A2: 20.00 × ratio 1 × tier 1, floor → 20 "
                    + "[orders-pos-2024-03-01.csv:3]",
                "2024-03-02 return -4 RA1: return of order A1 [orders-pos-2024-03-02.csv:2]",
            ])
        #expect(found.balances.map(\.balance.available) == [26])
        #expect(
            found.lots.map { "\($0.id) \($0.remaining)/\($0.points)" } == ["A2 20/20", "A1 6/10"])
        #expect(found.balances[0].balance.nextExpiresOn == CivilDate("2024-03-09"))
        #expect(found.day == CivilDate("2024-03-04"))
    }

    @Test func `debts, their repayment and opening lots`() throws {
        #expect(
            try explain("C2").lines.map(words).suffix(3) == [
                "2024-03-03 accrue 10 B2: 10.00 × ratio 1 × tier 1, floor → 10 "
                    + "[orders-pos-2024-03-03.csv:2]",
                "2024-03-03 repay 3 B2: a debt is repaid by what is earned next "
                    + "[orders-pos-2024-03-03.csv:2]",
                "2024-03-03 repay -3 B2: a debt is repaid by what is earned next "
                    + "[orders-pos-2024-03-03.csv:2]",
            ])
        let opening = try explain("C3")
        #expect(
            opening.lines.map(words) == ["2024-02-29 accrue 40 L1: open before the first night"])
        #expect(opening.lots.map(\.remaining) == [40])
    }

    @Test func `a corrected lot has the dates of its new version, as its balance has`() throws {
        let nights = try AuditedStory.movedSale.make()
        let found = try Workspace(folder: nights.folder.path).explain("C1", on: nil)
        #expect(
            found.lots.map {
                "\($0.id) \($0.remaining)/\($0.points) \($0.activeOn) \($0.expiresOn)"
            }
                == ["A 25/30 2024-03-02 2024-03-05"])
        let stored = try LedgerDump.rows(
            of: nights.store,
            "SELECT next_expires_on, next_expiring_points FROM balance ORDER BY night DESC LIMIT 1")
        let said = found.balances[0].balance
        #expect(stored == ["\(said.nextExpiresOn.days)|\(said.nextExpiringPoints)"])
    }

    @Test func `as of an earlier night`() throws {
        let found = try explain("C2", on: "2024-03-02")
        #expect(found.balances[0].balance.debt == 3 && found.lots.isEmpty)
        #expect(found.lines.last?.night == CivilDate("2024-03-02"))
    }

    @Test(arguments: [
        ("C4", "C4: nobody has this card; did you mean C1, C2, C3?"),
        ("c 1", "c 1: nobody has this card; no members file named it"),
        ("1C", "1C: nobody has this card; did you mean C1?"),
        ("X", "X: nobody has this card; no members file named it"),
    ]) func `a card that nobody has, and those that may be meant`(card: String, text: String) throws
    {
        #expect {
            _ = try explain(card)
        } throws: { error in
            "\(error)" == text && (error as? RunnerError)?.status == .data
        }
    }

    /// Every account of every member, as of every night; of those who were merged one card tells both
    /// histories, before the merge too.
    @Test(arguments: 1...6) func `balances as of a night are those of its report`(seed: Int) throws
    {
        let shop = RandomShop(seed: seed)
        let nights = try Nights(shop)
        for night in shop.nights { try nights.drop(shop.files(of: night)) }
        try nights.close(through: shop.nights.last?.date)
        let workspace = try Workspace(folder: nights.folder.path)
        let rows = try LedgerDump.rows(
            of: nights.store,
            """
            SELECT m.card, b.night, b.account, b.available, b.pending, b.debt
            FROM balance b JOIN member m ON m.id = b.member
            WHERE NOT EXISTS (SELECT 1 FROM merge WHERE victim = m.id OR survivor = m.id)
            """)
        for row in rows {
            let cells = row.split(separator: "|").map(String.init)
            let numbers = cells.dropFirst().compactMap { Int64($0) }
            let day = CivilDate(days: Int32(numbers[0]))
            let held = try workspace.explain(cells[0], on: day).balances[Int(numbers[1])].balance
            #expect(
                [held.available, held.pending, held.debt] == Array(numbers[2...]),
                "\(row), seed \(seed)")
        }
    }
}
