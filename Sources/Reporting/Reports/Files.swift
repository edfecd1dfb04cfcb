extension Report {
    /// Every file that the night took, with its lines by verdict, by (path, SHA-256).
    static let files = Report(
        "files", "every file that the night took, with its lines by verdict",
        [
            Column("file", .text, fileName, about: "the file's name"),
            Column("path", .text, "f.path", about: "where it lay in the inbox"),
            Column("job", .text, "f.job", about: "the job that took it"),
            Column("records", .text, "f.records", about: "its record kind"),
            Column(
                "verdict", .text, "f.verdict", about: "ingested, duplicate_file or refused"),
            Column("reason", .text, "f.reason", about: "why it was refused"),
            Column("evidence", .text, "f.evidence", about: "what said that it was finished"),
            Column("bytes", .number, "f.bytes", about: "its size as it came"),
            Column("sha256", .text, "lower(hex(f.sha256))", about: "the SHA-256 of its bytes"),
            Column("lines_read", .number, about: "lines without the header: the sum of the others"),
            Column("lines_accepted", .number, about: "lines that were accepted"),
            Column("lines_duplicate", .number, about: "lines known before, with the same content"),
            Column("lines_correction", .number, about: "lines known before, with other content"),
            Column("lines_parked", .number, about: "lines that wait"),
            Column("lines_rejected", .number, about: "lines that are wrong"),
            Column("lines_conflict", .number, about: "lines that go against what is known"),
        ],
        from: "file f WHERE f.night = ?1",
        order: .sorted(by: "f.path, f.sha256"))

    /// The name of a file without its folder: what follows the last `/` of its path.
    static let fileName = "substr(f.path, length(rtrim(f.path, replace(f.path, '/', ''))) + 1)"
}
