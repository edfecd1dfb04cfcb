import Foundation
import TestSupport

/// A Swift file of this repository.
struct SourceFile: CustomStringConvertible {
    /// Relative to the repository.
    var path: String
    var text: String

    var description: String { path }
    /// The folder below Sources or Tests: the module.
    var module: String { String(path.split(separator: "/")[1]) }
    var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The lines without comments at their ends, or for comments only.
    var code: [String] {
        lines.map { line in
            guard let slashes = line.range(of: "//"), !line.contains("://") else { return line }
            return String(line[..<slashes.lowerBound])
        }
    }

    /// What the file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let at = words.firstIndex(of: "import"), at <= 1, words.count == at + 2 else {
                return nil
            }
            return String(words[at + 1])
        }
    }

    static let sources = files(below: "Sources")
    static let tests = files(below: "Tests")

    private static func files(below folder: String) -> [SourceFile] {
        let found = FileManager.default.enumerator(atPath: Repository.folder + folder)
        let paths = (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }
        return paths.sorted().compactMap { path in
            let full = Repository.folder + folder + "/" + path
            return (try? String(contentsOfFile: full, encoding: .utf8)).map {
                SourceFile(path: folder + "/" + path, text: $0)
            }
        }
    }
}
