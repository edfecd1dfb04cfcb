internal import Loyalty
internal import Storage

/// Which orders the files of a day had that were the whole of it: the only writer of their table.
///
/// Memory holds none of them: tonight's go to the store as they are settled, and it says what is missing.
final class DayOrders {
    private let earlier: Statement
    private let missing: Statement
    private let has: Statement
    private let insert: BulkInsert
    /// The files of tonight, which the store does not name yet.
    private var tonight: [WholeDay: [Int64]] = [:]

    init(_ connection: Connection) throws {
        earlier = try connection.prepare(
            "SELECT id FROM file WHERE job = ? AND system IS ? AND day = ? AND is_full_day = 1")
        // Both files lie in the order of this key: looking for one in the other walks through both.
        missing = try connection.prepare(
            """
            SELECT d.system, d.id FROM day_order d
            WHERE d.file = ?1 AND NOT EXISTS (
                SELECT 1 FROM day_order n WHERE n.file = ?2 AND n.system = d.system AND n.id = d.id)
            ORDER BY d.system, d.id
            """)
        has = try connection.prepare(
            "SELECT 1 FROM day_order WHERE file = ? AND system = ? AND id = ?")
        insert = try BulkInsert(
            connection, "INSERT OR IGNORE", into: "day_order", ["file", "system", "id"])
    }

    /// Adds orders of a file.
    func add(_ orders: [OrderIdentity], of file: Int64) throws {
        let sorted = orders.sorted { left, right in
            left.system != right.system ? left.system < right.system : left.id < right.id
        }
        try insert.rows(sorted.count) { row, statement, first in
            statement.bind(file, at: first + 1)
            statement.bind(Int64(sorted[row].system), at: first + 2)
            statement.bind(sorted[row].id, at: first + 3)
        }
    }

    /// Hands out what the files of a day so far had and the next one of it lacks, some of it several times.
    ///
    /// - Parameters:
    ///   - later: files of tonight and of this day behind it: what they have is there again.
    ///   - body: is given texts that are good until it returns.
    func forEach(
        missingIn file: Int64, of day: WholeDay, before later: [Int64],
        _ body: (OrderIdentity) throws -> Void
    ) throws {
        for other in try files(of: day) {
            missing.bind(other, at: 1)
            missing.bind(file, at: 2)
            defer { missing.reset() }
            while try missing.step() {
                let order = OrderIdentity(
                    system: Int32(missing.integer(0)), id: missing.text(1))
                if try !later.contains(where: { try has($0, order) }) { try body(order) }
            }
        }
    }

    private func has(_ file: Int64, _ order: OrderIdentity) throws -> Bool {
        has.bind(file, at: 1)
        has.bind(Int64(order.system), at: 2)
        has.bind(order.id, at: 3)
        defer { has.reset() }
        return try has.step()
    }

    /// Counts a file among those of its day.
    func end(_ file: Int64, of day: WholeDay) { tonight[day, default: []].append(file) }

    private func files(of day: WholeDay) throws -> [Int64] {
        earlier.bind(day.job, at: 1)
        if let system = day.system { earlier.bind(system, at: 2) } else { earlier.bindNull(at: 2) }
        earlier.bind(day.day, at: 3)
        defer { earlier.reset() }
        var files = tonight[day] ?? []
        while try earlier.step() { files.append(earlier.integer(0)) }
        return files
    }
}
