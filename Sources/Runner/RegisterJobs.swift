import Intake
import Loyalty
import Settings

/// What the jobs of rewards and codes must be together.
enum RegisterJobs {
    /// The jobs of the one step that posts orders.
    ///
    /// What the register would judge stays in the inbox where none of them asks it to.
    static func posted(_ jobs: [JobFile]) -> [JobFile] {
        let kinds = Set(jobs.map(\.kind))
        return jobs.filter { job in
            guard case .ingest(let terms) = job.work else { return job.isPosted }
            return terms.records.isPosted && missing(for: terms.records, among: kinds) == nil
        }
    }

    /// Jobs that nobody finishes the work of, a second one of a kind, and workflows that assign a reward
    /// which can't come from anywhere.
    static func check(_ jobs: [JobFile], _ program: ProgramFile) -> [SettingsError] {
        let kinds = Set(jobs.map(\.kind))
        var errors = seconds(jobs)
        for job in jobs {
            switch job.work {
            case .ingest(let terms):
                guard let kind = missing(for: terms.records, among: kinds) else { continue }
                errors.append(
                    SettingsError(
                        "the job takes \(terms.records.rawValue), and no job of the kind "
                            + "'\(kind.rawValue)' judges them: add one", at: job.location))
            case .reconcile, .replenish:
                guard !kinds.contains(.codes) else { continue }
                errors.append(
                    SettingsError(
                        "no job is of the kind 'codes', which hands codes out and takes burns in: "
                            + "add one", at: job.location))
            case .codes, .points, .report, .push, .fetch, .prune: continue
            }
        }
        guard !takes(.rewards, jobs) else { return errors }
        let known = program.codes.rewards.map(\.id)
        return errors
            + program.missingRewards.map { reward in
                let hint = Nearest.hint(for: reward.value, among: known)
                return SettingsError(
                    "no reward has the id '\(reward.value)'\(hint)", at: reward.location)
            }
    }

    /// Whether a job takes records of a kind.
    static func takes(_ records: RecordKind, _ jobs: [JobFile]) -> Bool {
        jobs.contains { job in
            if case .ingest(let terms) = job.work { terms.records == records } else { false }
        }
    }

    /// The kind of job without which records are read in vain.
    private static func missing(
        for records: RecordKind, among kinds: Set<JobFile.Kind>
    ) -> JobFile.Kind? {
        guard records.isOfRegister || records == .codes else { return nil }
        if !kinds.contains(.codes) { return .codes }
        return records == .stock && !kinds.contains(.reconcile) ? .reconcile : nil
    }

    /// One job does all there is to do of its kind.
    private static func seconds(_ jobs: [JobFile]) -> [SettingsError] {
        [JobFile.Kind.codes, .reconcile, .replenish, .prune].flatMap { kind in
            let all = jobs.filter { $0.kind == kind }.sorted { $0.location < $1.location }
            return all.dropFirst().map { job in
                SettingsError(
                    "'\(all[0].name)' is of the kind '\(kind.rawValue)' already, and one does all of it",
                    at: job.location)
            }
        }
    }
}
