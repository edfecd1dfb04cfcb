internal import ArgumentParser
internal import Intake
internal import Loyalty
internal import Runner

struct CodesImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take a file of codes over now, instead of by the inbox.",
        discussion: """
            The codes belong to the next night. Imports add: a code that is there stays as it is, and a file \
            that was taken over before changes nothing. Refused lines go to rejects/, ready to correct. The \
            file stays where it is. Exits 65 where the file is refused whole.

            Example: nightjar codes import summer.csv --reward summer-25
            Example: nightjar codes import badges.txt --reward badge-10 --layout qualifio-codes
            """)

    @Argument(help: "The file.")
    var file: String

    @Option(help: "The reward that the codes are of, where their lines name none.")
    var reward: String

    @Option(help: "The layout; otherwise that of the job which takes files of this name.")
    var layout: String?

    @OptionGroup var options: Options

    private struct Output: Encodable {
        var file: String
        var night: String
        var reward: String
        var layout: String
        var verdict: String
        var reason: String?
        var hint: String?
        var linesRead: Int
        var lines: [String: Int]
        var rejects: String?
    }

    func run() throws {
        try options.perform {
            let workspace = try Workspace(folder: options.folder)
            let outcome = try CodeImport(workspace, now: now())
                .run(file, reward: reward, layout: layout)
            if options.json { try printJSON(output(outcome)) } else { show(outcome) }
            if outcome.file.refusal != nil { throw ExitCode(ExitStatus.data.rawValue) }
        }
    }

    private func show(_ outcome: CodeImport.Outcome) {
        if let refusal = outcome.file.refusal {
            print("\(file): refused whole: \(refusal)")
        } else if outcome.file.verdict == .duplicateFile {
            print("\(file): duplicate_file: these bytes were taken over before")
        } else {
            print("\(file): \(outcome.file.linesRead) lines, night of \(outcome.night)")
            for verdict in Verdict.allCases where outcome.file.counts[verdict] > 0 {
                print("  \(verdict)  \(outcome.file.counts[verdict])")
            }
            if let rejects = outcome.rejects { print("  refused lines are in \(rejects)") }
        }
    }

    private func output(_ outcome: CodeImport.Outcome) -> Output {
        var lines: [String: Int] = [:]
        for verdict in Verdict.allCases where outcome.file.counts[verdict] > 0 {
            lines["\(verdict)"] = outcome.file.counts[verdict]
        }
        return Output(
            file: file, night: "\(outcome.night)", reward: reward, layout: outcome.layout,
            verdict: outcome.file.verdict.rawValue,
            reason: outcome.file.refusal?.reason.rawValue, hint: outcome.file.refusal?.reason.hint,
            linesRead: outcome.file.linesRead, lines: lines, rejects: outcome.rejects)
    }
}
