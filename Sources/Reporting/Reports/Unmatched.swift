extension Report {
    /// The orders and adjustments that wait at the end of the night, whatever for, one a row, by
    /// (number, system).
    ///
    /// An adjustment has its points where an order has its amount. One that a later night released was waiting still in this one.
    static let unmatched = Report(
        "unmatched", "the orders and adjustments that wait at the end of the night",
        [
            Column("order_id", .text, "p.id", about: "the number of the order or adjustment"),
            Column(
                "system", .text, "s.name",
                about: "the system that sent it; adjustments for what is done by hand"),
            Column("card_code", .card, "p.card", about: "the card that it names"),
            Column(
                "net_amount", .money, "CASE WHEN s.name IS NOT 'adjustments' THEN p.net END",
                about: "what the customer paid"),
            Column("parked_on", .date, "p.parked_on", about: "the night it came in"),
            Column("until", .date, "p.until", about: "the night that gives it up"),
            Column(
                "reason", .text, "p.reason",
                about: "what it waits for: unknown_member, missing_order or later_day"),
            Column(
                "points", .number, "CASE WHEN s.name = 'adjustments' THEN p.net END",
                about: "what an adjustment gives or takes"),
        ],
        key: ["order_id", "system", "parked_on"],
        from: """
            parked p LEFT JOIN system s ON s.id = p.system
            WHERE p.parked_on <= ?1 AND (p.ended_on IS NULL OR p.ended_on > ?1)
            """,
        order: .sorted(by: "p.id, s.name, p.parked_on"))
}
