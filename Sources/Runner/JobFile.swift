internal import Delivery
package import Loyalty
package import Reporting
package import Settings

/// One file of Jobs/, read and judged by itself.
package struct JobFile: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case ingest, codes, points, reconcile, replenish, report, push, fetch, prune
    }

    /// What the job does, with the terms of its kind.
    package enum Work: Hashable, Sendable {
        case ingest(IngestJob)
        /// Burns, gift codes, claims and grants.
        case codes
        case points
        case reconcile(ReconcileTerms)
        case replenish
        case report([ReportRequest])
        /// Sends what waits for these endpoints; none named: for all.
        case push([Located<String>])
        case fetch(FetchJob)
        case prune
    }

    package var name: String
    /// Where the file names it.
    package var location: SettingsLocation
    package var work: Work
    /// The jobs that must have ended before.
    package var after: [Located<String>]
    /// When it runs by itself; nil: with the nights only.
    package var schedule: CronTime?
    /// What is allowed and can't do what it says.
    package var warnings: [SettingsError]

    package var kind: Kind {
        switch work {
        case .ingest: .ingest
        case .codes: .codes
        case .points: .points
        case .reconcile: .reconcile
        case .replenish: .replenish
        case .report: .report
        case .push: .push
        case .fetch: .fetch
        case .prune: .prune
        }
    }

    /// Reads the file.
    ///
    /// - Throws: `SettingsErrors` with all that is wrong.
    package init(_ source: SettingsSource) throws {
        let reader = try SettingsReader(source)
        let written = reader.peek("kind")
        let kind = written?.text.flatMap { Kind(rawValue: $0) }
        let map = try reader.file(JobFile.keys(of: kind))
        let _: Kind? = map.word("kind")
        name = map.text("job") ?? ""
        location = map.location(of: "job")
        // Of a fetch job it says what becomes of the files there: it runs before all others.
        after = kind == .fetch ? [] : map.texts("after") ?? []
        schedule = map.cronTime("schedule")
        if let kind, schedule != nil, !JobFile.isOutsideNights(kind) {
            reader.fail(
                "'schedule' is for jobs outside the night: push, fetch and prune; \(kind.rawValue) jobs run "
                    + "with it", at: map.location(of: "schedule"))
        }
        let work: Work? =
            switch kind {
            case .ingest: IngestJob(map).map { .ingest($0) }
            case .report: .report(JobFile.reports(map))
            case .codes: .codes
            case .points: .points
            case .reconcile: .reconcile(JobFile.reconcile(map))
            case .replenish: .replenish
            case .push: .push(map.texts("endpoints") ?? [])
            case .fetch: FetchJob(map).map { .fetch($0) }
            case .prune: .prune
            case nil: nil
            }
        try reader.finish()
        guard let work else { throw reader.failure }
        self.work = work
        warnings = reader.warnings
    }

    /// What a reconcile job says; without a word, every class, and it acts.
    private static func reconcile(_ map: SettingsMap) -> ReconcileTerms {
        var terms = ReconcileTerms()
        terms.acts = map.boolean("act") ?? true
        for item in map.items("ignore") ?? [] {
            if let ignored: BreakClass = map.reader.word(item, "ignore") {
                terms.ignored.insert(ignored)
            }
        }
        return terms
    }

    /// The keys of a kind of job; those of the others are known, so that they can be sent there.
    private static func keys(of kind: Kind?) -> SettingsKeys {
        var keys = SettingsKeys(
            ["job", "kind", "after", "schedule"], needed: ["job", "kind"])
        let owners = [
            (Kind.ingest, IngestJob.keys), (.report, ["reports"]), (.reconcile, ["act", "ignore"]),
            (.push, ["endpoints"]), (.fetch, FetchTerms.keys),
        ]
        for (owner, words) in owners where kind == nil || owner == kind { keys.known += words }
        for (owner, words) in owners {
            guard let kind, owner != kind else { continue }
            for word in words where !keys.known.contains(word) {
                keys.elsewhere[word] =
                    "'\(word)' is a key of \(owner.rawValue) jobs, not of \(kind.rawValue) jobs"
            }
        }
        if kind == .ingest { keys.needed += ["records", "files"] }
        if kind == .report { keys.needed += ["reports"] }
        if kind == .fetch { keys.needed += ["from"] }
        return keys
    }
}
