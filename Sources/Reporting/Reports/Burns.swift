extension Report {
    /// What the night made of every burn and reversal, by (burn, system, kind).
    static let burns = Report(
        "burns", "what the night made of every burn that a system reported",
        [
            Column("burn_id", .text, "o.id", about: "the burn's number"),
            Column("system", .text, "s.name", about: "the system that reported it"),
            Column(
                "kind", .text, "CASE o.is_reversal WHEN 1 THEN 'reverse' ELSE 'burn' END",
                about: "burn, or reverse for one that is taken back"),
            Column("code", .code, "b.code", about: "the code, as reported"),
            Column("outcome", .text, "o.outcome", about: "what became of it"),
            Column("reward_id", .text, "r.name", about: "the reward of the code"),
            Column(
                "burned_at", .time, "b.burned_at", about: "when, on the clocks of the program"),
            Column("store_id", .text, "b.store", about: "the store"),
            Column("channel", .text, "b.channel", about: "the channel"),
            Column("card_code", .card, "b.card", about: "the card that it names"),
            Column("order_id", .text, "b.receipt", about: "the order it was used on"),
            Column("order_amount", .money, "b.order_amount", about: "what that order came to"),
            Column("discount_amount", .money, "b.discount", about: "what it took off"),
            Column("points_charged", .number, "o.charged", about: "points that it cost the member"),
            Column("detail", .text, "o.detail", about: "what else is known"),
        ],
        key: ["burn_id", "system", "kind"],
        from: """
            burn_outcome o JOIN burn b ON b.system = o.system AND b.id = o.id
                AND b.is_reversal = o.is_reversal
            LEFT JOIN code_system s ON s.id = o.system LEFT JOIN reward r ON r.id = o.reward
            WHERE o.night = ?1
            """,
        order: .sorted(by: "o.id, s.name, o.is_reversal"))
}
