package import Loyalty
package import Storage

/// Erases a person from the ledger and keeps the sums: cards and fields of members go, tokens, lots,
/// postings and balances stay.
package struct MemberErasure {
    /// Somebody, with all who were merged into him.
    package struct Person: Sendable {
        /// By their integers, himself first; none where only records name the card.
        package var members: [Int64] = []
        /// All that files may know him by as a card.
        package var cards: [String]
        /// What his records may name him by: his cards and identities, the longest first.
        package var names: [String]
        /// What he can't spend any more, and owes no more, by account.
        package var points: [(account: Account.Kind, points: Points, debt: Points)] = []
        /// What stands where he was named.
        package var standIn = "forgotten"

        /// Somebody whose card records name, and nobody has.
        package init(unknown card: String) { (cards, names) = ([card], [card]) }

        fileprivate init(_ member: Int64) { (members, cards, names) = ([member], [], []) }
    }

    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    // MARK: Who he is

    /// Whose card it is; nil where nobody has it.
    package func person(of card: String) throws -> Person? {
        guard
            var member = try connection.integer(
                "SELECT member FROM card WHERE card = ?", .text(card))
        else { return nil }
        while let survivor = try connection.integer(
            "SELECT merged_into FROM member WHERE id = ?", .integer(member))
        { member = survivor }
        var person = Person(member)
        var next = 0
        while next < person.members.count {
            let one = person.members[next]
            try connection.forEach(
                "SELECT id FROM member WHERE merged_into = ? ORDER BY id", .integer(one)
            ) { person.members.append($0.integer(0)) }
            next += 1
        }
        var cards: Set<String> = []
        var names: Set<String> = []
        for one in person.members {
            try connection.forEach(
                """
                SELECT card FROM card WHERE member = ?1
                UNION SELECT card FROM former_card WHERE member = ?1
                UNION SELECT card FROM member WHERE id = ?1
                """, .integer(one)
            ) { cards.insert($0.string(0)) }
            try connection.forEach(
                "SELECT member_id, chained_as FROM member WHERE id = ?", .integer(one)
            ) { row in
                for column in [Int32(0), 1] where !row.isNull(column) {
                    names.insert(row.string(column))
                }
            }
        }
        person.cards = cards.sorted()
        person.names = names.union(cards).sorted {
            $0.utf8.count != $1.utf8.count ? $0.utf8.count > $1.utf8.count : $0 < $1
        }
        person.standIn = try standIn(for: member, token(of: member))
        for account in Account.Kind.allCases {
            var (points, debt): (Points, Points) = (0, 0)
            for one in person.members {
                points += try sum("remaining", "lot", one, account)
                debt += try sum("points", "debt", one, account)
            }
            if points != 0 || debt != 0 { person.points.append((account, points, debt)) }
        }
        return person
    }

    /// Whether a record that waits, or has waited, names a card that nobody has.
    package func isNamed(_ card: String) throws -> Bool {
        try connection.integer(
            """
            SELECT 1 WHERE EXISTS (SELECT 1 FROM parked WHERE card = ?1)
                OR EXISTS (SELECT 1 FROM adjustment WHERE card = ?1)
            """, .text(card)) != nil
    }

    private func sum(
        _ column: String, _ table: String, _ member: Int64, _ account: Account.Kind
    ) throws -> Points {
        try connection.integer(
            "SELECT sum(\(column)) FROM \(table) WHERE member = ? AND account = ?",
            .integer(member), .integer(Int(account.rawValue))) ?? 0
    }

    private func token(of member: Int64) throws -> [UInt8] {
        let tokens = try MemberTokens(connection)
        var token = [UInt8](repeating: 0, count: NightChain.hashBytes)
        try connection.forEach(
            "SELECT \(MemberIdentity.columns) FROM member WHERE id = ?", .integer(member)
        ) { row in
            token.withUnsafeMutableBufferPointer { bytes in
                if let start = bytes.baseAddress { tokens.write(row, at: 0, to: start) }
            }
        }
        return token
    }

    /// What stands for him in reports: the beginning of his token; one who came back and is forgotten
    /// again has the same, and a number behind it.
    private func standIn(for member: Int64, _ token: [UInt8]) throws -> String {
        let digits = Array("0123456789abcdef")
        let text =
            "forgotten-"
            + String(token.prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
        let others = try connection.integer(
            "SELECT count(*) FROM member WHERE token = ? AND id <> ?", .blob(token),
            .integer(member))
        return others.map { $0 > 0 ? "\(text)-\($0 + 1)" : text } ?? text
    }

    // MARK: Erasing

    /// Erases a person.
    ///
    /// - Parameter night: the next one; what waited for him waits no more as of it.
    package func erase(_ person: Person, on night: CivilDate) throws {
        try giveUpWaiting(person.cards, night)
        try eraseSources(person)
        for member in person.members {
            let token = try token(of: member)
            let standIn = try standIn(for: member, token)
            try connection.execute(
                """
                UPDATE member SET token = ?2, card = ?3, member_id = NULL, chained_as = NULL,
                    status = \(MemberRecord.Status.erased.rawValue), enrolled_on = NULL, birthday = NULL
                WHERE id = ?1
                """, .integer(member), .blob(token), .text(standIn))
            try connection.execute("DELETE FROM card WHERE member = ?", .integer(member))
            try connection.execute("DELETE FROM former_card WHERE member = ?", .integer(member))
            try connection.execute("DELETE FROM member_segment WHERE member = ?", .integer(member))
            try connection.execute("DELETE FROM member_tier WHERE member = ?", .integer(member))
            try connection.execute("DELETE FROM forced_tier WHERE member = ?", .integer(member))
        }
    }

    /// Whatever waits for one of the cards waits in vain; what has waited names it no more.
    private func giveUpWaiting(_ cards: [String], _ night: CivilDate) throws {
        for card in cards {
            try connection.execute(
                """
                UPDATE orders SET state = \(OrderRow.State.givenUp.rawValue)
                WHERE state = \(OrderRow.State.parked.rawValue) AND (system, id) IN
                    (SELECT system, id FROM parked WHERE ended_on IS NULL AND card = ?)
                """, .text(card))
            try connection.execute(
                """
                UPDATE parked SET ended_on = ?, outcome = '\(ParkOutcome.givenUp.rawValue)'
                WHERE ended_on IS NULL AND card = ?
                """, .date(night), .text(card))
            try connection.execute("UPDATE parked SET card = NULL WHERE card = ?", .text(card))
            // 1 waits, 2 was given up.
            try connection.execute(
                """
                UPDATE adjustment SET card = '', reason = '',
                    state = CASE state WHEN 1 THEN 2 ELSE state END
                WHERE card = ?
                """, .text(card))
        }
    }

    /// Takes the cards out of postings of merges, which stand under the card of who was merged.
    ///
    /// What the night chain made of them is kept, so that no link of it breaks.
    private func eraseSources(_ person: Person) throws {
        guard !person.members.isEmpty else { return }
        var firsts: Set<Int64> = []
        try connection.forEach("SELECT first FROM posting_range") { firsts.insert($0.integer(0)) }
        let history = try LedgerHistory(connection)
        let names = Set(person.cards)
        for member in person.members {
            let texts = TextArena()
            var group: [PastPosting] = []
            func end() throws {
                let named = group.filter {
                    $0.posting.kind == .merge && names.contains($0.posting.source.string)
                }
                if let first = group.first, let last = group.last, !named.isEmpty {
                    try keepDigest(first.id...last.id)
                    for posting in named {
                        try connection.execute(
                            "UPDATE posting SET source = ? WHERE id = ?", .text(person.standIn),
                            .integer(posting.id))
                    }
                }
                group.removeAll()
            }
            for posting in try history.postings(of: Int32(member), into: texts) {
                let goesOn = group.last.map { $0.id + 1 == posting.id } ?? true
                if !goesOn || firsts.contains(posting.id) { try end() }
                group.append(posting)
            }
            try end()
            for name in names {
                try connection.execute(
                    "UPDATE exception SET source = ? WHERE member = ? AND source = ?",
                    .text(person.standIn), .integer(member), .text(name))
            }
        }
    }

    private func keepDigest(_ ids: ClosedRange<Int64>) throws {
        try connection.execute(
            "INSERT OR IGNORE INTO kept_digest (first, digest) VALUES (?, ?)",
            .integer(ids.lowerBound), .blob(NightChain.digest(connection, of: ids)))
    }
}

/// Whether a forgetting was broken off before the store's file was clean of it.
package struct UnfinishedForgetting {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    package func begin(_ night: CivilDate) throws {
        try connection.execute(
            "INSERT OR REPLACE INTO unfinished_forgetting (id, night) VALUES (1, ?)", .date(night))
    }

    package func end() throws { try connection.execute("DELETE FROM unfinished_forgetting") }

    package func isThere() throws -> Bool {
        try connection.integer("SELECT 1 FROM unfinished_forgetting") != nil
    }
}
