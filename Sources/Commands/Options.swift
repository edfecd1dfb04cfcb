internal import ArgumentParser
internal import Delivery
internal import Foundation
internal import Intake
internal import Loyalty
internal import Reporting
internal import Runner
internal import Settings
internal import Storage

/// How a command speaks: what every one of them takes.
struct MessageOptions: ParsableArguments {
    @Flag(name: [.short, .long], help: "Say what is being done, job by job.")
    var verbose = false

    @Flag(help: "Print no progress and no remarks, only results and errors.")
    var quiet = false

    @Option(help: "Messages on standard error as text, or as json: an object a line.")
    var logFormat = LogFormat.text

    var log: Log {
        Log(format: logFormat, least: quiet ? .error : verbose ? .info : .warning)
    }

    func validate() throws {
        guard !(verbose && quiet) else {
            throw ValidationError("--verbose and --quiet exclude each other")
        }
    }

    /// Runs a command's work; an error becomes a message and the exit code that is its kind's.
    func perform(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let code as ExitCode {
            throw code
        } catch {
            log.write(RunMessage(.error, MessageOptions.sentence(of: error)))
            throw ExitCode(ExitStatus(of: error).rawValue)
        }
    }

    /// Foundation's errors tell of themselves as programmers would: a person needs the path and what is wrong with it.
    private static func sentence(of error: any Error) -> String {
        guard let error = error as? CocoaError else { return "\(error)" }
        let code = (error.underlying as? POSIXError)?.code
        let why = code.map { String(cString: strerror($0.rawValue)) } ?? error.localizedDescription
        return error.filePath.map { "\($0): \(why)" } ?? why
    }
}

/// What every command takes that works on a workspace.
struct Options: ParsableArguments {
    @Option(help: ArgumentHelp("The workspace's folder.", valueName: "dir"))
    var workspace = "."

    @Flag(help: "Print results as JSON.")
    var json = false

    @OptionGroup var messages: MessageOptions

    var quiet: Bool { messages.quiet }
    var log: Log { messages.log }

    /// What an argument names; `-` is a line of standard input.
    static func asked(_ argument: String, _ what: String) throws -> String {
        let text = argument == "-" ? readLine(strippingNewline: true) ?? "" : argument
        guard !text.isEmpty else {
            throw RunnerError.usage(
                "no \(what) is named: give one, or - with one on standard input")
        }
        return text
    }

    /// The folder without a slash at its end.
    var folder: String {
        workspace.count > 1 && workspace.hasSuffix("/") ? String(workspace.dropLast()) : workspace
    }

    /// Runs a command's work; an error becomes a message and the exit code that is its kind's.
    func perform(_ body: () throws -> Void) throws { try messages.perform(body) }
}

extension ExitStatus {
    /// The exit code of an error's kind.
    init(of error: any Error) {
        switch error {
        case let error as RunnerError: self = error.status
        case is SettingsErrors, is SettingsError: self = .configuration
        case let error as StorageError: self = error.isTemporary ? .tryAgain : .internalError
        case is IntakeError, is ReportingError, is OutgoingError: self = .tryAgain
        case is CocoaError, is POSIXError: self = .tryAgain
        default: self = .internalError
        }
    }
}

/// Prints a line to standard error.
func printError(_ text: String) {
    // Names and cells of files may hold what a terminal would obey.
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { shown.append(isControl(scalar) ? "?" : scalar) }
    FileHandle.standardError.write(Data((String(shown) + "\n").utf8))
}

/// Whether a terminal would obey a character rather than show it.
private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
}

/// Prints a value to standard output as JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// The seconds since 1970: the only clock, and only the commands read it.
func now() -> Int { Int(Date().timeIntervalSince1970) }

/// A variable of the environment: only the commands read it.
func environment(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

extension CivilDate: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
