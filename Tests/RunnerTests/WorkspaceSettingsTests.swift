import Foundation
import Intake
import Loyalty
import Runner
import Settings
import TestSupport
import Testing

/// The files of a workspace together.
@Suite struct WorkspaceSettingsTests {
    private static let program = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-01-01
        """
    private static let job = """
        version: 1
        job: ingest-orders
        kind: ingest
        records: orders
        files: "*.csv"
        layout: acme
        """
    private static let layout = "version: 1\nlayout: acme\nrecords: orders\ndelimiter: \";\"\n"

    private func errors(_ files: [String: String]) throws -> String {
        let folder = try ScratchFolder()
        for (name, text) in files { try folder.write(text, to: name) }
        do {
            _ = try WorkspaceSettings(folder: folder.path)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func `program, jobs and layouts are read together`() throws {
        let folder = try ScratchFolder()
        try folder.write(Self.program, to: "program.yaml")
        try folder.write(Self.job, to: "Jobs/orders.yaml")
        try folder.write("version: 1\njob: points\nkind: points\n", to: "Jobs/points.yaml")
        try folder.write("not a job", to: "Jobs/README.md")
        try folder.write(Self.layout, to: "layouts/acme.yaml")
        let settings = try WorkspaceSettings(folder: folder.path)
        #expect(settings.program.program.name == "maison-noir")
        #expect(settings.jobs.map(\.name) == ["ingest-orders", "points"])
        guard case .ingest(let terms) = settings.jobs[0].work else {
            Issue.record("no ingest job")
            return
        }
        #expect(settings.layout(of: terms).delimiter == UInt8(ascii: ";"))
    }

    @Test func `errors of all files come at once`() throws {
        #expect(
            try errors(["Jobs/a.yaml": "version: 1\n", "layouts/b.yaml": "version: 2\n"]) == """
                Jobs/a.yaml:1:1: 'job' is needed
                Jobs/a.yaml:1:1: 'kind' is needed
                layouts/b.yaml:1:10: version '2' is not known; this program reads version 1
                program.yaml:1:1: the file is missing
                """)
    }

    @Test func `a job's layout must exist and be of its record kind`() throws {
        var files = ["program.yaml": Self.program, "Jobs/a.yaml": Self.job]
        #expect(try errors(files) == "Jobs/a.yaml:6:9: no layout is named 'acme'")
        files["layouts/x.yaml"] = "version: 1\nlayout: acme\nrecords: members\n"
        #expect(
            try errors(files)
                == "Jobs/a.yaml:6:9: the layout 'acme' is for members, the job for orders")
        files["layouts/x.yaml"] = Self.layout
        files["layouts/y.yaml"] = Self.layout
        #expect(
            try errors(files)
                == "layouts/y.yaml:2:9: the layout 'acme' is defined at layouts/x.yaml:2:9 already")
    }

    @Test func `a job that requires a trailer has a layout with one`() throws {
        var files = [
            "program.yaml": Self.program,
            "Jobs/orders.yaml": Self.job + "\nsettle: { require: trailer }\n",
            "layouts/x.yaml": Self.layout,
        ]
        #expect(
            try errors(files)
                == "Jobs/orders.yaml:6:9: the job requires a trailer, and the layout 'acme' has none: "
                + "no file would ever be finished")
        files["layouts/x.yaml"] = Self.layout + "trailer: { starts: T, rows: 2 }\n"
        #expect(try errors(files) == "none")
    }

    @Test func `a file that would be passed over is named`() throws {
        #expect(
            try errors(["program.yaml": Self.program, "Jobs/a.yml": Self.job])
                == "Jobs/a.yml:1:1: files end in .yaml here; this one would not be read")
    }

    @Test func `a constant system is one of the program's`() throws {
        #expect(
            try errors([
                "program.yaml": Self.program + "\nsystems: { till: {} }\n",
                "Jobs/a.yaml": Self.job + "\nconstants: { system: til }\n",
                "layouts/x.yaml": Self.layout + "constants: { system: shop }\n",
            ]) == """
                Jobs/a.yaml:2:6: the constant system 'til' is none of program.yaml; \
                did you mean 'till'?
                layouts/x.yaml:2:9: the constant system 'shop' is none of program.yaml
                """)
    }

    @Test func `an expected system is one of the program's, and its files can be told`() throws {
        #expect(
            try errors([
                "program.yaml": Self.program + "\nsystems: { till: {}, shop: {} }\n",
                "Jobs/a.yaml": Self.job + "\nexpect: { from: [shop, tll] }\n",
                "layouts/x.yaml": Self.layout + "constants: { system: till }\n",
            ]) == """
                Jobs/a.yaml:7:18: no file of this job is known to be of 'shop': give 'files' a {system}, \
                or 'constants' the system
                Jobs/a.yaml:7:24: program.yaml has no system 'tll'; did you mean 'till'?
                """)
    }

    @Test(arguments: ["samples", "Benchmarks/night/workspace", "Benchmarks/journey/workspace"])
    func `the workspaces of the repository are clean`(name: String) throws {
        let settings = try WorkspaceSettings(folder: Self.repository + name)
        #expect(settings.warnings.isEmpty)
        // What a night sends away comes behind its reports.
        #expect(settings.jobs.last { $0.kind != .push }?.kind == .report)
    }

    @Test func `the jobs that ship are clean`() throws {
        let folder = try ScratchFolder()
        let program = Self.program + "\nsystems: {}\n"
        try folder.write(program, to: "program.yaml")
        let jobs = Self.repository + "Jobs"
        for file in try FileManager.default.contentsOfDirectory(atPath: jobs) {
            let text = try String(contentsOfFile: jobs + "/" + file, encoding: .utf8)
            try folder.write(text, to: "Jobs/" + file)
        }
        let settings = try WorkspaceSettings(folder: folder.path)
        let inNights = settings.jobs.filter { $0.kind != .push && $0.kind != .prune }
        #expect(inNights.last?.name == "emit-reports")
    }

    /// The folder that this package lies in.
    private static let repository =
        URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        + "/"
}
