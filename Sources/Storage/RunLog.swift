package import Loyalty

/// Nights, runs and jobs as rows: the only writer of those tables.
package struct RunLog {
    /// How far a night is.
    package enum NightState: String, Sendable {
        case open
        /// Everything is posted; the reports are not out yet.
        case posted
        case closed
    }

    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    // MARK: Runs

    /// Starts a run; runs that never ended are marked as superseded.
    ///
    /// - Returns: the run's integer, and how many runs had been broken off.
    package func start(at time: Int, process: Int32) throws -> (run: Int64, superseded: Int) {
        try connection.execute("UPDATE run SET outcome = 'superseded' WHERE outcome IS NULL")
        let superseded = connection.changes
        try connection.execute(
            "INSERT INTO run (started_at, process) VALUES (?, ?)", .integer(time),
            .integer(Int(process)))
        return (connection.lastInsertedRow, superseded)
    }

    package func end(_ run: Int64, at time: Int, outcome: String, message: String?) throws {
        try connection.execute(
            "UPDATE run SET ended_at = ?, outcome = ?, message = ? WHERE id = ?", .integer(time),
            .text(outcome), .text(orNull: message), .integer(run))
    }

    // MARK: Nights

    package func state(of night: CivilDate) throws -> NightState? {
        try connection.string("SELECT state FROM night WHERE day = ?", .date(night))
            .flatMap(NightState.init(rawValue:))
    }

    package func setState(_ state: NightState, of night: CivilDate) throws {
        try connection.execute(
            """
            INSERT INTO night (day, state) VALUES (?, ?)
            ON CONFLICT (day) DO UPDATE SET state = excluded.state
            """, .date(night), .text(state.rawValue))
    }

    /// Says which postings are a night's: what was added since `after`.
    package func setPostings(of night: CivilDate, after: Int64) throws {
        let last = try connection.integer("SELECT max(id) FROM posting") ?? 0
        guard last > after else { return }
        try connection.execute(
            "UPDATE night SET first_posting = ?, last_posting = ? WHERE day = ?",
            .integer(after + 1), .integer(last), .date(night))
    }

    /// The hash of the night chain so far; empty before its first link.
    package func lastChain() throws -> [UInt8] {
        var chain: [UInt8] = []
        try connection.forEach(
            "SELECT chain FROM night WHERE chain IS NOT NULL ORDER BY day DESC LIMIT 1"
        ) { chain = Array($0.blob(0)) }
        return chain
    }

    package func setChain(_ chain: [UInt8], of night: CivilDate) throws {
        try connection.execute(
            "UPDATE night SET chain = ? WHERE day = ?", .blob(chain), .date(night))
    }

    /// Says by which rule a night spent, so that it can be checked after the rule has changed.
    package func setSpendOrder(_ order: String, of night: CivilDate) throws {
        try connection.execute(
            "UPDATE night SET spend_order = ? WHERE day = ?", .text(order), .date(night))
    }

    package func lastPosting() throws -> Int64 {
        try connection.integer("SELECT max(id) FROM posting") ?? 0
    }

    /// The last closed night, from the program's first on.
    package func lastClosed(since first: CivilDate) throws -> CivilDate? {
        try connection.integer(
            "SELECT max(day) FROM night WHERE state = 'closed' AND day >= ?", .date(first)
        ).map { CivilDate(days: Int32($0)) }
    }

    // MARK: Totals

    package func setTotals(_ totals: [(name: String, value: Int64)], of night: CivilDate) throws {
        try connection.execute("DELETE FROM night_total WHERE night = ?", .date(night))
        for (position, total) in totals.enumerated() {
            try connection.execute(
                "INSERT INTO night_total VALUES (?, ?, ?, ?)", .date(night), .integer(position),
                .text(total.name), .integer(total.value))
        }
    }

    package func total(_ name: String, of night: CivilDate) throws -> Int64? {
        try connection.integer(
            "SELECT value FROM night_total WHERE night = ? AND name = ?", .date(night), .text(name))
    }

    package func totals(of night: CivilDate) throws -> [(name: String, value: Int64)] {
        var totals: [(name: String, value: Int64)] = []
        try connection.forEach(
            "SELECT name, value FROM night_total WHERE night = ? ORDER BY position", .date(night)
        ) { totals.append(($0.string(0), $0.integer(1))) }
        return totals
    }

    // MARK: Jobs

    package func isDone(_ job: String, night: CivilDate) throws -> Bool {
        try connection.integer(
            "SELECT 1 FROM job_run WHERE night = ? AND job = ? AND outcome = 'done'", .date(night),
            .text(job)) != nil
    }

    /// Enters how a job ended.
    package func record(
        _ job: String, night: CivilDate, run: Int64, startedAt: Int, endedAt: Int, failure: String?
    ) throws {
        try connection.execute(
            "INSERT OR REPLACE INTO job_run VALUES (?, ?, ?, ?, ?, ?, ?)", .date(night), .text(job),
            .integer(run), .integer(startedAt), .integer(endedAt),
            .text(failure == nil ? "done" : "failed"), .text(orNull: failure))
    }
}
