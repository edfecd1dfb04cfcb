extension Report {
    /// What the members that the night touched have after it, an account a row, by (card, account).
    static let balances = Report(
        "balances",
        [
            Column("card_code", .text, "m.card"),
            Column("account", .word(.account), "b.account"),
            Column("available", .number, "b.available"),
            Column("pending", .number, "b.pending"),
            Column("debt", .number, "b.debt"),
            Column("next_expires_on", .date, "b.next_expires_on"),
            Column("next_expiring_points", .number, "b.next_expiring_points"),
            Column("tier", .word(.tier), "b.tier"),
        ],
        from: "balance b LEFT JOIN member m ON m.id = b.member WHERE b.night = ?1",
        order: .byCard(member: "b.member", card: "m.card", key: "b.member, b.account"))
}
