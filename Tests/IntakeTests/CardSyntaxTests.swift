import Intake
import Loyalty
import TestSupport
import Testing

/// Cards that are not written as the layout says.
@Suite struct CardSyntaxTests {
    private func refusals(_ cards: [String], _ change: (inout Layout) -> Void) throws -> [String] {
        var layout = Layout.canonical(.members)
        change(&layout)
        return try ReadFile("card_code\n" + cards.map { $0 + "\n" }.joined(), layout).refusals
    }

    @Test func `D-13: the check digit of an EAN-13`() throws {
        let cards = ["2171707962088", "2171707962089", "217170796208", "2171707962O88"]
        #expect(
            try refusals(cards) { $0.check = .ean13 } == [
                "3 card_syntax", "4 card_syntax", "5 card_syntax",
            ])
        #expect(try refusals(cards) { _ in } == [])
    }

    @Test func `D-13: the check digit of Luhn`() throws {
        #expect(
            try refusals(["79927398713", "79927398710", "0", "18", "1x"]) { $0.check = .luhn } == [
                "3 card_syntax", "4 card_syntax", "6 card_syntax",
            ])
    }

    @Test func `a pattern must match the whole card`() throws {
        #expect(
            try refusals(["M-123", "M-12", "xM-123", "M-1234"]) { $0.cardPattern = "M-[0-9]{3}" }
                == [
                    "3 card_syntax", "4 card_syntax", "5 card_syntax",
                ])
    }

    @Test(arguments: [
        RecordKind.members, .tiers, .orders, .adjustments, .openingLots, .openingOrders,
    ])
    func `every kind that has cards looks at them, and at nothing but cards`(_ kind: RecordKind)
        throws
    {
        var layout = Layout.canonical(kind)
        layout.cardPattern = "[0-9]+"
        layout.nulls = [""]
        let text = kind.template.replacing("EXAMPLE-ORDER", with: "O")
        let row = { (card: String) in text.replacing("EXAMPLE-CARD", with: card) }
        #expect(try ReadFile(row("123"), layout).refusals == [])
        #expect(try ReadFile(row("12x"), layout).refusals == ["2 card_syntax"])
    }

    @Test func `an anonymous order has no card to look at`() throws {
        let text = "order_id,ordered_at,store_id,card_code,quantity,line_amount\n"
        let layout = Layout.orders { $0.check = .ean13 }
        let rows = "1,2026-11-16T10:00:00,S,,1,1.00\n2,2026-11-16T10:00:00,S,C,1,1.00\n"
        #expect(try ReadFile(text + rows, layout).refusals == ["3 card_syntax"])
    }
}
