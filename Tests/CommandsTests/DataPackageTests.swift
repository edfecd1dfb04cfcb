import Foundation
import TestSupport
import Testing

/// The reports as the public `frictionless` tool sees them.
@Suite struct DataPackageTests {
    /// Runs it on a folder; its status is 0 where the folder is what its data package says.
    private func validate(_ folder: String) throws -> BuiltProgram.Result {
        let python = Repository.folder + ".build/tools/frictionless/bin/python"
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "the tool frictionless is missing; install it with: make setup")
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-m", "frictionless", "validate", "datapackage.json"]
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return BuiltProgram.Result(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: "")
    }

    @Test func `every folder of the samples is a valid data package`() throws {
        let shop = try SamplesTests.Shop()
        for night in SamplesTests.nights {
            let result = try validate(shop.folder.path + "/reports/" + night)
            #expect(result.status == 0, "\(night): \(result.output)")
        }
        // What was tampered with is not.
        let folder = shop.folder.path + "/reports/2026-11-18"
        let balances = try shop.folder.read("reports/2026-11-18/balances.csv")
        try shop.folder.write(
            balances.replacingOccurrences(of: ",spend,", with: ",status,"),
            to: "reports/2026-11-18/balances.csv")
        #expect(try validate(folder).status != 0)
    }

    @Test func `so is one with other columns, other words and tokens for cards`() throws {
        let shop = try SamplesTests.Shop(through: "")
        try shop.folder.write(
            """
            version: 1
            job: emit-reports
            kind: report
            after: [apply-points]
            reports:
              - report: postings
                columns: [points, card_code, kind, date]
                rename: { points: "=Punkte", card_code: "Karte, \\"neu\\"" }
                values: { kind: { accrue: "-earned" }, date: { 2026-11-16: first } }
                cards: hashed
              - { report: balances, columns: [next_expires_on, account] }
              - { report: unmatched, cards: hashed, csv_safe: false }
              - { report: summary, where: { name: [lines_read] } }
            """, to: "Jobs/emit-reports.yaml")
        try shop.drop("2026-11-16")
        #expect(try shop.run("run", "--date", "2026-11-16").status == 0)
        let result = try validate(shop.folder.path + "/reports/2026-11-16")
        #expect(result.status == 0, "\(result.output)")
    }
}
