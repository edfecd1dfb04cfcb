internal import Codes
internal import Foundation
package import Intake
package import Loyalty
internal import Settings
internal import Storage

/// Takes a file of codes over at once, without waiting for the night to find it in the inbox.
package struct CodeImport {
    package struct Outcome {
        /// The night that it belongs to: the next one.
        package var night: CivilDate
        package var layout: String
        package var file: IngestedFile
        /// Where the refused lines are, if any.
        package var rejects: String?
    }

    private let workspace: Workspace
    private let now: Int

    package init(_ workspace: Workspace, now: Int) {
        self.workspace = workspace
        self.now = now
    }

    /// Reads a file and takes over what is right in it; the file stays where it is.
    ///
    /// Where the file as a whole is refused, or was taken over before, nothing changes.
    ///
    /// - Parameters:
    ///   - reward: that of lines that name none.
    ///   - layout: where no job for codes takes the file's name.
    package func run(_ path: String, reward: String, layout: String?) throws -> Outcome {
        try workspace.writeNextNight(now: now) { connection, night in
            let rewards = try Set(RewardBook(connection, night: night).list().all.map(\.reward.id))
            guard rewards.contains(reward) else {
                throw RunnerError.usage(
                    "no reward is named '\(reward)'\(Nearest.hint(for: reward, among: rewards.sorted()))"
                )
            }
            let terms = try FileCheck(workspace).terms(
                of: path, kind: RecordKind.codes.rawValue, layout: layout, rewards: rewards)
            guard terms.layout.records == .codes else {
                throw RunnerError.usage(
                    "the layout '\(terms.layout.name)' is of \(terms.layout.records.rawValue), not of codes"
                )
            }
            let batches = Batches(
                tiers: workspace.program.tiers.map(\.name),
                spillFolder: FileManager.default.temporaryDirectory.path)
            var entry = try read(path, terms, reward, rewards, night, batches, connection)
            let name = URL(filePath: path).lastPathComponent
            entry.file.path = "import/" + name
            var outcome = Outcome(night: night, layout: terms.layout.name, file: entry)
            guard entry.verdict == .ingested else { return outcome }
            let id = try FileLog(connection).nextID()
            let days = terms.job?.parkDays ?? 0
            let posted = try CodeBook(connection, night: night).post(
                batches.codes, files: [CodeFile(id: id, onChange: .correct, parkDays: days)])
            entry.counts += posted.counts[0]
            for refusal in posted.refusals { try batches.refused.add(refusal) }
            try RejectsFile(
                folder: workspace.rejectsFolder(of: night), limits: workspace.fileLimits
            )
            .write(entry, layout: terms.layout)
            try FileLog(connection).add(entry, id: id, night: night)
            outcome.file = entry
            if !entry.refusals.isEmpty {
                outcome.rejects = workspace.rejectsFolder(of: night) + "/" + entry.file.path
            }
            return outcome
        }
    }

    private func read(
        _ path: String, _ terms: FileTerms, _ reward: String, _ rewards: Set<String>,
        _ night: CivilDate, _ batches: Batches, _ connection: Connection
    ) throws -> IngestedFile {
        let ingest = FileIngest(
            limits: workspace.fileLimits, maxRejectsPercent: terms.job?.maxRejectsPercent ?? 5,
            maxRejectsLines: terms.job?.maxRejectsLines ?? 100)
        var context = FileCheck(workspace).context(terms, night: night, rewards: rewards)
        context.constants.insert(["reward_id": reward], at: 0)
        do {
            return try ingest.read(
                InboxFile(checking: path), job: terms.jobName, context: context, into: batches
            ) { try FileLog(connection).knows($0) }
        } catch is ChangedWhileRead {
            throw RunnerError.tryAgain("\(path): somebody writes to it; try again when he is done")
        }
    }
}
