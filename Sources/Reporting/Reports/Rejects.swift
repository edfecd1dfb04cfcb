extension Report {
    /// Every line that the night refused, by (file, line); two files of one name by their paths.
    ///
    /// Lines count from 1, the header's included.
    static let rejects = Report(
        "rejects", "every line that the night refused",
        [
            Column("file", .text, fileName, about: "the file's name"),
            Column("line", .number, "r.line", about: "from 1, the header's included"),
            Column("verdict", .text, "r.verdict", about: "rejected or conflict"),
            Column("reason", .text, "r.reason", about: "why"),
            Column("hint", .text, "r.hint", about: "what to do"),
        ],
        from: "file f JOIN reject r ON r.file = f.id WHERE f.night = ?1",
        order: .sorted(by: "\(fileName), r.line, f.path, f.sha256"))
}
