package import Loyalty
package import Storage

/// Tiers that members are given by hand or file: the only writer of their table.
package struct ForcedTiers {
    private let connection: Connection
    private let day: CivilDate

    package init(_ connection: Connection, day: CivilDate) {
        self.connection = connection
        self.day = day
    }

    /// Takes members back to their own tiers once the last forced day is past.
    package func end() throws {
        var past: [(member: Int64, until: CivilDate, tier: Int64)] = []
        try connection.forEach(
            "SELECT member, until, underlying FROM forced_tier WHERE until < ? ORDER BY member",
            .date(day)
        ) { past.append(($0.integer(0), $0.date(1), $0.integer(2))) }
        for (member, until, tier) in past {
            try setTier(tier, of: member, since: until.adding(days: 1))
            try connection.execute("DELETE FROM forced_tier WHERE member = ?", .integer(member))
        }
    }

    /// Takes over tonight's forced tiers; the last of a member's lines stands.
    package func post(
        _ lines: [ForcedTier], tiers: [String], fileCount: Int
    ) throws -> MemberBook.Outcome {
        var outcome = MemberBook.Outcome(
            counts: Array(repeating: VerdictCounts(), count: fileCount))
        let names = Names(connection)
        let tierIDs = try tiers.map { Int64(try names.tier($0)) }
        let find = try connection.prepare(
            """
            SELECT m.id, m.tier, f.tier, f.until FROM card c JOIN member m ON m.id = c.member
            LEFT JOIN forced_tier f ON f.member = m.id WHERE c.card = ?
            """)
        for index in sortedTexts(lines.count, { lines[$0].card }) {
            let line = lines[Int(index)]
            find.reset()
            find.bind(line.card, at: 1)
            guard try find.step() else {
                outcome.counts[Int(line.file)][.conflict] += 1
                outcome.refusals.append(
                    Refusal(
                        file: line.file, line: line.line, lineCount: 1, verdict: .conflict,
                        reason: .unknownMember))
                continue
            }
            let member = find.integer(0)
            let own = find.integer(1)
            let forced = find.isNull(2) ? nil : find.integer(2)
            let until = find.isNull(3) ? nil : find.date(3)
            find.reset()
            let tier = tierIDs[Int(line.tier)]
            let verdict: Verdict =
                forced == nil
                ? .accepted
                : forced == tier && until == line.until
                    ? .duplicate : .correction
            outcome.counts[Int(line.file)][verdict] += 1
            // What was over before it came forces nothing.
            guard verdict != .duplicate, line.until.map({ $0 >= day }) ?? true else { continue }
            try connection.execute(
                """
                INSERT INTO forced_tier (member, tier, until, underlying) VALUES (?, ?, ?, ?)
                ON CONFLICT (member) DO UPDATE SET tier = excluded.tier, until = excluded.until
                """, .integer(member), .integer(tier),
                line.until.map { .date($0) } ?? .null, .integer(own))
            try setTier(tier, of: member, since: day)
        }
        return outcome
    }

    private func setTier(_ tier: Int64, of member: Int64, since: CivilDate) throws {
        try TierMoves(connection, night: day).note(member, to: Int32(tier))
        try MemberChanges(connection, night: day).note(member)
        try connection.execute(
            "UPDATE member SET tier = ? WHERE id = ?", .integer(tier), .integer(member))
        // What was to come after it is not, any more.
        try connection.execute(
            "DELETE FROM member_tier WHERE member = ? AND since >= ?", .integer(member),
            .date(since))
        try connection.execute(
            "INSERT INTO member_tier (member, since, tier) VALUES (?, ?, ?)", .integer(member),
            .date(since), .integer(tier))
    }
}
