extension Message {
    /// What a record of the night did to a card: its points in both accounts together.
    static let points = Message(
        .points, "what one record, an order or another, did to the points of a card",
        [
            .card,
            .date("date", "p.date", "the business date of the record"),
            .text("kind", "k.name", "what it did"),
            .night,
            .text("source", "p.source", "the record's number"),
            .number("spend", "p.spend", "points that pay for rewards; what is taken is negative"),
            .number("status", "p.status", "points that decide the tier, likewise"),
            .text("system", "s.name", "the system of the record", optional: true),
        ],
        subject: "m.card", key: ["m.card", "s.name", "p.source", "k.name", "p.date"],
        from: """
            (SELECT member, system, source, kind, date,
                sum(CASE account WHEN 0 THEN points ELSE 0 END) AS spend,
                sum(CASE account WHEN 1 THEN points ELSE 0 END) AS status
            FROM posting
            WHERE id BETWEEN (SELECT first_posting FROM night WHERE day = ?1)
                AND (SELECT last_posting FROM night WHERE day = ?1)
            GROUP BY member, system, source, kind, date) p
            JOIN member m ON m.id = p.member AND m.token IS NULL JOIN posting_kind k ON k.id = p.kind
            LEFT JOIN system s ON s.id = p.system
            """,
        where: "p.spend <> 0 OR p.status <> 0",
        order: "p.member, s.name, p.source, k.name, p.date")
}
