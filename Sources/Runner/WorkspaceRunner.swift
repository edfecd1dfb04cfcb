internal import Delivery
internal import Foundation
internal import Intake
internal import Ledger
package import Loyalty
internal import Reporting
internal import Settings
internal import Storage

/// Runs the nights of a workspace that are due, oldest first, one run at a time.
package final class WorkspaceRunner {
    private let workspace: Workspace
    private let store: Store
    private let lock: WorkspaceLock
    private let clock: () -> Int
    private let environment: (String) -> String?
    private let observer: RunObserver
    private let run: Int64

    /// Takes the workspace's lock and opens its store.
    ///
    /// - Parameter clock: seconds since 1970; tells which nights are due and how long a file has been
    ///   left alone, and nothing else.
    /// - Parameter environment: looks a variable up, for the secrets of fetch jobs.
    package init(
        _ workspace: Workspace, observer: RunObserver, clock: @escaping () -> Int,
        environment: @escaping (String) -> String? = { _ in nil }
    ) throws {
        self.workspace = workspace
        self.clock = clock
        self.environment = environment
        self.observer = observer
        let errors = Reports.check(workspace.settings.reportRequests)
        guard errors.isEmpty else { throw SettingsErrors(errors) }
        let now = clock()
        lock = try WorkspaceLock(workspace: workspace.folder, now: now)
        try workspace.checkStore()
        store = try Store(
            path: workspace.storePath, cacheBytes: workspace.settings.program.limits.cacheBytes)
        let started = try store.write {
            try RunLog($0).start(at: now, process: getpid())
        }
        run = started.run
        if started.superseded > 0 {
            observer.notify("an earlier run was broken off; this one continues it")
        }
    }

    /// Closes every night asked for, in order.
    ///
    /// - Parameters:
    ///   - jobs: names of jobs to run; none runs all and closes the night.
    ///   - date: the only night, or with `through` the first.
    ///   - through: the last night; without either, yesterday.
    ///   - isScheduled: whether yesterday's night is left alone before `night.starts`.
    ///   - closed: hears of each night when it is done.
    /// - Returns: the files that the next night waits for; none when all nights are done.
    @discardableResult
    package func close(
        jobs: [String], date: CivilDate?, through: CivilDate?, isScheduled: Bool = false,
        closed: (NightOutcome) throws -> Void
    ) throws -> [AwaitedFile] {
        do {
            let known = workspace.settings.jobs.map(\.name)
            for name in jobs where !known.contains(name) {
                throw RunnerError.usage(
                    "there is no job '\(name)'\(Nearest.hint(for: name, among: known))")
            }
            try checkFolders(jobs)
            if let flaw = try store.write({ try KeptProgram($0).flaw(of: workspace.program) }) {
                throw RunnerError.configuration("\(ProgramFile.name): \(flaw)")
            }
            let runner = NightRunner(
                workspace: workspace, store: store, run: run, clock: clock, observer: observer)
            // What a run that was broken off left of its files.
            let last = try store.read {
                try RunLog($0).lastClosed(since: workspace.program.opensOn)
            }
            if let last { try runner.finishFiles(last) }
            let asked = workspace.settings.jobs.filter { jobs.isEmpty || jobs.contains($0.name) }
            let nights =
                asked.allSatisfy(\.isOutsideNights)
                ? [] : try nights(date, through, last, isScheduled)
            let failed = jobs.isEmpty && nights.isEmpty ? [] : try fetch(asked)
            if let first = nights.first { try checkFetched(failed, asked, first) }
            for night in nights {
                let awaited = try awaited(night, jobs, runner)
                guard awaited.isEmpty else {
                    try end("done", WorkspaceRunner.wait(night, awaited))
                    return awaited
                }
                try closed(runner.close(night, jobs: jobs))
            }
            if !jobs.isEmpty || !nights.isEmpty { prune(asked) }
            if !failed.isEmpty {
                throw RunnerError.tryAgain(
                    "\(failed.joined(separator: ", ")): not all files came; the next run goes on")
            }
            try end("done", nil)
            return []
        } catch {
            try? end("failed", "\(error)")
            throw error
        }
    }

    /// Brings files from elsewhere into the inbox.
    ///
    /// - Returns: the names of the jobs that could not do all they should.
    private func fetch(_ jobs: [JobFile]) throws -> [String] {
        var failed: [String] = []
        for job in jobs {
            guard case .fetch(let fetch) = job.work else { continue }
            let startedAt = clock()
            let inbox = workspace.inboxFolder ?? workspace.folder + "/inbox"
            let outcome = try Fetch(
                job: job.name, terms: fetch.terms, takes: fetch.takes, folder: workspace.folder,
                inbox: inbox, store: store,
                clock: clock, environment: environment,
                freeBytes: { [workspace] in workspace.freeBytes(inbox) },
                mostBytes: workspace.settings.program.limits.expandedBytes
            ).run()
            for text in outcome.remarks + outcome.troubles {
                observer.tell(RunMessage(.warning, "\(job.name): \(text)", job: job.name))
            }
            let text =
                "\(job.name): ended; \(outcome.names.count) files, \(outcome.bytes) bytes, "
                + "\(clock() - startedAt) s"
            observer.tell(RunMessage(.info, text, job: job.name))
            if !outcome.troubles.isEmpty { failed.append(job.name) }
        }
        return failed
    }

    /// A night doesn't begin without the files of a job that says it comes after them.
    private func checkFetched(
        _ failed: [String], _ jobs: [JobFile], _ night: CivilDate
    ) throws {
        for job in jobs {
            guard let missing = job.after.first(where: { failed.contains($0.value) }) else {
                continue
            }
            throw RunnerError.tryAgain(
                "the night of \(night) waits: '\(job.name)' comes after '\(missing.value)', and not all "
                    + "of its files came")
        }
    }

    /// Removes what is older than it is kept; what goes wrong there fails no night.
    private func prune(_ jobs: [JobFile]) {
        guard let job = jobs.first(where: { $0.kind == .prune }) else { return }
        do {
            let last = try store.read {
                try RunLog($0).lastClosed(since: workspace.program.opensOn)
            }
            guard let last else { return }
            let removed = try Pruning(workspace, night: last).run(store)
            observer.tell(
                RunMessage(.info, "\(job.name): ended; \(removed)", night: last, job: job.name))
        } catch {
            observer.tell(
                RunMessage(
                    .warning,
                    "\(job.name): \(error); the nights stand, and the next run tries again",
                    job: job.name))
        }
    }

    /// Refuses what would close nights without their files or their points, and says which files of
    /// the inbox no job takes.
    private func checkFolders(_ jobs: [String]) throws {
        if jobs.isEmpty, !workspace.settings.jobs.contains(where: { $0.kind == .points }) {
            throw RunnerError.configuration(
                "\(workspace.folder)/Jobs: no job is of kind 'points', so no night can close; "
                    + "nightjar init writes the jobs that ship")
        }
        let strangers = try workspace.inbox.strangers { workspace.settings.knows($0) }
        for path in strangers.prefix(10) {
            observer.tell(
                RunMessage(
                    .warning, "\(path): no job takes a file of this name; it stays in the inbox",
                    file: path))
        }
        if strangers.count > 10 {
            observer.notify("\(strangers.count - 10) more files that no job takes")
        }
    }

    /// The files that a night must wait for; those that it can do without are told of.
    private func awaited(
        _ night: CivilDate, _ names: [String], _ runner: NightRunner
    ) throws -> [AwaitedFile] {
        let state = try store.read { try RunLog($0).state(of: night) }
        guard state == nil || state == .open else { return [] }
        let jobs = workspace.settings.jobs.filter { names.isEmpty || names.contains($0.name) }
        let now = clock()
        var waiting: [AwaitedFile] = []
        for file in try runner.ingest(night, "").awaited(jobs) {
            let text = "the night of \(night) lacks \(file.sentence)"
            switch file.ifMissing {
            case .warn where now >= file.by: observer.notify(text, night: night)
            case .fail where now >= file.by: throw RunnerError.missingFile(text)
            case .wait, .warn, .fail: waiting.append(file)
            }
        }
        return waiting
    }

    /// The sentence that says what a night waits for.
    package static func wait(_ night: CivilDate, _ files: [AwaitedFile]) -> String {
        "the night of \(night) waits for " + files.map(\.sentence).joined(separator: "; ")
    }

    private func end(_ outcome: String, _ message: String?) throws {
        let now = clock()
        try store.write {
            try RunLog($0).end(run, at: now, outcome: outcome, message: message)
        }
    }

    /// The nights to close: they close in the order of their dates, and only when their day has ended.
    private func nights(
        _ date: CivilDate?, _ through: CivilDate?, _ last: CivilDate?, _ isScheduled: Bool
    ) throws -> [CivilDate] {
        let program = workspace.program
        let yesterday = workspace.yesterday(now: clock())
        let next = last?.adding(days: 1) ?? program.opensOn
        for day in [date, through].compactMap(\.self) where day > yesterday {
            let when = day == yesterday.adding(days: 1) ? "tomorrow" : "the day after"
            throw RunnerError.usage(
                "\(day) has not ended in \(program.timezone); its night can run \(when)")
        }
        if let date, let through, through < date {
            throw RunnerError.usage("--through \(through) comes before --date \(date)")
        }
        if let date, date != next, date != last {
            throw RunnerError.usage(
                date < program.opensOn
                    ? "the night of \(date) can't run: the program opens on \(program.opensOn)"
                    : date < next
                        ? "the night of \(date) can't run: nights up to \(next.adding(days: -1)) are closed"
                        : "the night of \(next) comes before that of \(date); use --through \(date)"
            )
        }
        let first = date ?? next
        // Before the night's hour files of yesterday may still be on their way.
        let isEarly =
            isScheduled
            && workspace.clock.local(at: clock()).minutes
                < workspace.settings.program.night.startsMinutes
        let end = through ?? date ?? (isEarly ? yesterday.adding(days: -1) : yesterday)
        guard first <= end else { return [] }
        return (0...Int(end.days - first.days)).map { first.adding(days: $0) }
    }
}

extension WorkspaceSettings {
    /// The reports of all report jobs; how cards and codes are shown is the program's where a job says
    /// nothing.
    var reportRequests: [ReportRequest] {
        jobs.flatMap { job -> [ReportRequest] in
            guard case .report(let requests) = job.work else { return [] }
            return requests.map { request in
                var request = request
                request.cards = request.cards ?? program.cards
                request.codes = request.codes ?? program.codeText
                return request
            }
        }
    }
}
