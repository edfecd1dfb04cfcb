internal import Codes
internal import Intake
internal import Ledger
internal import Loyalty
internal import Storage

/// The files that a night takes, job by job.
struct NightIngest {
    let workspace: Workspace
    let night: CivilDate
    let store: any StoreReading
    /// Seconds since 1970.
    let now: Int
    /// Hears of what a person should know.
    let tell: (RunMessage) -> Void
    /// Hears how many bytes are read, of how many.
    let progress: (Int, Int) -> Void

    /// One file with the terms it is read on.
    struct Task {
        var file: InboxFile
        var job: JobFile
        var terms: IngestJob
        var fields: FilePattern.Fields
    }

    /// What was read, in the order (path by bytes).
    struct Outcome {
        var files: [IngestedFile] = []
        /// The terms of each file.
        var terms: [IngestJob] = []
        var batches: Batches
    }

    private func notify(_ text: String, file: String? = nil, job: String? = nil) {
        tell(RunMessage(.warning, text, night: night, job: job, file: file))
    }

    /// Claims and reads the files of some jobs.
    func run(_ jobs: [JobFile]) throws -> Outcome {
        var outcome = Outcome(
            batches: Batches(
                tiers: workspace.program.tiers.map(\.name), spillFolder: workspace.folder))
        let (tasks, oddities) = try taken(jobs)
        for (oddity, job, terms) in oddities {
            notify(
                "\(oddity.path): is \(oddity.kind), not a file; it stays where it is",
                file: oddity.path, job: job.name)
            outcome.add(IngestedFile(oddity, job: job.name, records: terms.records), terms)
        }
        let new = try tasks.filter { try !wasRead($0) }
        let isOfRewards = new.contains { $0.terms.records.column("reward_id") != nil }
        let rewards = isOfRewards ? try workspace.rewards(store) : []
        let total = new.reduce(0) { $0 + $1.file.bytes }
        try checkRoom(total)
        let runs = OrderRuns(folder: workspace.folder, memory: workspace.orderBytes)
        outcome.batches.runs = runs
        var done = 0
        for task in new {
            try read(task, rewards, &outcome)
            done += task.file.bytes
            progress(done, total)
        }
        try outcome.joinHalves(workspace.program)
        if try !runs.finish(outcome.batches.orders) { outcome.batches.runs = nil }
        return outcome
    }

    /// Refuses a night before it takes the first file where all of them together may fill the disk.
    func checkRoom(_ jobs: [JobFile]) throws {
        let open = try jobs.filter { try !isDone($0) }
        let files = try taken(open).files.filter { try !wasRead($0) }
        try checkRoom(files.reduce(0) { $0.addingReportingOverflow($1.file.bytes).partialValue })
    }

    /// Refuses to begin where the disk may become full half-way.
    private func checkRoom(_ bytes: Int) throws {
        let needed = bytes.multipliedReportingOverflow(by: DiskRoom.times)
        for folder in [workspace.folder, workspace.folder + "/archive"] {
            guard let free = workspace.freeBytes(folder) else { continue }
            guard !needed.overflow, needed.partialValue <= free else {
                throw RunnerError.tryAgain(
                    "\(folder): tonight's files have \(bytes) bytes and need \(DiskRoom.times) times "
                        + "that, only \(free) are free; nothing is touched: make room and run again"
                )
            }
        }
    }

    /// The jobs that read files together: what one of them takes no other of them gets.
    static func steps(_ jobs: [JobFile]) -> [[JobFile]] {
        jobs.filter(\.isTakenOver).map { [$0] } + [jobs.filter(\.isPosted)]
    }

    /// The finished files of some jobs, and what bears a file's name and is none; nothing is moved.
    func taken(_ jobs: [JobFile]) throws -> (
        files: [Task], oddities: [(oddity: InboxOddity, job: JobFile, terms: IngestJob)]
    ) {
        var terms: [(job: JobFile, terms: IngestJob)] = []
        for job in jobs {
            if case .ingest(let ingest) = job.work { terms.append((job, ingest)) }
        }
        func taker(_ path: String) -> (job: JobFile, terms: IngestJob, fields: FilePattern.Fields)?
        {
            for (job, terms) in terms {
                if let fields = terms.files.match(path) { return (job, terms, fields) }
            }
            return nil
        }
        let found = try workspace.inbox.finished(night: night, now: now) { path in
            guard let terms = taker(path)?.terms else { return nil }
            return Settling(
                quietSeconds: terms.quietSeconds,
                required: Evidence(rawValue: terms.requiredEvidence.rawValue),
                layout: workspace.settings.layout(of: terms), limits: workspace.fileLimits.expansion
            )
        }
        let oddities = found.oddities.compactMap { oddity in
            taker(oddity.path).map { (oddity: oddity, job: $0.job, terms: $0.terms) }
        }
        let files = found.files.compactMap { file -> Task? in
            guard let (job, terms, fields) = taker(file.path) else { return nil }
            // A file of a later night stays where it is.
            if let date = fields.date, date > night { return nil }
            return Task(file: file, job: job, terms: terms, fields: fields)
        }
        return (files, oddities)
    }

    /// Whether a file that stays in the inbox has been read before.
    func wasRead(_ task: Task) throws -> Bool {
        try task.terms.afterIngest == .keep && store.read { try FileLog($0).hasRead(task.file) }
    }

    /// Whether a job of this night has ended.
    func isDone(_ job: JobFile) throws -> Bool {
        try store.read { try RunLog($0).isDone(job.name, night: night) }
    }

    private func read(_ task: Task, _ rewards: Set<String>, _ outcome: inout Outcome) throws {
        var file = task.file
        if task.terms.afterIngest != .keep {
            file = try workspace.inbox.claim(file, night: night)
        }
        let ingest = FileIngest(
            limits: workspace.fileLimits, maxRejectsPercent: task.terms.maxRejectsPercent,
            maxRejectsLines: task.terms.maxRejectsLines)
        do {
            let earlier = outcome.files
            let system = workspace.settings.system(of: task.fields, task.terms)
            let whole = workspace.settings.wholeDay(of: task.fields, task.terms)
            var entry = try ingest.read(
                file, job: task.job.name,
                context: context(task, index: outcome.files.count, rewards: rewards),
                into: outcome.batches
            ) { fingerprint in
                if earlier.contains(where: { $0.isOf(fingerprint, whole) }) { return true }
                return try store.read { try FileLog($0).knows(fingerprint, wholeOf: whole) }
            }
            entry.system = system
            entry.day = task.fields.date
            entry.isFullDay = task.terms.isFullDay
            if file.isLinked {
                notify(
                    "\(file.path): another hard link leads to it; who has it can still change it",
                    file: file.path, job: task.job.name)
            }
            if let refusal = entry.refusal {
                notify(
                    "\(file.path): refused whole: \(refusal)", file: file.path,
                    job: task.job.name)
            }
            entry.file = file
            outcome.add(entry, task.terms)
        } catch is ChangedWhileRead {
            notify(
                "\(file.path): somebody wrote to it while it was read; it is put back for later",
                file: file.path, job: task.job.name)
            if task.terms.afterIngest != .keep { try workspace.inbox.putBack(file) }
        }
    }

    private func context(_ task: Task, index: Int, rewards: Set<String>) -> FileContext {
        let systems = workspace.settings.program.systems
        // Only now are all rewards known, and with them where one ends in a name.
        let fields = task.terms.files.match(task.file.path, rewards: rewards) ?? task.fields
        return FileContext(
            file: Int32(index), layout: workspace.settings.layout(of: task.terms),
            constants: [fields.constants, task.terms.constants], program: workspace.program,
            systems: Set(systems.map(\.name)), stores: workspace.settings.program.stores,
            codes: workspace.settings.program.codes, rewards: rewards,
            systemZone: { name in systems.first { $0.name == name }?.timezone },
            day: task.fields.date ?? night, isStrict: task.terms.isStrict,
            isAfterOpening: night > workspace.program.opensOn,
            // A name says a day: what it shows is that day's end.
            asOf: task.fields.date?.adding(days: 1).midnight
                ?? workspace.clock.seconds(at: task.file.modifiedAt),
            spillFolder: workspace.folder,
            sortBytes: workspace.sortBytes)
    }
}

extension Workspace {
    /// The ids of all rewards: those of program.yaml, and those that files have defined so far.
    func rewards(_ store: (any StoreReading)?) throws -> Set<String> {
        var rewards = Set(settings.program.codes.rewards.map(\.id))
        let known = try store?.read { connection in
            // No night is asked for: it is of no matter to what was ever defined.
            try RewardBook(connection, night: program.opensOn).list().all.map(\.reward.id)
        }
        rewards.formUnion(known ?? [])
        return rewards
    }
}

extension NightIngest.Outcome {
    mutating func add(_ entry: IngestedFile, _ terms: IngestJob) {
        files.append(entry)
        self.terms.append(terms)
    }

    /// Makes orders of what came as headers and items; lines that lack the other half are refused.
    mutating func joinHalves(_ program: Program) throws {
        let refusals = try batches.halves.join(
            into: batches.orders, batches.runs, program: program)
        guard !refusals.isEmpty else { return }
        var counts = [VerdictCounts](repeating: VerdictCounts(), count: files.count)
        for refusal in refusals {
            counts[Int(refusal.file)][refusal.verdict] += Int(refusal.lineCount)
        }
        try settle(counts, refusals)
    }

    /// What the ledger must know of the files.
    func settledFiles(_ ids: [Int64]) -> [SettledFile] {
        // Longer than any program runs.
        let forEver = 1_000_000
        return ids.indices.map { index in
            let (file, terms) = (files[index], terms[index])
            var settled = SettledFile(
                id: ids[index], onChange: terms.onChange, parkDays: terms.parkDays ?? forEver)
            settled.hasRefusals = !file.refusals.isEmpty
            // A file that was refused whole or known before says nothing of its day.
            if let day = file.day, file.isFullDay, !file.isCorrected, file.verdict == .ingested {
                settled.wholeDay = WholeDay(job: file.job, system: file.system, day: day)
            }
            return settled
        }
    }

    /// What the register must know of the files.
    func codeFiles(_ ids: [Int64]) -> [CodeFile] {
        let forEver = 1_000_000
        return ids.indices.map {
            CodeFile(
                id: ids[$0], onChange: terms[$0].onChange, parkDays: terms[$0].parkDays ?? forEver)
        }
    }

    /// What the systems say they hold; a file that was corrected line by line is no longer all of it.
    func stocks(_ ids: [Int64]) -> [Stock] {
        batches.stocks.files.filter { !files[Int($0.file)].isCorrected }.map {
            Stock(
                system: $0.system, reward: $0.reward, asOf: $0.asOf, file: ids[Int($0.file)],
                lines: $0.lines, isRepeated: $0.isKnown)
        }
    }

    /// Enters the verdicts of the lines of stock files, which are judged by themselves.
    mutating func settleStocks() throws {
        var counts = [VerdictCounts](repeating: VerdictCounts(), count: files.count)
        var refusals: [Refusal] = []
        for stock in batches.stocks.files where !stock.isKnown {
            let file = Int(stock.file)
            counts[file][.accepted] = stock.lines.count
            counts[file][.duplicate] = stock.duplicates
            counts[file][.conflict] = stock.conflicts.count
            refusals += stock.conflicts.map {
                Refusal(
                    file: stock.file, line: $0, lineCount: 1, verdict: .conflict,
                    reason: .recordChanged)
            }
        }
        try settle(counts, refusals)
    }

    /// Enters the verdicts that came of settling the records.
    mutating func settle(_ counts: [VerdictCounts], _ refusals: [Refusal] = []) throws {
        for index in files.indices where files[index].verdict == .ingested {
            files[index].counts += counts[index]
        }
        for refusal in refusals where files[Int(refusal.file)].verdict == .ingested {
            try batches.refused.add(refusal)
        }
    }
}

extension IngestedFile {
    /// Whether this file, taken tonight, has the same bytes, and is of the same day where that counts.
    fileprivate func isOf(_ other: FileFingerprint, _ whole: WholeDay?) -> Bool {
        verdict == .ingested && (whole == nil || (system == whole?.system && day == whole?.day))
            && (fingerprint.sha256 == other.sha256
                || fingerprint.expandedSHA256 == other.expandedSHA256)
    }
}
