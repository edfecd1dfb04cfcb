internal import Storage

extension Breaker {
    /// As the store has it.
    static func load(_ connection: Connection, _ endpoint: String, limit: Int) throws -> Breaker {
        var breaker = Breaker(limit: limit)
        try connection.forEach(
            """
            SELECT failures, openings, closed_until, detail, failed_at FROM endpoint_state
            WHERE endpoint = ?
            """, .text(endpoint)
        ) { row in
            breaker = Breaker(
                limit: limit, failures: Int(row.integer(0)), openings: Int(row.integer(1)),
                closedUntil: row.isNull(2) ? nil : Int(row.integer(2)),
                detail: row.isNull(3) ? nil : row.string(3),
                failedAt: row.isNull(4) ? nil : Int(row.integer(4)))
        }
        return breaker
    }

    func save(_ connection: Connection, _ endpoint: String) throws {
        try connection.execute(
            "INSERT OR REPLACE INTO endpoint_state VALUES (?, ?, ?, ?, ?, ?)", .text(endpoint),
            .integer(failures), .integer(openings), .integer(closedUntil),
            .text(orNull: detail), .integer(failedAt))
    }
}
