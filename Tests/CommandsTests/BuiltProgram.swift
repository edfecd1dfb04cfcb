import Foundation
import Testing

/// The program as it was built beside these tests.
enum BuiltProgram {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Where it lies: beside the bundle of the tests.
    static let url = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "nightjar")

    /// Runs it to its end.
    static func run(_ arguments: String...) throws -> Result { try run(arguments) }

    static func run(_ arguments: [String]) throws -> Result {
        let (process, output, errors) = try start(arguments)
        // Both are short: neither pipe fills while the other is read.
        let out = try output.fileHandleForReading.readToEnd() ?? Data()
        let err = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: out, as: UTF8.self),
            errors: String(decoding: err, as: UTF8.self))
    }

    /// Starts it and kills it with -9 after a while, unless it has ended by then.
    static func runAndKill(_ arguments: [String], after seconds: Double) throws {
        let (process, _, _) = try start(arguments)
        Thread.sleep(forTimeInterval: seconds)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Starts it, for whoever ends it.
    static func begin(_ arguments: [String]) throws -> Process { try start(arguments).0 }

    private static func start(_ arguments: [String]) throws -> (Process, Pipe, Pipe) {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = url
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return (process, output, errors)
    }
}

/// Whether a text is JSON, and what it says.
func json(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8))
}

/// Holds texts against files of Golden/; UPDATE_GOLDEN=1 writes them anew, and fails.
enum Golden {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    static func expect(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record("\(name) was written anew", sourceLocation: sourceLocation)
            return
        }
        let golden = String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
        #expect(text == golden, "\(name)", sourceLocation: sourceLocation)
    }
}
