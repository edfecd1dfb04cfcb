internal import Loyalty
internal import Storage

/// Which returns named which orders: the only writer of their table.
final class OrderLinks {
    private let texts: TextArena
    private let returns: Statement
    private let order: Statement
    private let delete: Statement
    private let insert: BulkInsert
    /// A return or void and the order that it names.
    private typealias Link = (order: OrderIdentity, back: OrderIdentity)

    /// Tonight's, which are written all at once, in the order of their keys.
    private var added: [Link] = []
    /// Sorts them where memory shouldn't hold them.
    private let sorter: SortedRuns?
    private var run: SortedRun?
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)
    /// So many of those that are on disk are written at once.
    private static let linksAtOnce = 256

    /// - Parameters:
    ///   - texts: owns the texts of what is read.
    ///   - sorter: sorts tonight's links, where memory shouldn't hold them.
    init(_ connection: Connection, texts: TextArena, sortedBy sorter: SortedRuns?) throws {
        self.texts = texts
        self.sorter = sorter
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

    deinit { key.deallocate() }

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

    // MARK: Tonight's

    func add(_ back: OrderIdentity, to order: OrderIdentity) throws {
        guard let sorter else {
            let order = OrderIdentity(system: order.system, id: texts.copy(order.id))
            return added.append((order, back))
        }
        let (orderBytes, backBytes) = (order.id.count, back.id.count)
        let bytes = UnsafeMutableRawPointer(key)
        bytes.storeBytes(of: UInt32(bitPattern: order.system).bigEndian, as: UInt32.self)
        (key + 4).update(from: order.id.start, count: orderBytes)
        // No text holds it: a shorter id comes before a longer one that begins with it.
        key[4 + orderBytes] = 0
        (key + 5 + orderBytes).update(from: back.id.start, count: backBytes)
        try sorter.add(
            ByteText(start: key, count: 5 + orderBytes + backBytes), bodyBytes: 8
        ) { target in
            target.storeBytes(of: back.system, as: Int32.self)
            target.storeBytes(of: Int32(orderBytes), toByteOffset: 4, as: Int32.self)
        }
    }

    /// Writes them.
    func write() throws {
        if let sorter {
            run = try sorter.finish()
        } else {
            added.sort { left, right in
                if left.order.system != right.order.system {
                    return left.order.system < right.order.system
                }
                if left.order.id != right.order.id { return left.order.id < right.order.id }
                return left.back.id < right.back.id
            }
        }
        try forEachBlock { links in
            try insert.rows(links.count) { row, statement, first in
                let link = links[row]
                statement.bind(Int64(link.order.system), at: first + 1)
                statement.bind(link.order.id, at: first + 2)
                statement.bind(Int64(link.back.system), at: first + 3)
                statement.bind(link.back.id, at: first + 4)
            }
        }
    }

    /// Hands out the orders that tonight's returns and voids name, once they are written; some of them again
    /// and again.
    func forEachNamed(_ body: (OrderIdentity) throws -> Void) throws {
        var last: OrderIdentity?
        try forEachBlock { links in
            for link in links where link.order != last {
                last = link.order
                try body(link.order)
            }
            // It points into the block.
            last = nil
        }
    }

    /// Hands out tonight's links in order; texts are good for as long as the block is.
    private func forEachBlock(_ body: ([Link]) throws -> Void) throws {
        guard let reader = run?.reader() else { return try body(added) }
        let texts = TextArena()
        var block: [Link] = []
        while try reader.next() {
            let key = texts.copy(reader.key)
            let system = UInt32(
                bigEndian: UnsafeRawPointer(key.start).loadUnaligned(as: UInt32.self))
            let orderBytes = Int(reader.body.loadUnaligned(fromByteOffset: 4, as: Int32.self))
            let order = OrderIdentity(
                system: Int32(bitPattern: system),
                id: ByteText(start: key.start + 4, count: orderBytes))
            let back = OrderIdentity(
                system: reader.body.loadUnaligned(as: Int32.self),
                id: ByteText(
                    start: key.start + 5 + orderBytes, count: key.count - 5 - orderBytes))
            block.append((order, back))
            guard block.count == OrderLinks.linksAtOnce else { continue }
            try body(block)
            block.removeAll(keepingCapacity: true)
            texts.removeAll()
        }
        try body(block)
    }

    private func bind(_ identity: OrderIdentity, to statement: Statement) {
        statement.bind(Int64(identity.system), at: 1)
        statement.bind(identity.id, at: 2)
    }

    private func identity(_ row: Statement) -> OrderIdentity {
        OrderIdentity(system: Int32(row.integer(0)), id: texts.copy(row.text(1)))
    }
}
