internal import Delivery
internal import Foundation
internal import Intake
internal import Loyalty
internal import Storage

/// Removes what is older than the program keeps it: files and refused lines, never what was made of them.
///
/// Files go first, each night's by itself: broken off, the next time finds the rest.
struct Pruning {
    /// What was removed.
    struct Outcome: Hashable, CustomStringConvertible {
        var files = 0
        var bytes = 0
        var rows = 0
        /// Emptied, not removed.
        var messages = 0

        var description: String {
            "removed \(files) files, \(bytes) bytes, \(rows) rows"
                + (messages > 0 ? ", emptied \(messages) messages" : "")
        }
    }

    private let folder: String
    private let keep: Retention
    private let night: CivilDate

    /// - Parameter night: the last closed one, from whose date all is counted.
    init(_ workspace: Workspace, night: CivilDate) {
        folder = workspace.folder
        keep = workspace.settings.program.keep
        self.night = night
    }

    func run(_ store: Store) throws -> Outcome {
        var outcome = Outcome()
        if let first = keep.archive?.firstKept(on: night) {
            for name in ["archive", "quarantine"] { try remove(name, before: first, &outcome) }
            // An endpoint that nothing could be sent to for long is mended one day.
            let needed = try store.write { try OutboxPruning.neededFiles(before: first, $0) }
            try remove("outgoing", before: first, but: needed, &outcome)
            outcome.messages = try store.write { try OutboxPruning.empty(before: first, $0) }
        }
        if let first = keep.rejects?.firstKept(on: night) {
            try remove("rejects", before: first, &outcome)
            // Their pages are filled by the next nights: the file doesn't shrink, and grows no further.
            outcome.rows = try store.write { try FileLog($0).removeRejects(before: first) }
        }
        if outcome.rows + outcome.messages > 0 { try store.checkpoint() }
        return outcome
    }

    /// Removes the folders of nights before one.
    ///
    /// - Parameter needed: files in them that stay, from the workspace's folder on.
    private func remove(
        _ name: String, before first: CivilDate, but needed: Set<String> = [],
        _ outcome: inout Outcome
    ) throws {
        let parent = folder + "/" + name
        let days = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for day in days.sorted() {
            guard let date = CivilDate(day), date < first else { continue }
            let path = parent + "/" + day
            var hasNeeded = false
            for file in (FileManager.default.enumerator(atPath: path)?.allObjects ?? []) {
                var status = stat()
                guard let file = file as? String, lstat(path + "/" + file, &status) == 0,
                    status.st_mode & S_IFMT != S_IFDIR
                else { continue }
                if needed.contains("\(name)/\(day)/\(file)") {
                    hasNeeded = true
                    continue
                }
                outcome.files += 1
                outcome.bytes += Int(status.st_size)
                if !needed.isEmpty { try remove(path + "/" + file) }
            }
            if !hasNeeded { try remove(path) }
        }
    }

    private func remove(_ path: String) throws {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch let error as CocoaError {
            throw RunnerError.tryAgain("\(path): can't be removed: \(error.localizedDescription)")
        }
    }
}
