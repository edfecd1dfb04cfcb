extension Report {
    /// The figures of the night in name, value rows, in the order in which the night noted them.
    static let summary = Report(
        "summary", "the figures of the night",
        [
            Column("name", .text, about: "what is counted"),
            Column("value", .number, about: "how many, or how many points"),
        ],
        key: ["name"],
        from: "night_total WHERE night = ?1",
        order: .sorted(by: "position"))
}
