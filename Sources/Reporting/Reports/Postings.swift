extension Report {
    /// Every ledger entry of the night, one a row, by (card, kind, source, lot, account).
    ///
    /// A night's postings are one range of row ids, written in member order and, within a member,
    /// in the order of the report. A posting whose member is gone keeps its row, without a card.
    static let postings = Report(
        "postings", "every ledger entry of the night",
        [
            Column("card_code", .card, "m.card", about: "the member's card"),
            Column("account", .word(.account), "p.account", about: "spend or status"),
            Column("kind", .word(.postingKind), "p.kind", about: "what the entry does"),
            Column("source", .text, "p.source", about: "the order, or other record, behind it"),
            Column("lot", .text, "p.lot", about: "the lot that it changes, if any"),
            Column("points", .number, "p.points", about: "signed: what is taken is negative"),
            Column("date", .date, "p.date", about: "the business date of the record"),
            Column("system", .word(.system), "p.system", about: "the system of the record"),
            Column(
                "active_on", .date, "p.active_on",
                about: "the first day on which a new lot can be spent"),
            Column(
                "expires_on", .date, "p.expires_on",
                about: "the last day on which a new lot is good"),
        ],
        from: """
            posting p LEFT JOIN member m ON m.id = p.member
            WHERE p.id BETWEEN (SELECT first_posting FROM night WHERE day = ?1)
                AND (SELECT last_posting FROM night WHERE day = ?1)
            """,
        order: .byCard(member: "p.member", card: "m.card", key: "p.id"),
        tally: Tally(account: "p.account", kind: "p.kind", points: "p.points"))
}
