internal import Intake
internal import Loyalty
internal import Storage

/// What status says of rewards and codes.
extension WorkspaceStatus {
    /// Lines of the register that wait, and stocks that run low.
    mutating func readCodes(_ last: CivilDate?, _ connection: Connection) throws {
        let tomorrow = (last.map { $0.adding(days: 1) } ?? CivilDate(days: 0)).midnight
        // A line that waits for its day says so by its time alone.
        for (records, time, reason, table) in [
            (RecordKind.burns, "burned_at", "outcome", "burn WHERE state = 1"),
            (.claims, "claimed_at", "coalesce(reason, 'unknown_member')", "claim WHERE state = 2"),
            (.events, "occurred_at", "'unknown_member'", "program_event WHERE state = 1"),
            (.giftCodes, "used_at", "'unknown_member'", "gift_use"),
        ] {
            try connection.forEach(
                """
                SELECT CASE WHEN \(time) >= ?1 THEN 'later_day' ELSE \(reason) END AS why, count(*),
                    min(night)
                FROM \(table) GROUP BY why ORDER BY why
                """, .integer(Int(tomorrow))
            ) { row in
                parked.append(
                    Parked(
                        records: records, reason: row.string(0), count: row.integer(1),
                        oldest: row.date(2)))
            }
        }
        if let last { try readLowStock(last, connection) }
    }

    private mutating func readLowStock(_ night: CivilDate, _ connection: Connection) throws {
        try connection.forEach(
            """
            SELECT r.name, available, threshold, action, days_left
            FROM low_stock l JOIN reward r ON r.id = l.reward WHERE night = ? ORDER BY r.name
            """, .date(night)
        ) { row in
            lowStock.append(
                LowStock(
                    reward: row.string(0), available: row.integer(1), threshold: row.integer(2),
                    action: row.string(3), daysLeft: row.isNull(4) ? nil : row.integer(4)))
        }
    }
}
