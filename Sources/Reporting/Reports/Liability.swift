extension Report {
    /// Open points after the night by account and month of their last day, those that never expire last.
    ///
    /// Expected breakage is an extrapolation from the program's own history: the share of expired
    /// points among those that expired or were redeemed in the nights of the last 365 days.
    static let liability = Report(
        "liability", "open points by account and month of their last day",
        [
            Column("account", .word(.account), "l.account", about: "spend or status"),
            Column(
                "expires_month", .text,
                """
                CASE WHEN l.month < \(never)
                    THEN strftime('%Y-%m', l.month * 86400, 'unixepoch') END
                """, about: "year and month of the last day; empty: the points never expire"),
            Column("available", .number, "l.available", about: "points that can be spent"),
            Column("pending", .number, "l.points - l.available", about: "points on hold"),
            Column("points", .number, "l.points", about: "all open points: both together"),
            Column(
                "breakage_rate", .share, rate,
                about: "the share of points that expired rather than being redeemed, so far"),
            Column(
                "expected_breakage", .number,
                "CASE WHEN l.month < \(never) THEN l.points * (\(rate)) / 10000 ELSE 0 END",
                about: "points of the row that will expire if that share stays"),
        ],
        key: ["account", "expires_month"],
        from: """
            (SELECT account, month, sum(points) AS points,
                sum(CASE WHEN active_on = 0 THEN points ELSE 0 END) AS available
                FROM liability WHERE night = ?1 GROUP BY account, month) l
            LEFT JOIN (SELECT name LIKE 'status%' AS account, sum(value) AS ended,
                sum(CASE WHEN name LIKE '%expired' THEN value ELSE 0 END) AS expired
                FROM night_total WHERE night BETWEEN ?1 - 364 AND ?1 AND name IN ('points_expired',
                    'points_redeemed', 'status_points_expired', 'status_points_redeemed')
                GROUP BY 1) b ON b.account = l.account
            """,
        order: .sorted(by: "l.account, l.month"))

    private static let never = "2147483647"
    /// In ten-thousandths, half up.
    private static let rate =
        "CASE WHEN b.ended > 0 THEN (b.expired * 20000 + b.ended) / (b.ended * 2) END"
}
