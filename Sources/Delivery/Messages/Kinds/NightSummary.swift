extension Message {
    /// The figures of the night, as the report summary has them.
    static let nightSummary = Message(
        .nightSummary, "the figures of the night",
        [.night, .text("program", "?4", "whose night it is")],
        records: Records(
            name: "figures",
            columns: [
                .text("name", "n.name", "what is counted"),
                .number("value", "n.value", "how many, or how many points"),
            ], about: "as the report summary has them"),
        subject: "''", key: [], from: "night_total n", where: "n.night = ?1",
        order: "n.position")
}
