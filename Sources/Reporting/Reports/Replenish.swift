extension Report {
    /// The rewards whose stock is below its threshold, by reward.
    static let replenish = Report(
        "replenish", "the rewards whose stock of codes is below its threshold",
        [
            Column("reward_id", .text, "r.name", about: "the reward"),
            Column(
                "owner", .text, "json_extract(\(Report.definition(of: "l.reward")), '$.owner')",
                about: "who owns its codes"),
            Column(
                "available", .number, "l.available",
                about: "codes that nobody has and that are good"),
            Column("threshold", .number, "l.threshold", about: "below so many, more are needed"),
            Column("quantity", .number, "l.quantity", about: "how many are needed"),
            Column(
                "outstanding", .number, "l.outstanding", about: "asked for before, and not yet come"
            ),
            Column("waiting", .number, "l.waiting", about: "grants that wait for a code"),
            Column("action", .text, "l.action", about: "what was done about it"),
            Column(
                "days_left", .number, "l.days_left",
                about: "days that the stock lasts, at the pace of the last 28 nights"),
        ],
        key: ["reward_id"],
        from: "low_stock l JOIN reward r ON r.id = l.reward WHERE l.night = ?1",
        order: .sorted(by: "r.name"))
}
