extension Report {
    /// What a person should look at, by (kind, source, system, account, code).
    ///
    /// A code that no record names but itself has no source: there it would stand whole.
    static let exceptions = Report(
        "exceptions", "what a person should look at",
        [
            Column("kind", .text, "x.kind", about: "what is wrong"),
            Column("source", .text, "x.source", about: "the order, or other record, behind it"),
            Column("system", .text, "x.system", about: "the system of the record"),
            Column(
                "account", .word(.account), "CASE WHEN x.points IS NOT NULL THEN x.account END",
                about: "whose points they are: spend or status"),
            Column("card_code", .card, "x.card", about: "the member's card"),
            Column("points", .number, "x.points", about: "points that are in question"),
            Column("amount", .money, "x.amount", about: "money that is in question"),
            Column("code", .code, "x.code", about: "the code that it is about"),
            Column("reward_id", .text, "x.reward", about: "the reward of the code"),
            Column("store_id", .text, "x.store", about: "the store"),
            Column("order_id", .text, "x.receipt", about: "the order that the code was used on"),
            Column("detail", .text, "x.detail", about: "what else is known"),
        ],
        key: ["kind", "source", "system", "account", "code"],
        from: """
            (SELECT x.kind, x.source, s.name AS system, x.account, m.card, x.points, x.amount,
                NULL AS code, NULL AS reward, NULL AS store, NULL AS receipt, NULL AS detail
            FROM exception x LEFT JOIN system s ON s.id = x.system
            LEFT JOIN member m ON m.id = x.member WHERE x.night = ?1
            UNION ALL
            SELECT y.kind, CASE WHEN y.source <> y.code THEN y.source END, s.name, 0, y.card,
                y.points, y.amount, y.code, r.name, y.store, y.receipt, y.detail
            FROM code_exception y LEFT JOIN code_system s ON s.id = y.system
            LEFT JOIN reward r ON r.id = y.reward WHERE y.night = ?1
            UNION ALL
            SELECT 'delivery_' || z.outcome, z.kind || '/' || z.row, z.endpoint, 0,
                CASE WHEN z.what = 'card' THEN z.subject END, NULL, NULL,
                CASE WHEN z.what = 'code' THEN z.subject END,
                CASE WHEN z.what = 'reward' THEN z.subject END, NULL, NULL, z.detail
            FROM (SELECT *, max(attempt), CASE
                    WHEN subject = '' OR subject = kind OR kind = 'catalogue' THEN NULL
                    WHEN kind LIKE 'code-%' OR kind IN ('codes', 'burns', 'grants') THEN 'code'
                    WHEN kind = 'replenishment' THEN 'reward' ELSE 'card' END AS what
                FROM delivery_exception WHERE night = ?1 GROUP BY row) z) x
            """,
        order: .sorted(by: "x.kind, x.source, x.system, x.account, x.code"))
}
