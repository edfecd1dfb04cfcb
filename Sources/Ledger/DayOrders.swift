internal import Loyalty
internal import Storage

/// Which orders the files of a day had that were the whole of it: the only writer of their table.
final class DayOrders {
    private let texts: TextArena
    private let known: Statement
    private let insert: BulkInsert
    /// The files of tonight, which the store does not name yet.
    private var tonight: [WholeDay: [OrderIdentity]] = [:]

    /// - Parameter texts: owns the texts of what is read.
    init(_ connection: Connection, texts: TextArena) throws {
        self.texts = texts
        known = try connection.prepare(
            """
            SELECT DISTINCT d.system, d.id FROM file f JOIN day_order d ON d.file = f.id
            WHERE f.job = ? AND f.system IS ? AND f.day = ? AND f.is_full_day = 1
            ORDER BY d.system, d.id
            """)
        insert = try BulkInsert(
            connection, "INSERT OR IGNORE", into: "day_order", ["file", "system", "id"])
    }

    /// The orders of all files of a day so far.
    func orders(of day: WholeDay) throws -> [OrderIdentity] {
        known.bind(day.job, at: 1)
        if let system = day.system { known.bind(system, at: 2) } else { known.bindNull(at: 2) }
        known.bind(day.day, at: 3)
        defer { known.reset() }
        var orders = tonight[day] ?? []
        while try known.step() {
            orders.append(
                OrderIdentity(system: Int32(known.integer(0)), id: texts.copy(known.text(1))))
        }
        return orders
    }

    func add(_ orders: Set<OrderIdentity>, file: Int64, of day: WholeDay) throws {
        let sorted = orders.sorted { left, right in
            left.system != right.system ? left.system < right.system : left.id < right.id
        }
        tonight[day, default: []] += sorted
        try insert.rows(sorted.count) { row, statement, first in
            statement.bind(file, at: first + 1)
            statement.bind(Int64(sorted[row].system), at: first + 2)
            statement.bind(sorted[row].id, at: first + 3)
        }
    }
}
