package import Storage

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

    /// Notes that a person must look at an endpoint before anything goes there.
    package static func halt(
        _ connection: Connection, _ endpoint: String, _ detail: String, at now: Int
    ) throws {
        var breaker = try load(connection, endpoint, limit: 1)
        breaker.halt(detail, at: now)
        try breaker.save(connection, endpoint)
    }

    func save(_ connection: Connection, _ endpoint: String) throws {
        try connection.execute(
            "INSERT OR REPLACE INTO endpoint_state VALUES (?, ?, ?, ?, ?, ?)", .text(endpoint),
            .integer(failures), .integer(openings), .integer(closedUntil),
            .text(orNull: detail), .integer(failedAt))
    }
}
