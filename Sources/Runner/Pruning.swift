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
            for name in ["archive", "quarantine", "outgoing"] {
                try remove(name, before: first, &outcome)
            }
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
    private func remove(_ name: String, before first: CivilDate, _ outcome: inout Outcome) throws {
        let parent = folder + "/" + name
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names.sorted() {
            guard let day = CivilDate(name), day < first else { continue }
            let path = parent + "/" + name
            for file in (FileManager.default.enumerator(atPath: path)?.allObjects ?? []) {
                var status = stat()
                guard let file = file as? String, lstat(path + "/" + file, &status) == 0,
                    status.st_mode & S_IFMT != S_IFDIR
                else { continue }
                outcome.files += 1
                outcome.bytes += Int(status.st_size)
            }
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch let error as CocoaError {
                throw RunnerError.tryAgain(
                    "\(path): can't be removed: \(error.localizedDescription)")
            }
        }
    }
}
