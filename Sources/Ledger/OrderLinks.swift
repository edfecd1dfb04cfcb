internal import Loyalty
internal import Storage

/// Which returns named which orders: the only writer of their table.
final class OrderLinks {
    private let texts: TextArena
    private let returns: Statement
    private let order: Statement
    private let delete: Statement
    private let insert: BulkInsert
    /// Tonight's, which are written all at once, in the order of their keys.
    private var added: [(order: OrderIdentity, back: OrderIdentity)] = []

    /// - Parameter texts: owns the texts of what is read.
    init(_ connection: Connection, texts: TextArena) throws {
        self.texts = texts
        returns = try connection.prepare(
            """
            SELECT return_system, return_id FROM order_return WHERE system = ? AND id = ?
            ORDER BY return_system, return_id
            """)
        order = try connection.prepare(
            "SELECT system, id FROM order_return WHERE return_system = ? AND return_id = ?")
        delete = try connection.prepare(
            "DELETE FROM order_return WHERE return_system = ? AND return_id = ?")
        insert = try BulkInsert(
            connection, "INSERT OR IGNORE", into: "order_return",
            ["system", "id", "return_system", "return_id"])
    }

    /// The returns that were linked to an order in earlier nights.
    func returns(of order: OrderIdentity) throws -> [OrderIdentity] {
        bind(order, to: returns)
        defer { returns.reset() }
        var found: [OrderIdentity] = []
        while try returns.step() { found.append(identity(returns)) }
        return found
    }

    /// The order that a return was linked to in an earlier night.
    func order(of back: OrderIdentity) throws -> OrderIdentity? {
        bind(back, to: order)
        defer { order.reset() }
        return try order.step() ? identity(order) : nil
    }

    func remove(_ back: OrderIdentity) throws {
        bind(back, to: delete)
        try delete.run()
    }

    /// The orders that tonight's returns and voids name.
    private(set) var named: Set<OrderIdentity> = []

    func add(_ back: OrderIdentity, to order: OrderIdentity) {
        named.insert(order)
        added.append((order, back))
    }

    /// Writes tonight's links.
    func write() throws {
        added.sort { left, right in
            if left.order.system != right.order.system {
                return left.order.system < right.order.system
            }
            if left.order.id != right.order.id { return left.order.id < right.order.id }
            return left.back.id < right.back.id
        }
        try insert.rows(added.count) { row, statement, first in
            let link = added[row]
            statement.bind(Int64(link.order.system), at: first + 1)
            statement.bind(link.order.id, at: first + 2)
            statement.bind(Int64(link.back.system), at: first + 3)
            statement.bind(link.back.id, at: first + 4)
        }
        added.removeAll()
    }

    private func bind(_ identity: OrderIdentity, to statement: Statement) {
        statement.bind(Int64(identity.system), at: 1)
        statement.bind(identity.id, at: 2)
    }

    private func identity(_ row: Statement) -> OrderIdentity {
        OrderIdentity(system: Int32(row.integer(0)), id: texts.copy(row.text(1)))
    }
}
