extension Report {
    /// Every file that the night took, with its lines by verdict, by (path, SHA-256).
    static let files = Report(
        "files",
        [
            Column("file", .text, fileName),
            Column("path", .text, "f.path"),
            Column("job", .text, "f.job"),
            Column("records", .text, "f.records"),
            Column("verdict", .text, "f.verdict"),
            Column("reason", .text, "f.reason"),
            Column("evidence", .text, "f.evidence"),
            Column("bytes", .number, "f.bytes"),
            Column("sha256", .text, "lower(hex(f.sha256))"),
            Column("lines_read", .number),
            Column("lines_accepted", .number),
            Column("lines_duplicate", .number),
            Column("lines_correction", .number),
            Column("lines_parked", .number),
            Column("lines_rejected", .number),
            Column("lines_conflict", .number),
        ],
        from: "file f WHERE f.night = ?1",
        order: .sorted(by: "f.path, f.sha256"))

    /// The name of a file without its folder: what follows the last `/` of its path.
    static let fileName = "substr(f.path, length(rtrim(f.path, replace(f.path, '/', ''))) + 1)"
}
