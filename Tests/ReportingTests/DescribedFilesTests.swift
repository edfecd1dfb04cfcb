import Foundation
import Reporting
import TestSupport
import Testing

/// A data package that is brought up to date with files that lost lines.
@Suite struct DescribedFilesTests {
    private let package = """
        {
          "name" : "2026-11-16",
          "resources" : [
            {
              "bytes" : 6,
              "hash" : "sha256:old",
              "path" : "a.csv"
            },
            {
              "bytes" : 4,
              "hash" : "sha256:kept",
              "path" : "b.csv"
            }
          ]
        }

        """

    @Test func `a file of another size has size and hash said anew, and nothing else changes`()
        throws
    {
        let folder = try ScratchFolder()
        try folder.write("h\n1\n", to: "a.csv")
        try folder.write("h\n2\n", to: "b.csv")
        try folder.write(package, to: "datapackage.json")
        try DescribedFiles(folder.path).describe()
        let hash = sha256(Array("h\n1\n".utf8)).map {
            ($0 < 16 ? "0" : "") + String($0, radix: 16)
        }.joined()
        let expected = package.replacingOccurrences(of: "\"bytes\" : 6", with: "\"bytes\" : 4")
            .replacingOccurrences(of: "sha256:old", with: "sha256:" + hash)
        #expect(try folder.read("datapackage.json") == expected)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                == ["a.csv", "b.csv", "datapackage.json"])
    }

    @Test func `a folder without one, or with one that agrees, is left alone`() throws {
        let folder = try ScratchFolder()
        try DescribedFiles(folder.path).describe()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        try folder.write("h\n1234", to: "a.csv")
        try folder.write("h\n2\n", to: "b.csv")
        try folder.write(package, to: "datapackage.json")
        try DescribedFiles(folder.path).describe()
        #expect(try folder.read("datapackage.json") == package)
    }
}
