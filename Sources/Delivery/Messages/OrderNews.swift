package import Loyalty
package import Storage

/// The orders that a night took over, corrected or cancelled, as a table of this connection alone.
///
/// Stores and channels stand in the night's files only; the registry of orders has neither.
package struct OrderNews {
    static let table = "temp.night_order"

    private let batch: OrderBatch
    /// The orders, where the batch doesn't hold them.
    private let runs: OrderRuns?
    /// The store's integers of the batch's files.
    private let files: [Int64]
    /// Whether an order that stands was seen for the first time.
    private let isNew: (IncomingOrder) -> Bool

    package init(
        _ batch: OrderBatch, runs: OrderRuns?, files: [Int64],
        isNew: @escaping (IncomingOrder) -> Bool
    ) {
        self.batch = batch
        self.runs = runs
        self.files = files
        self.isNew = isNew
    }

    /// Empties the table: it can't be dropped while a statement, whichever, is half read.
    static func clear(_ connection: Connection) throws {
        try connection.execute("DELETE FROM \(table)")
    }

    func fill(_ connection: Connection, night: CivilDate) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(OrderNews.table) (system INTEGER, id TEXT, state TEXT, store TEXT, channel TEXT,
                original TEXT, PRIMARY KEY (system, id)) WITHOUT ROWID
            """)
        try OrderNews.clear(connection)
        try addBatches(connection, night)
        try addReleased(connection, night)
        try addCancelled(connection, night)
    }

    /// Those of tonight's files, wherever they are.
    private func addBatches(_ connection: Connection, _ night: CivilDate) throws {
        guard let runs else { return try add(batch, connection, night) }
        for system in batch.systems.indices {
            try runs.parts(of: system, in: batch) { part in
                try add(part, connection, night)
                return true
            }
        }
    }

    /// New ones and corrections, each where the registry has this very line.
    private func add(
        _ batch: OrderBatch, _ connection: Connection, _ night: CivilDate
    ) throws {
        let known = try connection.prepare(
            """
            SELECT file, line, night, state FROM orders WHERE system = ? AND id = ? AND member IS NOT NULL
            """)
        let insert = try connection.prepare(
            "INSERT OR IGNORE INTO \(OrderNews.table) VALUES (?, ?, ?, ?, ?, ?)")
        let systems = try batch.systems.map { name in
            try connection.integer("SELECT id FROM system WHERE name = ?", .text(name)) ?? 0
        }
        for order in batch.orders {
            let system = systems[Int(order.system)]
            known.bind(system, at: 1)
            known.bind(order.id, at: 2)
            defer { known.reset() }
            guard try known.step(), known.date(2) == night,
                known.integer(0) == files[Int(order.file)],
                known.integer(1) == Int64(order.line)
            else { continue }
            // Of what came and was cancelled in one night nobody has heard.
            guard known.integer(3) == 0 || known.integer(3) == 5 else { continue }
            insert.bind(system, at: 1)
            insert.bind(order.id, at: 2)
            insert.bind(isNew(order) ? "new" : "corrected", at: 3)
            let (store, channel) = place(of: order)
            insert.bind(orNull: store, at: 4)
            insert.bind(orNull: channel, at: 5)
            insert.bind(orNull: order.original, at: 6)
            try insert.run()
        }
    }

    private func place(of order: IncomingOrder) -> (store: ByteText, channel: ByteText) {
        let none = ByteText(start: order.text, count: 0)
        guard order.place >= 0 else { return (none, none) }
        let place = batch.places.texts[Int(order.place)]
        var at = 0
        while at < place.count, place[at] != OrderBatch.placeSeparator { at += 1 }
        guard at < place.count else { return (place, none) }
        return (
            ByteText(start: place.start, count: at),
            ByteText(start: place.start + at + 1, count: place.count - at - 1)
        )
    }

    /// Those that waited for their member until tonight.
    private func addReleased(_ connection: Connection, _ night: CivilDate) throws {
        try connection.execute(
            """
            INSERT OR IGNORE INTO \(OrderNews.table) (system, id, state, original)
            SELECT p.system, p.id, 'new', p.original FROM parked p
            JOIN orders o ON o.system = p.system AND o.id = p.id
            WHERE p.ended_on = ? AND p.outcome = 'released' AND o.state IN (0, 5)
            """, .date(night))
    }

    /// Those of earlier nights that a void or a full day took back tonight.
    private func addCancelled(_ connection: Connection, _ night: CivilDate) throws {
        try connection.execute(
            """
            INSERT OR IGNORE INTO \(OrderNews.table) (system, id, state)
            SELECT o.system, o.id, 'cancelled' FROM (
                SELECT system, source AS id FROM posting
                WHERE id BETWEEN (SELECT first_posting FROM night WHERE day = ?1)
                    AND (SELECT last_posting FROM night WHERE day = ?1)
                    AND kind = (SELECT id FROM posting_kind WHERE name = 'reverse')
                UNION SELECT r.system, r.id FROM \(OrderNews.table) n JOIN order_return r
                    INDEXED BY order_return_back ON r.return_system = n.system AND r.return_id = n.id
                    JOIN orders v ON v.system = n.system AND v.id = n.id AND v.kind = 2
            ) c JOIN orders o ON o.system = c.system AND o.id = c.id
            WHERE o.state = 6 AND o.night < ?1
            """, .date(night))
    }
}
