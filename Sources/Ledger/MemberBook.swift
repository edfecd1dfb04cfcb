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
        var card: ByteText
        var memberID: ByteText
        /// The tier that is his without a forced one.
        var tier: Int32
        var isForced: Bool
        var status: Int64
        var enrolledOn: CivilDate?
        var mergedInto: Int64
        var birthday: Int32
    }

    /// Takes over tonight's member lines, in the order of their cards; lines of one card run in the
    /// order in which they came.
    ///
    /// First all that stand for themselves, then cards that take the place of others, then merges: so
    /// that a line may name what a later one brings.
    ///
    /// - Parameter fileCount: how many files the batch's indices range over.
    package func post(_ batch: MemberBatch, tiers: [String], fileCount: Int) throws -> Outcome {
        var outcome = Outcome(counts: Array(repeating: VerdictCounts(), count: fileCount))
        let names = Names(connection)
        let tierIDs = try tiers.map { try names.tier($0) }
        let entryTier = try names.tier(program.tiers[0].name)
        let statements = try Statements(connection, night: day)
        var nextID = (try connection.integer("SELECT max(id) FROM member") ?? 0) + 1
        let order = sortedTexts(batch.members.count) { batch.members[$0].card }.map(Int.init)
        func count(_ line: MemberRecord, _ verdict: Verdict, _ reason: Reason = .ambiguousMember) {
            outcome.count(line, verdict, reason)
        }
        func take(_ line: MemberRecord, _ known: Known?) throws -> Verdict {
            let tier = line.tier < 0 ? nil : tierIDs[Int(line.tier)]
            if let known { return try update(known, line, tier, statements) }
            try statements.insert(
                line, id: nextID, tier: tier ?? entryTier, since: line.tierSince ?? day,
                night: day)
            nextID += 1
            return .accepted
        }
        var replacements: [MemberRecord] = []
        var merges: [MemberRecord] = []
        for index in order {
            let line = batch.members[index]
            if !line.replacesCard.isEmpty {
                replacements.append(line)
            } else if line.mergedInto.isEmpty {
                count(line, try take(line, try statements.find(line)))
            } else if try isMerged(line, statements) {
                // Who has been merged is told by his survivor's lines.
                let isItself = line.mergedInto == line.card || line.mergedInto == line.memberID
                count(line, isItself ? .conflict : .duplicate, .mergeCycle)
            } else if try take(line, try statements.find(line)) == .conflict {
                count(line, .conflict)
            } else {
                merges.append(line)
            }
        }
        var requests: [Int64: Int64] = [:]
        for entry in CardOrder.sorted(replacements) {
            let line = entry.line
            guard !entry.isInCircle else {
                count(line, .conflict, .mergeCycle)
                continue
            }
            let verdict = try replace(line, &requests, statements, take)
            if line.mergedInto.isEmpty || verdict == .conflict {
                count(line, verdict)
            } else {
                merges.append(line)
            }
        }
        try merge(merges, requests, statements, count)
        return outcome
    }

    /// A card that takes the place of another: it joins that one's member, or takes him over where it
    /// has a member of its own.
    private func replace(
        _ line: MemberRecord, _ requests: inout [Int64: Int64], _ statements: Statements,
        _ take: (MemberRecord, Known?) throws -> Verdict
    ) throws -> Verdict {
        let new = try statements.find(line)?.member
        let old = try statements.find(card: line.replacesCard)
        if let new, let old = old?.member, old != new {
            let verdict = try take(line, try statements.find(line))
            if verdict != .conflict { requests[old] = new }
            return verdict == .duplicate ? .correction : verdict
        }
        let wasFirst = old.map { $0.card == line.card } ?? false
        let verdict = try take(line, old == nil ? statements.find(line) : old)
        guard verdict != .conflict else { return verdict }
        // Orders may still come with the old card, known or not.
        try statements.replace(line.replacesCard, by: line.card, on: day)
        return verdict == .duplicate && !wasFirst ? .accepted : verdict
    }

    private func update(
        _ known: Known, _ line: MemberRecord, _ tier: Int32?, _ statements: Statements
    ) throws -> Verdict {
        var line = line
        if !line.memberID.isEmpty, line.memberID != known.memberID {
            let owner = try statements.find(identity: line.memberID)?.member
            let isMerged = owner == known.member
            guard isMerged || owner == nil && known.memberID.isEmpty else { return .conflict }
            // The identity of one who was merged into him stays that one's.
            if isMerged { line.memberID = ByteText(start: line.memberID.start, count: 0) }
        }
        let tier = tier ?? known.tier
        let enrolledOn = line.enrolledOn ?? known.enrolledOn
        let isSame =
            tier == known.tier && Int64(line.status.rawValue) == known.status
            && enrolledOn == known.enrolledOn
            && (line.memberID.isEmpty || line.memberID == known.memberID)
            && line.birthday ?? known.birthday == known.birthday
        let hasNewSegments = try statements.segments.set(line.segments, of: known.member)
        let (isNewCard, isNewDate) = try statements.addCard(line, of: known.member)
        if !isSame || hasNewSegments || isNewCard || isNewDate {
            try statements.changes.note(known.member)
        }
        guard !isSame || hasNewSegments else {
            return isNewCard ? .accepted : isNewDate ? .correction : .duplicate
        }
        try statements.update(known.member, line, enrolledOn: enrolledOn)
        if tier != known.tier {
            if known.isForced {
                try statements.setUnderlying(tier, of: known.member)
            } else {
                try statements.setTier(tier, of: known.member, since: line.tierSince ?? day)
            }
        }
        return .correction
    }

    // MARK: Merges

    /// Whether a line's member was merged into the one it names before.
    private func isMerged(_ line: MemberRecord, _ statements: Statements) throws -> Bool {
        guard let victim = try statements.find(line)?.member else { return false }
        return try statements.find(survivor: line.mergedInto)?.member == victim
    }

    /// Merges members; those that are merged into one another in a circle stay as they are.
    private func merge(
        _ lines: [MemberRecord], _ replaced: [Int64: Int64], _ statements: Statements,
        _ count: (MemberRecord, Verdict, Reason) -> Void
    ) throws {
        var survivorOf = replaced
        var judged: [(line: MemberRecord, victim: Int64)] = []
        for line in lines {
            guard let victim = try statements.find(line)?.member else { continue }
            guard let survivor = try statements.find(survivor: line.mergedInto)?.member else {
                count(line, .conflict, .unknownMember)
                continue
            }
            if let other = survivorOf[victim], other != survivor {
                count(line, .conflict, .ambiguousMember)
            } else {
                survivorOf[victim] = survivor
                judged.append((line, victim))
            }
        }
        let circles = MemberBook.circles(survivorOf)
        for member in circles { survivorOf[member] = nil }
        func last(_ member: Int64) -> Int64 {
            var path: [Int64] = [member]
            while let next = survivorOf[path[path.count - 1]] { path.append(next) }
            // The next of a long chain has less to walk.
            for step in path.dropLast() { survivorOf[step] = path[path.count - 1] }
            return path[path.count - 1]
        }
        let ranks = try Names(connection).ranks(of: program)
        for victim in survivorOf.keys.sorted() {
            try statements.merge(victim, into: last(victim), on: day, ranks)
        }
        for (line, victim) in judged {
            count(line, circles.contains(victim) ? .conflict : .accepted, .mergeCycle)
        }
        guard !survivorOf.isEmpty else { return }
        // Once for all of the night: cards have no index by their members.
        try connection.execute(
            """
            UPDATE card SET member = (SELECT survivor FROM merge WHERE victim = card.member)
            WHERE member IN (SELECT victim FROM merge WHERE night = ?)
            """, .date(day))
    }

    /// Those who, merged one after the other, would become themselves.
    private static func circles(_ survivorOf: [Int64: Int64]) -> Set<Int64> {
        var circles: Set<Int64> = []
        var seenFrom: [Int64: Int64] = [:]
        for start in survivorOf.keys {
            var at = start
            while let next = survivorOf[at], seenFrom[at] == nil {
                seenFrom[at] = start
                at = next
            }
            guard seenFrom[at] == start, !circles.contains(at) else { continue }
            var member = at
            repeat {
                circles.insert(member)
                member = survivorOf[member] ?? at
            } while member != at
        }
        return circles
    }

    private final class Statements {
        private let byCard: Statement
        private let byIdentity: Statement
        private let byNumber: Statement
        private let insertMember: Statement
        private let insertCard: Statement
        private let expireCard: Statement
        private let formerCard: Statement
        private let firstCard: Statement
        private let insertTier: Statement
        private let updateTier: Statement
        private let updateUnderlying: Statement
        private let updateMember: Statement
        private let insertMerge: Statement
        private let markMerged: Statement
        private let unforce: Statement
        private let moves: TierMoves
        let segments: MemberSegments
        let changes: MemberChanges

        init(_ connection: Connection, night: CivilDate) throws {
            moves = try TierMoves(connection, night: night)
            segments = try MemberSegments(connection)
            changes = try MemberChanges(connection, night: night)
            let columns = """
                SELECT m.id, m.member_id, coalesce(f.underlying, m.tier), m.status, m.enrolled_on,
                    m.card, f.member IS NOT NULL, m.merged_into, m.birthday
                FROM member m LEFT JOIN forced_tier f ON f.member = m.id
                """
            byCard = try connection.prepare(
                "\(columns) JOIN card c ON c.member = m.id WHERE c.card = ?")
            byIdentity = try connection.prepare("\(columns) WHERE m.member_id = ?")
            byNumber = try connection.prepare("\(columns) WHERE m.id = ?")
            insertMember = try connection.prepare(
                """
                INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since, birthday)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
            insertCard = try connection.prepare(
                "INSERT OR IGNORE INTO card (card, member, expires_on) VALUES (?, ?, ?)")
            expireCard = try connection.prepare(
                "UPDATE card SET expires_on = ?1 WHERE card = ?2 AND expires_on IS NOT ?1")
            // Two changes in one night: what the night before knew.
            formerCard = try connection.prepare(
                """
                INSERT OR IGNORE INTO former_card (member, night, card)
                SELECT m.id, ?2, m.card FROM card c JOIN member m ON m.id = c.member
                WHERE c.card = ?1 AND m.card <> ?1
                """)
            firstCard = try connection.prepare(
                """
                UPDATE member SET chained_as = \(MemberIdentity.sql), card = ?1
                WHERE id = (SELECT member FROM card WHERE card = ?1) AND card <> ?1
                """)
            insertTier = try connection.prepare(
                "INSERT OR REPLACE INTO member_tier (member, since, tier) VALUES (?, ?, ?)")
            updateTier = try connection.prepare("UPDATE member SET tier = ? WHERE id = ?")
            updateUnderlying = try connection.prepare(
                "UPDATE forced_tier SET underlying = ? WHERE member = ?")
            updateMember = try connection.prepare(
                """
                UPDATE member SET \(MemberIdentity.pin("coalesce(?1, member_id)")),
                    member_id = coalesce(?1, member_id), status = ?2, enrolled_on = ?3,
                    birthday = nullif(coalesce(?5, birthday), 0)
                WHERE id = ?4
                """)
            insertMerge = try connection.prepare(
                "INSERT OR REPLACE INTO merge (victim, survivor, night) VALUES (?, ?, ?)")
            markMerged = try connection.prepare("UPDATE member SET merged_into = ? WHERE id = ?")
            unforce = try connection.prepare("DELETE FROM forced_tier WHERE member = ?")
        }

        /// The member of a line's card, else of its own identity.
        ///
        /// Texts live until the next call.
        func find(_ line: MemberRecord) throws -> Known? {
            if let known = try find(card: line.card) { return known }
            return line.memberID.isEmpty ? nil : try find(byIdentity, line.memberID)
        }

        func find(card: ByteText) throws -> Known? { try find(byCard, card) }

        func find(identity: ByteText) throws -> Known? { try find(byIdentity, identity) }

        /// The member whom another is merged into: by his card, else by his own identity.
        func find(survivor: ByteText) throws -> Known? {
            try find(card: survivor) ?? find(byIdentity, survivor)
        }

        /// The member of a text; where he was merged, the one he has become.
        private func find(_ statement: Statement, _ text: ByteText) throws -> Known? {
            statement.reset()
            statement.bind(text, at: 1)
            guard try statement.step() else { return nil }
            var found = known(statement)
            while found.mergedInto > 0 {
                byNumber.reset()
                byNumber.bind(found.mergedInto, at: 1)
                guard try byNumber.step() else { break }
                found = known(byNumber)
            }
            return found
        }

        private func known(_ row: Statement) -> Known {
            Known(
                member: row.integer(0), card: row.text(5), memberID: row.text(1),
                tier: Int32(row.integer(2)), isForced: row.integer(6) != 0,
                status: row.integer(3), enrolledOn: row.isNull(4) ? nil : row.date(4),
                mergedInto: row.integer(7), birthday: Int32(row.integer(8)))
        }

        /// Ends the look-ups: what they read is about to change.
        private func close() {
            byCard.reset()
            byIdentity.reset()
            byNumber.reset()
        }

        func insert(
            _ line: MemberRecord, id: Int64, tier: Int32, since: CivilDate, night: CivilDate
        ) throws {
            close()
            insertMember.bind(id, at: 1)
            insertMember.bind(line.card, at: 2)
            bindIdentity(of: line, to: insertMember, at: 3)
            insertMember.bind(Int64(tier), at: 4)
            insertMember.bind(Int64(line.status.rawValue), at: 5)
            insertMember.bind(orNull: line.enrolledOn, at: 6)
            insertMember.bind(night, at: 7)
            insertMember.bindUnlessZero(Int64(line.birthday ?? 0), at: 8)
            try insertMember.run()
            try changes.note(id)
            _ = try segments.set(line.segments, of: id)
            _ = try addCard(line, of: id)
            try addTier(tier, of: id, since: since)
        }

        private func bindIdentity(of line: MemberRecord, to statement: Statement, at index: Int32) {
            if line.memberID.isEmpty {
                statement.bindNull(at: index)
            } else {
                statement.bind(line.memberID, at: index)
            }
        }

        /// Adds a line's card, or its last day where the card is known; says which of them is new.
        func addCard(
            _ line: MemberRecord, of member: Int64
        ) throws -> (isNewCard: Bool, isNewDate: Bool) {
            insertCard.bind(line.card, at: 1)
            insertCard.bind(member, at: 2)
            insertCard.bind(orNull: line.cardExpiresOn, at: 3)
            try insertCard.run()
            guard insertCard.changes == 0 else { return (true, false) }
            expireCard.bind(orNull: line.cardExpiresOn, at: 1)
            expireCard.bind(line.card, at: 2)
            try expireCard.run()
            return (false, expireCard.changes > 0)
        }

        /// Makes a card the first one of its member; the card that it replaces stays his.
        func replace(_ old: ByteText, by card: ByteText, on night: CivilDate) throws {
            guard let member = try find(card: card)?.member else { return }
            close()
            try changes.note(member)
            insertCard.bind(old, at: 1)
            insertCard.bind(member, at: 2)
            insertCard.bindNull(at: 3)
            try insertCard.run()
            formerCard.bind(card, at: 1)
            formerCard.bind(night, at: 2)
            try formerCard.run()
            firstCard.bind(card, at: 1)
            try firstCard.run()
        }

        private func addTier(_ tier: Int32, of member: Int64, since: CivilDate) throws {
            insertTier.bind(member, at: 1)
            insertTier.bind(since, at: 2)
            insertTier.bind(Int64(tier), at: 3)
            try insertTier.run()
        }

        func setTier(_ tier: Int32, of member: Int64, since: CivilDate) throws {
            try moves.note(member, to: tier)
            updateTier.bind(Int64(tier), at: 1)
            updateTier.bind(member, at: 2)
            try updateTier.run()
            try addTier(tier, of: member, since: since)
        }

        func setUnderlying(_ tier: Int32, of member: Int64) throws {
            updateUnderlying.bind(Int64(tier), at: 1)
            updateUnderlying.bind(member, at: 2)
            try updateUnderlying.run()
        }

        func update(_ member: Int64, _ line: MemberRecord, enrolledOn: CivilDate?) throws {
            close()
            bindIdentity(of: line, to: updateMember, at: 1)
            updateMember.bind(Int64(line.status.rawValue), at: 2)
            updateMember.bind(orNull: enrolledOn, at: 3)
            updateMember.bind(member, at: 4)
            updateMember.bind(orNull: line.birthday.map { Int64($0) }, at: 5)
            try updateMember.run()
        }

        /// Notes a merge, whose lots the night's posting moves; the higher tier wins.
        func merge(
            _ victim: Int64, into survivor: Int64, on night: CivilDate, _ ranks: [Int32: Int]
        ) throws {
            func find(_ member: Int64) throws -> Known? {
                byNumber.reset()
                byNumber.bind(member, at: 1)
                return try byNumber.step() ? known(byNumber) : nil
            }
            guard let lost = try find(victim)?.tier, let known = try find(survivor) else { return }
            let (tier, isForced) = (known.tier, known.isForced)
            close()
            if ranks[lost] ?? 0 > ranks[tier] ?? 0 {
                if isForced {
                    try setUnderlying(lost, of: survivor)
                } else {
                    try setTier(lost, of: survivor, since: night)
                }
            }
            insertMerge.bind(victim, at: 1)
            insertMerge.bind(survivor, at: 2)
            insertMerge.bind(night, at: 3)
            try insertMerge.run()
            markMerged.bind(survivor, at: 1)
            markMerged.bind(victim, at: 2)
            try markMerged.run()
            unforce.bind(victim, at: 1)
            try unforce.run()
            for member in [victim, survivor] { try changes.note(member) }
        }
    }
}

extension Statement {
    fileprivate func bind(orNull date: CivilDate?, at index: Int32) {
        if let date { bind(date, at: index) } else { bindNull(at: index) }
    }
}

extension MemberBook.Outcome {
    /// - Parameter reason: of a conflict.
    fileprivate mutating func count(_ line: MemberRecord, _ verdict: Verdict, _ reason: Reason) {
        counts[Int(line.file)][verdict] += 1
        guard verdict == .conflict else { return }
        refusals.append(
            Refusal(
                file: line.file, line: line.line, lineCount: 1, verdict: .conflict, reason: reason))
    }
}
