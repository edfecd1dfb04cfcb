extension Message {
    /// Orders of members that the night took over, corrected or cancelled.
    static let orders = Message(
        .orders, "an order of a member, as the night left it",
        [
            .money("amount", "o.net", "what it comes to; of a return less than zero"),
            .card,
            .text("channel", "n.channel", "the channel, where its file says one", optional: true),
            .text("currency", "?3", "what the amount is in"),
            .word(
                "kind", ["sale", "return", "exchange", "void"],
                "CASE o.kind WHEN 0 THEN 'sale' WHEN 1 THEN 'return' WHEN 2 THEN 'void' ELSE 'exchange' END",
                "what it is"),
            .member, .night,
            .text("order_id", "o.id", "its number"),
            .date("ordered_on", "o.ordered_on", "its business date"),
            .text("original_order_id", "n.original", "the order that it names", optional: true),
            .number("points", "coalesce(p.points, 0)", "spend points that the night posted for it"),
            .word(
                "state", ["new", "corrected", "cancelled"], "n.state", "what the night did with it"),
            .text(
                "store_id", "n.store", "the store; not there: it came in an earlier night",
                optional: true),
            .text("system", "s.name", "the system that it is of"),
        ],
        subject: "m.card", key: ["s.name", "o.id"],
        from: """
            \(OrderNews.table) n JOIN orders o ON o.system = n.system AND o.id = n.id
            JOIN member m ON m.id = o.member AND m.token IS NULL JOIN system s ON s.id = o.system
            LEFT JOIN (SELECT system, source, sum(points) AS points FROM posting
                WHERE id BETWEEN (SELECT first_posting FROM night WHERE day = ?1)
                    AND (SELECT last_posting FROM night WHERE day = ?1) AND account = 0
                GROUP BY system, source) p ON p.system = o.system AND p.source = o.id
            """,
        where: "o.kind < 4",
        order: "s.name, o.id")
}
