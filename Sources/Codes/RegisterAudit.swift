package import Loyalty
package import Storage

/// Holds the register against itself: codes against their history, counts, flows, burns and claims.
///
/// Codes are read in their order beside their events, so that it needs no memory but for one code.
package struct RegisterAudit {
    /// What must hold, in the order in which it is checked.
    package enum Rule: String, CaseIterable, Sendable {
        case history, burns, claims, counts, flows, outbox
    }

    /// Hears what doesn't hold: of which night, if one alone, and in words.
    package typealias Found = (Rule, CivilDate?, String) throws -> Void

    private struct Event {
        var night: CivilDate
        var before: Int64
        var after: Int64
    }

    private let connection: Connection
    private let found: Found

    package init(_ connection: Connection, found: @escaping Found) {
        self.connection = connection
        self.found = found
    }

    package func run() throws {
        try checkHistory()
        try checkLostEvents()
        try checkBurns()
        try checkClaims()
        try checkCounts()
        try checkFlows()
        try checkOutbox()
    }

    /// A code as it may be shown: codes are money.
    private static func shown(_ code: String) -> String {
        code.count >= 8 ? "****" + code.suffix(4) : "****"
    }

    private static func name(_ state: Int64) -> String {
        CodeState(rawValue: UInt8(clamping: state))?.name ?? "state \(state)"
    }

    // MARK: History

    /// Each transition begins in the state in which the one before it ended, and the last one ended in the
    /// code's.
    private func checkHistory() throws {
        let events = try connection.prepare(
            """
            SELECT code, owner, night, before, after FROM code_event ORDER BY code, owner, night, seq
            """)
        var hasEvent = try events.step()
        try connection.forEach(
            "SELECT code, owner, state, added_on, burned_at FROM code ORDER BY code, owner"
        ) { row in
            let code = row.text(0)
            // What no code bears is found by another query.
            while hasEvent,
                events.text(0) < code
                    || events.text(0) == code && events.integer(1) < row.integer(1)
            {
                hasEvent = try events.step()
            }
            var last: Event?
            var burns = 0
            while hasEvent, events.text(0) == code, events.integer(1) == row.integer(1) {
                let event = Event(
                    night: events.date(2), before: events.integer(3), after: events.integer(4))
                if let last, last.after != event.before {
                    try found(
                        .history, event.night,
                        "code \(Self.shown(code.string)) goes on from \(Self.name(event.before)), and "
                            + "was \(Self.name(last.after)) before")
                }
                if event.night < row.date(3) {
                    try found(
                        .history, event.night,
                        "code \(Self.shown(code.string)) has a history from before it came on "
                            + "\(row.date(3))")
                }
                if last == nil, event.before == 2 { burns += 1 }
                if event.after == 2, event.before != 2 { burns += 1 }
                if event.before == 2, event.after != 2 { burns -= 1 }
                last = event
                hasEvent = try events.step()
            }
            if let last, last.after != row.integer(2) {
                try found(
                    .history, nil,
                    "code \(Self.shown(code.string)) is \(Self.name(row.integer(2))), its history ends "
                        + "with \(Self.name(last.after))")
            }
            if last == nil, row.integer(2) == 2 { burns += 1 }
            if burns != (row.integer(2) == 2 ? 1 : 0) {
                try found(
                    .history, nil,
                    "code \(Self.shown(code.string)) is \(Self.name(row.integer(2))) and was burned "
                        + "\(burns) times, less what was reversed")
            }
        }
    }

    private func checkLostEvents() throws {
        try connection.forEach(
            """
            SELECT e.night, e.code FROM code_event e LEFT JOIN code c ON c.code = e.code
                AND c.owner = e.owner WHERE c.code IS NULL
            """
        ) { row in
            try found(
                .history, row.date(0),
                "code \(Self.shown(row.string(1))) has a history and is not in the register")
        }
    }

    // MARK: What stands behind it

    /// A code that names a burn is burned by one that was judged so.
    private func checkBurns() throws {
        try connection.forEach(
            """
            SELECT c.code, c.burn FROM code c LEFT JOIN burn b ON b.system = c.burned_in AND b.id = c.burn
                AND b.code = c.code AND b.is_reversal = 0 AND b.state = 0
            WHERE c.state = 2 AND c.burn IS NOT NULL AND b.id IS NULL
                AND NOT EXISTS (SELECT 1 FROM code_event e WHERE e.code = c.code AND e.owner = c.owner
                    AND e.after = 2 AND e.source IS c.burn AND e.system IN (
                        SELECT id FROM code_system WHERE name = 'gift-codes'))
            """
        ) { row in
            try found(
                .burns, nil,
                "code \(Self.shown(row.string(0))) was burned by \(row.string(1)), which nobody reported"
            )
        }
        // Without a burn, a file said so when it came, or a list of what another system has.
        try connection.forEach(
            """
            SELECT c.code FROM code c WHERE c.state = 2 AND c.burn IS NULL AND c.burned_in IS NULL
                AND EXISTS (SELECT 1 FROM code_event e WHERE e.code = c.code AND e.owner = c.owner)
                AND NOT EXISTS (SELECT 1 FROM code_event e WHERE e.code = c.code
                    AND e.owner = c.owner AND (e.after = 2 OR e.before = 2))
            """
        ) { row in
            try found(
                .burns, nil, "code \(Self.shown(row.string(0))) is burned, and nobody said so")
        }
    }

    /// What was granted with a code was assigned, and to one member.
    private func checkClaims() throws {
        try connection.forEach(
            """
            SELECT c.night, c.id, c.code FROM claim c WHERE c.state = 0 AND c.code IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM code_event e WHERE e.code = c.code AND e.owner = c.owner
                    AND (e.after = 1 OR e.before = 1))
                AND NOT EXISTS (SELECT 1 FROM code r WHERE r.code = c.code AND r.owner = c.owner
                    AND r.state = 1)
            """
        ) { row in
            try found(
                .claims, row.date(0),
                "claim \(row.string(1)) was granted code \(Self.shown(row.string(2))), which was never "
                    + "assigned")
        }
        try connection.forEach(
            """
            SELECT id, code, count(*) FROM claim WHERE state = 0 AND code IS NOT NULL
            GROUP BY code, owner HAVING count(DISTINCT coalesce(member, card)) > 1
            """
        ) { row in
            try found(
                .claims, nil,
                "code \(Self.shown(row.string(1))) was granted by \(row.integer(2)) claims to several members, "
                    + "\(row.string(0)) among them")
        }
    }

    // MARK: Sums

    /// The last count of a reward and file is what the register holds of them.
    private func checkCounts() throws {
        try connection.forEach(
            """
            WITH last AS (
                SELECT reward, file, available, assigned, burned, expired, voided FROM code_count c
                WHERE night = (SELECT max(night) FROM code_count
                    WHERE reward = c.reward AND file = c.file)),
            held AS (
                SELECT reward, file, sum(state = 0) AS available, sum(state = 1) AS assigned,
                    sum(state = 2) AS burned, sum(state = 3) AS expired, sum(state = 4) AS voided
                FROM code GROUP BY 1, 2)
            SELECT r.name, coalesce(f.path, ''), l.available, l.assigned, l.burned, l.expired,
                l.voided, coalesce(h.available, 0), coalesce(h.assigned, 0), coalesce(h.burned, 0),
                coalesce(h.expired, 0), coalesce(h.voided, 0)
            FROM (SELECT reward, file FROM last UNION SELECT reward, file FROM held) k
            LEFT JOIN last l ON l.reward = k.reward AND l.file = k.file
            LEFT JOIN held h ON h.reward = k.reward AND h.file = k.file
            LEFT JOIN reward r ON r.id = k.reward LEFT JOIN file f ON f.id = k.file
            WHERE (l.available, l.assigned, l.burned, l.expired, l.voided) IS NOT
                (coalesce(h.available, 0), coalesce(h.assigned, 0), coalesce(h.burned, 0),
                coalesce(h.expired, 0), coalesce(h.voided, 0))
            ORDER BY r.name, k.file
            """
        ) { row in
            func list(_ first: Int32) -> String {
                CodeState.allCases.map { state in
                    "\(row.integer(first + Int32(state.rawValue))) \(state.name)"
                }.joined(separator: ", ")
            }
            let file = row.string(1).isEmpty ? "" : " from \(row.string(1))"
            try found(
                .counts, nil,
                "codes of \(row.string(0))\(file) are counted as \(list(2)), the register holds "
                    + list(7))
        }
    }

    /// Each night opens with what the one before closed with, and the last one closes with the open codes.
    private func checkFlows() throws {
        try connection.forEach(
            """
            SELECT f.night, r.name, f.opening, coalesce((SELECT closing FROM code_flow b
                WHERE b.reward = f.reward AND b.night < f.night ORDER BY b.night DESC LIMIT 1), 0) AS was
            FROM code_flow f JOIN reward r ON r.id = f.reward WHERE f.opening <> was
            """
        ) { row in
            try found(
                .flows, row.date(0),
                "\(row.string(1)) opens with \(row.integer(2)) codes, the night before closed with "
                    + "\(row.integer(3))")
        }
        try connection.forEach(
            """
            SELECT r.name, coalesce((SELECT closing FROM code_flow f WHERE f.reward = r.id
                ORDER BY night DESC LIMIT 1), 0) AS closing,
                (SELECT count(*) FROM code c WHERE c.reward = r.id AND c.state < 2) AS held
            FROM reward r WHERE closing <> held
            """
        ) { row in
            try found(
                .flows, nil,
                "\(row.string(0)) closed with \(row.integer(1)) open codes, the register holds "
                    + "\(row.integer(2))")
        }
        try checkFlowsOfNights()
    }

    /// What a night's flow says was burned, expired or voided is what the night did.
    private func checkFlowsOfNights() throws {
        try connection.forEach(
            """
            WITH part AS (
                SELECT night, reward, burned, expired, voided FROM code_flow
                UNION ALL
                SELECT e.night, c.reward, (e.before = 2) - (e.after = 2),
                    (e.before = 3) - (e.after = 3), (e.before = 4) - (e.after = 4)
                FROM code_event e JOIN code c ON c.code = e.code AND c.owner = e.owner
                UNION ALL
                SELECT c.added_on, c.reward, -(came = 2), -(came = 3), -(came = 4) FROM (
                    SELECT c.added_on, c.reward, coalesce((SELECT e.before FROM code_event e
                        WHERE e.code = c.code AND e.owner = c.owner ORDER BY night, seq LIMIT 1),
                        c.state) AS came FROM code c) c)
            SELECT p.night, r.name, sum(burned), sum(expired), sum(voided) FROM part p
            JOIN reward r ON r.id = p.reward GROUP BY p.night, p.reward
            HAVING sum(burned) <> 0 OR sum(expired) <> 0 OR sum(voided) <> 0
            """
        ) { row in
            try found(
                .flows, row.date(0),
                "\(row.string(1)): its flow says \(row.integer(2)) burned, \(row.integer(3)) expired and "
                    + "\(row.integer(4)) voided more than the night did")
        }
    }

    /// What is to be sent is of a night, and of a code or reward that is there.
    private func checkOutbox() throws {
        try connection.forEach(
            """
            SELECT o.id, o.kind, o.endpoint, n.day IS NULL FROM outbox o
            LEFT JOIN night n ON n.day = o.night
            WHERE n.day IS NULL OR (o.kind IN ('code-add', 'code-assign', 'code-burn', 'code-delete')
                AND NOT EXISTS (SELECT 1 FROM code c WHERE c.code = o.subject)
                AND NOT EXISTS (SELECT 1 FROM code_break b WHERE b.code = o.subject))
            """
        ) { row in
            let lacks = row.integer(3) == 1 ? "a night" : "a code"
            try found(
                .outbox, nil,
                "row \(row.integer(0)), \(row.string(1)) for \(row.string(2)), names \(lacks) that is "
                    + "not there")
        }
    }
}
