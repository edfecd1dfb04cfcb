internal import Loyalty
internal import Storage

/// Nightjar's own list of codes and their history: the only writer of the tables code and code_event.
///
/// It counts as it writes, so that counts and roll-forward of the night cost no look at codes that
/// nothing happened to.
final class Register {
    let night: CivilDate
    let rewards: RewardList
    /// Owns the texts of the rows that were found.
    let texts = TextArena(blockBytes: 1 << 18)
    let counts: CodeCounts
    private let connection: Connection
    private let byCode: Statement
    private let byOwner: Statement
    private let insert: Statement
    private let insertMany: BulkInsert
    private let update: Statement
    private let note: Statement
    private var systemIDs: [String: Int32] = [:]

    private static let columnNames = [
        "code", "owner", "reward", "state", "card", "valid_from", "expires_on", "points", "file",
        "line", "added_on", "assigned_at", "burned_at", "burned_in", "burn",
    ]
    static let columns = columnNames.joined(separator: ", ")

    init(_ connection: Connection, night: CivilDate, rewards: RewardList) throws {
        self.connection = connection
        self.night = night
        self.rewards = rewards
        counts = CodeCounts(connection, night: night)
        byCode = try connection.prepare(
            "SELECT \(Register.columns) FROM code WHERE code = ? ORDER BY owner")
        byOwner = try connection.prepare(
            "SELECT \(Register.columns) FROM code WHERE code = ? AND owner = ?")
        insert = try connection.prepare(
            """
            INSERT INTO code (\(Register.columns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertMany = try BulkInsert(connection, into: "code", Register.columnNames)
        update = try connection.prepare(
            """
            UPDATE code SET reward = ?3, state = ?4, card = ?5, valid_from = ?6, expires_on = ?7,
                points = ?8, assigned_at = ?12, burned_at = ?13, burned_in = ?14, burn = ?15
            WHERE code = ?1 AND owner = ?2
            """)
        note = try connection.prepare(
            """
            INSERT INTO code_event (code, owner, night, seq, before, after, at, system, file, line,
                reason, card, source)
            VALUES (?1, ?2, ?3, (SELECT coalesce(max(seq), 0) + 1 FROM code_event
                WHERE code = ?1 AND owner = ?2 AND night = ?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
                ?12)
            """)
    }

    /// The integer of a system's name, new or known.
    func system(_ name: String) throws -> Int32 {
        if let id = systemIDs[name] { return id }
        try connection.execute(
            "INSERT OR IGNORE INTO code_system (name) VALUES (?)", .text(name))
        let id =
            try connection.integer(
                "SELECT id FROM code_system WHERE name = ?", .text(name)) ?? 0
        systemIDs[name] = Int32(id)
        return Int32(id)
    }

    /// The owner of a reward's codes: their namespace.
    func owner(of reward: Int32) throws -> Int32 { try system(rewards[reward]?.owner ?? "") }

    // MARK: Looking up

    /// A code in every namespace that has it.
    func find(_ code: ByteText) throws -> [CodeRow] {
        byCode.bind(code, at: 1)
        defer { byCode.reset() }
        var rows: [CodeRow] = []
        while try byCode.step() { rows.append(row(byCode)) }
        return rows
    }

    /// A code of one namespace.
    ///
    /// - Parameter arena: owns the texts of the row; the register's own without it.
    func find(
        _ code: ByteText, owner: Int32, into arena: TextArena? = nil
    ) throws -> CodeRow? {
        byOwner.bind(code, at: 1)
        byOwner.bind(Int64(owner), at: 2)
        defer { byOwner.reset() }
        return try byOwner.step() ? row(byOwner, into: arena) : nil
    }

    /// Reads `Register.columns`; the texts are copied.
    func row(_ row: Statement, into arena: TextArena? = nil) -> CodeRow {
        let texts = arena ?? texts
        return CodeRow(
            code: texts.copy(row.text(0)), owner: Int32(row.integer(1)),
            reward: Int32(row.integer(2)),
            state: CodeState(rawValue: UInt8(row.integer(3))) ?? .voided,
            card: texts.copy(row.text(4)), validFrom: row.isNull(5) ? nil : row.date(5),
            expiresOn: row.date(6), points: row.isNull(7) ? nil : row.integer(7),
            file: row.integer(8), line: Int32(row.integer(9)), addedOn: row.date(10),
            assignedAt: row.isNull(11) ? nil : row.integer(11),
            burnedAt: row.isNull(12) ? nil : row.integer(12), burnedIn: Int32(row.integer(13)),
            burn: texts.copy(row.text(14)))
    }

    // MARK: Writing

    /// Adds a code that its namespace doesn't have.
    func add(_ row: CodeRow, isGenerated: Bool = false) throws {
        bind(row, to: insert)
        try insert.run()
        counts.add(row.state, reward: row.reward, file: row.file, isGenerated: isGenerated)
    }

    /// Adds codes that their namespaces don't have; they come in the order of the register.
    func add(_ rows: [CodeRow]) throws {
        try rows.withUnsafeBufferPointer { rows in
            try insertMany.rows(rows.count) { index, statement, first in
                bind(rows[index], to: statement, after: first)
            }
            var start = 0
            for end in 1...max(1, rows.count) where start < rows.count {
                let (one, next) = (rows[start], end < rows.count ? rows[end] : nil)
                if let next, next.reward == one.reward, next.file == one.file,
                    next.state == one.state
                {
                    continue
                }
                counts.add(
                    one.state, reward: one.reward, file: one.file, isGenerated: false,
                    count: Int64(end - start))
                start = end
            }
        }
    }

    /// Moves a code on, with an entry in its history.
    ///
    /// - Parameters:
    ///   - row: as it is from now on.
    ///   - before: the state it was in; the same one for what changes something else of it.
    func change(_ row: CodeRow, from before: CodeState, _ transition: CodeTransition) throws {
        bind(row, to: update)
        try update.run()
        note.bind(row.code, at: 1)
        note.bind(Int64(row.owner), at: 2)
        note.bind(night, at: 3)
        note.bind(Int64(before.rawValue), at: 4)
        note.bind(Int64(row.state.rawValue), at: 5)
        note.bind(transition.at, at: 6)
        note.bind(Int64(transition.system), at: 7)
        note.bindUnlessZero(transition.file, at: 8)
        note.bindUnlessZero(Int64(transition.line), at: 9)
        note.bind(transition.reason, at: 10)
        note.bind(orNull: row.card, at: 11)
        note.bind(orNull: transition.source, at: 12)
        try note.run()
        counts.move(before, to: row.state, reward: row.reward, file: row.file)
    }

    private func bind(_ row: CodeRow, to statement: Statement, after first: Int32 = 0) {
        statement.bind(row.code, at: first + 1)
        statement.bind(Int64(row.owner), at: first + 2)
        statement.bind(Int64(row.reward), at: first + 3)
        statement.bind(Int64(row.state.rawValue), at: first + 4)
        statement.bind(orNull: row.card, at: first + 5)
        statement.bind(orNull: row.validFrom.map { Int64($0.days) }, at: first + 6)
        statement.bind(row.expiresOn, at: first + 7)
        statement.bind(orNull: row.points, at: first + 8)
        statement.bind(row.file, at: first + 9)
        statement.bind(Int64(row.line), at: first + 10)
        statement.bind(row.addedOn, at: first + 11)
        statement.bind(orNull: row.assignedAt, at: first + 12)
        statement.bind(orNull: row.burnedAt, at: first + 13)
        statement.bindUnlessZero(Int64(row.burnedIn), at: first + 14)
        statement.bind(orNull: row.burn, at: first + 15)
    }
}
