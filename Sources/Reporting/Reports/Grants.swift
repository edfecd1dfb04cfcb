extension Report {
    /// What the night made of claims and grants, by claim.
    static let grants = Report(
        "grants", "what the night made of claims and grants",
        [
            Column("claim_id", .text, "o.id", about: "the claim's or grant's number"),
            Column("card_code", .card, "c.card", about: "the member's card, as claimed"),
            Column("reward_id", .text, "r.name", about: "the reward"),
            Column("code", .code, "o.code", about: "the code that was given"),
            Column("how", .text, "c.how", about: "claim, admin, workflow or replacement"),
            Column("event_id", .text, "c.event", about: "the event that caused it"),
            Column("outcome", .text, "o.outcome", about: "granted, or why not"),
            Column("points", .number, "o.points", about: "points that it cost"),
            Column(
                "last_day", .date, "o.last_day", about: "the last day on which its code is good"),
            Column(
                "claimed_at", .time, "c.claimed_at", about: "when, on the clocks of the program"),
        ],
        key: ["claim_id"],
        from: """
            claim_outcome o JOIN claim c ON c.id = o.id LEFT JOIN reward r ON r.id = c.reward
            WHERE o.night = ?1
            """,
        order: .sorted(by: "o.id"))
}
