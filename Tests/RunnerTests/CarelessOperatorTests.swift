import Foundation
import Intake
import Loyalty
import Runner
import Storage
import TestSupport
import Testing

/// What the operator and the machine do to a workspace.
@Suite struct CarelessOperatorTests {
    private static let line = RunnerTests.line("A")

    /// What a run says when it can't go on, and the code it ends with.
    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "none"
        } catch let error as RunnerError {
            return "\(error.status.rawValue) \(error)"
        } catch {
            return "\(error)"
        }
    }

    // MARK: Nights

    @Test(arguments: [
        ("2026-11-15", "64 the night of 2026-11-15 can't run: the program opens on 2026-11-16"),
        (
            "2026-11-18",
            "64 the night of 2026-11-16 comes before that of 2026-11-18; use --through 2026-11-18"
        ),
        (
            "9999-12-31",
            "64 9999-12-31 has not ended in Europe/Paris; its night can run the day after"
        ),
    ])
    func `a night out of its turn is refused`(_ day: String, _ wanted: String) throws {
        let night = try BadNight()
        #expect(refusal { try night.run(day) } == wanted)
        #expect(try night.close() == [])
    }

    @Test func `nights from a day to one before it are no nights`() throws {
        let night = try BadNight()
        let observer = RunObserver(notify: { _ in }, progress: { _, _, _ in })
        let runner = try WorkspaceRunner(night.workspace(), observer: observer) { 4_000_000_000 }
        #expect(
            refusal {
                try runner.close(
                    jobs: [], date: CivilDate(BadNight.second), through: CivilDate(BadNight.first)
                ) { _ in }
            } == "64 --through \(BadNight.first) comes before --date \(BadNight.second)")
    }

    @Test(arguments: [
        (
            "currency: EUR", "currency: JPY",
            "'currency' is JPY, and all amounts in the store are in EUR"
        ),
        ("name: gold", "name: Gold", "'tiers' lacks gold, which members have"),
        ("  status: { ratio: 1 }\n", "", "'accounts' lacks status, in which members have points"),
    ])
    func `what a store is kept by can't be changed under it`(
        _ old: String, _ new: String, _ wanted: String
    ) throws {
        let night = try BadNight([
            "systems:":
                "  status: { ratio: 1 }\ntiers: [{ name: bronze }, { name: gold }]\nsystems:"
        ])
        try night.drop("card_code,tier\nC1,gold\n", as: "members-gold.csv")
        try night.drop([Self.line])
        #expect(try night.close() == [])
        let program = try night.scratch.read("night/program.yaml")
        #expect(program.contains(old))
        try night.write(program.replacing(old, with: new), to: "program.yaml")
        let refusal = refusal { try night.run(BadNight.second) }
        #expect(refusal.contains("program.yaml: " + wanted), "\(refusal)")
        // Written again it goes on.
        try night.write(program, to: "program.yaml")
        #expect(try night.close(BadNight.second) == [])
    }

    @Test func `a night before the last closed one is refused`() throws {
        let night = try BadNight()
        #expect(try night.close() == [])
        #expect(try night.close(BadNight.second) == [])
        #expect(
            refusal { try night.run() }
                == "64 the night of 2026-11-16 can't run: nights up to 2026-11-17 are closed")
    }

    @Test func `a mistyped job is refused with the one that was meant`() throws {
        let night = try BadNight()
        #expect(
            refusal { try night.run(jobs: ["emit-report"]) }
                == "64 there is no job 'emit-report'; did you mean 'emit-reports'?")
    }

    @Test func `a workspace whose jobs are gone does not go on for ever in silence`() throws {
        let night = try BadNight()
        try FileManager.default.removeItem(atPath: night.folder + "/Jobs")
        #expect(refusal { try night.run() }.hasPrefix("78 "))
    }

    // MARK: Folders

    @Test func `an inbox that is missing closes no night`() throws {
        let night = try BadNight()
        try night.drop([Self.line])
        #expect(throws: IntakeError.self) {
            try night.run(inbox: night.scratch.path + "/unmounted")
        }
        try FileManager.default.moveItem(
            atPath: night.folder + "/inbox", toPath: night.folder + "/away")
        #expect(throws: IntakeError.self) { try night.run() }
        try FileManager.default.moveItem(
            atPath: night.folder + "/away", toPath: night.folder + "/inbox")
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10"])
    }

    @Test(arguments: ["claimed", "rejects", "archive"])
    func `a file in the place of a folder ends the run, and once it is gone all is well`(
        _ name: String
    ) throws {
        let night = try BadNight()
        try night.drop([Self.line, RunnerTests.line("B", "x")])
        try? FileManager.default.removeItem(atPath: night.folder + "/" + name)
        try night.write("", to: name)
        #expect(throws: IntakeError.self) { try night.run() }
        try FileManager.default.removeItem(atPath: night.folder + "/" + name)
        _ = try night.run()
        #expect(try night.postings() == ["C1 accrue A 10"])
        #expect(try night.rejects() == ["3 amount_invalid"])
    }

    @Test func `reports that somebody touched are made again, whatever stands in their place`()
        throws
    {
        let night = try BadNight()
        try night.drop([Self.line])
        #expect(try night.close() == [])
        let reports = "reports/2026-11-16"
        let whole = try night.scratch.read("night/\(reports)/postings.csv")
        try night.write("x", to: "\(reports)/postings.csv")
        try night.run()
        #expect(try night.scratch.read("night/\(reports)/postings.csv") == whole)
        try FileManager.default.removeItem(atPath: night.folder + "/" + reports)
        try night.write("x", to: reports)
        try night.run()
        #expect(try night.scratch.read("night/\(reports)/postings.csv") == whole)
    }

    @Test func `a workspace that anybody can write to is refused`() throws {
        let night = try BadNight()
        #expect(chmod(night.folder, 0o777) == 0)
        #expect(refusal { try night.run() }.hasPrefix("78 "))
    }

    @Test(arguments: ["program.yaml", "Jobs", "Jobs/ingest-orders.yaml", "layouts"])
    func `settings that anybody can write to are refused`(_ name: String) throws {
        let night = try BadNight()
        let path = night.folder + "/" + name
        if !FileManager.default.fileExists(atPath: path) {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        }
        #expect(chmod(path, 0o777) == 0)
        #expect(
            refusal { try night.run() }
                == "78 \(path): anybody can write to it; points are money: chmod o-w \(path)")
        #expect(chmod(path, 0o755) == 0)
        #expect(try night.close() == [])
    }

    // MARK: The store

    @Test func `a second run at once is sent away, with whoever runs`() throws {
        let night = try BadNight()
        let descriptor = open(night.folder + "/nightjar.lock", O_RDWR | O_CREAT, 0o600)
        #expect(flock(descriptor, LOCK_EX) == 0)
        #expect(
            refusal { try night.run() }
                == "75 another process holds the workspace; try again when it has ended")
        close(descriptor)
        #expect(try night.close() == [])
    }

    @Test func `a store that is gone is not begun anew over the reports of the old one`() throws {
        let night = try BadNight()
        try night.drop([Self.line])
        #expect(try night.close() == [])
        let reports = try night.scratch.read("night/reports/2026-11-16/postings.csv")
        try FileManager.default.removeItem(atPath: night.folder + "/nightjar.db")
        #expect(
            refusal { try night.run() }.hasPrefix(
                "78 \(night.folder)/nightjar.db: there is no store, but the night of 2026-11-16 has left archive/"
            ))
        #expect(try night.scratch.read("night/reports/2026-11-16/postings.csv") == reports)
        for name in ["archive", "reports"] {
            try FileManager.default.removeItem(atPath: night.folder + "/" + name)
        }
        #expect(try night.close() == [])
    }

    @Test func `a store that is no database is left alone, and nothing is claimed`() throws {
        let night = try BadNight()
        try night.drop([Self.line])
        let text = String(repeating: "I am no database. ", count: 500)
        try night.write(text, to: "nightjar.db")
        #expect(refusal { try night.run() }.contains("put the last good copy"))
        #expect(try night.scratch.read("night/nightjar.db") == text)
        #expect(night.exists("inbox/orders-pos-2026-11-16.csv"))
    }

    @Test func `a store of a newer program is not opened`() throws {
        let night = try BadNight()
        #expect(try night.close() == [])
        do {
            let store = try Store(path: night.folder + "/nightjar.db")
            try store.write { try $0.execute("INSERT INTO grdb_migrations VALUES ('V999_later')") }
        }
        #expect(refusal { try night.run(BadNight.second) }.contains("newer nightjar"))
    }

    @Test func `a run that was broken off after its claim goes on with the same reports`() throws {
        let night = try BadNight()
        try night.drop([Self.line])
        let undisturbed = try BadNight()
        try undisturbed.drop([Self.line])
        #expect(try undisturbed.close() == [])
        // What a kill between claim and commit leaves.
        let name = "orders-pos-2026-11-16.csv"
        try FileManager.default.createDirectory(
            atPath: night.folder + "/claimed/2026-11-16", withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: night.folder + "/inbox/" + name,
            toPath: night.folder + "/claimed/2026-11-16/" + name)
        #expect(try night.close() == [])
        for report in ["files", "postings", "summary"] {
            let path = "night/reports/2026-11-16/\(report).csv"
            #expect(try night.scratch.read(path) == undisturbed.scratch.read(path))
        }
    }

    @Test func `a name that is dropped again while its claimed file waits is the next night's`()
        throws
    {
        let night = try BadNight()
        try night.write(
            BadNight.header + Self.line + "\n", to: "claimed/2026-11-16/orders-pos-2026-11-16.csv")
        try night.drop([RunnerTests.line("B")])
        #expect(try night.close() == [])
        #expect(try night.postings() == ["C1 accrue A 10"])
        #expect(try night.close(BadNight.second) == [])
        #expect(try night.postings(BadNight.second) == ["C1 accrue B 10"])
    }
}
