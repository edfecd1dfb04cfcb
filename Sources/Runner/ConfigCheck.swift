internal import Foundation
internal import Intake
internal import Loyalty
internal import Reporting
package import Settings

/// What is wrong with a workspace's configuration, and what in it can't do what it says.
package struct ConfigCheck {
    package enum Severity: String, Sendable {
        /// No night can run.
        case error
        case warning
        /// Nothing is wrong; good to know.
        case note
    }

    package struct Finding: Sendable {
        package var severity: Severity
        package var error: SettingsError
    }

    /// By file, line and column; errors alone where there are any.
    package private(set) var findings: [Finding] = []

    package var isGood: Bool { !findings.contains { $0.severity == .error } }

    /// Reads the workspace in a folder.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970; the notes on clocks are for the year from then on.
    ///   - environment: looks a variable up.
    /// - Throws: where there is no workspace to read.
    package init(folder: String, now: Int, environment: (String) -> String?) throws {
        let workspace: Workspace
        do {
            workspace = try Workspace(folder: folder)
        } catch let error as SettingsErrors {
            findings = error.errors.map { Finding(severity: .error, error: $0) }
            return
        }
        let settings = workspace.settings
        var errors = Reports.check(settings.reportRequests)
        if !settings.jobs.contains(where: { $0.kind == .points }) {
            errors.append(
                SettingsError(
                    "no job is of kind 'points', so no night can close", at: ConfigCheck.jobs))
        }
        add(errors, .error)
        guard errors.isEmpty else { return }
        add(settings.warnings, .warning)
        add(ConfigCheck.hidden(settings.ingestJobs), .warning)
        add(ConfigCheck.missing(settings), .warning)
        add(ConfigCheck.late(settings), .warning)
        add(ConfigCheck.unheard(settings), .warning)
        add(ConfigCheck.secrets(settings, folder: folder, environment), .warning)
        let places = ProgramPlaces(folder: folder)
        add(ConfigCheck.window(workspace, places), .warning)
        add(try ConfigCheck.codes(workspace, places), .warning)
        add(ConfigCheck.clockChanges(workspace, places, now), .note)
        findings.sort { $0.error.location < $1.error.location }
    }

    private static let jobs = SettingsLocation(file: "Jobs", line: 1, column: 1)

    private mutating func add(_ errors: [SettingsError], _ severity: Severity) {
        findings += errors.map { Finding(severity: severity, error: $0) }
    }

    /// Jobs whose files go to others, in part or all.
    private static func hidden(_ jobs: [(job: JobFile, terms: IngestJob)]) -> [SettingsError] {
        var warnings: [SettingsError] = []
        for (index, later) in jobs.enumerated() {
            for earlier in jobs[..<index] {
                let (name, pattern) = (earlier.job.name, "'\(earlier.terms.files)'")
                let place = "\(earlier.terms.filesLocation)"
                let message: String
                switch later.terms.files.overlap(with: earlier.terms.files) {
                case .none: continue
                case .some:
                    message = "a file that matches \(pattern) too is taken by '\(name)' (\(place))"
                case .all:
                    message =
                        "no file ever comes to this job: '\(name)' takes all of them first "
                        + "(\(pattern), \(place))"
                }
                warnings.append(
                    SettingsError("'files': " + message, at: later.terms.filesLocation))
            }
        }
        return warnings
    }

    /// Jobs without which a program does little, and layouts that nobody uses.
    private static func missing(_ settings: WorkspaceSettings) -> [SettingsError] {
        var warnings: [SettingsError] = []
        let ingest = settings.ingestJobs
        if !ingest.contains(where: { $0.terms.records == .orders }) {
            warnings.append(SettingsError("no job takes orders: nothing is earned", at: jobs))
        }
        if !ingest.contains(where: { $0.terms.records == .members }) {
            warnings.append(
                SettingsError("no job takes members: every order with a card waits", at: jobs))
        }
        if settings.reportRequests.isEmpty {
            warnings.append(SettingsError("no job asks for a report: nights leave none", at: jobs))
        }
        let used = Set(ingest.map(\.terms.layout.value))
        for (name, layout) in settings.layouts where !used.contains(name) {
            guard let location = layout.location else { continue }
            warnings.append(SettingsError("no job uses the layout '\(name)'", at: location))
        }
        return warnings
    }

    /// Files that are expected at an hour in which nobody looks.
    private static func late(_ settings: WorkspaceSettings) -> [SettingsError] {
        let night = settings.program.night
        let (starts, until) = (
            ProgramClock.text(minutes: night.startsMinutes),
            ProgramClock.text(minutes: night.untilMinutes)
        )
        return settings.ingestJobs.compactMap { _, terms in
            guard let expect = terms.expect else { return nil }
            let by = ProgramClock.text(minutes: expect.byMinutes)
            if expect.byMinutes > night.untilMinutes {
                return SettingsError(
                    "'by' is \(by), but nights end at \(until) (night.until): no scheduled run comes "
                        + "after it", at: expect.location)
            }
            if expect.byMinutes < night.startsMinutes, expect.ifMissing != .wait {
                return SettingsError(
                    "'by' is \(by), before nights start at \(starts) (night.starts): no night waits",
                    at: expect.location)
            }
            return nil
        }
    }

    /// A program that earns on no night.
    private static func window(
        _ workspace: Workspace, _ places: ProgramPlaces
    ) -> [SettingsError] {
        let program = workspace.program
        guard let to = program.earnsTo, to < program.opensOn else { return [] }
        return [
            SettingsError(
                "'to' is \(to), before the first night of \(program.opensOn): nothing is earned",
                at: places["to"])
        ]
    }

    /// The days of the coming year on which the program's clocks change.
    private static func clockChanges(
        _ workspace: Workspace, _ places: ProgramPlaces, _ now: Int
    ) -> [SettingsError] {
        let clock = workspace.clock
        let today = clock.local(at: now).day
        let minutes = workspace.settings.program.night.startsMinutes
        let starts = ProgramClock.text(minutes: minutes)
        return (0...366).map { today.adding(days: $0) }.compactMap { day in
            let length = clock.length(of: day)
            guard length != 86_400 else { return nil }
            let start = clock.instant(day, minutes: minutes)
            let night = day.adding(days: -1)
            let shown = clock.local(at: start).minutes
            let isTwice = clock.local(at: start + length - 86_400).minutes == minutes
            let effect =
                shown != minutes
                ? "clocks leave \(starts) (night.starts) out: the night of \(night) starts at "
                    + ProgramClock.text(minutes: shown)
                : length > 86_400 && isTwice
                    ? "clocks show \(starts) (night.starts) twice: the night of \(night) starts at the first"
                    : "the night of \(night) starts at \(starts) as ever"
            let hours = Double(length) / 3600
            let count = hours == hours.rounded() ? "\(Int(hours))" : "\(hours)"
            return SettingsError("\(day) has \(count) hours; \(effect)", at: places["timezone"])
        }
    }
}

/// Where the keys of program.yaml stand.
struct ProgramPlaces {
    private var places: [String: SettingsLocation] = [:]
    private var rewards: [SettingsNode] = []

    init(folder: String) {
        let path = "\(folder)/\(ProgramFile.name)"
        guard let source = try? SettingsSource(name: ProgramFile.name, path: path),
            let root = try? source.tree(), case .map(let entries) = root.value
        else { return }
        for entry in entries {
            places[entry.key] = entry.node.location
            if entry.key == "rewards", case .list(let items) = entry.node.value { rewards = items }
        }
    }

    /// Where a reward says something; where the rewards stand, for one that a file defines.
    func reward(_ id: String, key: String) -> SettingsLocation {
        for node in rewards {
            guard case .map(let entries) = node.value,
                entries.contains(where: { $0.key == "id" && $0.node.text == id })
            else { continue }
            return node.location(of: key)
        }
        return self["rewards"]
    }

    subscript(key: String) -> SettingsLocation {
        places[key] ?? SettingsLocation(file: ProgramFile.name, line: 1, column: 1)
    }
}
