extension Report {
    /// Points whose last day is near, by (card, account, last day).
    ///
    /// As the night left them: what a later night spends is in its own report no more, in this one still.
    static let expiring = Report(
        "expiring", "points whose last day is near",
        [
            Column("card_code", .card, "m.card", about: "the member's card"),
            Column("account", .word(.account), "e.account", about: "spend or status"),
            Column("points", .number, "e.points", about: "points whose last day it is"),
            Column("expires_on", .date, "e.expires_on", about: "their last day"),
            Column("days", .number, "e.expires_on - e.night", about: "days from the night to it"),
        ],
        key: ["card_code", "account", "expires_on"],
        from: "expiring_points e LEFT JOIN member m ON m.id = e.member WHERE e.night = ?1",
        order: .byCard(
            member: "e.member", card: "m.card", key: "e.member, e.account, e.expires_on"))
}
