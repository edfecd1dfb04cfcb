package import Loyalty
package import Storage

/// The members and their cards: the only writer of those tables.
package struct MemberBook {
    private let connection: Connection
    private let program: Program
    private let day: CivilDate

    /// The book of a night.
    package init(_ connection: Connection, program: Program, day: CivilDate) {
        self.connection = connection
        self.program = program
        self.day = day
    }

    /// What became of the lines, by file.
    package struct Outcome {
        package var counts: [VerdictCounts]
        package var refusals: [Refusal] = []
    }

    private struct Known {
        var member: Int64
        var memberID: ByteText
        var tier: Int32
        var status: Int64
        var enrolledOn: CivilDate?
    }

    /// Takes over tonight's member lines, in the order of their cards; lines of one card run in the
    /// order in which they came.
    ///
    /// - Parameter fileCount: how many files the batch's indices range over.
    package func post(_ batch: MemberBatch, tiers: [String], fileCount: Int) throws -> Outcome {
        var outcome = Outcome(counts: Array(repeating: VerdictCounts(), count: fileCount))
        let names = Names(connection)
        let tierIDs = try tiers.map { try names.tier($0) }
        let entryTier = try names.tier(program.tiers[0].name)
        var statements = try Statements(connection)
        var nextID = (try connection.integer("SELECT max(id) FROM member") ?? 0) + 1
        let order = sortedTexts(batch.members.count) { batch.members[$0].card }
        for index in order {
            let line = batch.members[Int(index)]
            let tier = line.tier < 0 ? nil : tierIDs[Int(line.tier)]
            let verdict: Verdict
            if let known = try statements.find(line) {
                verdict = try update(known, line, tier, &statements)
            } else {
                try statements.insert(
                    line, id: nextID, tier: tier ?? entryTier, since: line.tierSince ?? day,
                    night: day)
                nextID += 1
                verdict = .accepted
            }
            outcome.counts[Int(line.file)][verdict] += 1
            if verdict == .conflict {
                outcome.refusals.append(
                    Refusal(
                        file: line.file, line: line.line, lineCount: 1, verdict: .conflict,
                        reason: .ambiguousMember))
            }
        }
        return outcome
    }

    private func update(
        _ known: Known, _ line: MemberRecord, _ tier: Int32?, _ statements: inout Statements
    ) throws -> Verdict {
        if !line.memberID.isEmpty, !known.memberID.isEmpty, line.memberID != known.memberID {
            return .conflict
        }
        let tier = tier ?? known.tier
        let enrolledOn = line.enrolledOn ?? known.enrolledOn
        let isSame =
            tier == known.tier && Int64(line.status.rawValue) == known.status
            && enrolledOn == known.enrolledOn
            && (line.memberID.isEmpty || line.memberID == known.memberID)
        let isNewCard = try statements.addCard(line.card, of: known.member)
        guard !isSame else { return isNewCard ? .accepted : .duplicate }
        try statements.update(known.member, line, tier: tier, enrolledOn: enrolledOn)
        if tier != known.tier {
            try statements.setTier(tier, of: known.member, since: line.tierSince ?? day)
        }
        return .correction
    }

    private struct Statements {
        private let byCard: Statement
        private let byIdentity: Statement
        private let insertMember: Statement
        private let insertCard: Statement
        private let insertTier: Statement
        private let updateMember: Statement

        init(_ connection: Connection) throws {
            let columns = "m.id, m.member_id, m.tier, m.status, m.enrolled_on"
            byCard = try connection.prepare(
                "SELECT \(columns) FROM card c JOIN member m ON m.id = c.member WHERE c.card = ?")
            byIdentity = try connection.prepare(
                "SELECT \(columns) FROM member m WHERE m.member_id = ?")
            insertMember = try connection.prepare(
                """
                INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
            insertCard = try connection.prepare(
                "INSERT OR IGNORE INTO card (card, member) VALUES (?, ?)")
            insertTier = try connection.prepare(
                "INSERT OR REPLACE INTO member_tier (member, since, tier) VALUES (?, ?, ?)")
            updateMember = try connection.prepare(
                """
                UPDATE member SET \(MemberIdentity.pin("coalesce(?1, member_id)")),
                    member_id = coalesce(?1, member_id), tier = ?2, status = ?3, enrolled_on = ?4
                WHERE id = ?5
                """)
        }

        /// The member of a line's card, else of its own identity.
        ///
        /// Texts live until the next call.
        func find(_ line: MemberRecord) throws -> Known? {
            byCard.reset()
            byCard.bind(line.card, at: 1)
            if try byCard.step() { return known(byCard) }
            guard !line.memberID.isEmpty else { return nil }
            byIdentity.reset()
            byIdentity.bind(line.memberID, at: 1)
            return try byIdentity.step() ? known(byIdentity) : nil
        }

        private func known(_ row: Statement) -> Known {
            Known(
                member: row.integer(0), memberID: row.text(1), tier: Int32(row.integer(2)),
                status: row.integer(3), enrolledOn: row.isNull(4) ? nil : row.date(4))
        }

        mutating func insert(
            _ line: MemberRecord, id: Int64, tier: Int32, since: CivilDate, night: CivilDate
        ) throws {
            insertMember.bind(id, at: 1)
            insertMember.bind(line.card, at: 2)
            if line.memberID.isEmpty {
                insertMember.bindNull(at: 3)
            } else {
                insertMember.bind(line.memberID, at: 3)
            }
            insertMember.bind(Int64(tier), at: 4)
            insertMember.bind(Int64(line.status.rawValue), at: 5)
            if let enrolledOn = line.enrolledOn {
                insertMember.bind(enrolledOn, at: 6)
            } else {
                insertMember.bindNull(at: 6)
            }
            insertMember.bind(night, at: 7)
            try insertMember.run()
            _ = try addCard(line.card, of: id)
            try setTier(tier, of: id, since: since)
        }

        func addCard(_ card: ByteText, of member: Int64) throws -> Bool {
            insertCard.bind(card, at: 1)
            insertCard.bind(member, at: 2)
            try insertCard.run()
            return insertCard.changes > 0
        }

        func setTier(_ tier: Int32, of member: Int64, since: CivilDate) throws {
            insertTier.bind(member, at: 1)
            insertTier.bind(since, at: 2)
            insertTier.bind(Int64(tier), at: 3)
            try insertTier.run()
        }

        func update(
            _ member: Int64, _ line: MemberRecord, tier: Int32, enrolledOn: CivilDate?
        ) throws {
            byCard.reset()
            byIdentity.reset()
            if line.memberID.isEmpty {
                updateMember.bindNull(at: 1)
            } else {
                updateMember.bind(line.memberID, at: 1)
            }
            updateMember.bind(Int64(tier), at: 2)
            updateMember.bind(Int64(line.status.rawValue), at: 3)
            if let enrolledOn {
                updateMember.bind(enrolledOn, at: 4)
            } else {
                updateMember.bindNull(at: 4)
            }
            updateMember.bind(member, at: 5)
            try updateMember.run()
        }
    }
}

/// Whom the night chain knows a member as: his member_id or else his card, as they were when it first
/// could have known him. A later member_id makes no other person of him.
enum MemberIdentity {
    static let sql = "coalesce(chained_as, member_id, card)"

    /// Keeps him known when an update gives him this member_id.
    static func pin(_ memberID: String) -> String {
        "chained_as = CASE WHEN \(memberID) IS member_id THEN chained_as ELSE \(sql) END"
    }
}
