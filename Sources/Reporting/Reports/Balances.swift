extension Report {
    /// What the members that the night touched have after it, an account a row, by (card, account).
    static let balances = Report(
        "balances", "what the members that the night touched have after it",
        [
            Column("card_code", .card, "m.card", about: "the member's card"),
            Column("account", .word(.account), "b.account", about: "spend or status"),
            Column("available", .number, "b.available", about: "points that can be spent"),
            Column("pending", .number, "b.pending", about: "points on hold"),
            Column("debt", .number, "b.debt", about: "points owed"),
            Column(
                "next_expires_on", .date, "b.next_expires_on",
                about: "the soonest last day of any points"),
            Column(
                "next_expiring_points", .number, "b.next_expiring_points",
                about: "points whose last day that is"),
            Column("tier", .word(.tier), "b.tier", about: "the member's tier after the night"),
        ],
        key: ["card_code", "account"],
        from: "balance b LEFT JOIN member m ON m.id = b.member WHERE b.night = ?1",
        order: .byCard(member: "b.member", card: "m.card", key: "b.member, b.account"))
}
