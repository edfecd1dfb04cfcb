internal import Codes
internal import Delivery
internal import Foundation
internal import Intake
package import Ledger
internal import Loyalty
internal import Reporting
internal import Storage

/// Erases a person from a workspace and keeps the sums.
///
/// Files first, then the store in one transaction, then what that leaves in unused parts of its file: as
/// long as the store knows the card all can be done again, and behind it a row says what is left to do.
package struct Forgetting {
    /// What was done.
    package struct Outcome: Sendable {
        /// Whether only an earlier forgetting was finished, which had been broken off.
        package var isOnlyFinished = false
        /// Lines taken out, by file, relative to the workspace.
        package var erased: [(path: String, lines: Int)] = []
        /// Files that can't be searched, and why.
        package var unread: [(path: String, reason: String)] = []
        /// Files that aren't taken over yet and name him, with their lines: they are left alone.
        package var waiting: [(path: String, lines: Int)] = []
        /// Rows of the outbox that are still to be sent, and now name nobody.
        package var messages = 0
    }

    private let workspace: Workspace
    private let card: String

    package init(_ workspace: Workspace, card: String) {
        self.workspace = workspace
        self.card = card
    }

    // MARK: Looking

    /// Who would be forgotten; nil where nobody would, and only an earlier forgetting is to be finished.
    ///
    /// - Throws: `RunnerError.unknownCard`, with cards that may have been meant.
    package func person() throws -> MemberErasure.Person? {
        guard FileManager.default.fileExists(atPath: workspace.storePath) else {
            throw RunnerError.noStore(workspace.folder)
        }
        return try ReadingStore(path: workspace.storePath).read { try person($0) }
    }

    private func person(_ connection: Connection) throws -> MemberErasure.Person? {
        let members = MemberErasure(connection)
        if let person = try members.person(of: card) { return person }
        if try members.isNamed(card) || CardErasure(connection).isNamed(card) {
            return MemberErasure.Person(unknown: card)
        }
        if try UnfinishedForgetting(connection).isThere() { return nil }
        let near = try NearCards(connection).near(card)
        let hint =
            near.isEmpty
            ? "no file that is kept in the store named it"
            : "did you mean \(near.joined(separator: ", "))?"
        throw RunnerError.unknownCard("\(card): nobody has this card; \(hint)")
    }

    // MARK: Doing

    /// Forgets him, or finishes what was broken off.
    package func run(now: Int) throws -> Outcome {
        let lock = try WorkspaceLock(workspace: workspace.folder, now: now)
        defer { withExtendedLifetime(lock) {} }
        let store = try Store(path: workspace.storePath)
        try checkNights(store)
        var outcome = Outcome()
        guard let person = try store.read({ try person($0) }) else {
            outcome.isOnlyFinished = true
            try finish(store, names: nil)
            return outcome
        }
        try eraseFiles(LineEraser(person.cards), &outcome)
        outcome.messages = try store.erase { connection in
            let last = try RunLog(connection).lastClosed(since: workspace.program.opensOn)
            let night = last?.adding(days: 1) ?? workspace.program.opensOn
            try UnfinishedForgetting(connection).begin(night)
            try MemberErasure(connection).erase(person, on: night)
            try CardErasure(connection).erase(
                person.cards, person.names, standIn: person.standIn)
            try NameErasure.describe(
                outcome.erased.filter { $0.path.hasPrefix("outgoing/") }, in: workspace.folder,
                connection)
            try NameErasure.erase(person.names, standIn: person.standIn, connection)
            return try Outbox.erase(person.names, standIn: person.standIn, connection)
        }
        try finish(store, names: person.names)
        return outcome
    }

    /// A night that is half done has files and rows that name him, and ends first.
    private func checkNights(_ store: Store) throws {
        let posted = try store.read { connection in
            try connection.integer("SELECT max(day) FROM night WHERE state = 'posted'")
        }
        let claimed = files(below: "claimed")
        guard posted == nil, claimed.isEmpty else {
            throw RunnerError.tryAgain(
                "a night was broken off and is half done; end it first with: nightjar run")
        }
    }

    /// Makes the reports of the last night again, and rids the store's file of what its unused parts hold.
    ///
    /// - Parameter names: what must not be found in the file; nil where nobody knows it any more.
    private func finish(_ store: Store, names: [String]?) throws {
        try store.emptyLog()
        let last = try store.read {
            try RunLog($0).lastClosed(since: workspace.program.opensOn)
        }
        let requests = workspace.settings.reportRequests
        if let last, !requests.isEmpty {
            _ = try workspace.reports.publish(
                requests, night: last, program: workspace.program.name,
                currency: workspace.program.currency, store: workspace.storePath)
        }
        if try names.map({ try LineEraser($0).mentions(workspace.storePath) }) ?? true {
            try store.rebuild()
        }
        try store.write { try UnfinishedForgetting($0).end() }
        try store.emptyLog()
    }

    // MARK: Files

    /// The files below a folder of the workspace, in their order; links are not followed.
    private func files(below name: String) -> [String] {
        let all = FileManager.default.enumerator(atPath: workspace.folder + "/" + name)
        return (all?.allObjects ?? []).compactMap { $0 as? String }.sorted().filter { path in
            var status = stat()
            return lstat(workspace.folder + "/" + name + "/" + path, &status) == 0
                && status.st_mode & S_IFMT == S_IFREG
        }.map { name + "/" + $0 }
    }

    private func eraseFiles(_ eraser: LineEraser, _ outcome: inout Outcome) throws {
        for folder in ["archive", "quarantine", "rejects", "reports", "outgoing"] {
            for path in files(below: folder) {
                // What a kill left of a file that was written: it is made again or already there.
                if path.split(separator: "/").contains(where: {
                    $0.hasPrefix(".") && ($0.hasSuffix(".new") || $0.hasSuffix(".plain"))
                }) {
                    unlink(workspace.folder + "/" + path)
                    continue
                }
                if let lines = try lines(of: path, &outcome, { try eraser.erase(from: $0) }) {
                    outcome.erased.append((path, lines))
                }
            }
        }
        let nights =
            (try? FileManager.default.contentsOfDirectory(atPath: workspace.reportsFolder)) ?? []
        for night in nights.sorted() where CivilDate(night) != nil {
            try DescribedFiles(workspace.reportsFolder + "/" + night).describe()
        }
        // What lies in the inbox is still its sender's, who may be writing it.
        for path in files(below: "inbox") {
            if let lines = try lines(of: path, &outcome, { try eraser.count(in: $0) }) {
                outcome.waiting.append((path, lines))
            }
        }
    }

    /// How many lines of a file name him; nil where none does, or where nobody can say.
    private func lines(
        of path: String, _ outcome: inout Outcome, _ body: (String) throws -> Int
    ) throws -> Int? {
        do {
            let lines = try body(workspace.folder + "/" + path)
            return lines > 0 ? lines : nil
        } catch let refusal as FileRefusal {
            outcome.unread.append((path, "\(refusal)"))
            return nil
        }
    }
}
