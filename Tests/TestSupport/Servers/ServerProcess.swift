internal import Foundation

/// A real server, started for a test: it ends with the test, and with the tests' process however that ends.
package final class ServerProcess {
    /// Why a server is not there.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private let process = Process()
    private let lifeline = Pipe()
    private let log: String

    /// Ends the server when asked to, or when nobody holds the other end of its input any more.
    private static let keeper = """
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        trap 'kill $server 2>/dev/null; wait $server; exit 0' TERM
        read -r line <&3
        kill $server 2>/dev/null
        wait $server
        """

    /// Starts a server and waits until it answers on its port.
    ///
    /// - Parameters:
    ///   - program: its path; a server that stays in the foreground.
    ///   - log: a file for what it says.
    ///   - package: Debian's or PyPI's package that holds it, for the message where it is missing.
    /// - Throws: `Failure` with the end of its log where it doesn't answer within 10 seconds.
    package init(
        _ program: String, _ arguments: [String], port: Int, log: String, package: String,
        environment: [String: String] = [:]
    ) throws {
        self.log = log
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "\(program) is missing (\(package)): run scripts/setup")
        }
        try Data().write(to: URL(filePath: log))
        let output = try FileHandle(forWritingTo: URL(filePath: log))
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.keeper, "keeper", program] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(environment) { _, new in new }
        process.standardInput = lifeline
        process.standardOutput = output
        process.standardError = output
        try ServerProcess.start(process)
        // A minute: a busy machine takes long to begin.
        for _ in 0..<3_000 {
            usleep(20_000)
            guard process.isRunning else { break }
            guard let caller = Loopback.connect(to: port) else { continue }
            close(caller)
            return
        }
        stop()
        let said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        throw Failure(
            description: "\(program) doesn't answer on port \(port): \(said.suffix(2_000))")
    }

    deinit { stop() }

    /// Starts a process that hears signals: threads of tests block them, and children inherit that.
    private static func start(_ process: Process) throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }

    /// Ends it and waits until it has ended.
    package func stop() {
        if process.isRunning {
            process.terminate()
            process.waitUntilExit()
        }
        try? lifeline.fileHandleForWriting.close()
    }

    /// Runs a tool to its end.
    ///
    /// - Returns: what it printed.
    /// - Throws: `Failure` with what it said where it is missing or fails.
    @discardableResult
    package static func run(
        _ program: String, _ arguments: [String], package: String
    ) throws -> String {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw Failure(description: "\(program) is missing (\(package)): run scripts/setup")
        }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try start(process)
        let said = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "\(program) \(arguments.joined(separator: " ")): \(said.suffix(2_000))"
            )
        }
        return said
    }
}
