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

    /// Counts what a night has written; counting it again changes nothing.
    ///
    /// For the transaction that posts the night, when all of its rows are there.
    package static func count(_ connection: Connection, night: CivilDate) throws {
        // Rows stand in the order of their nights: what is older ends the search.
        let before =
            try connection.integer(
                "SELECT id FROM outbox WHERE night < ? ORDER BY id DESC LIMIT 1", .date(night)) ?? 0
        try connection.execute(
            """
            INSERT INTO delivery_total (night, endpoint, kind, written)
            SELECT night, endpoint, kind, count(*) FROM outbox WHERE id > ? AND night = ?
            GROUP BY night, endpoint, kind
            ON CONFLICT DO UPDATE SET written = excluded.written
            """, .integer(before), .date(night))
    }

    /// The night whose reports will tell of what ends now: the first one that is not posted yet.
    static func openNight(_ connection: Connection) throws -> CivilDate {
        let days = try connection.integer(
            """
            SELECT coalesce(max(day) FILTER (WHERE state IN ('posted', 'closed')) + 1, min(day))
            FROM night
            """)
        return CivilDate(days: Int32(truncatingIfNeeded: days ?? 0))
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
