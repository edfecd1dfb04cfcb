extension Message {
    /// Points whose last day is so many days after the night as `expiring` of program.yaml says.
    static let expiring = Message(
        .expiring, "points whose last day is near: as far as one of the program's 'expiring' away",
        [
            .accountOf("e.account"), .card,
            .number("days", "e.expires_on - e.night", "days from the night to their last day"),
            .date("expires_on", "e.expires_on", "their last day"),
            .member, .night,
            .number("points", "e.points", "how many they are"),
        ],
        subject: "m.card", key: ["m.card", "e.account", "e.expires_on"],
        from: "expiring_points e JOIN member m ON m.id = e.member AND m.token IS NULL",
        where: "e.night = ?1",
        order: "e.member, e.account, e.expires_on")
}
