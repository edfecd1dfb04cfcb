extension Message {
    /// Members whose tier the night changed.
    static let tierChanges = Message(
        .tierChanges, "a member whose tier the night changed",
        [
            .card,
            .text("from", "b.name", "the tier before the night"),
            .member, .night,
            .text("to", "a.name", "the tier after it"),
        ],
        subject: "m.card", key: ["m.card"],
        from: """
            tier_move v JOIN member m ON m.id = v.member AND m.token IS NULL JOIN tier b ON b.id = v.before
            JOIN tier a ON a.id = v.after
            """,
        where: "v.night = ?1",
        order: "v.member")
}
