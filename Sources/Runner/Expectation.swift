internal import Intake
package import Loyalty
package import Settings

/// Files that must have come before a night reads its own.
package struct Expectation: Hashable, Sendable {
    /// What becomes of a night without them once their time is past.
    package enum IfMissing: String, CaseIterable, Sendable {
        /// The night goes on waiting.
        case wait
        /// It is said, and the night runs without them.
        case warn
        /// The night fails.
        case fail
    }

    /// The systems that must have sent one each.
    package var from: [Located<String>]
    /// Until when they are waited for: minutes after the midnight that ends the night's day.
    package var byMinutes: Int
    package var ifMissing: IfMissing
    /// Where the job file says so.
    package var location: SettingsLocation
}

extension Expectation {
    private static let keys = SettingsKeys(["from", "by", "if_missing"], needed: ["from"])

    /// The key `expect` of an ingest job; nil where there is none, or with an error noted.
    init?(_ map: SettingsMap) {
        guard let expect = map.map("expect", Expectation.keys) else { return nil }
        from = expect.texts("from") ?? []
        byMinutes = expect.timeOfDay("by") ?? 5 * 60
        ifMissing = expect.word("if_missing") ?? .wait
        location = map.location(of: "expect")
        if expect.items("from")?.isEmpty ?? false {
            map.reader.fail("'from' names no system", at: expect.location(of: "from"))
        }
    }

    /// What is wrong between a job's expectation and the rest of the workspace.
    static func errors(
        of terms: IngestJob, systems: [String], constants: [String: String]
    ) -> [SettingsError] {
        guard let expect = terms.expect else { return [] }
        let own = terms.constants["system"] ?? constants["system"]
        return expect.from.compactMap { system in
            let message: String
            if !systems.contains(system.value) {
                let hint = Nearest.hint(for: system.value, among: systems)
                message = "\(ProgramFile.name) has no system '\(system.value)'\(hint)"
            } else if !terms.files.namesSystem, own != system.value {
                message =
                    "no file of this job is known to be of '\(system.value)': give 'files' a {system}, "
                    + "or 'constants' the system"
            } else {
                return nil
            }
            return SettingsError(message, at: system.location)
        }
    }
}

/// A file that a night waits for, or does without.
package struct AwaitedFile: Hashable, Sendable {
    package var night: CivilDate
    package var job: String
    package var system: String
    /// The job's pattern with the system and the night in their places.
    package var pattern: String
    /// Seconds since 1970 until when it is waited for.
    package var by: Int
    /// That time as the program's clocks show it.
    package var byText: String
    package var ifMissing: Expectation.IfMissing

    /// `a file of pos (orders-pos-2026-11-20*.csv*), expected by 05:00 on 2026-11-21`.
    package var sentence: String {
        "a file of \(system) for \(job) (\(pattern)), expected by \(byText)"
    }
}

extension NightIngest {
    /// The expected files of some jobs that have not come.
    func awaited(_ jobs: [JobFile]) throws -> [AwaitedFile] {
        var missing: [AwaitedFile] = []
        for step in NightIngest.steps(jobs) where step.contains(where: { $0.expectation != nil }) {
            let files = try taken(step).files
            for job in step {
                guard case .ingest(let terms) = job.work, let expect = terms.expect,
                    try !isDone(job)
                else { continue }
                let constants = workspace.settings.layout(of: terms).constants
                let own = terms.constants["system"] ?? constants["system"]
                let systems = try files.filter { file in
                    try file.job.name == job.name
                        && (file.fields.date ?? night) == night && !wasRead(file)
                }.map { $0.fields.system ?? own }
                for system in expect.from where !systems.contains(system.value) {
                    missing.append(awaited(job, terms, expect, system.value))
                }
            }
        }
        return missing
    }

    private func awaited(
        _ job: JobFile, _ terms: IngestJob, _ expect: Expectation, _ system: String
    ) -> AwaitedFile {
        let program = workspace.program
        let day = night.adding(days: 1)
        let time = ProgramClock.text(minutes: expect.byMinutes)
        return AwaitedFile(
            night: night, job: job.name, system: system,
            pattern: terms.files.description.replacing("{system}", with: system)
                .replacing("{date}", with: "\(night)"),
            by: ProgramClock(zone: program.timezone).instant(day, minutes: expect.byMinutes),
            byText: "\(time) on \(day) (\(program.timezone))", ifMissing: expect.ifMissing)
    }
}

extension JobFile {
    /// The files that must have come before the job runs.
    package var expectation: Expectation? {
        if case .ingest(let terms) = work { return terms.expect }
        return nil
    }
}
