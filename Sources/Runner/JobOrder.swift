import Reporting
import Settings

/// What the jobs of a workspace must be together.
package enum JobOrder {
    /// The jobs, each behind those it comes after; of those that may go first, by name.
    ///
    /// - Throws: `SettingsErrors` for two jobs of one name, for an `after` that names none, for
    ///   jobs that wait for one another, and for a report that two jobs ask for.
    package static func sorted(_ jobs: [JobFile]) throws -> [JobFile] {
        let jobs = jobs.sorted { ($0.name, $0.location) < ($1.name, $1.location) }
        var errors = repeatedNames(jobs) + repeatedReports(jobs) + unknownNames(jobs)
        var ordered: [JobFile] = []
        var waiting = jobs
        while !waiting.isEmpty {
            let names = Set(waiting.map(\.name))
            guard
                let next = waiting.firstIndex(where: { job in
                    job.after.allSatisfy { !names.contains($0.value) }
                })
            else { break }
            ordered.append(waiting.remove(at: next))
        }
        if let cycle = cycle(waiting) { errors.append(cycle) }
        if !errors.isEmpty { throw SettingsErrors(errors) }
        return ordered
    }

    private static func repeatedNames(_ jobs: [JobFile]) -> [SettingsError] {
        zip(jobs, jobs.dropFirst()).filter { $0.name == $1.name }.map { first, second in
            SettingsError(
                "the job '\(second.name)' is defined at \(first.location) already",
                at: second.location)
        }
    }

    /// Two jobs that write one report would write one file.
    private static func repeatedReports(_ jobs: [JobFile]) -> [SettingsError] {
        var errors: [SettingsError] = []
        var owners: [String: String] = [:]
        for job in jobs {
            guard case .report(let requests) = job.work else { continue }
            for request in requests {
                guard let owner = owners[request.report] else {
                    owners[request.report] = job.name
                    continue
                }
                errors.append(
                    SettingsError(
                        "the job '\(owner)' writes the report '\(request.report)' already",
                        at: request.location))
            }
        }
        return errors
    }

    private static func unknownNames(_ jobs: [JobFile]) -> [SettingsError] {
        let names = jobs.map(\.name)
        return jobs.flatMap(\.after).filter { !names.contains($0.value) }.map { name in
            let hint = Nearest.hint(for: name.value, among: names)
            return SettingsError("no job is named '\(name.value)'\(hint)", at: name.location)
        }
    }

    /// One way round among jobs that all wait for one another, from the first by name.
    private static func cycle(_ waiting: [JobFile]) -> SettingsError? {
        guard var job = waiting.first else { return nil }
        var path: [JobFile] = []
        while !path.contains(where: { $0.name == job.name }) {
            path.append(job)
            let next = job.after.compactMap { name in
                waiting.first { $0.name == name.value }
            }
            guard let first = next.first else { return nil }
            job = first
        }
        let round = path.drop { $0.name != job.name }.map(\.name) + [job.name]
        guard let last = path.last?.after.first(where: { $0.value == job.name }) else { return nil }
        return SettingsError(
            "jobs wait for one another: \(round.joined(separator: " after "))", at: last.location)
    }
}
