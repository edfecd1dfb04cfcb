extension Message {
    /// Burns that stand: reported by a system, whoever it was.
    ///
    /// One that is taken back is a code change.
    static let burns = Message(
        .burns, "a code that was used, as a system reported it and as it stands",
        [
            .text("burn_id", "o.id", "the burn's number"),
            .of(.time, "burned_at", "b.burned_at", "when, on the clocks of the program"),
            .text(
                "card_code", "coalesce(b.card, k.card)",
                "the card that it names, else whose code it was", optional: true),
            .text("channel", "b.channel", "the channel", optional: true),
            .text("code", "b.code", "the code"),
            .money("discount_amount", "b.discount", "what it took off", optional: true),
            .night,
            .text("order_id", "b.receipt", "the order it was used on", optional: true),
            .text("reward_id", "r.name", "the reward of the code"),
            .text("store_id", "b.store", "the store", optional: true),
            .text("system", "s.name", "the system that reported it"),
        ],
        subject: "b.code", key: ["s.name", "o.id"],
        from: """
            burn_outcome o JOIN burn b ON b.system = o.system AND b.id = o.id
                AND b.is_reversal = o.is_reversal
            JOIN code_system s ON s.id = o.system JOIN reward r ON r.id = o.reward
            LEFT JOIN code k ON k.code = b.code AND k.owner = o.owner
            """,
        where: "o.night = ?1 AND o.is_reversal = 0 AND o.outcome = 'burned'",
        order: "o.id, s.name")
}
