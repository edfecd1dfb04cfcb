internal import Loyalty
internal import Storage

/// What orders came to, for burns that have a least purchase.
///
/// Burn and order may come in different files and nights, in either order.
final class OrderAmounts {
    private let connection: Connection
    private let net: Statement

    init(_ connection: Connection) throws {
        self.connection = connection
        net = try connection.prepare(
            """
            SELECT o.net FROM code_system c JOIN system s ON s.name = c.name
            JOIN orders o ON o.system = s.id AND o.id = ?2 WHERE c.id = ?1
            """)
    }

    /// What the line says, else the order of the same system; nil where neither is known.
    func amount(of burn: Burn) throws -> MinorUnits? {
        if let amount = burn.orderAmount { return amount }
        guard !burn.receipt.isEmpty else { return nil }
        net.bind(Int64(burn.system), at: 1)
        net.bind(burn.receipt, at: 2)
        defer { net.reset() }
        return try net.step() ? net.integer(0) : nil
    }
}
