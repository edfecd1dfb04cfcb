extension Report {
    /// The figures of the night in name, value rows, in the order in which the night noted them.
    static let summary = Report(
        "summary",
        [
            Column("name", .text),
            Column("value", .number),
        ],
        from: "night_total WHERE night = ?1",
        order: .sorted(by: "position"))
}
