internal import Loyalty
internal import Storage

/// The rewards that can be had after a night, by tier, as a table of this connection alone.
///
/// Who can have which is then one statement over members and rewards: both may be many, and neither is held
/// in memory.
struct Offers {
    static let table = "temp.night_offer"

    /// Members, with the points that they can spend: only those who are still themselves.
    ///
    /// The limit, which is none, has SQLite count a member's points once and not again for each offer.
    static func members(_ scope: MemberScope) -> String { "(\(living(scope)) LIMIT -1)" }

    /// As `members`, and the cards that stand for nobody any more: with another one in their place, or of somebody who was merged.
    ///
    /// They can have nothing.
    static func membersAndFormerCards(_ scope: MemberScope) -> String {
        func isNobodys(_ card: String) -> String {
            """
            NOT EXISTS (SELECT 1 FROM card k JOIN member h ON h.id = k.member
                WHERE k.card = \(card) AND h.card = k.card AND h.merged_into IS NULL)
            """
        }
        return """
            (\(living(scope))
            UNION ALL SELECT f.member, f.card, NULL, 0, -1, 0 FROM \(scope.formerCards)
                WHERE \(isNobodys("f.card"))
            UNION ALL SELECT member.id, member.card, NULL, 0, -1, 0 FROM \(scope.members)
                WHERE merged_into IS NOT NULL AND \(isNobodys("member.card"))
            LIMIT -1)
            """
    }

    private static func living(_ scope: MemberScope) -> String {
        """
        SELECT member.id AS id, card, member_id, tier, status,
            coalesce((SELECT sum(l.remaining) FROM lot l
            WHERE l.member = member.id AND l.account = 0 AND l.active_on <= ?1), 0)
            - coalesce((SELECT points FROM debt d WHERE d.member = member.id AND d.account = 0), 0)
            AS points FROM \(scope.members) WHERE merged_into IS NULL
        """
    }

    /// Whether a member `m` can have an offer `o`, beside what its tier row says.
    static let canHave = """
        m.status = 0 AND o.tier = m.tier
            AND (o.segments IS NULL OR EXISTS (SELECT 1 FROM member_segment s WHERE s.member = m.id
                AND s.segment IN (SELECT value FROM json_each(o.segments))))
            AND (o.member_limit IS NULL OR o.member_limit > (SELECT count(*) FROM claim c
                WHERE c.member = m.id AND c.reward = o.reward AND c.state = 0
                    AND c.how <> 'replacement'))
            AND (o.cost = 0 OR o.cost <= m.points)
        """

    private let connection: Connection
    private let night: CivilDate

    init(_ connection: Connection, night: CivilDate) {
        self.connection = connection
        self.night = night
    }

    /// Empties the table: it can't be dropped while a statement, whichever, is half read.
    static func clear(_ connection: Connection) throws {
        try connection.execute("DELETE FROM \(table)")
    }

    /// Fills the table.
    ///
    /// - Parameter rewards: as the night has them, by the store's integers.
    func fill(_ rewards: [(id: Int32, reward: Reward)]) throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(Offers.table) (reward INTEGER, tier INTEGER, name TEXT, title TEXT, cost INTEGER,
                member_limit INTEGER, segments TEXT, push_text TEXT, PRIMARY KEY (tier, reward)) WITHOUT ROWID
            """)
        try Offers.clear(connection)
        var tiers: [(id: Int64, name: String)] = []
        try connection.forEach("SELECT id, name FROM tier ORDER BY id") {
            tiers.append(($0.integer(0), $0.string(1)))
        }
        for (id, reward) in rewards where try isInStock(id, reward) {
            let granted = try connection.integer(
                "SELECT granted FROM reward_granted WHERE reward = ?", .integer(Int64(id)))
            for tier in tiers {
                let facts = ClaimFacts(
                    night: night, claimedOn: night, isChecked: true, tier: tier.name,
                    isInSegment: true, granted: Int(granted ?? 0))
                guard reward.refusal(of: facts) == nil else { continue }
                try connection.execute(
                    "INSERT INTO \(Offers.table) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    .integer(Int64(id)), .integer(tier.id), .text(reward.id), .text(reward.name),
                    .integer(reward.cost(tier: tier.name)), .integer(reward.memberLimit),
                    reward.segments.isEmpty ? .null : .text(reward.segments.json),
                    .text(reward.texts.pushText))
            }
        }
    }

    /// A number that is another one where any of it is.
    static func digest(_ connection: Connection) throws -> Int64 {
        var text = TextBuffer()
        try connection.forEach("SELECT * FROM \(table) ORDER BY tier, reward") { row in
            for column in 0..<Int32(8) {
                if !row.isNull(column) { text.quote(row.text(column)) }
                text.append(UInt8(ascii: ","))
            }
        }
        return text.bytes.digest
    }

    /// Whether a claim of tonight would find a code that is good for long enough.
    private func isInStock(_ id: Int32, _ reward: Reward) throws -> Bool {
        guard reward.hasCodes, reward.renewal != .atGrant else { return true }
        let first = night.adding(days: reward.holdDays)
        guard reward.lastDay >= first else { return false }
        return try connection.integer(
            """
            SELECT 1 FROM code INDEXED BY code_available
            WHERE reward = ? AND state = 0 AND expires_on >= max(?, coalesce(valid_from, 0)) LIMIT 1
            """, .integer(Int64(id)), .date(first)) != nil
    }
}

extension [String] {
    /// A JSON list.
    fileprivate var json: String {
        var text = TextBuffer()
        let arena = TextArena()
        for item in self {
            text.append(text.count == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            text.quote(arena.copy(item))
        }
        text.append(UInt8(ascii: "]"))
        return String(decoding: text.bytes, as: UTF8.self)
    }
}
