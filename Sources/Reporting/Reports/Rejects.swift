extension Report {
    /// Every line that the night refused, by (file, line); two files of one name by their paths.
    ///
    /// Lines count from 1, the header's included.
    static let rejects = Report(
        "rejects",
        [
            Column("file", .text, fileName),
            Column("line", .number, "r.line"),
            Column("verdict", .text, "r.verdict"),
            Column("reason", .text, "r.reason"),
            Column("hint", .text, "r.hint"),
        ],
        from: "file f JOIN reject r ON r.file = f.id WHERE f.night = ?1",
        order: .sorted(by: "\(fileName), r.line, f.path, f.sha256"))
}
