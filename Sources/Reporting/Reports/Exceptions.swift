extension Report {
    /// What a person should look at, by (kind, source, system, account).
    static let exceptions = Report(
        "exceptions", "what a person should look at",
        [
            Column("kind", .text, "x.kind", about: "what is wrong"),
            Column("source", .text, "x.source", about: "the order, or other record, behind it"),
            Column("system", .text, "s.name", about: "the system of the record"),
            Column(
                "account", .word(.account), "CASE WHEN x.points IS NOT NULL THEN x.account END",
                about: "whose points they are: spend or status"),
            Column("card_code", .card, "m.card", about: "the member's card"),
            Column("points", .number, "x.points", about: "points that are in question"),
            Column("amount", .money, "x.amount", about: "money that is in question"),
        ],
        key: ["kind", "source", "system", "account"],
        from: """
            exception x LEFT JOIN system s ON s.id = x.system
            LEFT JOIN member m ON m.id = x.member WHERE x.night = ?1
            """,
        order: .sorted(by: "x.kind, x.source, s.name, x.account"))
}
