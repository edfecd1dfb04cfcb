package import Storage

/// Holds the outbox against the totals that the report deliveries is made of.
package struct DeliveryAudit {
    private let connection: Connection
    private let found: (String, String) throws -> Void

    /// - Parameter found: hears of the endpoint and kind, and of what doesn't agree.
    package init(_ connection: Connection, found: @escaping (String, String) throws -> Void) {
        self.connection = connection
        self.found = found
    }

    package func run() throws {
        // Rows that ended may be gone by now: none that is there is not counted.
        try connection.forEach(
            """
            WITH rows AS (
                SELECT endpoint, kind, sum(state IN ('pending', 'sending')) AS waiting,
                    sum(state = 'acknowledged') AS acknowledged,
                    sum(state = 'superseded') AS superseded, sum(state = 'refused') AS refused,
                    sum(state = 'given_up') AS given_up
                FROM outbox GROUP BY 1, 2),
            totals AS (
                SELECT endpoint, kind,
                    sum(written - acknowledged - superseded - refused - given_up) AS waiting,
                    sum(acknowledged) AS acknowledged, sum(superseded) AS superseded,
                    sum(refused) AS refused, sum(given_up) AS given_up
                FROM delivery_total GROUP BY 1, 2)
            SELECT k.endpoint, k.kind, coalesce(r.waiting, 0) AS w, coalesce(t.waiting, 0) AS tw,
                coalesce(r.acknowledged, 0) AS a, coalesce(t.acknowledged, 0) AS ta,
                coalesce(r.superseded, 0) AS s, coalesce(t.superseded, 0) AS ts,
                coalesce(r.refused, 0) AS f, coalesce(t.refused, 0) AS tf,
                coalesce(r.given_up, 0) AS g, coalesce(t.given_up, 0) AS tg
            FROM (SELECT endpoint, kind FROM rows UNION SELECT endpoint, kind FROM totals) k
            LEFT JOIN rows r ON r.endpoint = k.endpoint AND r.kind = k.kind
            LEFT JOIN totals t ON t.endpoint = k.endpoint AND t.kind = k.kind
            WHERE w <> tw OR a > ta OR s > ts OR f > tf OR g > tg ORDER BY 1, 2
            """
        ) { row in
            let names = ["wait", "acknowledged", "superseded", "refused", "given up"]
            for (index, name) in names.enumerated() {
                let (there, counted) = (
                    row.integer(Int32(2 + 2 * index)), row.integer(Int32(3 + 2 * index))
                )
                guard index == 0 ? there != counted : there > counted else { continue }
                try found(
                    row.string(0), "\(there) \(row.string(1)) \(name), \(counted) are counted so")
            }
        }
        try connection.forEach(
            """
            SELECT endpoint, count(*) FROM outbox
            WHERE (ended_in IS NULL) <> (state IN ('pending', 'sending')) AND
                NOT (ended_in IS NULL AND attempts = 0) GROUP BY endpoint ORDER BY endpoint
            """
        ) { row in
            try found(
                row.string(0), "\(row.integer(1)) rows ended in no night, or wait and have ended")
        }
    }
}
