internal import Foundation
package import Intake
internal import Loyalty
internal import Settings
internal import Storage

/// On which terms a file is read that no run has taken.
struct FileTerms {
    /// The job that takes files of its name; empty where none does.
    var jobName = ""
    var layout: Layout
    var job: IngestJob?
    /// What the name says.
    var fields: FilePattern.Fields?
}

/// Reads a file as ingest would and says what it would refuse; changes nothing.
package struct FileCheck {
    package struct Outcome {
        package var path: String
        /// The job that would take it; empty where `--kind` or `--layout` says what it is.
        package var job: String
        package var records: RecordKind
        package var layout: String
        package var bytes: Int
        /// Of the bytes as they are, in hexadecimal digits.
        package var sha256: String
        /// Why the file would be refused whole.
        package var refusal: FileRefusal?
        package var isDuplicate: Bool
        package var linesRead: Int
        package var refusals: FileRefusals
        /// The names of its columns; their positions from 1 where it has no header.
        package var columns: [String]
        /// Lines that are dated after the night: they wait for the night of their date.
        package var laterLines: Int

        package var isGood: Bool { refusal == nil && refusals.isEmpty }
    }

    private let workspace: Workspace

    package init(_ workspace: Workspace) { self.workspace = workspace }

    /// - Parameters:
    ///   - kind: the record kind, where no job's pattern takes the file's name.
    ///   - layout: the layout, likewise.
    package func check(_ path: String, kind: String?, layout: String?) throws -> Outcome {
        let store =
            FileManager.default.fileExists(atPath: workspace.storePath)
            ? try ReadingStore(path: workspace.storePath) : nil
        let rewards = try workspace.rewards(store)
        let terms = try terms(of: path, kind: kind, layout: layout, rewards: rewards)
        let night = try nightThatTakes(terms.fields?.date, store)
        let batches = Batches(
            tiers: workspace.program.tiers.map(\.name),
            spillFolder: FileManager.default.temporaryDirectory.path)
        let context = context(terms, night: night, rewards: rewards)
        let ingest = FileIngest(
            limits: workspace.fileLimits, maxRejectsPercent: terms.job?.maxRejectsPercent ?? 5,
            maxRejectsLines: terms.job?.maxRejectsLines ?? 100)
        let whole = terms.job.flatMap {
            workspace.settings.wholeDay(of: terms.fields ?? .init(), $0)
        }
        let file = InboxFile(checking: path)
        do {
            let entry = try ingest.read(
                file, job: terms.jobName, context: context, into: batches
            ) { known in
                try store?.read { try FileLog($0).knows(known, wholeOf: whole) } ?? false
            }
            return Outcome(
                path: path, job: terms.jobName, records: terms.layout.records,
                layout: terms.layout.name,
                bytes: entry.fingerprint.bytes, sha256: FileCheck.hex(entry.fingerprint.sha256),
                refusal: entry.refusal,
                isDuplicate: entry.verdict == .duplicateFile, linesRead: entry.linesRead,
                refusals: entry.refusals, columns: entry.columns,
                laterLines: FileCheck.linesLater(than: night, batches))
        } catch is ChangedWhileRead {
            throw RunnerError.tryAgain("\(path): somebody writes to it; try again when he is done")
        }
    }

    /// What a reader must know of a file that is read by hand.
    func context(_ terms: FileTerms, night: CivilDate, rewards: Set<String>) -> FileContext {
        let systems = workspace.settings.program.systems
        return FileContext(
            file: 0, layout: terms.layout,
            constants: [terms.fields?.constants ?? [:], terms.job?.constants ?? [:]],
            program: workspace.program,
            systems: Set(systems.map(\.name)), stores: workspace.settings.program.stores,
            codes: workspace.settings.program.codes, rewards: rewards,
            systemZone: { name in systems.first { $0.name == name }?.timezone },
            day: terms.fields?.date ?? night, isStrict: terms.job?.isStrict ?? false,
            isAfterOpening: night > workspace.program.opensOn,
            // Where the workspace is can be read only.
            spillFolder: FileManager.default.temporaryDirectory.path)
    }

    private static func linesLater(than night: CivilDate, _ batches: Batches) -> Int {
        let batch = batches.orders
        let orders = batch.orders.indices.filter { batch.orders[$0].date > night }
            .flatMap { batch.lines(of: batch.orders[$0]) }.reduce(0) { $0 + Int($1.lineCount) }
        let codes = batches.codes
        let times =
            codes.burns.map(\.burnedAt) + codes.claims.map(\.claimedAt)
            + codes.events.map(\.occurredAt) + codes.giftUses.map(\.usedAt)
        let end = night.adding(days: 1).midnight
        return orders + times.count { $0 >= end }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A file is of the night in its name, else of the oldest that is open.
    private func nightThatTakes(_ date: CivilDate?, _ store: ReadingStore?) throws -> CivilDate {
        let opensOn = workspace.program.opensOn
        let last = try store?.read { try RunLog($0).lastClosed(since: opensOn) }
        let oldest = last.map { $0.adding(days: 1) } ?? opensOn
        return max(oldest, date ?? oldest)
    }

    /// On which terms a file is read by hand.
    func terms(
        of path: String, kind: String?, layout name: String?, rewards: Set<String>
    ) throws -> FileTerms {
        var records: RecordKind?
        if let kind {
            records = RecordKind(rawValue: kind)
            let known = RecordKind.allCases.map(\.rawValue)
            guard records != nil else {
                throw RunnerError.usage(
                    "there is no record kind '\(kind)'\(Nearest.hint(for: kind, among: known)); "
                        + "the kinds are \(known.joined(separator: ", "))")
            }
        }
        if let name {
            if let layout = workspace.settings.layout(named: name) {
                return FileTerms(layout: layout)
            }
            guard name == Layout.canonicalName, let records else {
                let known = workspace.settings.layoutNames
                throw RunnerError.usage(
                    name == Layout.canonicalName
                        ? "the canonical layout needs --kind"
                        : "there is no layout '\(name)'\(Nearest.hint(for: name, among: known)); "
                            + "the layouts are \(([Layout.canonicalName] + known).joined(separator: ", "))"
                )
            }
            return FileTerms(layout: Layout.canonical(records))
        }
        let fileName = URL(filePath: path).lastPathComponent
        for (job, terms) in workspace.settings.ingestJobs
        where records == nil || terms.records == records {
            if let fields = terms.files.match(path, rewards: rewards)
                ?? terms.files.match(fileName, rewards: rewards)
            {
                return FileTerms(
                    jobName: job.name, layout: workspace.settings.layout(of: terms), job: terms,
                    fields: fields)
            }
        }
        guard let records else {
            throw RunnerError.usage(
                "no job takes a file named \(fileName); say what it is with --kind or --layout")
        }
        return FileTerms(layout: Layout.canonical(records))
    }
}
