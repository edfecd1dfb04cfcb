package import Loyalty
package import Storage

/// Empties what was told long ago: the row and its key stay, so that no effect is ever written twice.
package enum OutboxPruning {
    /// Rows that are looked at together.
    private static let step: Int64 = 10_000

    /// Empties the messages of nights before one that were taken, or that a later night said anew.
    ///
    /// What was refused or given up stays as it is, for it may be taken up by hand. Rows that name a file do too: their names are
    /// what tells a report that was sent from one that wasn't.
    ///
    /// - Returns: how many were emptied.
    package static func empty(before first: CivilDate, _ connection: Connection) throws -> Int {
        let look = try connection.prepare(
            """
            SELECT count(*) FILTER (WHERE payload = '{}') FROM outbox WHERE id BETWEEN ?1 AND ?2
            """)
        let update = try connection.prepare(
            """
            UPDATE outbox SET payload = '{}' WHERE id BETWEEN ?1 AND ?2 AND night < ?3
                AND state IN ('acknowledged', 'superseded') AND payload <> '{}'
                AND json_type(payload, '$.sha256') IS NULL
            """)
        var emptied = 0
        // Backwards: behind a part of which all has been emptied before there is nothing to do.
        var last = try lastRow(before: first, connection)
        while last > 0 {
            let start = max(1, last - step + 1)
            look.bind(start, at: 1)
            look.bind(last, at: 2)
            let hasEmpty = try look.step() && look.integer(0) > 0
            look.reset()
            update.bind(start, at: 1)
            update.bind(last, at: 2)
            update.bind(first, at: 3)
            try update.run()
            emptied += connection.changes
            if hasEmpty, connection.changes == 0 { break }
            last = start - 1
        }
        return emptied
    }

    /// The files of nights before one that may still be sent, from the workspace's folder on: of rows that wait, and of those that were
    /// refused or given up, which may be taken up by hand.
    package static func neededFiles(
        before first: CivilDate, _ connection: Connection
    ) throws -> Set<String> {
        var files: Set<String> = []
        try connection.forEach(
            """
            SELECT json_extract(payload, '$.file') FROM (
                SELECT night, payload FROM outbox WHERE state IN ('pending', 'sending')
                UNION ALL SELECT o.night, o.payload FROM delivery_exception x JOIN outbox o ON o.id = x.row
                    WHERE o.state IN ('refused', 'given_up'))
            WHERE night < ? AND json_type(payload, '$.sha256') IS NOT NULL
            """, .date(first)
        ) { files.insert($0.string(0)) }
        return files
    }

    /// The last row of the nights before one: ids grow with the nights.
    private static func lastRow(before first: CivilDate, _ connection: Connection) throws -> Int64 {
        var (known, beyond): (Int64, Int64) = (0, try DeliveryTotals.lastRow(connection) + 1)
        while beyond - known > 1 {
            let middle = (known + beyond) / 2
            let isBefore = try connection.integer(
                "SELECT night < ? FROM outbox WHERE id >= ? ORDER BY id LIMIT 1", .date(first),
                .integer(middle))
            if isBefore == 1 { known = middle } else { beyond = middle }
        }
        return known
    }
}
