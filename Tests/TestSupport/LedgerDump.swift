import Foundation
import GRDB

/// What of a store must be equal however its nights were run: the queries of
/// Benchmarks/journey/ledger.sql, which say texts where the store has small integers.
package enum LedgerDump {
    /// All rows of all queries, sorted, each behind the name of its query.
    package static func rows(of store: String) throws -> [String] {
        let file = Repository.folder + "Benchmarks/journey/ledger.sql"
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let queries = text.components(separatedBy: "\n-- query: ").dropFirst()
        let database = try DatabaseQueue(path: store)
        return try database.read { database in
            var rows: [String] = []
            for query in queries {
                let parts = query.split(separator: "\n", maxSplits: 1)
                rows += try Row.fetchAll(database, sql: String(parts[1])).map { row in
                    "\(parts[0])|" + row.databaseValues.map(word).joined(separator: "|")
                }
            }
            return rows.sorted()
        }
    }

    /// The tables that a night's orders change.
    package static let ledgerTables = [
        "orders", "order_return", "parked", "posting", "posting_range", "lot", "debt", "balance",
        "expiring", "exception", "order_total", "liability", "expiring_points",
    ]

    /// The rows of a query of one's own.
    package static func rows(of store: String, _ sql: String) throws -> [String] {
        try DatabaseQueue(path: store).read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map(word).joined(separator: "|")
            }
        }
    }

    /// Changes a store behind the program's back.
    package static func change(_ store: String, _ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: store, configuration: configuration).write {
            try $0.execute(sql: sql)
        }
    }

    private static func word(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: ""
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): text
        case .blob(let data): data.map { String($0, radix: 16) }.joined()
        }
    }

    /// Sums that must agree in every ledger, each a query that finds what doesn't.
    package static let sums: [(name: String, sql: String)] = [
        (
            "postings that change a balance sum to what the lots hold, less the debts",
            """
            WITH part AS (
                SELECT member, account, points FROM posting
                    WHERE kind NOT IN (SELECT id FROM posting_kind WHERE name LIKE '%_uncovered')
                UNION ALL SELECT member, account, -remaining FROM lot
                UNION ALL SELECT member, account, points FROM debt)
            SELECT member, account, sum(points) FROM part GROUP BY 1, 2 HAVING sum(points) <> 0
            """
        ),
        (
            "postings of a lot sum to what it holds",
            """
            WITH part AS (
                SELECT member, account, lot_system AS system, lot, points FROM posting
                    WHERE lot IS NOT NULL
                UNION ALL SELECT member, account, system, id, -remaining FROM lot)
            SELECT member, account, lot, sum(points) FROM part GROUP BY 1, 2, system, lot
                HAVING sum(points) <> 0
            """
        ),
        (
            "the last balance of an account is what it holds",
            """
            WITH last AS (
                SELECT * FROM balance b WHERE night = (SELECT max(night) FROM balance
                    WHERE member = b.member AND account = b.account)),
            held AS (
                SELECT member, account, sum(remaining) AS points FROM lot GROUP BY 1, 2)
            SELECT l.member, l.account, l.available + l.pending, l.debt FROM last l
                LEFT JOIN held h USING (member, account) LEFT JOIN debt d USING (member, account)
                WHERE l.available + l.pending <> coalesce(h.points, 0)
                    OR l.debt <> coalesce(d.points, 0)
            """
        ),
        (
            "whoever holds or owes points has a balance",
            """
            SELECT member, account FROM lot UNION SELECT member, account FROM debt
            EXCEPT SELECT member, account FROM balance
            """
        ),
        (
            "nothing is open that has expired",
            "SELECT id FROM lot WHERE expires_on <= (SELECT max(day) FROM night)"
        ),
        (
            "every open lot that expires will be found",
            """
            SELECT id FROM lot WHERE expires_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM expiring e
                WHERE e.member = lot.member AND e.expires_on = lot.expires_on)
            """
        ),
        (
            "the liability of the last night is what the open lots hold",
            """
            WITH last AS (SELECT max(day) AS night FROM night WHERE state <> 'open'),
            part AS (
                SELECT account, month, active_on, points FROM liability, last
                    WHERE liability.night = last.night
                UNION ALL
                SELECT account, CASE WHEN expires_on IS NULL THEN 2147483647
                    ELSE unixepoch(expires_on * 86400, 'unixepoch', 'start of month') / 86400 END,
                    CASE WHEN active_on > last.night THEN active_on ELSE 0 END, -remaining
                    FROM lot, last)
            SELECT account, month, active_on, sum(points) FROM part GROUP BY 1, 2, 3
                HAVING sum(points) <> 0
            """
        ),
        (
            "the liability of every night is what the balances up to it hold",
            """
            WITH part AS (
                SELECT night, account, points FROM liability
                UNION ALL
                SELECT n.day, b.account, -b.available - b.pending FROM night n JOIN balance b
                    ON b.night = (SELECT max(night) FROM balance WHERE member = b.member
                        AND account = b.account AND night <= n.day)
                    WHERE n.state <> 'open')
            SELECT night, account, sum(points) FROM part GROUP BY 1, 2 HAVING sum(points) <> 0
            """
        ),
        (
            "points on hold in a night's liability are on hold after it",
            "SELECT * FROM liability WHERE active_on <> 0 AND active_on <= night"
        ),
        (
            "what the last night said will expire soon is what the open lots say",
            """
            WITH last AS (SELECT max(day) AS night FROM night WHERE state <> 'open'),
            part AS (
                SELECT member, account, expires_on, points FROM expiring_points, last
                    WHERE expiring_points.night = last.night
                UNION ALL
                SELECT member, account, expires_on, -remaining FROM lot, last
                    WHERE expires_on - last.night IN (1, 7, 30))
            SELECT member, account, expires_on, sum(points) FROM part GROUP BY 1, 2, 3
                HAVING sum(points) <> 0
            """
        ),
        (
            "a night's orders and points by store are those of its summary",
            """
            WITH part AS (
                SELECT night, 'orders_accepted' AS name, orders + returns AS value FROM order_total
                UNION ALL SELECT night, 'points_accrued', accrued FROM order_total
                UNION ALL SELECT night, 'points_returned', returned FROM order_total
                UNION ALL SELECT night, 'status_points_accrued', status_accrued FROM order_total
                UNION ALL SELECT night, 'status_points_returned', status_returned FROM order_total
                UNION ALL SELECT night, name, -value FROM night_total)
            SELECT night, name, sum(value) FROM part WHERE name IN ('orders_accepted',
                'points_accrued', 'points_returned', 'status_points_accrued',
                'status_points_returned') GROUP BY 1, 2 HAVING sum(value) <> 0
            """
        ),
        (
            "every night goes on from the one before",
            """
            SELECT a.night, a.name FROM night_total a JOIN night_total b
                ON b.night = a.night + 1 AND replace(a.name, 'closing', 'opening') = b.name
                WHERE a.name LIKE '%points_closing' AND a.value <> b.value
            """
        ),
    ]
}

/// The folder that this package lies in.
package enum Repository {
    /// Its path, with a slash at the end.
    package static let folder =
        URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/"
}
