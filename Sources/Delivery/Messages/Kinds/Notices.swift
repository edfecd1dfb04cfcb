extension Message {
    /// What a member is told of a reward once, when it becomes one that he can have.
    static let notices = Message(
        .notices, "a text for a member who can have a reward now; told once for ever",
        [
            .card, .member,
            .text("name", "o.title", "the reward's name"), .night,
            .text("push_text", "o.push_text", "what he is told"),
            .text("reward_id", "o.name", "the reward"),
        ],
        subject: "m.card", key: ["m.card", "o.name"], ofMembers: pairs,
        where: unsaid, order: "m.id, o.name")

    @Sendable private static func pairs(_ scope: MemberScope) -> String {
        "\(Offers.members(scope)) m JOIN \(Offers.table) o ON \(Offers.canHave)"
    }

    private static let unsaid = """
        o.push_text <> '' AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.member = m.id
            AND n.reward = o.reward)
        """

    /// Members and rewards of which they have not heard.
    static func unsaidPairs(_ scope: MemberScope) -> String { "\(pairs(scope)) WHERE \(unsaid)" }
}
