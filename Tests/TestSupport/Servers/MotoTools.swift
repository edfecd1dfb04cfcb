package import Foundation

/// The Python packages moto and boto3, which scripts/setup installs.
package enum MotoTools {
    package struct Missing: Error, CustomStringConvertible {
        package var description: String {
            "moto and boto3 are missing; install them with: make setup"
        }
    }

    /// Where a program of theirs is.
    ///
    /// - Throws: `Missing` where they are not installed.
    package static func path(_ program: String) throws -> String {
        let path = Repository.folder + ".build/tools/moto/bin/" + program
        guard FileManager.default.isExecutableFile(atPath: path) else { throw Missing() }
        return path
    }

    /// Runs a script and gives what it printed, errors included.
    package static func python(
        _ script: String, _ arguments: [String] = [], input: Data = Data()
    ) throws -> String {
        let process = Process()
        let (output, source) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: try path("python"))
        process.arguments = ["-c", script] + arguments
        process.standardInput = source
        process.standardOutput = output
        process.standardError = output
        try process.run()
        // More than a pipe holds may go either way.
        let writer = Thread {
            try? source.fileHandleForWriting.write(contentsOf: input)
            try? source.fileHandleForWriting.close()
        }
        writer.start()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}
