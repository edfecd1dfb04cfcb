internal import ArgumentParser
internal import Runner
internal import Settings

struct ConfigCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Print every error of the configuration, and what in it can't do what it says.",
        discussion: """
            Exits 78 where there is an error, 0 with warnings and notes.

            Example: nightjar config check --workspace /srv/loyalty
            """)

    @OptionGroup var options: Options

    private struct Line: Encodable {
        var severity: String
        var file: String
        var line: Int
        var column: Int
        var message: String
    }

    func run() throws {
        try options.perform {
            let check = try ConfigCheck(
                folder: options.folder, now: now(), environment: environment)
            let shown = check.findings.filter { !options.quiet || $0.severity == .error }
            if options.json {
                try printJSON(
                    shown.map {
                        Line(
                            severity: $0.severity.rawValue, file: $0.error.file,
                            line: $0.error.line, column: $0.error.column, message: $0.error.message)
                    })
            } else {
                for finding in shown {
                    print(
                        "\(finding.error.location): \(finding.severity.rawValue): "
                            + finding.error.message)
                }
                if !options.quiet { print(check.isGood ? "nights can run" : "no night can run") }
            }
            if !check.isGood { throw ExitCode(ExitStatus.configuration.rawValue) }
        }
    }
}
