extension Report {
    /// What became of the codes of each file that brought some, by (day, file, reward).
    static let codeFiles = Report(
        "code-files", "what became of the codes of each file that brought some",
        [
            Column("file", .text, "f.path", about: "the file, as it lay in the inbox"),
            Column("reward_id", .text, "r.name", about: "the reward"),
            Column("day", .date, "f.night", about: "the night that took it over"),
            Column(
                "had", .number, "c.available + c.assigned + c.burned + c.expired + c.voided",
                about: "codes that it brought"),
            Column("available", .number, "c.available", about: "of those, nobody's"),
            Column("assigned", .number, "c.assigned", about: "somebody's, and unused"),
            Column("burned", .number, "c.burned", about: "used"),
            Column("expired", .number, "c.expired", about: "past their last good day"),
            Column("voided", .number, "c.voided", about: "taken out"),
            Column("number", .number, "f.id", about: "the file's number in the store"),
        ],
        key: ["number", "reward_id"],
        from: """
            \(Report.codeCounts) c JOIN reward r ON r.id = c.reward JOIN file f ON f.id = c.file
            """,
        order: .sorted(by: "f.night, f.path, f.id, r.name"))

    /// The codes by reward, file and state as of the night: what the last night before changed.
    static let codeCounts = """
        (SELECT n.* FROM code_count n JOIN (SELECT reward, file, max(night) AS night FROM code_count
            WHERE night <= ?1 GROUP BY reward, file) l
            ON l.reward = n.reward AND l.file = n.file AND l.night = n.night)
        """
}
