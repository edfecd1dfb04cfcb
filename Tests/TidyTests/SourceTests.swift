import Foundation
import TestSupport
import Testing

/// What no file may hold.
@Suite struct SourceTests {
    @Test func `files are short enough to be one idea`() {
        for file in SourceFile.sources + SourceFile.tests {
            #expect(file.lines.count <= 500, "\(file): \(file.lines.count) lines")
        }
    }

    @Test func `nothing ends the night on bad luck`() {
        for file in SourceFile.sources {
            for (number, line) in file.code.enumerated() {
                for word in ["try!", "as!", "fatalError("] where line.contains(word) {
                    Issue.record("\(file):\(number + 1): \(word)")
                }
            }
        }
    }

    @Test func `only commands print`() {
        for file in SourceFile.sources where file.module != "Commands" {
            for (number, line) in file.code.enumerated() {
                let words = line.split { !$0.isLetter && $0 != "(" }
                for word in words where word == "print(" || word.hasPrefix("print(") {
                    Issue.record("\(file):\(number + 1): prints")
                }
            }
        }
    }

    @Test func `no path of one machine`() throws {
        let roots = ["work", "root", "home", "Users"].map { "/\($0)/" }
        for file in SourceFile.sources + SourceFile.tests {
            for (number, line) in file.lines.enumerated() {
                for root in roots where line.contains("\"\(root)") || line.contains(" \(root)") {
                    Issue.record("\(file):\(number + 1): \(root)")
                }
            }
        }
    }
}
