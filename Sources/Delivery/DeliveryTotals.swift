package import Loyalty
package import Storage

/// What each night wrote for each endpoint, and what ended before it closed: the rows of the report
/// deliveries.
package enum DeliveryTotals {
    /// How rows ended.
    struct Counts: Hashable {
        var acknowledged = 0
        var superseded = 0
        var refused = 0
        var givenUp = 0
    }

    /// The last row of the outbox.
    package static func lastRow(_ connection: Connection) throws -> Int64 {
        try connection.integer("SELECT max(id) FROM outbox") ?? 0
    }

    /// Counts rows as written, for the reports of a night; for the transaction that wrote them, once.
    ///
    /// - Parameters:
    ///   - night: the first one that is not posted yet, or is being posted; what is written when its
    ///     reports are made is told of by the next one.
    ///   - last: the last row that was there before.
    package static func count(
        _ connection: Connection, night: CivilDate, after last: Int64
    ) throws {
        try connection.execute(
            """
            INSERT INTO delivery_total (night, endpoint, kind, written)
            SELECT ?, endpoint, kind, count(*) FROM outbox WHERE id > ? GROUP BY endpoint, kind
            ON CONFLICT DO UPDATE SET written = written + excluded.written
            """, .date(night), .integer(Int(last)))
    }

    /// The night whose reports will tell of what ends now: the first one that is not posted yet.
    package static func openNight(_ connection: Connection) throws -> CivilDate {
        let days = try connection.integer(
            """
            SELECT coalesce(max(day) FILTER (WHERE state IN ('posted', 'closed')) + 1, min(day))
            FROM night
            """)
        return CivilDate(days: Int32(truncatingIfNeeded: days ?? 0))
    }

    /// Whether an endpoint ever took anything.
    static func hasTaken(_ connection: Connection, _ endpoint: String) throws -> Bool {
        try connection.integer(
            "SELECT 1 FROM delivery_total WHERE endpoint = ? AND acknowledged > 0 LIMIT 1",
            .text(endpoint)) != nil
    }

    /// Adds how rows of an endpoint ended.
    static func add(
        _ connection: Connection, night: CivilDate, endpoint: String, _ counts: [String: Counts]
    ) throws {
        let add = try connection.prepare(
            """
            INSERT INTO delivery_total
                (night, endpoint, kind, acknowledged, superseded, refused, given_up)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET acknowledged = acknowledged + excluded.acknowledged,
                superseded = superseded + excluded.superseded, refused = refused + excluded.refused,
                given_up = given_up + excluded.given_up
            """)
        for (kind, count) in counts where count != Counts() {
            add.bind(night, at: 1)
            add.bind(endpoint, at: 2)
            add.bind(kind, at: 3)
            add.bind(Int64(count.acknowledged), at: 4)
            add.bind(Int64(count.superseded), at: 5)
            add.bind(Int64(count.refused), at: 6)
            add.bind(Int64(count.givenUp), at: 7)
            try add.run()
        }
    }
}
