extension Report {
    /// The orders that wait for a member at the end of the night, one a row, by (order, system).
    ///
    /// An order that found its member in a later night was waiting still in this one.
    static let unmatched = Report(
        "unmatched",
        [
            Column("order_id", .text, "p.id"),
            Column("system", .text, "s.name"),
            Column("card_code", .text, "p.card"),
            Column("net_amount", .money, "p.net"),
            Column("parked_on", .date, "p.parked_on"),
            Column("until", .date, "p.until"),
            Column("reason", .text, "p.reason"),
        ],
        from: """
            parked p LEFT JOIN system s ON s.id = p.system
            WHERE p.reason = 'unknown_member' AND p.parked_on <= ?1
                AND (p.ended_on IS NULL OR p.ended_on > ?1)
            """,
        order: .sorted(by: "p.id, s.name, p.parked_on"))
}
