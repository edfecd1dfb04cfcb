internal import Loyalty
internal import Storage

/// The rows of the outbox that wait for one endpoint: which may go now, and what became of them.
///
/// It looks through them in the order of their ids, again and again until none is left; what is in hand, and
/// what waits, is known by id and subject alone. A row never goes before an earlier one of its subject.
final class OutboxBook {
    let endpoint: String
    private let isOfFiles: Bool
    /// Rows a parcel, by kind; one of any other.
    private let capacities: [String: Int]
    /// Parcels that may have arrived and are not in hand: their rows, and when they may be tried.
    private var repeats: [Int64: (rows: [Int64], dueAt: Int?)] = [:]
    /// How many rows of a subject are in hand.
    private var inHand: [Int: Int] = [:]
    /// Subjects of which a row before the cursor waits.
    private var held: Set<Int> = []
    private var cursor: Int64 = 0
    private var deferred = 0

    /// Rows that wait, beyond which nothing is looked for behind them.
    private static let mostDeferred = 20_000
    private static let mostBytes = 8 << 20

    init(endpoint: String, isOfFiles: Bool, capacities: [String: Int]) {
        self.endpoint = endpoint
        self.isOfFiles = isOfFiles
        self.capacities = capacities
    }

    /// How many rows go in one parcel at most.
    var largestParcel: Int { capacities.values.max() ?? 1 }

    // MARK: Beginning

    /// Reads what an earlier process left, and leaves out what a later row says anew.
    ///
    /// A wrong clock may have made rows wait for long: nobody is put off for longer than six hours.
    ///
    /// - Returns: how many rows wait, and how many were superseded.
    func open(_ connection: Connection, now: Int) throws -> (waiting: Int, superseded: Int) {
        let changes = OutboxChanges(connection, endpoint)
        // A file says of some what it says: it takes no other's place.
        let superseded = isOfFiles ? 0 : try changes.supersede()
        let last = now + 6 * 3_600
        var far: [Int64] = []
        var parcels: [Int64: (rows: [Int64], dueAt: Int?)] = [:]
        // One look for both, since it reads every row that waits.
        try connection.forEach(
            """
            SELECT id, coalesce(parcel, id), due_at, state = 'sending' FROM outbox
            WHERE endpoint = ? AND state IN ('pending', 'sending')
                AND (state = 'sending' OR due_at > ?) ORDER BY id
            """, .text(endpoint), .integer(last)
        ) { row in
            let due = row.isNull(2) ? nil : Int(row.integer(2))
            if let due, due > last { far.append(row.integer(0)) }
            guard row.integer(3) == 1 else { return }
            parcels[row.integer(1), default: ([], nil)].rows.append(row.integer(0))
            if let due, due <= last { parcels[row.integer(1)]?.dueAt = due }
        }
        try changes.forgetMoments(of: far, after: last)
        for parcel in parcels.values { repeats[parcel.rows[0]] = parcel }
        // Of messages the index alone counts.
        let waiting = try connection.integer(
            """
            SELECT count(*) FROM outbox WHERE endpoint = ? AND state IN ('pending', 'sending')
                \(isOfFiles ? "AND (parcel IS NULL OR parcel <= id) AND NOT \(OutboxSummary.unfiled)" : "")
            """, .text(endpoint))
        return (Int(waiting ?? 0), superseded)
    }

    // MARK: Claiming

    /// Begins to look from the first row again.
    func startPass() {
        cursor = 0
        held.removeAll(keepingCapacity: true)
        deferred = 0
    }

    /// Takes the next rows in hand that may go now: from here on they may have arrived.
    func claim(_ connection: Connection, rows limit: Int, now: Int) throws -> Claim {
        var claim = Claim()
        var draft = Draft(now: now)
        let found = try connection.prepare(query + " AND id > ?2 ORDER BY id")
        found.bind(endpoint, at: 1)
        found.bind(cursor, at: 2)
        var at = cursor
        var repeated: [Int64] = []
        while true {
            if draft.count >= limit || draft.bytes >= Self.mostBytes { break }
            if deferred >= Self.mostDeferred {
                claim.wasCut = true
                claim.isPassOver = true
                break
            }
            guard try found.step() else {
                claim.isPassOver = true
                break
            }
            at = found.integer(0)
            let name = found.string(3)
            let subject = subject(name)
            if found.integer(6) == 1 {
                guard let waiting = repeats[at] else {
                    // In hand, or with the first row of its parcel.
                    if let subject, inHand[subject] == nil { held.insert(subject) }
                    draft.endRun()
                    continue
                }
                if let due = waiting.dueAt, due > now {
                    claim.notice(due: due)
                    hold(subject)
                } else {
                    repeated.append(at)
                    draft.count += waiting.rows.count
                    if let subject { held.insert(subject) }
                }
                draft.endRun()
                continue
            }
            if let subject, inHand[subject] != nil || held.contains(subject) {
                claim.isBlocked = true
                hold(subject)
                draft.endRun()
            } else if !found.isNull(9), found.integer(9) > now {
                claim.notice(due: Int(found.integer(9)))
                hold(subject)
                draft.endRun()
            } else {
                if let subject { inHand[subject, default: 0] += 1 }
                // Between two files may stand rows that have none yet.
                if isOfFiles { draft.endRun() }
                let row = OutboxBook.row(found, name)
                draft.add(
                    row, capacity: capacities[row.kind] ?? 1, attempts: Int(found.integer(7)) + 1,
                    triedAt: found.isNull(8) ? now : Int(found.integer(8)))
            }
        }
        found.reset()
        let changes = OutboxChanges(connection, endpoint)
        try changes.claim(draft.runs, at: now)
        claim.parcels = draft.parcels()
        for id in repeated {
            guard let parcel = try claimRepeated(id, now, connection) else { continue }
            try changes.tryAgain(parcel.parcel.rows.map(\.id), at: now)
            claim.parcels.append(parcel)
        }
        if !repeated.isEmpty { claim.parcels.sort { $0.id < $1.id } }
        cursor = at
        return claim
    }

    /// The rows that a file is made of are not sent by themselves, nor before they have one.
    private var query: String {
        """
        SELECT id, night, kind, subject, key, payload, state = 'sending', attempts, tried_at, due_at
        FROM outbox WHERE endpoint = ?1 AND state IN ('pending', 'sending')
            AND (parcel IS NULL OR parcel <= id) \(isOfFiles ? "AND NOT \(OutboxSummary.unfiled)" : "")
        """
    }

    private func hold(_ subject: Int?) {
        deferred += 1
        if let subject { held.insert(subject) }
    }

    /// What a row keeps its order in; nil for nothing.
    private func subject(_ name: String) -> Int? {
        name.isEmpty ? nil : name.hashValue
    }

    private static func row(_ found: Statement, _ subject: String) -> OutboxRow {
        let payload = found.text(5)
        return OutboxRow(
            id: found.integer(0), night: found.date(1), kind: found.string(2), subject: subject,
            key: found.string(4),
            payload: Array(UnsafeBufferPointer(start: payload.start, count: payload.count)))
    }

    /// Takes a parcel in hand that may have arrived: the same rows under the same key.
    private func claimRepeated(
        _ id: Int64, _ now: Int, _ connection: Connection
    ) throws -> ClaimedParcel? {
        let found = try connection.prepare(query + " AND id = ?2")
        var rows: [OutboxRow] = []
        var attempts = 0
        var triedAts: [Int] = []
        for id in repeats.removeValue(forKey: id)?.rows ?? [] {
            found.bind(endpoint, at: 1)
            found.bind(id, at: 2)
            guard try found.step() else {
                found.reset()
                continue
            }
            let name = found.string(3)
            rows.append(OutboxBook.row(found, name))
            attempts = max(attempts, Int(found.integer(7)) + 1)
            triedAts.append(found.isNull(8) ? now : Int(found.integer(8)))
            if let subject = subject(name) { inHand[subject, default: 0] += 1 }
            found.reset()
        }
        guard !rows.isEmpty else { return nil }
        return ClaimedParcel(
            parcel: Parcel(key: OutboxBook.key(of: rows), rows: rows, isRepeated: true),
            attempts: attempts, triedAts: triedAts)
    }

    /// The key of a parcel: that of its only row, or one of those of all.
    static func key(of rows: [OutboxRow]) -> String {
        rows.count == 1 ? rows[0].key : EffectKey.key(rows.map(\.key))
    }

    // MARK: Ending

    /// Writes what became of parcels; `letGo` must hear of them then.
    func settle(
        _ connection: Connection, _ outcomes: [Outcome], _ breaker: Breaker?
    ) throws {
        let changes = OutboxChanges(connection, endpoint)
        try changes.settle(outcomes, night: try DeliveryTotals.openNight(connection), isOfFiles)
        if let breaker { try breaker.save(connection, endpoint) }
    }

    /// Lets go of parcels that are settled; those that may have arrived are remembered.
    ///
    /// - Returns: when the first of those that wait may be tried.
    func letGo(_ outcomes: [Outcome]) -> Int? {
        var firstDue: Int?
        for outcome in outcomes {
            var again: [Int64] = []
            var dueAt: Int?
            outcome.eachRow { row, end in
                if case .parted = end { return }
                let subject = subject(row.subject)
                if let subject, let count = inHand[subject] {
                    inHand[subject] = count > 1 ? count - 1 : nil
                }
                if case .waits(let until?, _, _) = end { firstDue = min(firstDue ?? until, until) }
                switch end {
                case .waits(let until, _, let mayHaveArrived):
                    if mayHaveArrived {
                        again.append(row.id)
                        dueAt = until
                    }
                case .released:
                    if outcome.claimed.parcel.isRepeated { again.append(row.id) }
                case .acknowledged, .refused, .givenUp, .parted: return
                }
                // It stands before the cursor, and later rows of its subject may stand behind it.
                if let subject { held.insert(subject) }
            }
            if let first = again.first { repeats[first] = (again, dueAt) }
        }
        return firstDue
    }
}
