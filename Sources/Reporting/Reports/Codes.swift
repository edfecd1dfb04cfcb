extension Report {
    /// The codes of each reward: in the register with the night's roll-forward, then in each system.
    ///
    /// opening + imported + generated - burned_tonight - expired_tonight - voided_tonight = closing, where
    /// opening and closing are available and assigned together. In a system: registered + unknown =
    /// in_sync + breaks.
    static let codes = Report(
        "codes", "the codes of each reward, in the register and in each system",
        [
            Column("reward_id", .text, "reward", about: "the reward; empty: nobody knows it"),
            Column("system", .text, about: "who holds them; empty: the register"),
            Column("state", .text, about: "reconciled or not_reconciled, for a system"),
            Column("available", .number, about: "nobody's"),
            Column("assigned", .number, about: "somebody's, and unused"),
            Column("burned", .number, about: "used"),
            Column("expired", .number, about: "past their last good day"),
            Column("voided", .number, about: "taken out"),
            Column("opening", .number, about: "available and assigned before the night"),
            Column("imported", .number, about: "came in files"),
            Column("generated", .number, about: "made here"),
            Column("burned_tonight", .number, about: "used, less those undone"),
            Column("expired_tonight", .number, about: "expired, less those undone"),
            Column("voided_tonight", .number, about: "taken out in the night"),
            Column("closing", .number, about: "available and assigned after the night"),
            Column(
                "registered", .number, about: "codes of the register that the system should know"),
            Column("unknown", .number, about: "codes that only the system knows"),
            Column("in_sync", .number, about: "codes on which both agree, or will when in transit"),
            Column("breaks", .number, about: "codes on which they don't"),
            Column("days_left", .number, about: "days that the stock lasts, where it is low"),
            Column("exposure", .money, about: "money that is open to loss until the next night"),
        ],
        key: ["reward_id", "system"],
        from: """
            (SELECT r.name AS reward, NULL AS system, NULL AS state, sum(c.available) AS available,
                sum(c.assigned) AS assigned, sum(c.burned) AS burned, sum(c.expired) AS expired,
                sum(c.voided) AS voided,
                coalesce(f.opening, sum(c.available + c.assigned)) AS opening,
                coalesce(f.imported, 0) AS imported, coalesce(f.generated, 0) AS generated,
                coalesce(f.burned, 0) AS burned_tonight, coalesce(f.expired, 0) AS expired_tonight,
                coalesce(f.voided, 0) AS voided_tonight,
                coalesce(f.closing, sum(c.available + c.assigned)) AS closing, NULL AS registered,
                NULL AS unknown, NULL AS in_sync, NULL AS breaks, l.days_left, NULL AS exposure
            FROM \(Report.codeCounts) c JOIN reward r ON r.id = c.reward
            LEFT JOIN code_flow f ON f.reward = c.reward AND f.night = ?1
            LEFT JOIN low_stock l ON l.reward = c.reward AND l.night = ?1
            GROUP BY c.reward
            UNION ALL
            SELECT r.name, s.name, q.state, q.available, q.assigned, q.burned, q.expired, NULL,
                NULL, NULL, NULL, NULL, NULL, NULL, NULL, q.registered, q.unknown,
                q.in_sync + q.in_transit, q.breaks, NULL, q.exposure
            FROM reconciliation q JOIN code_system s ON s.id = q.system
            LEFT JOIN reward r ON r.id = q.reward WHERE q.night = ?1)
            """,
        order: .sorted(by: "reward, system"))
}
