internal import ArgumentParser
internal import Loyalty
internal import Runner

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Close every night that is due, oldest first.",
        discussion: """
            A night of a day runs after that day has ended in the program's zone. Running again is \
            always safe: a closed night posts nothing.

            With --scheduled, as a scheduler starts it: the night of yesterday begins no earlier than \
            night.starts, nothing is said while nothing is due, and waiting for an expected file is \
            no failure before night.until.

            Example: nightjar run --workspace /srv/loyalty
            Example: nightjar run --date 2026-11-20
            """)

    @Argument(help: "Jobs to run; none runs all of them and closes the night.")
    var jobs: [String] = []

    @Option(
        help: "Run the night of this day only, or with --through from this day on (yyyy-MM-dd).")
    var date: CivilDate?

    @Option(help: "Run every night up to this day (yyyy-MM-dd).")
    var through: CivilDate?

    @Option(help: ArgumentHelp("Read files from here, not from WORKSPACE/inbox.", valueName: "dir"))
    var inbox: String?

    @Flag(help: "Exit 65 where any line or file was refused.")
    var strict = false

    @Flag(help: "Run as a scheduler does: within the night's hours, silent with nothing to do.")
    var scheduled = false

    @OptionGroup var options: Options

    private struct Night: Encodable {
        var night: String
        var state: String
        var reports: String?
        var hasRefusals: Bool
        var totals: [String: Int64]
        /// Behind the last of them.
        var delivery: DeliveryOutput?
    }

    func run() throws {
        try options.perform {
            let bar = ProgressBar(isQuiet: options.quiet || options.json)
            let observer = RunObserver.commands(bar, options)
            defer { bar.clear() }
            let workspace = try Workspace(folder: options.folder, inbox: inbox)
            for warning in workspace.settings.warnings { observer.notify("\(warning)") }
            if scheduled, !workspace.isDue(jobs, at: now()) { return }
            // What only pushes needs no night, and is in no night's way.
            if workspace.isPush(jobs) { return try push(workspace, observer) }
            var closed = Closed()
            // Also where a later night fails, what was closed is told, and sent.
            defer { if options.json { try? printJSON(closed.nights) } }
            var waiting: ExitCode?
            do {
                try close(workspace, observer, bar, &closed)
            } catch {
                try? deliver(workspace, observer, &closed)
                throw error
            }
            do {
                try deliver(workspace, observer, &closed)
            } catch let code as ExitCode {
                waiting = code
            }
            bar.clear()
            if !closed.awaited.isEmpty { try wait(for: closed.awaited, workspace) }
            if closed.nights.isEmpty, jobs.isEmpty, !options.json, !options.quiet, !scheduled {
                print("no night is due")
            }
            if let waiting { throw waiting }
            if strict, closed.hasRefusals { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }

    /// What the run has done so far.
    private struct Closed {
        var nights: [Night] = []
        var hasRefusals = false
        var awaited: [AwaitedFile] = []
    }

    private func close(
        _ workspace: Workspace, _ observer: RunObserver, _ bar: ProgressBar,
        _ closed: inout Closed
    ) throws {
        let runner = try WorkspaceRunner(
            workspace, observer: observer, clock: now, environment: environment)
        var done = Closed()
        defer { closed = done }
        done.awaited = try runner.close(
            jobs: jobs, date: date, through: through, isScheduled: scheduled
        ) { outcome in
            bar.clear()
            done.hasRefusals = done.hasRefusals || outcome.hasRefusals
            done.nights.append(
                Night(
                    night: "\(outcome.night)", state: outcome.state.rawValue,
                    reports: outcome.reportsFolder, hasRefusals: outcome.hasRefusals,
                    totals: Dictionary(
                        uniqueKeysWithValues: outcome.totals.map { ($0.name, $0.value) })))
            if !options.json, !options.quiet { print(sentence(outcome)) }
        }
    }

    // MARK: Delivering

    /// Sends what the nights wrote; whatever goes wrong there, the nights stand.
    ///
    /// - Throws: the exit code where something waits.
    private func deliver(
        _ workspace: Workspace, _ observer: RunObserver, _ closed: inout Closed
    ) throws {
        guard closed.nights.contains(where: { $0.state != NightOutcome.State.open.rawValue }),
            let endpoints = workspace.pushed(jobs)
        else { return }
        do {
            let outcome = try WorkspaceDelivery(workspace, means: .system, observer: observer)
                .run(endpoints)
            closed.nights[closed.nights.count - 1].delivery = DeliveryOutput(outcome)
            closed.hasRefusals = closed.hasRefusals || outcome.hasRefusals
            if !outcome.isAllSent { throw ExitCode(ExitStatus.tryAgain.rawValue) }
        } catch let code as ExitCode {
            throw code
        } catch {
            observer.notify("\(error); the nights stand, and what they wrote waits")
            throw ExitCode(ExitStatus.tryAgain.rawValue)
        }
    }

    /// Runs jobs that only push.
    private func push(_ workspace: Workspace, _ observer: RunObserver) throws {
        var outcome = DeliveryOutcome()
        if let endpoints = workspace.pushed(jobs) {
            outcome = try WorkspaceDelivery(workspace, means: .system, observer: observer)
                .run(endpoints)
        }
        if options.json {
            try printJSON(DeliveryOutput(outcome))
        } else if !options.quiet {
            DeliveryOutput.show(outcome)
        }
        if !outcome.isAllSent { throw ExitCode(ExitStatus.tryAgain.rawValue) }
        if strict, outcome.hasRefusals { throw ExitCode(ExitStatus.data.rawValue) }
    }

    /// Says what the night waits for, and ends the run as one to be tried again.
    private func wait(for files: [AwaitedFile], _ workspace: Workspace) throws {
        guard let night = files.first?.night else { return }
        let time = now()
        let isOverdue = files.contains { time >= $0.by }
        // A scheduler mails whatever is said, six times an hour.
        let level: RunMessage.Level = scheduled && !isOverdue ? .info : .error
        let message = RunMessage(level, WorkspaceRunner.wait(night, files), night: night)
        options.log.write(message)
        guard scheduled, time < workspace.end(of: night) else {
            throw ExitCode(ExitStatus.tryAgain.rawValue)
        }
    }

    private func sentence(_ outcome: NightOutcome) -> String {
        let night = "night of \(outcome.night)"
        let reports = outcome.reportsFolder.map { "; reports in \($0)" } ?? ""
        switch outcome.state {
        case .open: return "\(night): the jobs named have run; it is still open"
        case .alreadyClosed: return "\(night): closed before, nothing posted\(reports)"
        case .closed:
            func total(_ name: String) -> Int64 {
                outcome.totals.first { $0.name == name }?.value ?? 0
            }
            return "\(night): closed; \(total("orders_accepted")) orders, "
                + "\(total("points_accrued")) points accrued, \(total("lines_rejected")) lines "
                + "rejected\(reports)"
        }
    }
}
