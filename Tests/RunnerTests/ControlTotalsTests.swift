import Foundation
import Loyalty
import Runner
import Storage
import TestSupport
import Testing

/// Totals that must agree before a night is closed.
@Suite struct ControlTotalsTests {
    private let scratch: ScratchFolder
    private var folder: String { scratch.path + "/w" }
    private let night = CivilDate(year: 2026, month: 1, day: 1)

    init() throws { scratch = try ScratchFolder() }

    private func run() throws -> [NightOutcome] {
        let observer = RunObserver { _ in
        } progress: { _, _, _ in
        }
        let clock = { 1_770_000_000 }
        let runner = try WorkspaceRunner(
            Workspace(folder: folder), observer: observer, clock: clock)
        var outcomes: [NightOutcome] = []
        try runner.close(jobs: [], date: night, through: nil) { outcomes.append($0) }
        return outcomes
    }

    private func closeFirstNight() throws {
        _ = try WorkspaceTemplate.write(to: folder)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/example") {
            try FileManager.default.copyItem(
                atPath: folder + "/example/" + name, toPath: folder + "/inbox/" + name)
            try scratch.write("", to: "w/inbox/" + name + ".done")
        }
        #expect(try run().map(\.state) == [.closed])
    }

    /// Brings the night back to where everything is posted and nothing published.
    private func reopen(_ damage: String) throws {
        try Store(path: folder + "/nightjar.db").write { connection in
            try connection.execute("UPDATE night SET state = 'posted' WHERE state = 'closed'")
            try connection.execute(damage)
        }
        try FileManager.default.removeItem(atPath: folder + "/reports/2026-01-01")
    }

    @Test func `postings that are not the night's sum fail it, and it stays open`() throws {
        try closeFirstNight()
        try reopen("UPDATE posting SET points = points + 1 WHERE id = 1")
        #expect {
            _ = try run()
        } throws: { error in
            "\(error)" == """
                the night's control totals don't agree; it is not closed:
                  postings.csv: points_accrued sums to 13, the night posted 12
                """ && (error as? RunnerError)?.status == .internalError
        }
        let state = try Store(path: folder + "/nightjar.db").read { connection in
            try connection.string("SELECT state FROM night WHERE day = ?", .integer(20_454))
        }
        #expect(state == "posted")
    }

    @Test func `a night that was posted and not published is closed by the next run`() throws {
        try closeFirstNight()
        try reopen("SELECT 1")
        #expect(try run().map(\.state) == [.closed])
        #expect(try scratch.read("w/reports/2026-01-01/postings.csv").contains("accrue"))
    }
}
