extension Report {
    /// What was written for each endpoint, and what became of it since the night before, by (endpoint, kind).
    ///
    /// What waited before + written − acknowledged − superseded − refused − given up = what waits.
    static let deliveries = Report(
        "deliveries", "what is sent to each endpoint, by kind",
        [
            Column("endpoint", .text, about: "where it is sent"),
            Column("kind", .text, about: "what it is"),
            Column("written", .number, about: "what the night wrote for the endpoint"),
            Column(
                "acknowledged", .number,
                about: "what arrived since the night before, of this night or an earlier one"),
            Column(
                "superseded", .number,
                about: "what was left out since then, because a later one says it anew"),
            Column(
                "refused", .number,
                about: "what the endpoint refused since then; less what was taken up again"),
            Column(
                "given_up", .number,
                about: "what was tried for too long; less what was taken up again"),
            Column("waiting", .number, about: "what waits as of the night"),
        ],
        key: ["endpoint", "kind"],
        from: """
            (SELECT k.endpoint, k.kind, coalesce(t.written, 0) AS written,
                coalesce(t.acknowledged, 0) AS acknowledged,
                coalesce(t.superseded, 0) AS superseded, coalesce(t.refused, 0) AS refused,
                coalesce(t.given_up, 0) AS given_up, k.waiting
            FROM (SELECT endpoint, kind,
                    sum(written - acknowledged - superseded - refused - given_up) AS waiting
                FROM delivery_total WHERE night <= ?1 GROUP BY endpoint, kind) k
            LEFT JOIN delivery_total t ON t.night = ?1 AND t.endpoint = k.endpoint
                AND t.kind = k.kind
            WHERE k.waiting <> 0 OR t.night IS NOT NULL)
            """,
        order: .sorted(by: "endpoint, kind"))
}
