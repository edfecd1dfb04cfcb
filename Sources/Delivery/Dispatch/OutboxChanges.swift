internal import Loyalty
internal import Storage

/// Changes the states of an endpoint's rows in the outbox, and keeps the totals that go with them.
///
/// What can be said of rows that stand one behind the other is said by one statement: a row by itself costs
/// three times as much. OR FAIL spares it a copy of each page: where one fails, the transaction goes, and no statement
/// alone.
final class OutboxChanges {
    private let connection: Connection
    private let endpoint: String
    private var statements: [String: Statement] = [:]
    private var counts: [String: DeliveryTotals.Counts] = [:]

    init(_ connection: Connection, _ endpoint: String) {
        self.connection = connection
        self.endpoint = endpoint
    }

    /// A statement, prepared once.
    private func statement(_ sql: String) throws -> Statement {
        if let known = statements[sql] { return known }
        let made = try connection.prepare(sql)
        statements[sql] = made
        return made
    }

    // MARK: Claiming

    /// Says of rows that were pending that they are being tried.
    func claim(_ runs: [Draft.Run], at now: Int) throws {
        let update = try statement(
            """
            UPDATE OR FAIL outbox SET state = 'sending', parcel = coalesce(?1, id), attempts = attempts + 1,
                tried_at = coalesce(tried_at, ?2), due_at = NULL
            WHERE id BETWEEN ?3 AND ?4 AND endpoint = ?5 AND state = 'pending' AND parcel IS NULL
            """)
        for run in runs {
            update.bind(orNull: run.parcel, at: 1)
            update.bind(Int64(now), at: 2)
            update.bind(run.first, at: 3)
            update.bind(run.last, at: 4)
            update.bind(endpoint, at: 5)
            try update.run()
        }
    }

    /// Says of rows that may have arrived that they are being tried again.
    func tryAgain(_ ids: [Int64], at now: Int) throws {
        let update = try statement(
            """
            UPDATE outbox SET attempts = attempts + 1, tried_at = coalesce(tried_at, ?1), due_at = NULL
            WHERE id = ?2
            """)
        for id in ids {
            update.bind(Int64(now), at: 1)
            update.bind(id, at: 2)
            try update.run()
        }
    }

    // MARK: Settling

    /// Writes what became of parcels.
    ///
    /// - Parameter night: whose reports tell of what ended.
    func settle(_ outcomes: [Outcome], night: CivilDate, _ isOfFiles: Bool) throws {
        var arrived: [Int64] = []
        for outcome in outcomes {
            let claimed = outcome.claimed
            var again: Int64?
            try outcome.eachRow { row, end in
                switch end {
                case .acknowledged(nil) where !isOfFiles:
                    arrived.append(row.id)
                    counts[row.kind, default: .init()].acknowledged += 1
                case .acknowledged(let detail):
                    try self.end(row, .acknowledged, night, detail, isOfFiles)
                case .refused(let detail):
                    try self.end(row, .refused, night, detail, isOfFiles)
                    try note(row, .refused, claimed.attempts, night, detail)
                case .givenUp(let detail, let mayHaveArrived):
                    if !mayHaveArrived { try loosen(row.id) }
                    try self.end(row, .givenUp, night, detail, isOfFiles)
                    try note(row, .givenUp, claimed.attempts, night, detail)
                case .waits(let until, let detail, let mayHaveArrived):
                    if mayHaveArrived { again = again ?? row.id }
                    try wait(row.id, in: mayHaveArrived ? again : nil, until, detail)
                case .released:
                    try release(row.id, isRepeated: claimed.parcel.isRepeated)
                case .parted(let parcel): try part(row.id, into: parcel)
                }
            }
        }
        try acknowledge(arrived, night)
        try DeliveryTotals.add(connection, night: night, endpoint: endpoint, counts)
        counts = [:]
    }

    private enum State: String {
        case acknowledged, refused, superseded
        case givenUp = "given_up"
    }

    private func count(_ kind: String, _ state: State, _ number: Int) {
        switch state {
        case .acknowledged: counts[kind, default: .init()].acknowledged += number
        case .refused: counts[kind, default: .init()].refused += number
        case .superseded: counts[kind, default: .init()].superseded += number
        case .givenUp: counts[kind, default: .init()].givenUp += number
        }
    }

    private func acknowledge(_ ids: [Int64], _ night: CivilDate) throws {
        try forEachRun(of: ids) { first, last in
            let update = try statement(
                """
                UPDATE OR FAIL outbox
                SET state = 'acknowledged', ended_in = ?1, due_at = NULL, detail = NULL
                WHERE id BETWEEN ?2 AND ?3
                """)
            update.bind(night, at: 1)
            update.bind(first, at: 2)
            update.bind(last, at: 3)
            try update.run()
        }
    }

    /// Numbers without a gap, as first and last.
    private func forEachRun(
        of ids: [Int64], _ body: (Int64, Int64) throws -> Void
    ) rethrows {
        let ids = ids.sorted()
        var start = 0
        while start < ids.count {
            var end = start
            while end + 1 < ids.count, ids[end + 1] == ids[end] + 1 { end += 1 }
            try body(ids[start], ids[end])
            start = end + 1
        }
    }

    private func end(
        _ row: OutboxRow, _ state: State, _ night: CivilDate, _ detail: String?, _ isFile: Bool
    ) throws {
        let update = try statement(
            """
            UPDATE outbox SET state = ?1, ended_in = ?2, due_at = NULL, detail = ?3 WHERE id = ?4
            """)
        update.bind(state.rawValue, at: 1)
        update.bind(night, at: 2)
        if let detail { update.bind(detail, at: 3) } else { update.bindNull(at: 3) }
        update.bind(row.id, at: 4)
        try update.run()
        count(row.kind, state, 1)
        if isFile { try endContent(of: row.id, state, night) }
    }

    /// Ends the rows that a file is made of.
    private func endContent(of file: Int64, _ state: State, _ night: CivilDate) throws {
        let content = """
            endpoint = ?1 AND state IN ('pending', 'sending') AND parcel = ?2 AND id < ?2
            """
        try connection.forEach(
            "SELECT kind, count(*) FROM outbox WHERE \(content) GROUP BY kind", .text(endpoint),
            .integer(Int(file))
        ) { count($0.string(0), state, Int($0.integer(1))) }
        try connection.execute(
            "UPDATE outbox SET state = ?3, ended_in = ?4 WHERE \(content)", .text(endpoint),
            .integer(Int(file)), .text(state.rawValue), .date(night))
    }

    /// Keeps what a person must see, also where the row arrives later on.
    private func note(
        _ row: OutboxRow, _ state: State, _ attempt: Int, _ night: CivilDate, _ detail: String
    ) throws {
        try connection.execute(
            "INSERT OR REPLACE INTO delivery_exception VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            .date(night), .integer(Int(row.id)), .integer(attempt), .text(endpoint),
            .text(row.kind), .text(row.subject), .text(state.rawValue), .text(detail))
    }

    /// Lets a row wait: one that may have arrived with those it was sent with.
    private func wait(
        _ id: Int64, in parcel: Int64?, _ until: Int?, _ detail: String
    ) throws {
        let update = try statement(
            "UPDATE outbox SET state = ?1, parcel = ?2, due_at = ?3, detail = ?4 WHERE id = ?5")
        update.bind(parcel == nil ? "pending" : "sending", at: 1)
        update.bind(orNull: parcel, at: 2)
        update.bind(orNull: until.map { Int64($0) }, at: 3)
        update.bind(detail, at: 4)
        update.bind(id, at: 5)
        try update.run()
    }

    /// Says with whom a row is sent from now on.
    private func part(_ id: Int64, into parcel: Int64) throws {
        let update = try statement(
            "UPDATE outbox SET parcel = ?1, attempts = attempts + 1 WHERE id = ?2")
        update.bind(parcel, at: 1)
        update.bind(id, at: 2)
        try update.run()
    }

    /// Forgets with whom a row was sent: it has surely not arrived.
    private func loosen(_ id: Int64) throws {
        let update = try statement("UPDATE outbox SET parcel = NULL WHERE id = ?")
        update.bind(id, at: 1)
        try update.run()
    }

    /// Takes a claim back that nothing came of.
    private func release(_ id: Int64, isRepeated: Bool) throws {
        let update = try statement(
            """
            UPDATE outbox SET state = iif(?1, 'sending', 'pending'), parcel = iif(?1, parcel, NULL),
                attempts = attempts - 1, tried_at = iif(attempts = 1, NULL, tried_at)
            WHERE id = ?2
            """)
        update.bind(isRepeated ? 1 : 0, at: 1)
        update.bind(id, at: 2)
        try update.run()
    }

    // MARK: Superseding

    private static let standing = MessageKind.standing.map { "'\($0.rawValue)'" }
        .joined(separator: ", ")

    /// Leaves out what a later night's row says anew, and gives the number of rows.
    func supersede() throws -> Int {
        let waiting = "FROM outbox WHERE endpoint = ?1 AND state IN ('pending', 'sending')"
        let nights = try connection.integer(
            """
            SELECT (SELECT night \(waiting) ORDER BY id LIMIT 1)
                < (SELECT night \(waiting) ORDER BY id DESC LIMIT 1)
            """, .text(endpoint))
        guard nights == 1 else { return 0 }
        var ids: [Int64] = []
        // What may have arrived is repeated as it was; the later row comes behind it.
        try connection.forEach(
            """
            WITH latest AS MATERIALIZED (
                SELECT kind AS k, subject AS s, max(night) AS n \(waiting)
                    AND kind IN (\(Self.standing)) AND subject <> ''
                GROUP BY kind, subject HAVING min(night) < max(night))
            SELECT id, kind FROM outbox JOIN latest ON k = kind AND s = subject
            WHERE endpoint = ?1 AND state IN ('pending', 'sending') AND state = 'pending'
                AND night < n
            """, .text(endpoint)
        ) { row in
            ids.append(row.integer(0))
            count(row.string(1), .superseded, 1)
        }
        try supersede(ids)
        return ids.count
    }

    private func supersede(_ ids: [Int64]) throws {
        let night = try DeliveryTotals.openNight(connection)
        try forEachRun(of: ids) { first, last in
            let update = try statement(
                """
                UPDATE OR FAIL outbox SET state = 'superseded', ended_in = ?1, due_at = NULL
                WHERE id BETWEEN ?2 AND ?3
                """)
            update.bind(night, at: 1)
            update.bind(first, at: 2)
            update.bind(last, at: 3)
            try update.run()
        }
        try DeliveryTotals.add(connection, night: night, endpoint: endpoint, counts)
        counts = [:]
    }

    // MARK: Wrong clocks

    /// Lets these rows wait no more, and the endpoint itself for nothing after a moment.
    func forgetMoments(of ids: [Int64], after moment: Int) throws {
        try forEachRun(of: ids) { first, last in
            try connection.execute(
                "UPDATE outbox SET due_at = NULL WHERE id BETWEEN ? AND ?",
                .integer(Int(first)), .integer(Int(last)))
        }
        try connection.execute(
            "UPDATE endpoint_state SET closed_until = NULL WHERE endpoint = ? AND closed_until > ?",
            .text(endpoint), .integer(moment))
    }

    // MARK: Trying again by hand

    /// Takes up what was refused or given up, and lets nothing wait for its time any more.
    func takeUp(_ isOfFiles: Bool) throws {
        try connection.execute(
            """
            UPDATE outbox SET due_at = NULL WHERE endpoint = ? AND state IN ('pending', 'sending')
                AND due_at IS NOT NULL
            """, .text(endpoint))
        try connection.execute(
            """
            UPDATE endpoint_state SET failures = 0, openings = 0, closed_until = NULL
            WHERE endpoint = ?
            """, .text(endpoint))
        var ids: [(id: Int64, kind: String)] = []
        try connection.forEach(
            "SELECT id, kind, state FROM (\(Self.ended))", .text(endpoint)
        ) { row in
            ids.append((row.integer(0), row.string(1)))
            if let state = State(rawValue: row.string(2)) { count(row.string(1), state, -1) }
        }
        if ids.isEmpty { return }
        let outdated = isOfFiles ? [] : try outdated()
        for row in ids {
            try takeUp(row.id)
            if outdated.contains(row.id) { count(row.kind, .superseded, 1) }
        }
        try supersede(Array(outdated))
    }

    /// The endpoint's rows that were refused or given up.
    private static let ended = """
        SELECT DISTINCT o.id, o.kind, o.state, o.subject, o.night, o.payload
        FROM delivery_exception x JOIN outbox o ON o.id = x.row
        WHERE x.endpoint = ?1 AND o.endpoint = ?1 AND o.state IN ('refused', 'given_up')
        """

    /// Those of them that must not go any more: a later night says anew what they say, or what became of
    /// their code may have arrived.
    private func outdated() throws -> Set<Int64> {
        let changes = Parcelled.codeKinds.map { "'\($0)'" }.joined(separator: ", ")
        func isSame(_ field: String) -> String {
            "json_extract(l.payload, '$.\(field)') IS json_extract(e.payload, '$.\(field)')"
        }
        var ids: Set<Int64> = []
        // All that was ever sent is read once, however many they are.
        try connection.forEach(
            """
            WITH ended AS MATERIALIZED (\(Self.ended))
            SELECT e.id FROM outbox l CROSS JOIN ended e ON e.subject = l.subject
            WHERE l.endpoint = ?1 AND l.id > e.id AND e.subject <> '' AND (
                e.kind IN (\(Self.standing)) AND l.kind = e.kind AND l.night > e.night
                OR e.kind IN (\(changes)) AND l.kind IN (\(changes)) AND l.state IN ('sending', 'acknowledged')
                    AND \(isSame("reward_id")) AND \(isSame("system")))
            """, .text(endpoint)
        ) { ids.insert($0.integer(0)) }
        return ids
    }

    /// One that was given up may have arrived with those it was sent with; a refused one has not.
    private func takeUp(_ id: Int64) throws {
        try connection.execute(
            """
            UPDATE outbox SET parcel = iif(state = 'given_up', parcel, NULL),
                state = iif(state = 'given_up' AND parcel IS NOT NULL, 'sending', 'pending'),
                tried_at = NULL, ended_in = NULL WHERE id = ?
            """, .integer(Int(id)))
        try connection.forEach(
            """
            SELECT kind, state, count(*) FROM outbox WHERE id < ?1 AND endpoint = ?2 AND parcel = ?1
                AND state IN ('refused', 'given_up') GROUP BY kind, state
            """, .integer(Int(id)), .text(endpoint)
        ) { row in
            if let state = State(rawValue: row.string(1)) {
                count(row.string(0), state, -Int(row.integer(2)))
            }
        }
        try connection.execute(
            """
            UPDATE outbox SET state = 'pending', ended_in = NULL WHERE id < ?1 AND endpoint = ?2
                AND parcel = ?1 AND state IN ('refused', 'given_up')
            """, .integer(Int(id)), .text(endpoint))
    }
}
