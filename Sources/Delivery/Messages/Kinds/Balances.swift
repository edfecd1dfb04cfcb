extension Message {
    /// What members have after a night that changed any of it, in both accounts; of a card only the latest counts.
    ///
    /// Points leave their hold without a posting; a member gets another tier or card without one, too.
    static let balances = Message(
        .balances,
        "what a member has after a night that changed any of it; of a card only the latest counts",
        [
            .of(.night, "as_of", "?1", "the business date at whose end it is so"),
            .number("available", spendable(0), "points that can be spent"),
            .card,
            .number("debt", owed(0), "points owed"),
            .member,
            .date("next_expires_on", nextDay, "the soonest last day of any points", optional: true),
            .number(
                "next_expiring_points",
                """
                (SELECT coalesce(sum(remaining), 0) FROM lot
                    WHERE member = b.member AND account = 0 AND expires_on = \(nextDay))
                """, "points whose last day that is"),
            .number("pending", onHold(0), "points on hold"),
            .number(
                "status_available", ofStatus(spendable(1)), "points of the account status",
                optional: true),
            .number("status_debt", ofStatus(owed(1)), "owed in the account status", optional: true),
            .number("status_pending", ofStatus(onHold(1)), "on hold in it", optional: true),
            .text("tier", "t.name", "the tier"),
        ],
        subject: "m.card", key: ["m.card"],
        from: """
            (SELECT member FROM balance WHERE night = ?1
                UNION SELECT member FROM tier_move WHERE night = ?1
                UNION SELECT member FROM former_card WHERE night = ?1
                UNION \(endOfHold)
                UNION SELECT member FROM lot WHERE ?1 = ?6) b
            JOIN member m ON m.id = b.member AND m.token IS NULL JOIN tier t ON t.id = m.tier
            """,
        order: "b.member")

    /// Members whose points left their hold: where any did all lots are read for them.
    static let endOfHold = """
        SELECT member FROM lot WHERE active_on = ?1
            AND EXISTS (SELECT 1 FROM liability WHERE night = ?1 - 1 AND active_on = ?1)
        """

    // A night notes the accounts that it touched; of the others the lots tell.

    private static func spendable(_ account: Int) -> String {
        """
        (SELECT coalesce(sum(remaining), 0) FROM lot
            WHERE member = b.member AND account = \(account) AND active_on <= ?1)
        """
    }

    private static func onHold(_ account: Int) -> String {
        """
        (SELECT coalesce(sum(remaining), 0) FROM lot
            WHERE member = b.member AND account = \(account) AND active_on > ?1)
        """
    }

    private static func owed(_ account: Int) -> String {
        """
        (SELECT coalesce(sum(points), 0) FROM debt
            WHERE member = b.member AND account = \(account))
        """
    }

    private static let nextDay =
        "(SELECT min(expires_on) FROM lot WHERE member = b.member AND account = 0)"

    private static func ofStatus(_ sql: String) -> String { "CASE WHEN ?5 THEN \(sql) END" }
}
