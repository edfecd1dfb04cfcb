import Loyalty
import Runner
import TestSupport
import Testing

/// What the jobs of rewards and codes must be together.
@Suite struct RegisterJobsTests {
    private static let program = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-01-01
        systems: { pos: {}, ecom: {} }
        rewards: [{ id: badge-10, name: Ten, type: badge }]

        """

    private func errors(_ jobs: [String], _ more: String = "") throws -> String {
        let folder = try ScratchFolder()
        try folder.write(Self.program + more, to: "program.yaml")
        for (index, job) in jobs.enumerated() {
            try folder.write("version: 1\njob: j\(index)\n" + job, to: "Jobs/j\(index).yaml")
        }
        do {
            _ = try WorkspaceSettings(folder: folder.path)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private func ingest(_ records: String) -> String {
        "kind: ingest\nrecords: \(records)\nfiles: \"\(records)-*.csv\"\n"
    }

    @Test func `records of the register need a job that judges them`() throws {
        for records in ["codes", "burns", "stock", "claims", "events", "gift-codes"] {
            #expect(
                try errors([ingest(records)])
                    == "Jobs/j0.yaml:2:6: the job takes \(records), and no job of the kind 'codes' "
                    + "judges them: add one")
        }
        #expect(try errors([ingest("rewards")]) == "none")
        #expect(
            try errors([ingest("stock"), "kind: codes\n"])
                == "Jobs/j0.yaml:2:6: the job takes stock, and no job of the kind 'reconcile' "
                + "judges them: add one")
        #expect(try errors([ingest("burns"), "kind: codes\n"]) == "none")
        #expect(try errors([ingest("stock"), "kind: codes\n", "kind: reconcile\n"]) == "none")
    }

    @Test func `nothing is compared or asked for without a register`() throws {
        for kind in ["reconcile", "replenish"] {
            #expect(
                try errors(["kind: \(kind)\n"])
                    == "Jobs/j0.yaml:2:6: no job is of the kind 'codes', which hands codes out and takes "
                    + "burns in: add one")
        }
    }

    @Test func `one job does all of its kind`() throws {
        #expect(
            try errors(["kind: codes\n", "kind: codes\n"])
                == "Jobs/j1.yaml:2:6: 'j0' is of the kind 'codes' already, and one does all of it")
    }

    @Test func `a workflow assigns a reward that there is, or that a file may bring`() throws {
        let workflow = "workflows: [{ event: enrolled, assign: badge-1O }]\n"
        #expect(
            try errors(["kind: codes\n"], workflow)
                == "program.yaml:8:40: no reward has the id 'badge-1O'; did you mean 'badge-10'?")
        #expect(try errors(["kind: codes\n", ingest("rewards")], workflow) == "none")
    }

    @Test func `what the register would judge waits where no job asks it to`() throws {
        let nights = try Nights([])
        _ = try WorkspaceTemplate.write(to: nights.folder.path)
        for (name, text) in try FolderContents(nights.folder.path + "/example").files {
            try nights.folder.write(text, to: "inbox/" + name)
        }
        let first = CivilDate("2026-01-01")
        let jobs = ["ingest-members", "ingest-orders", "ingest-burns", "apply-points"]
        #expect(try nights.close(date: first, jobs: jobs) == [.open])
        let left = try FolderContents(nights.folder.path + "/inbox").files.keys.sorted()
        #expect(
            left == [
                "burns-pos-2026-01-01.csv", "codes-welcome-2026-01-01.csv",
                "rewards-2026-01-01.csv",
            ])
    }
}
