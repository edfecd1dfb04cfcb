extension Report {
    /// Every ledger entry of the night, one a row, by (card, kind, source, lot, account).
    ///
    /// A night's postings are one range of row ids, written in member order and, within a member,
    /// in the order of the report. A posting whose member is gone keeps its row, without a card.
    static let postings = Report(
        "postings",
        [
            Column("card_code", .text, "m.card"),
            Column("account", .word(.account), "p.account"),
            Column("kind", .word(.postingKind), "p.kind"),
            Column("source", .text, "p.source"),
            Column("lot", .text, "p.lot"),
            Column("points", .number, "p.points"),
            Column("date", .date, "p.date"),
            Column("system", .word(.system), "p.system"),
            Column("active_on", .date, "p.active_on"),
            Column("expires_on", .date, "p.expires_on"),
        ],
        from: """
            posting p LEFT JOIN member m ON m.id = p.member
            WHERE p.id BETWEEN (SELECT first_posting FROM night WHERE day = ?1)
                AND (SELECT last_posting FROM night WHERE day = ?1)
            """,
        order: .byCard(member: "p.member", card: "m.card", key: "p.id"),
        tally: Tally(account: "p.account", kind: "p.kind", points: "p.points"))
}
