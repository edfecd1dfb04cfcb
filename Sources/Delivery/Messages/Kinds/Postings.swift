extension Message {
    /// Every ledger entry of the night.
    static let postings = Message(
        .postings, "a ledger entry of the night",
        [
            .accountOf("p.account"),
            .date(
                "active_on", "p.active_on", "the first day on which a new lot can be spent",
                optional: true),
            .card,
            .date("date", "p.date", "the business date of the record"),
            .date(
                "expires_on", "p.expires_on", "the last day on which a new lot is good",
                optional: true),
            .text("kind", "k.name", "what the entry does"),
            .text("lot", "p.lot", "the lot that it changes", optional: true),
            .night, .number,
            .number("points", "p.points", "signed: what is taken is negative"),
            .text("source", "p.source", "the order, or other record, behind it"),
            .text("system", "s.name", "the system of the record", optional: true),
        ],
        // A night has the entries of a member together, in the order in which they were made.
        subject: "m.card", key: ["m.card"],
        from: """
            posting p JOIN member m ON m.id = p.member AND m.token IS NULL JOIN posting_kind k ON k.id = p.kind
            LEFT JOIN system s ON s.id = p.system
            WHERE p.id BETWEEN (SELECT first_posting FROM night WHERE day = ?1)
                AND (SELECT last_posting FROM night
            """,
        where: "day = ?1)",
        order: "p.id")
}

extension Message.Column {
    /// spend or status, of a column with the account's number.
    static func accountOf(_ sql: String, optional: Bool = false) -> Message.Column {
        word(
            "account", ["spend", "status"],
            "CASE \(sql) WHEN 0 THEN 'spend' WHEN 1 THEN 'status' END",
            "whose points: spend or status",
            optional: optional)
    }
}
