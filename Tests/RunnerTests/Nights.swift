import Loyalty
import Runner
import TestSupport

/// A workspace in a scratch folder, its nights run in this process.
final class Nights {
    let folder: ScratchFolder
    /// Bytes that a night's orders may take; nil for as many as program.yaml says.
    var orderBytes: Int?
    /// Bytes that sorting one file may take; nil likewise.
    var sortBytes: Int?
    /// Seconds since 1970 that the runs believe it to be: long after every night.
    static let now = 4_000_000_000

    init(_ files: [(name: String, text: String)]) throws {
        folder = try ScratchFolder()
        for (name, text) in files { try folder.write(text, to: name) }
    }

    /// The workspace of a random shop.
    convenience init(_ shop: RandomShop) throws { try self.init(shop.workspace) }

    func drop(_ files: [RandomShop.File]) throws {
        for file in files { try folder.write(file.text, to: "inbox/" + file.name) }
    }

    /// Closes nights and gives the state that each ended in.
    @discardableResult
    func close(
        date: CivilDate? = nil, through: CivilDate? = nil, jobs: [String] = [],
        now: Int = Nights.now
    ) throws -> [NightOutcome.State] {
        let observer = RunObserver(notify: { _ in }, progress: { _, _, _ in })
        var workspace = try Workspace(folder: folder.path)
        if let orderBytes { workspace.orderBytes = orderBytes }
        if let sortBytes { workspace.sortBytes = sortBytes }
        let runner = try WorkspaceRunner(workspace, observer: observer, clock: { now })
        var states: [NightOutcome.State] = []
        try runner.close(jobs: jobs, date: date, through: through) { states.append($0.state) }
        return states
    }

    var store: String { folder.path + "/nightjar.db" }

    func reports() throws -> FolderContents { try FolderContents(folder.path + "/reports") }

    func ledger() throws -> [String] { try LedgerDump.rows(of: store) }
}
