import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// Room first: four times the size of a night's files must be free.
@Suite struct DiskRoomTests {
    @Test func `without room nothing is touched and the run says to try again`() throws {
        let night = try BadNight()
        try night.drop([line("A")])
        let sizes = try ["members-first.csv", "orders-pos-2026-11-16.csv"].map {
            try night.scratch.read("night/inbox/\($0)").utf8.count
        }
        // What one step would still find room for is left alone where the night's files have none together.
        let all = sizes[0] + sizes[1]
        func run(free: Int) throws {
            var workspace = try night.workspace()
            workspace.freeBytes = { _ in free }
            let observer = RunObserver(notify: { _ in }, progress: { _, _, _ in })
            let runner = try WorkspaceRunner(workspace, observer: observer) { 4_000_000_000 }
            try runner.close(jobs: [], date: CivilDate(BadNight.first), through: nil) { _ in }
        }
        do {
            try run(free: 4 * all - 1)
            Issue.record("there was no room")
        } catch let error as RunnerError {
            #expect(error.status == .tryAgain)
            #expect("\(error)".contains("\(all) bytes and need 4 times that"))
        }
        #expect(night.exists("inbox/members-first.csv"))
        #expect(night.exists("inbox/orders-pos-2026-11-16.csv"))
        try run(free: 4 * all)
        #expect(try night.postings() == ["C1 accrue A 10"])
    }

    @Test func `a real file system says how much is free`() throws {
        let night = try BadNight()
        let free = try #require(night.workspace().freeBytes(night.folder))
        #expect(free > 0)
        #expect(try night.workspace().freeBytes(night.folder + "/nowhere") == nil)
    }
}
