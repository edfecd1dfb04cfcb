import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// What `init` writes.
@Suite struct WorkspaceTemplateTests {
    private func made() throws -> (nights: Nights, files: [String]) {
        let nights = try Nights([])
        return (nights, try WorkspaceTemplate.write(to: nights.folder.path))
    }

    @Test func `the jobs are those of the repository`() throws {
        let (nights, _) = try made()
        let written = try FolderContents(nights.folder.path + "/Jobs")
        let shipped = try FolderContents(Repository.folder + "Jobs")
        #expect(written.differences(from: shipped) == [])
        #expect(!shipped.files.isEmpty)
    }

    @Test func `its configuration is clean`() throws {
        let (nights, files) = try made()
        let settings = try WorkspaceSettings(folder: nights.folder.path)
        #expect(settings.warnings.isEmpty)
        for file in files { #expect(FileManager.default.fileExists(atPath: file)) }
        #expect(files.contains(nights.folder.path + "/program.yaml"))
    }

    @Test func `the job that fetches files is one, once it is copied`() throws {
        let (nights, _) = try made()
        let text = try nights.folder.read("templates/fetch-files.yaml")
        try nights.folder.write(text, to: "Jobs/fetch-files.yaml")
        let settings = try WorkspaceSettings(folder: nights.folder.path)
        #expect(settings.warnings.isEmpty)
        #expect(settings.jobs.contains { $0.kind == .fetch })
    }

    @Test func `the example drop gives a first night`() throws {
        let (nights, _) = try made()
        let example = try FolderContents(nights.folder.path + "/example")
        for (name, text) in example.files { try nights.folder.write(text, to: "inbox/" + name) }
        let first = try #require(CivilDate("2026-01-01"))
        #expect(try nights.close(date: first) == [.closed])
        let postings = try nights.folder.read("reports/2026-01-01/postings.csv")
        #expect(postings.contains("2900000000017,spend,accrue,P-1,P-1,12,2026-01-01,pos,"))
        #expect(try nights.folder.read("reports/2026-01-01/rejects.csv").count(of: "\n") == 1)
        let burns = try nights.folder.read("reports/2026-01-01/burns.csv")
        #expect(burns.contains("B-1,pos,burn,****7K2M,burned,welcome,"), "\(burns)")
        #expect(try nights.folder.read("reports/2026-01-01/exceptions.csv").count(of: "\n") == 1)
    }

    @Test func `a folder with something in it is left alone`() throws {
        let folder = try ScratchFolder()
        try folder.write("mine", to: "program.yaml")
        #expect(throws: RunnerError.self) { try WorkspaceTemplate.write(to: folder.path) }
        #expect(try folder.read("program.yaml") == "mine")
    }
}

extension String {
    fileprivate func count(of character: Character) -> Int { count { $0 == character } }
}
