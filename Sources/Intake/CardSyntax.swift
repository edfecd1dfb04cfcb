internal import Loyalty
internal import Settings
internal import Tabular

/// How a layout says that cards are written; looked at once a record, never once a line of an order.
///
/// A check digit costs nothing to speak of. A pattern is a regular expression, and each card that differs from
/// the one before it is matched anew: about a microsecond each.
struct CardSyntax {
    private let pattern: TextPattern?
    private let check: Layout.Check?

    init(_ layout: Layout) throws {
        do throws(SettingsProblem) {
            pattern = try TextPattern(orNone: layout.cardPattern)
        } catch {
            throw FileRefusal(.badHeader, "the layout's card_pattern: \(error.message)")
        }
        check = layout.check
    }

    /// Reads a card; empty where there is none.
    func read(
        _ column: Columns.Column, _ record: CSVRecord, _ columns: Columns
    ) throws(LineFlaw) -> ByteText {
        let card = try columns.value(column, record)
        if let reason = flaw(of: card) { throw LineFlaw(reason, column) }
        return card
    }

    /// What is wrong with a card.
    func flaw(of card: ByteText) -> Reason? {
        if card.count > TextBuffer.capacity { return .textTooLong }
        if card.isSpreadsheetDamage { return .spreadsheetDamage }
        return allows(card) ? nil : .cardSyntax
    }

    /// Whether a card is written so; an empty one is none.
    private func allows(_ card: ByteText) -> Bool {
        if card.isEmpty { return true }
        switch check {
        case .ean13 where !CardSyntax.isEAN13(card): return false
        case .luhn where !CardSyntax.isLuhn(card): return false
        default: break
        }
        return pattern?.matches(card) ?? true
    }

    /// Thirteen digits, the last of which makes the weighted sum (1, 3, 1, …) a multiple of ten.
    private static func isEAN13(_ card: ByteText) -> Bool {
        guard card.count == 13 else { return false }
        var sum = 0
        for index in 0..<13 {
            let digit = card[index] &- 48
            guard digit <= 9 else { return false }
            sum += Int(digit) * (index % 2 == 0 ? 1 : 3)
        }
        return sum % 10 == 0
    }

    /// Two digits or more; from the right every second one is doubled, and the sum of all digits is a
    /// multiple of ten.
    private static func isLuhn(_ card: ByteText) -> Bool {
        guard card.count >= 2 else { return false }
        var sum = 0
        for place in 0..<card.count {
            let digit = card[card.count - 1 - place] &- 48
            guard digit <= 9 else { return false }
            let value = Int(digit) * (place % 2 == 0 ? 1 : 2)
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}
