extension Message {
    /// A card and whose it is: each that is new or says something else than the last time, by card.
    static let members = Message(
        .members, "what a till needs to know of a customer's card",
        [
            .text(
                "birthday",
                """
                CASE WHEN m.birthday > 0
                    THEN printf('%02d-%02d', m.birthday / 100, m.birthday % 100) END
                """,
                "month and day of birth, 02-29 included", optional: true),
            .text("card_code", "c.card", "the card"),
            .date(
                "card_expires_on", "c.expires_on", "the last day on which the card is good",
                optional: true),
            .date("enrolled_on", "m.enrolled_on", "the day on which he became one", optional: true),
            .text(
                "main_card_code", "m.card",
                "the card that stands for the member in all other messages"),
            .member, .night,
            .of(
                .texts, "segments",
                """
                (SELECT json_group_array(segment) FROM (SELECT segment FROM member_segment
                    WHERE member = m.id ORDER BY segment))
                """, "the segments that he is in"),
            .word(
                "status", ["active", "blocked", "closed", "erased"],
                """
                CASE m.status WHEN 0 THEN 'active' WHEN 1 THEN 'blocked' WHEN 2 THEN 'closed'
                    ELSE 'erased' END
                """, "whether he earns and may claim: only while active"),
            .text("tier", "t.name", "his tier"),
            .date(
                "tier_since", "(SELECT max(since) FROM member_tier WHERE member = m.id)",
                "the day since which it is his", optional: true),
        ],
        subject: "c.card", key: ["c.card"],
        ofMembers: { scope in
            """
            \(scope.cards) JOIN member h ON h.id = c.member JOIN member m ON m.id = \(survivor)
            JOIN tier t ON t.id = m.tier
            """
        },
        order: "c.card", isToldOnce: true)

    /// Whom the holder of a card has become, where he was merged.
    private static let survivor = """
        CASE WHEN h.merged_into IS NULL THEN h.id ELSE (
            WITH RECURSIVE self (id, next) AS (
                SELECT h.id, h.merged_into
                UNION ALL SELECT n.id, n.merged_into FROM self JOIN member n ON n.id = self.next)
            SELECT id FROM self WHERE next IS NULL) END
        """
}
