internal import Codes
internal import Delivery
internal import Foundation
internal import Intake
internal import Ledger
package import Loyalty
internal import Reporting
internal import Storage

/// What became of a night.
package struct NightOutcome: Sendable {
    package enum State: String, Sendable {
        /// Closed by this run.
        case closed
        /// Closed before; its reports were looked after.
        case alreadyClosed = "already_closed"
        /// Some of its jobs ran, as asked.
        case open
    }

    package var night: CivilDate
    package var state: State
    /// The figures of the summary; none while the night is open.
    package var totals: [(name: String, value: Int64)]
    /// Where the reports are, once they are out.
    package var reportsFolder: String?
    /// Whether any line or file was refused.
    package var hasRefusals: Bool
}

/// Closes one night: intake, settlement, fold, reports, in the order of spec 0.
///
/// Members and opening files are taken over in a transaction each; orders are posted in one, so that a
/// kill leaves the night as it was or posted. Reports follow from the store; the commit after them
/// closes the night, and what is left to do with files can be done again.
struct NightRunner {
    let workspace: Workspace
    let store: Store
    let run: Int64
    let clock: () -> Int
    let observer: RunObserver

    func close(_ night: CivilDate, jobs names: [String]) throws -> NightOutcome {
        let state = try store.write { connection in
            let log = RunLog(connection)
            if let state = try log.state(of: night) { return state }
            try log.setState(.open, of: night)
            return RunLog.NightState.open
        }
        if state == .closed {
            let reports = try publish(night)
            // What was re-made with other bytes goes out anew.
            if sendsReports { try store.write { try tell(reports, of: night, $0) } }
            try finishFiles(night)
            return try outcome(night, .alreadyClosed)
        }
        let jobs = workspace.settings.jobs.filter { names.isEmpty || names.contains($0.name) }
        if state == .open {
            try ingest(night, "looking for room").checkRoom(jobs)
            try store.write { try ForcedTiers($0, day: night).end() }
            for job in jobs where job.isTakenOver { try takeOver(job, night) }
            guard jobs.contains(where: { $0.kind == .points }) else {
                return try outcome(night, .open)
            }
            try post(night, RegisterJobs.posted(jobs))
        }
        guard names.isEmpty || jobs.contains(where: { $0.kind == .report }) else {
            return try outcome(night, .open)
        }
        let reports = try publish(night)
        try store.write { connection in
            let now = clock()
            for job in jobs where job.kind == .report {
                try RunLog(connection).record(
                    job.name, night: night, run: run, startedAt: now, endedAt: now, failure: nil)
            }
            if sendsReports { try tell(reports, of: night, connection) }
            try RunLog(connection).setState(.closed, of: night)
        }
        try finishFiles(night)
        try store.checkpoint()
        return try outcome(night, .closed)
    }

    private func outcome(_ night: CivilDate, _ state: NightOutcome.State) throws -> NightOutcome {
        try store.read { connection in
            let refused = try connection.integer(
                """
                SELECT 1 FROM file WHERE night = ? AND (verdict = 'refused' OR lines_rejected > 0
                    OR lines_conflict > 0) LIMIT 1
                """, .date(night))
            return NightOutcome(
                night: night, state: state,
                totals: state == .open ? [] : try RunLog(connection).totals(of: night),
                reportsFolder: state == .open ? nil : workspace.reportsFolder + "/\(night)",
                hasRefusals: refused != nil)
        }
    }

    // MARK: Jobs that take records over

    func ingest(_ night: CivilDate, _ name: String) -> NightIngest {
        NightIngest(
            workspace: workspace, night: night, store: store, now: clock(),
            tell: observer.tell
        ) { observer.progress(name, $0, $1) }
    }

    private func tellEnd(
        of jobs: [JobFile], _ night: CivilDate, _ outcome: NightIngest.Outcome, since start: Int
    ) {
        let lines = outcome.files.reduce(0) { $0 + $1.linesRead }
        let text = "\(outcome.files.count) files, \(lines) lines, \(clock() - start) s"
        for job in jobs {
            observer.tell(
                RunMessage(.info, "\(job.name): ended; \(text)", night: night, job: job.name))
        }
    }

    private func takeOver(_ job: JobFile, _ night: CivilDate) throws {
        guard try !store.read({ try RunLog($0).isDone(job.name, night: night) }) else { return }
        let startedAt = clock()
        var outcome = try ingest(night, job.name).run([job])
        try store.write { connection in
            let first = try FileLog(connection).nextID()
            let ids = outcome.files.indices.map { first + Int64($0) }
            try takeOver(job, &outcome, ids, night, connection)
            try writeRejects(outcome, night)
            try keep(outcome, ids, night, connection)
            try RunLog(connection).record(
                job.name, night: night, run: run, startedAt: startedAt, endedAt: clock(),
                failure: nil)
        }
        try store.checkpoint()
        tellEnd(of: [job], night, outcome, since: startedAt)
    }

    private func takeOver(
        _ job: JobFile, _ outcome: inout NightIngest.Outcome, _ ids: [Int64], _ night: CivilDate,
        _ connection: Connection
    ) throws {
        guard case .ingest(let terms) = job.work, !outcome.files.isEmpty else { return }
        let opening = OpeningBook(connection, program: workspace.program)
        switch terms.records {
        case .members:
            let book = MemberBook(connection, program: workspace.program, day: night)
            let posted = try book.post(
                outcome.batches.members, tiers: outcome.batches.tiers, fileCount: ids.count)
            try outcome.settle(posted.counts, posted.refusals)
        case .openingLots:
            let lastPosting = try RunLog(connection).lastPosting()
            let posted = try opening.post(lots: outcome.batches.opening, fileCount: ids.count)
            try outcome.settle(posted.counts, posted.refusals)
            try addOpening(posted.points, on: opening.day, after: lastPosting, connection)
        case .openingOrders:
            let posted = try opening.post(orders: outcome.batches.opening, files: ids)
            try outcome.settle(posted.counts, posted.refusals)
        case .tiers:
            let posted = try ForcedTiers(connection, day: night).post(
                outcome.batches.hand.tiers, tiers: outcome.batches.tiers, fileCount: ids.count)
            try outcome.settle(posted.counts, posted.refusals)
        case .products:
            try outcome.settle(
                ProductBook(connection).post(
                    outcome.batches.hand.products, fileCount: ids.count), [])
        case .rewards:
            let posted = try RewardBook(connection, night: night).post(
                outcome.batches.codes.rewards, files: ids,
                program: Set(workspace.settings.program.codes.rewards.map(\.id)))
            try outcome.settle(posted.counts, posted.refusals)
        case .codes:
            try RewardBook(connection, night: night).enter(
                workspace.settings.program.codes.rewards)
            let posted = try CodeBook(connection, night: night).post(
                outcome.batches.codes, files: outcome.codeFiles(ids))
            try outcome.settle(posted.counts, posted.refusals)
        // They are posted together.
        case .orders, .orderItems, .adjustments, .burns, .stock, .claims, .events, .giftCodes: break
        }
    }

    /// The first night opens with what the lots from before it hold.
    private func addOpening(
        _ points: [Points], on day: CivilDate, after lastPosting: Int64, _ connection: Connection
    ) throws {
        let log = RunLog(connection)
        try log.setState(.closed, of: day)
        let newest = try log.lastPosting()
        if newest > lastPosting {
            let ids = lastPosting + 1...newest
            let hash = try NightChain.hash(connection, of: ids, after: log.lastChain())
            try log.setChain(hash, of: day)
        }
        var totals: [(name: String, value: Int64)] = []
        for account in workspace.program.accounts {
            let name = NightTotals.prefix(account.kind) + "points_closing"
            let before = try log.total(name, of: day) ?? 0
            totals.append((name, before + points[Int(account.kind.rawValue)]))
        }
        try log.setTotals(totals, of: day)
    }

    /// Enters the files and their refused lines.
    private func keep(
        _ outcome: NightIngest.Outcome, _ ids: [Int64], _ night: CivilDate,
        _ connection: Connection
    ) throws {
        for (file, id) in zip(outcome.files, ids) {
            try FileLog(connection).add(file, id: id, night: night)
        }
    }

    /// Writes the refused lines for whoever can correct them.
    private func writeRejects(_ outcome: NightIngest.Outcome, _ night: CivilDate) throws {
        let rejects = RejectsFile(
            folder: workspace.rejectsFolder(of: night), limits: workspace.fileLimits)
        let names = Set(outcome.files.map(\.file.path))
        for (file, terms) in zip(outcome.files, outcome.terms) {
            try rejects.write(
                file, layout: workspace.settings.layout(of: terms), beside: names)
        }
    }

    // MARK: Posting

    private func post(_ night: CivilDate, _ jobs: [JobFile]) throws {
        let startedAt = clock()
        var outcome = try ingest(night, "reading orders").run(jobs)
        let program = workspace.program
        try store.write { connection in
            let log = RunLog(connection)
            let lastRow = try DeliveryTotals.lastRow(connection)
            let first = try FileLog(connection).nextID()
            let ids = outcome.files.indices.map { first + Int64($0) }
            let files = outcome.settledFiles(ids)
            for (file, entry) in zip(files, outcome.files)
            where file.wholeDay != nil && file.hasRefusals {
                observer.notify(
                    "\(entry.file.path): has refused lines, so it can't say what its day lacks; "
                        + "nothing of an earlier file is taken back", night: night)
            }
            let settler = try OrderSettler(
                connection, program: program, day: night, batch: outcome.batches.orders,
                runs: outcome.batches.runs, files: files,
                refused: outcome.batches.refused,
                salesOver: workspace.settings.program.codes.workflows.compactMap(\.amountOver)
                    .min(),
                storePath: workspace.storePath)
            var settlement = try settler.run()
            try AdjustmentBook(
                connection, day: night, batch: outcome.batches.hand.adjustments, files: files
            ).run(&settlement)
            try outcome.settle(settlement.counts)
            try outcome.settleStocks()
            let codes = try codeNight(connection, night, outcome, ids, jobs)
            let questions = try codes?.questions() ?? LedgerQuestions()
            if let codes {
                try settlement.add(codes.decide(), connection)
                try outcome.settle(codes.verdicts.counts, codes.verdicts.refusals)
            }
            let refused = outcome
            let rejects = Background { try writeRejects(refused, night) }
            let lastPosting = try log.lastPosting()
            let poster = try PointsPoster(
                connection, program: program, day: night, batch: outcome.batches.orders,
                settlement: settlement, storePath: workspace.storePath,
                after: try log.lastChain(), watching: questions.points
            ) { observer.progress("posting points", $0, $1) }
            let (accounts, hash) = try poster.run(opening: try opening(night, log))
            var news = try settler.news(questions)
            news.crossings = poster.crossings
            try codes?.apply(paid: poster.paidClaims, news: news)
            var differences = try compareCodes(codes, outcome.stocks(ids), jobs)
            try codes?.end()
            try rejects.value()
            differences += NightTotals.differences(outcome.files, accounts, program)
            guard differences.isEmpty else { throw RunnerError.controlTotals(differences) }
            try keep(outcome, ids, night, connection)
            try log.setPostings(of: night, after: lastPosting)
            try log.setChain(hash, of: night)
            try log.setSpendOrder(program.accounts[0].spendOrder.rawValue, of: night)
            try log.setTotals(
                NightTotals.summary(outcome.files, settlement.totals, accounts, program), of: night)
            try tell(night, outcome.batches, files: ids, settlement, connection)
            for job in jobs {
                try log.record(
                    job.name, night: night, run: run, startedAt: startedAt, endedAt: clock(),
                    failure: nil)
            }
            try DeliveryTotals.count(connection, night: night, after: lastRow)
            try log.setState(.posted, of: night)
        }
        tellEnd(of: jobs, night, outcome, since: startedAt)
    }

    /// Writes what other systems must hear of the night.
    private func tell(
        _ night: CivilDate, _ batches: Batches, files: [Int64], _ settlement: Settlement,
        _ connection: Connection
    ) throws {
        let settings = workspace.settings
        guard !settings.program.endpoints.isEmpty else { return }
        let messages = try NightMessages(
            connection, night: night, program: workspace.program,
            endpoints: settings.program.endpoints, layouts: settings.outgoingLayouts,
            folder: workspace.folder, tell: { observer.notify($0, night: night) })
        let news = NightMessages.News(
            orders: OrderNews(
                batches.orders, runs: batches.runs, files: files, isNew: settlement.isNew)
        ) { try RewardBook(connection, night: night).list().all }
        try messages.write(news)
    }

    private var sendsReports: Bool {
        !workspace.settings.reportRequests.isEmpty
            && workspace.settings.program.endpoints.contains { $0.send.contains(.reports) }
    }

    /// Writes that the reports of a night are to be sent.
    private func tell(
        _ reports: [PublishedFile], of night: CivilDate, _ connection: Connection
    ) throws {
        let files = reports.map { report in
            OutgoingFile(
                file: "", name: report.name, bytes: report.bytes,
                sha256: report.sha256.map { String(format: "%02x", $0) }.joined(), rows: report.rows
            )
        }
        let lastRow = try DeliveryTotals.lastRow(connection)
        try ReportFiles(connection, night: night, folder: workspace.folder).write(
            files, to: workspace.settings.program.endpoints)
        // The reports of this night are out: those of the next one tell of it.
        let next = try DeliveryTotals.openNight(connection)
        try DeliveryTotals.count(connection, night: next, after: lastRow)
    }

    /// The register's part of the night; nil where no job asks for it.
    private func codeNight(
        _ connection: Connection, _ night: CivilDate, _ outcome: NightIngest.Outcome,
        _ ids: [Int64], _ jobs: [JobFile]
    ) throws -> CodeNight? {
        guard jobs.contains(where: { [.codes, .reconcile, .replenish].contains($0.kind) }) else {
            return nil
        }
        let terms = workspace.settings.program.codes
        try RewardBook(connection, night: night).enter(terms.rewards)
        return try CodeNight(
            connection, program: workspace.program, terms: terms, day: night,
            batch: outcome.batches.codes, files: outcome.codeFiles(ids))
    }

    /// Holds the register against what the systems say they hold, then asks for more codes where few are
    /// left; says what doesn't add up.
    private func compareCodes(
        _ codes: CodeNight?, _ stocks: [Stock], _ jobs: [JobFile]
    ) throws -> [String] {
        var differences: [String] = []
        for job in jobs {
            if case .reconcile(let terms) = job.work {
                differences += try codes?.reconcile(terms, stocks) ?? []
            }
        }
        if jobs.contains(where: { $0.kind == .replenish }) { try codes?.replenish() }
        return differences
    }

    /// What all members held at the end of the night before, by account.
    private func opening(_ night: CivilDate, _ log: RunLog) throws -> [Points] {
        try workspace.program.accounts.map { account in
            try log.total(
                NightTotals.prefix(account.kind) + "points_closing", of: night.adding(days: -1))
                ?? 0
        }
    }

    // MARK: Publishing

    /// Writes the reports from what is committed, while the store's log is copied into its file.
    private func publish(_ night: CivilDate) throws -> [PublishedFile] {
        let requests = workspace.settings.reportRequests
        guard !requests.isEmpty else { return [] }
        let store = store
        try store.releasePages()
        let checkpoint = Background { try store.checkpointBeside() }
        let publication = try workspace.reports.publish(
            requests, night: night, program: workspace.program.name,
            currency: workspace.program.currency, store: workspace.storePath)
        try checkpoint.value()
        if publication.outcome == .replaced {
            observer.notify(
                "\(publication.path): differed from what the store says and is re-made",
                night: night)
        }
        guard let sums = publication.postings else { return publication.files }
        let differences = try store.read {
            NightTotals.differences(
                in: "postings.csv", { sums[$0, $1] }, try RunLog($0).totals(of: night),
                workspace.program)
        }
        guard differences.isEmpty else { throw RunnerError.controlTotals(differences) }
        return publication.files
    }

    /// Moves what the night took out of the way; done again after a kill, it finds less to do.
    func finishFiles(_ night: CivilDate) throws {
        let files = try store.read { try FileLog($0).files(of: night) }
        let names = Set(files.map(\.path))
        for file in files {
            switch workspace.settings.afterIngest(of: file.job) {
            case .archive:
                try workspace.inbox.finish(
                    file.path, night: night, refusal: file.refusal,
                    marker: workspace.settings.marker(of: file.job), beside: names)
            case .delete:
                workspace.inbox.delete(
                    file.path, night: night, marker: workspace.settings.marker(of: file.job))
            case .keep: break
            }
        }
        try workspace.inbox.tidy(night: night)
    }
}

extension JobFile {
    /// Whether the job takes records over by itself, before orders are posted.
    var isTakenOver: Bool {
        if case .ingest(let terms) = work { return !terms.records.isPosted }
        return false
    }

    /// Whether the job is part of the one step that posts orders.
    var isPosted: Bool {
        if case .ingest(let terms) = work { return terms.records.isPosted }
        switch kind {
        case .codes, .points, .reconcile, .replenish: return true
        case .ingest, .report, .push, .fetch, .prune: return false
        }
    }

    /// Whether the job runs before nights or after them, and is no part of any.
    var isOutsideNights: Bool { JobFile.isOutsideNights(kind) }

    static func isOutsideNights(_ kind: Kind) -> Bool {
        switch kind {
        case .push, .fetch, .prune: true
        case .ingest, .codes, .points, .reconcile, .replenish, .report: false
        }
    }
}

extension WorkspaceSettings {
    /// The marker that a job's layout knows beside `NAME.done`.
    fileprivate func marker(of name: String) -> MarkerName? {
        for job in jobs where job.name == name {
            if case .ingest(let terms) = job.work { return layout(of: terms).marker }
        }
        return nil
    }

    /// What a job says of files it has ingested.
    fileprivate func afterIngest(of name: String) -> IngestJob.AfterIngest {
        for job in jobs where job.name == name {
            if case .ingest(let terms) = job.work { return terms.afterIngest }
        }
        return .archive
    }
}
