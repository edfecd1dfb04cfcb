import Foundation
import Intake
import Loyalty
import Reporting
import TestSupport
import Testing

/// What an operator can meet stands in the README.
@Suite struct ReadmeTests {
    private let readme: String

    init() throws {
        readme = try String(contentsOfFile: Repository.folder + "README.md", encoding: .utf8)
    }

    private func expect(_ word: String, _ what: String) {
        #expect(readme.contains("`\(word)`"), "README.md does not name the \(what) `\(word)`")
    }

    @Test func `every report with its columns`() {
        for report in Reports.all {
            expect(report.name, "report")
            for column in report.columns { expect(column.name, "column of \(report.name)") }
        }
    }

    @Test func `every record kind with its columns`() {
        for kind in RecordKind.allCases {
            expect(kind.rawValue, "record kind")
            for column in kind.columns {
                expect(column.name, "column of \(kind.rawValue)")
            }
        }
    }

    @Test func `every layout that needs no file, with its columns`() {
        for layout in Layout.builtIn {
            expect(layout.name, "layout")
            for column in layout.hasHeader ? layout.columns.values.sorted() : [] {
                expect(column, "column of \(layout.name)")
            }
        }
    }

    @Test func `every reason with its hint`() {
        for reason in Reason.allCases {
            #expect(readme.contains("| `\(reason.name)` | \(reason.hint) |"), "\(reason.name)")
        }
        for reason in FileReason.allCases {
            #expect(
                readme.contains("| `\(reason.rawValue)` | \(reason.hint) |"), "\(reason.rawValue)")
        }
    }

    @Test func `every command`() throws {
        let commands = SourceFile.sources.filter { $0.path.hasSuffix("Command.swift") }
        let names = commands.flatMap(\.lines).compactMap { line -> String? in
            guard let start = line.range(of: "commandName: \"") else { return nil }
            return line[start.upperBound...].split(separator: "\"").first.map(String.init)
        }
        #expect(names.count == commands.count)
        for name in names {
            // A command may stand behind another one: `codes import`.
            let isNamed = ([""] + names.map { $0 + " " }).contains {
                readme.contains("`nightjar \($0)\(name)")
            }
            #expect(isNamed, "README.md does not name \(name)")
        }
    }

    @Test func `it begins with the two commands`() throws {
        let night = try #require(readme.range(of: "make night"))
        let test = try #require(readme.range(of: "make test"))
        let heading = try #require(readme.range(of: "\n## "))
        #expect(night.lowerBound < heading.lowerBound && test.lowerBound < heading.lowerBound)
    }
}
