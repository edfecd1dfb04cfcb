extension Report {
    /// The codes on which register and systems disagree, by (code, owner).
    static let breaks = Report(
        "breaks", "the codes on which the register and the systems disagree",
        [
            Column("code", .code, "b.code", about: "the code"),
            Column("class", .text, "b.class", about: "how they disagree"),
            Column("reward_id", .text, "r.name", about: "its reward"),
            Column("owner", .text, "o.name", about: "the owner of its namespace"),
            Column(
                "register_state", .text, Report.codeState("b.register_state"),
                about: "what the register says; empty: it has no such code"),
            Column(
                "pos_status", .text, "b.pos_status",
                about: "what the system pos says; empty: absent"),
            Column(
                "ecom_status", .text, "b.ecom_status",
                about: "what the system ecom says; empty: absent"),
            Column("statuses", .text, "b.statuses", about: "what every system says"),
            Column("first_seen", .date, "b.first_seen", about: "the night that saw it first"),
            Column("age", .number, "?1 - b.first_seen", about: "nights since then"),
            Column("action", .text, "b.action", about: "what was done about it"),
            Column("amount", .money, "b.amount", about: "money that is lost or open to loss"),
        ],
        key: ["code", "owner"],
        from: """
            code_break b LEFT JOIN reward r ON r.id = b.reward
            LEFT JOIN code_system o ON o.id = b.owner WHERE b.night = ?1
            """,
        order: .sorted(by: "b.code, o.name"))

    /// The words of the states of codes.
    static func codeState(_ column: String) -> String {
        """
        CASE \(column) WHEN 0 THEN 'available' WHEN 1 THEN 'assigned' WHEN 2 THEN 'burned'
            WHEN 3 THEN 'expired' WHEN 4 THEN 'voided' END
        """
    }

    /// The definition of a reward, as JSON, on the night: `alias` has its integer as `reward`.
    static func definition(of alias: String) -> String {
        """
        (SELECT d.definition FROM reward_terms d WHERE d.reward = \(alias) AND d.night <= ?1
            ORDER BY d.night DESC LIMIT 1)
        """
    }
}
