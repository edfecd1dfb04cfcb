internal import Foundation
package import Loyalty
internal import Storage

/// What an operator must know of a workspace in the morning.
package struct WorkspaceStatus: Sendable {
    package struct Night: Sendable {
        package var night: CivilDate
        package var state: String
        package var totals: [(name: String, value: Int64)]
    }

    /// The last nights, newest first.
    package var nights: [Night] = []
    /// Nights that are due and not closed.
    package var late: [CivilDate] = []
    /// How the last run ended, and what it said.
    package var lastRun: (outcome: String, message: String?)?
    /// Files refused whole in the last closed night: path and reason.
    package var refusedFiles: [(path: String, reason: String)] = []
    /// Orders that wait, by what they wait for.
    package var parked: [(reason: String, count: Int64)] = []

    /// Whether the last due night is closed and nothing needs a person.
    package var isGood: Bool {
        late.isEmpty && refusedFiles.isEmpty && (lastRun.map { $0.outcome == "done" } ?? true)
    }

    /// Reads the store; a workspace without one has run no night yet.
    package init(_ workspace: Workspace, now: Int, nights count: Int = 7) throws {
        let yesterday = workspace.yesterday(now: now)
        let opensOn = workspace.program.opensOn
        guard FileManager.default.fileExists(atPath: workspace.storePath) else {
            late = WorkspaceStatus.days(from: opensOn, through: yesterday)
            return
        }
        let store = try ReadingStore(path: workspace.storePath)
        try store.read { connection in
            let log = RunLog(connection)
            var days: [(CivilDate, String)] = []
            try connection.forEach(
                "SELECT day, state FROM night WHERE day >= ? ORDER BY day DESC LIMIT ?",
                .date(opensOn), .integer(count)
            ) { days.append(($0.date(0), $0.string(1))) }
            nights = try days.map { day, state in
                Night(night: day, state: state, totals: try log.totals(of: day))
            }
            let last = try log.lastClosed(since: opensOn)
            late = WorkspaceStatus.days(
                from: last?.adding(days: 1) ?? opensOn, through: yesterday)
            try connection.forEach(
                """
                SELECT coalesce(outcome, 'running or broken off'), message FROM run
                ORDER BY id DESC LIMIT 1
                """
            ) { lastRun = ($0.string(0), $0.isNull(1) ? nil : $0.string(1)) }
            if let last {
                try connection.forEach(
                    """
                    SELECT path, reason FROM file WHERE night = ? AND verdict = 'refused'
                    ORDER BY path
                    """, .date(last)
                ) { refusedFiles.append(($0.string(0), $0.string(1))) }
            }
            try connection.forEach(
                """
                SELECT reason, count(*) FROM parked WHERE ended_on IS NULL
                GROUP BY reason ORDER BY reason
                """
            ) { parked.append(($0.string(0), $0.integer(1))) }
        }
    }

    private static func days(from first: CivilDate, through last: CivilDate) -> [CivilDate] {
        guard first <= last else { return [] }
        return (0...Int(last.days - first.days)).map { first.adding(days: $0) }
    }
}
