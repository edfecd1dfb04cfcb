extension Message {
    /// The rewards that a member can have: told again when they are others than the last time.
    ///
    /// Whose card has another one in its place, or who was merged, is told under the old card that it has none any more.
    static let eligible = Message(
        .eligible, "the rewards that a member can have after the night: these and no others",
        [.card, .member, .night],
        records: Records(
            name: "rewards",
            columns: [
                .number("cost_points", "o.cost", "points that it costs him"),
                .text("reward_id", "o.name", "the reward"),
            ], about: "none where he can have none any more"),
        subject: "m.card", key: ["m.card"],
        ofMembers: { scope in
            """
            \(Offers.membersAndFormerCards(scope)) m LEFT JOIN \(Offers.table) o ON \(Offers.canHave)
            """
        },
        order: "m.id, m.card, o.name", isToldOnce: true)
}
