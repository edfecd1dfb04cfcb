internal import Loyalty
internal import Storage

/// Whose card it is, as the register asks: one look-up a card.
final class CardHolders {
    struct Holder {
        var member: Int32
        /// The name of his tier.
        var tier: String
        var isActive: Bool
    }

    private let find: Statement

    init(_ connection: Connection) throws {
        find = try connection.prepare(
            """
            SELECT m.id, t.name, m.status FROM card c JOIN member m ON m.id = c.member
            JOIN tier t ON t.id = m.tier WHERE c.card = ?
            """)
    }

    /// The member of a card; nil where nobody has it.
    func holder(of card: ByteText) throws -> Holder? {
        find.bind(card, at: 1)
        defer { find.reset() }
        guard try find.step() else { return nil }
        return Holder(
            member: Int32(find.integer(0)), tier: find.string(1), isActive: find.integer(2) == 0)
    }

    /// Whether two cards are of one member; two that nobody has, where they are the same text.
    func areOfOne(_ left: ByteText, _ right: ByteText) throws -> Bool {
        if left == right { return true }
        guard let one = try holder(of: left), let other = try holder(of: right) else {
            return false
        }
        return one.member == other.member
    }
}
