extension Message {
    /// What a person should look at; of codes the end alone is shown, as in the report.
    static let exceptions = Message(
        .exceptions, "something that a person should look at",
        [
            .accountOf("CASE WHEN x.points IS NOT NULL THEN x.account END", optional: true),
            .money("amount", "x.amount", "money that is in question", optional: true),
            .text("card_code", "x.card", "the member's card", optional: true),
            .text(
                "code",
                """
                CASE WHEN length(x.code) >= 8 THEN '****' || substr(x.code, -4)
                    WHEN x.code <> '' THEN '****' END
                """, "the end of the code that it is about", optional: true),
            .text("detail", "x.detail", "what else is known", optional: true),
            .text("kind", "x.kind", "what is wrong"),
            .night, .number,
            .text("order_id", "x.receipt", "the order that the code was used on", optional: true),
            .number("points", "x.points", "points that are in question", optional: true),
            .text("reward_id", "x.reward", "the reward of the code", optional: true),
            .text("source", "x.source", "the order, or other record, behind it", optional: true),
            .text("store_id", "x.store", "the store", optional: true),
            .text("system", "x.system", "the system of the record", optional: true),
        ],
        subject: "''", key: [],
        from: """
            (SELECT x.kind, x.source, s.name AS system, x.account, m.card, x.points, x.amount,
                NULL AS code, NULL AS reward, NULL AS store, NULL AS receipt, NULL AS detail
            FROM exception x LEFT JOIN system s ON s.id = x.system
            LEFT JOIN member m ON m.id = x.member AND m.token IS NULL WHERE x.night = ?1
            UNION ALL
            SELECT y.kind, CASE WHEN y.source <> y.code THEN y.source END, s.name, 0, y.card,
                y.points, y.amount, y.code, r.name, y.store, y.receipt, y.detail
            FROM code_exception y LEFT JOIN code_system s ON s.id = y.system
            LEFT JOIN reward r ON r.id = y.reward WHERE y.night = ?1) x
            """,
        order: "x.kind, x.source, x.system, x.account, x.code")
}
