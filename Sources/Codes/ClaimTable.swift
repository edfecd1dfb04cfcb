internal import Loyalty
internal import Storage

/// Claims, what nights made of them, and the units that were granted: the only writer of these tables.
final class ClaimTable {
    private let connection: Connection
    private let night: CivilDate
    private let texts: TextArena
    private let find: Statement
    private let ofMember: Statement
    private let ofReward: Statement
    private let replace: Statement
    private let outcome: Statement
    /// Units of tonight.
    private var granted: [Int32: Int] = [:]

    /// - Parameter texts: owns the texts of what is read.
    init(_ connection: Connection, night: CivilDate, texts: TextArena) throws {
        self.connection = connection
        self.night = night
        self.texts = texts
        find = try connection.prepare(
            "SELECT how, claimed_at, card, reward, asked, event FROM claim WHERE id = ?")
        ofMember = try connection.prepare(
            """
            SELECT count(*) FROM claim WHERE member = ? AND reward = ? AND state = 0
                AND how <> 'replacement'
            """)
        ofReward = try connection.prepare("SELECT granted FROM reward_granted WHERE reward = ?")
        replace = try connection.prepare(
            """
            INSERT OR REPLACE INTO claim (id, night, how, claimed_at, card, member, reward, state, reason,
                asked, code, owner, points, event, order_system, order_id, until, file, line, system)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        outcome = try connection.prepare(
            """
            INSERT OR REPLACE INTO claim_outcome (night, id, outcome, code, owner, points, last_day)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
    }

    /// Gives the claims of merged members to those whom they have become.
    func followMerges() throws {
        repeat {
            try connection.execute(
                """
                UPDATE claim SET member = (SELECT survivor FROM merge WHERE victim = claim.member)
                WHERE state = 0 AND member IN (SELECT victim FROM merge)
                """)
        } while connection.changes > 0
    }

    // MARK: Reading

    /// What waits, in the order of ids.
    func waiting() throws -> [Claim] {
        var claims: [Claim] = []
        try connection.forEach(
            """
            SELECT id, how, claimed_at, card, reward, asked, event, order_system, order_id, file, line,
                until, reason, system FROM claim WHERE state = 2 ORDER BY id
            """
        ) { row in
            guard let how = Claim.How(rawValue: row.string(1)) else { return }
            claims.append(
                Claim(
                    id: texts.copy(row.text(0)), how: how, claimedAt: row.integer(2),
                    card: texts.copy(row.text(3)), reward: Int32(row.integer(4)),
                    asked: texts.copy(row.text(5)), event: texts.copy(row.text(6)),
                    orderSystem: row.string(7), order: texts.copy(row.text(8)),
                    file: row.integer(9), line: Int32(row.integer(10)),
                    system: row.string(13), until: row.date(11), waitedFor: row.string(12)))
        }
        return claims
    }

    /// Whether a claim of this id is known, and says the same; nil: it is new.
    ///
    /// One whose member was forgotten stands, whatever comes.
    func isSame(_ claim: Claim) throws -> Bool? {
        find.bind(claim.id, at: 1)
        defer { find.reset() }
        guard try find.step() else { return nil }
        return find.text(2).isEmpty
            || find.string(0) == claim.how.rawValue && find.integer(1) == claim.claimedAt
                && find.text(2) == claim.card && find.integer(3) == Int64(claim.reward)
                && find.text(4) == claim.asked && find.text(5) == claim.event
    }

    /// How many units of a reward a member was granted on earlier nights.
    func granted(_ reward: Int32, to member: Int32) throws -> Int {
        ofMember.bind(Int64(member), at: 1)
        ofMember.bind(Int64(reward), at: 2)
        defer { ofMember.reset() }
        return try ofMember.step() ? Int(ofMember.integer(0)) : 0
    }

    /// How many units of a reward were granted on earlier nights.
    func granted(_ reward: Int32) throws -> Int {
        ofReward.bind(Int64(reward), at: 1)
        defer { ofReward.reset() }
        return try ofReward.step() ? Int(ofReward.integer(0)) : 0
    }

    // MARK: Writing

    /// Enters a claim as it stands, and what the night made of it.
    func enter(_ claim: Claim) throws {
        let isGranted = claim.state == .granted
        let cost = isGranted ? claim.cost : 0
        replace.bind(claim.id, at: 1)
        replace.bind(night, at: 2)
        replace.bind(claim.how.rawValue, at: 3)
        replace.bind(claim.claimedAt, at: 4)
        replace.bind(claim.card, at: 5)
        replace.bindUnlessZero(Int64(claim.member), at: 6)
        replace.bind(Int64(claim.reward), at: 7)
        replace.bind(claim.state.rawValue, at: 8)
        replace.bind(orNull: claim.reason, at: 9)
        replace.bind(orNull: claim.asked, at: 10)
        bind(isGranted ? claim.code : nil, to: replace, at: 11)
        replace.bind(cost, at: 13)
        replace.bind(orNull: claim.event, at: 14)
        replace.bind(orNull: claim.orderSystem, at: 15)
        replace.bind(orNull: claim.order, at: 16)
        replace.bind(orNull: claim.state == .waits ? Int64(claim.until.days) : nil, at: 17)
        replace.bindUnlessZero(claim.file, at: 18)
        replace.bindUnlessZero(Int64(claim.line), at: 19)
        replace.bind(orNull: claim.system, at: 20)
        try replace.run()
        // What goes on waiting for the same was told on the night it began.
        if claim.state == .waits, claim.reason == claim.waitedFor { return }
        try tell(claim, isGranted ? "granted" : claim.reason, cost)
        guard isGranted, claim.how != .replacement, claim.takesCode else { return }
        granted[claim.reward, default: 0] += 1
    }

    private func tell(_ claim: Claim, _ word: String, _ cost: Points) throws {
        let isGranted = claim.state == .granted
        outcome.bind(night, at: 1)
        outcome.bind(claim.id, at: 2)
        outcome.bind(word, at: 3)
        bind(isGranted ? claim.code : nil, to: outcome, at: 4)
        outcome.bind(cost, at: 6)
        let last = isGranted ? claim.goodDays?.upperBound : nil
        outcome.bind(orNull: last.flatMap { $0 == Lot.never ? nil : Int64($0.days) }, at: 7)
        try outcome.run()
    }

    private func bind(_ code: CodeRow?, to statement: Statement, at index: Int32) {
        if let code {
            statement.bind(code.code, at: index)
            statement.bind(Int64(code.owner), at: index + 1)
        } else {
            statement.bindNull(at: index)
            statement.bindNull(at: index + 1)
        }
    }

    /// Writes the units of tonight.
    func writeGranted() throws {
        for (reward, count) in granted.sorted(by: { $0.key < $1.key }) {
            try connection.execute(
                """
                INSERT INTO reward_granted (reward, granted) VALUES (?1, ?2)
                ON CONFLICT (reward) DO UPDATE SET granted = granted + ?2
                """, .integer(Int(reward)), .integer(count))
        }
        granted.removeAll()
    }
}

extension Statement {
    fileprivate func bind(orNull text: String, at index: Int32) {
        if text.isEmpty { bindNull(at: index) } else { bind(text, at: index) }
    }
}
