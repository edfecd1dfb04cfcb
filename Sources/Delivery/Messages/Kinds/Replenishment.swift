extension Message {
    /// Codes that the owner of a reward is asked for; the register writes them.
    static let replenishment = Message(
        .replenishment, "how many codes of a reward its owner is asked for",
        [
            .date("night", "o.night", "the business date whose night asks"),
            .number("quantity", "json_extract(o.payload, '$.quantity')", "how many"),
            .text("reward_id", "json_extract(o.payload, '$.reward_id')", "of which reward"),
            .text("system", "json_extract(o.payload, '$.system')", "who is asked"),
        ],
        subject: "o.subject", key: ["o.key"],
        from: "outbox o", where: Parcelled.condition(["replenishment"]),
        order: "o.id")
}
