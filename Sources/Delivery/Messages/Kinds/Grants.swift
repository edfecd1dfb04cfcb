extension Message {
    /// Codes and badges that the night gave to members: which code is whose.
    static let grants = Message(
        .grants, "a reward that the night gave to a member, and the code that is his now",
        [
            .of(
                .time, "assigned_at", "coalesce(k.assigned_at, c.claimed_at)",
                "when, on the clocks of the program"),
            .text("card_code", "coalesce(m.card, c.card)", "the member's card"),
            .text("claim_id", "o.id", "the claim's or grant's number"),
            .text("code", "o.code", "the code; a badge has none", optional: true),
            .date(
                "expires_on", "CASE WHEN o.last_day < 2147483647 THEN o.last_day END",
                "the last day on which it is good", optional: true),
            .word(
                "how", ["claim", "admin", "workflow", "replacement"], "c.how", "how he came by it"),
            .night,
            .number("points", "o.points", "points that it cost"),
            .text("reward_id", "r.name", "the reward"),
            .date(
                "valid_from", "k.valid_from", "the first day on which it is good", optional: true),
        ],
        subject: "coalesce(o.code, m.card, c.card)", key: ["o.id"],
        from: """
            claim_outcome o JOIN claim c ON c.id = o.id JOIN reward r ON r.id = c.reward
            LEFT JOIN member m ON m.id = c.member
            LEFT JOIN code k ON k.code = o.code AND k.owner = o.owner
            """,
        where: "o.night = ?1 AND o.outcome = 'granted'",
        order: "o.id")
}
