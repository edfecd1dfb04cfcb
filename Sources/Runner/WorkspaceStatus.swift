package import Delivery
internal import Foundation
package import Intake
package import Loyalty
internal import Storage

/// What an operator must know of a workspace in the morning.
package struct WorkspaceStatus: Sendable {
    package struct Night: Sendable {
        package var night: CivilDate
        package var state: String
        /// From the start of its first job to the end of its last; nil before any has ended.
        package var seconds: Int?
        package var totals: [(name: String, value: Int64)]
    }

    package struct Run: Sendable {
        /// Seconds since 1970.
        package var startedAt: Int
        package var endedAt: Int?
        package var outcome: String
        package var message: String?
    }

    package struct Parked: Sendable {
        package var records: RecordKind
        package var reason: String
        package var count: Int64
        /// The first night that one of them waited in.
        package var oldest: CivilDate
    }

    package struct LowStock: Sendable {
        package var reward: String
        package var available: Int64
        package var threshold: Int64
        /// What was done: requested, outstanding, generated, manual.
        package var action: String
        /// How long it lasts, as the last nights went; nil where that can't be said.
        package var daysLeft: Int64?
    }

    /// What waits to be sent to an endpoint, and what nobody will send any more.
    package struct Outgoing: Sendable {
        package var summary: OutboxSummary
        /// Whether the settings have an endpoint of that name.
        package var isKnown: Bool
        /// Whether a person must look: it was stopped, what waits can't be sent for as long as an attempt is given up after, or the
        /// last nights tell of rows that never arrive.
        package var needsPerson: Bool
    }

    /// The last nights, newest first.
    package var nights: [Night] = []
    /// Nights that are due and not closed.
    package var due: [CivilDate] = []
    /// Those of them that should have ended by now.
    package var late: [CivilDate] = []
    package var lastRun: Run?
    /// A file that was refused whole.
    package struct RefusedFile: Sendable {
        package var path: String
        package var reason: String
        package var night: CivilDate
    }

    /// Files refused whole in the last closed night, and those of earlier ones that still lie in quarantine.
    package var refusedFiles: [RefusedFile] = []
    /// What a person should look at in the last closed night, by kind.
    package var exceptions: [(kind: String, count: Int64)] = []
    /// Lines that wait, by record kind and what they wait for.
    package var parked: [Parked] = []
    /// Rewards that were below their threshold in the last closed night.
    package var lowStock: [LowStock] = []
    /// By endpoint, where there is something to say.
    package var outbox: [Outgoing] = []
    /// Files of the inbox that no job takes.
    package var strangers: [String] = []
    /// Files of the inbox that are still being written, or must yet lie still.
    package var unfinished: [String] = []
    /// Files that the next night expects and that have not come.
    package var awaited: [AwaitedFile] = []

    /// Whether the last due night is closed and nothing needs a person.
    package var isGood: Bool {
        due.isEmpty && refusedFiles.isEmpty && exceptions.isEmpty && strangers.isEmpty
            && !outbox.contains(where: \.needsPerson)
            && (lastRun.map { $0.outcome == "done" } ?? true)
    }

    /// Reads the store and the inbox; a workspace without a store has run no night yet.
    package init(_ workspace: Workspace, now: Int, nights count: Int = 7) throws {
        let yesterday = workspace.yesterday(now: now)
        let opensOn = workspace.program.opensOn
        var last: CivilDate?
        if FileManager.default.fileExists(atPath: workspace.storePath) {
            let store = try ReadingStore(path: workspace.storePath)
            last = try store.read { connection in
                let last = try RunLog(connection).lastClosed(since: opensOn)
                try readNights(connection, since: opensOn, count)
                try readRuns(connection)
                if let last { try readLast(last, connection) }
                try readRefused(last, workspace.folder + "/quarantine", connection)
                try readParked(connection)
                try readCodes(last, connection)
                let known = workspace.settings.program.endpoints
                outbox = try OutboxSummary.all(connection, known: known).map { summary in
                    let terms = known.first { $0.name == summary.endpoint }
                    let isNews = summary.toldIn.map { told in last.map { told >= $0 } ?? true }
                    return Outgoing(
                        summary: summary, isKnown: terms != nil,
                        needsPerson: isNews ?? false || summary.isHalted && summary.waiting > 0
                            || WorkspaceStatus.isStuck(summary, terms, as: last))
                }
                return last
            }
            due = WorkspaceStatus.days(from: last?.adding(days: 1) ?? opensOn, through: yesterday)
            try readInbox(workspace, store, now)
        } else {
            due = WorkspaceStatus.days(from: opensOn, through: yesterday)
        }
        late = due.filter { now >= workspace.end(of: $0) }
    }

    /// Whether rows wait in vain for longer than one that was tried is given up after: rows that none of ours can begin with, as an
    /// endpoint that lets nobody in or has lost its name, are given up by nothing.
    private static func isStuck(
        _ summary: OutboxSummary, _ terms: EndpointTerms?, as last: CivilDate?
    ) -> Bool {
        guard let last, let oldest = summary.oldest, summary.waiting > summary.unfiled,
            terms == nil || summary.trouble != nil
        else { return false }
        let seconds = terms?.giveUpSeconds ?? EndpointTerms.usualGiveUpSeconds
        return Int(last.days - oldest.days) * 86_400 >= seconds
    }

    private mutating func readNights(
        _ connection: Connection, since first: CivilDate, _ count: Int
    ) throws {
        try connection.forEach(
            """
            SELECT day, state, max(j.ended_at) - min(j.started_at)
            FROM night LEFT JOIN job_run j ON j.night = day
            WHERE day >= ? GROUP BY day ORDER BY day DESC LIMIT ?
            """, .date(first), .integer(count)
        ) { row in
            nights.append(
                Night(
                    night: row.date(0), state: row.string(1),
                    seconds: row.isNull(2) ? nil : Int(row.integer(2)), totals: []))
        }
        for index in nights.indices {
            nights[index].totals = try RunLog(connection).totals(of: nights[index].night)
        }
    }

    private mutating func readRuns(_ connection: Connection) throws {
        try connection.forEach(
            """
            SELECT started_at, ended_at, coalesce(outcome, 'running or broken off'), message
            FROM run ORDER BY id DESC LIMIT 1
            """
        ) { row in
            lastRun = Run(
                startedAt: Int(row.integer(0)), endedAt: row.isNull(1) ? nil : Int(row.integer(1)),
                outcome: row.string(2), message: row.isNull(3) ? nil : row.string(3))
        }
    }

    /// Nobody but the person who saw to it takes a file out of quarantine: until then it needs one.
    private mutating func readRefused(
        _ last: CivilDate?, _ quarantine: String, _ connection: Connection
    ) throws {
        try connection.forEach(
            "SELECT path, reason, night FROM file WHERE verdict = 'refused' ORDER BY night, path"
        ) { row in
            let file = RefusedFile(path: row.string(0), reason: row.string(1), night: row.date(2))
            let place = "\(quarantine)/\(file.night)/\(file.path)"
            guard file.night == last || FileManager.default.fileExists(atPath: place) else {
                return
            }
            refusedFiles.append(file)
        }
    }

    private mutating func readLast(_ night: CivilDate, _ connection: Connection) throws {
        try connection.forEach(
            """
            SELECT kind, count(*) FROM (SELECT kind FROM exception WHERE night = ?1
                UNION ALL SELECT kind FROM code_exception WHERE night = ?1
                UNION ALL SELECT 'delivery_' || outcome FROM delivery_exception WHERE night = ?1)
            GROUP BY kind ORDER BY kind
            """, .date(night)
        ) { exceptions.append(($0.string(0), $0.integer(1))) }
    }

    private mutating func readParked(_ connection: Connection) throws {
        try connection.forEach(
            """
            SELECT reason, count(*), min(parked_on), s.name = 'adjustments' AS by_hand
            FROM parked p JOIN system s ON s.id = p.system WHERE ended_on IS NULL
            GROUP BY by_hand, reason ORDER BY by_hand, reason
            """
        ) { row in
            parked.append(
                Parked(
                    records: row.integer(3) == 1 ? .adjustments : .orders,
                    reason: row.string(0), count: row.integer(1), oldest: row.date(2)))
        }
    }

    private mutating func readInbox(
        _ workspace: Workspace, _ store: ReadingStore, _ now: Int
    ) throws {
        let inbox = workspace.inbox
        // A run may read another folder; then there need not be one here.
        guard FileManager.default.fileExists(atPath: workspace.folder + "/inbox") else { return }
        let jobs = workspace.settings.jobs
        strangers = try inbox.strangers { workspace.settings.knows($0) }
        let yesterday = workspace.yesterday(now: now)
        func ingest(_ night: CivilDate) -> NightIngest {
            NightIngest(
                workspace: workspace, night: night, store: store, now: now, tell: { _ in },
                progress: { _, _ in })
        }
        let candidates = try inbox.strangers { _ in false }.filter { path in
            guard !workspace.settings.isMarker(path), let fields = workspace.settings.takes(path)
            else { return false }
            // A file of a later night has its time.
            return fields.date.map { $0 <= yesterday } ?? true
        }
        var finished: Set<String> = []
        for step in NightIngest.steps(jobs) {
            let taken = try ingest(yesterday).taken(step)
            finished.formUnion(taken.files.map(\.file.path))
            finished.formUnion(taken.oddities.map(\.oddity.path))
        }
        unfinished = candidates.filter { !finished.contains($0) } + (try inbox.partial())
        if let next = due.first { awaited = try ingest(next).awaited(jobs) }
    }

    private static func days(from first: CivilDate, through last: CivilDate) -> [CivilDate] {
        guard first <= last else { return [] }
        return (0...Int(last.days - first.days)).map { first.adding(days: $0) }
    }
}
