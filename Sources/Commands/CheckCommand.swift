internal import ArgumentParser
internal import Intake
internal import Loyalty
internal import Runner

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read files as a night would and print what it would refuse; change nothing.",
        discussion: """
            Exits 65 where a line or a file would be refused. With -v also the lines by verdict, as far as \
            the file alone tells them. What only the night knows it can't say: whether a card has a member \
            (unknown_member) and a return its order (missing_order), whether an order is a duplicate, a \
            correction or a conflict, and whether header and items of an order meet.

            Example: nightjar check inbox/orders-pos-2026-11-20.csv
            Example: nightjar check till.csv --layout acme-till
            """)

    @Argument(help: "Files to read.")
    var files: [String]

    @Option(help: "The record kind: orders, members, ... as README.md lists them.")
    var kind: String?

    @Option(help: "The layout, where no job takes the file's name.")
    var layout: String?

    @OptionGroup var options: Options

    private struct Line: Encodable {
        var line: Int
        var verdict: String
        var column: String?
        var reason: String
        var hint: String
    }

    private struct File: Encodable {
        var file: String
        var job: String
        var records: String
        var layout: String
        var bytes: Int
        var sha256: String
        var verdict: String
        var reason: String?
        var hint: String?
        var linesRead: Int
        var linesLater: Int
        var refused: [Line]
    }

    func run() throws {
        try options.perform {
            let check = FileCheck(try Workspace(folder: options.folder))
            var results: [File] = []
            var isGood = true
            for path in files {
                let outcome = try check.check(path, kind: kind, layout: layout)
                isGood = isGood && outcome.isGood
                if options.json {
                    results.append(try file(outcome))
                } else {
                    try show(outcome)
                }
            }
            if options.json { try printJSON(results) }
            guard isGood else {
                throw ExitCode(ExitStatus.data.rawValue)
            }
        }
    }

    private func file(_ outcome: FileCheck.Outcome) throws -> File {
        var refused: [Line] = []
        try outcome.refusals.read {
            refused.append(
                Line(
                    line: Int($0.line), verdict: $0.verdict == .conflict ? "conflict" : "rejected",
                    column: $0.column(outcome.columns), reason: $0.reason.name,
                    hint: $0.reason.hint))
        }
        return File(
            file: outcome.path, job: outcome.job, records: outcome.records.rawValue,
            layout: outcome.layout, bytes: outcome.bytes, sha256: outcome.sha256,
            verdict: outcome.refusal != nil
                ? "refused" : outcome.isDuplicate ? "duplicate_file" : "ingested",
            reason: outcome.refusal?.reason.rawValue, hint: outcome.refusal?.reason.hint,
            linesRead: outcome.linesRead, linesLater: outcome.laterLines,
            refused: refused)
    }

    private func show(_ outcome: FileCheck.Outcome) throws {
        try outcome.refusals.read { refusal in
            let hint = refusal.hint(outcome.columns)
            print("\(outcome.path):\(refusal.line): \(refusal.reason.name): \(hint)")
        }
        if let refusal = outcome.refusal {
            print("\(outcome.path): refused whole: \(refusal)")
        } else if outcome.isDuplicate {
            print("\(outcome.path): duplicate_file: these bytes were ingested before")
        } else {
            print(
                "\(outcome.path): \(outcome.linesRead) lines read, \(outcome.refusals.count) would be refused"
            )
            if options.messages.verbose { showVerdicts(outcome) }
        }
    }
    private func showVerdicts(_ outcome: FileCheck.Outcome) {
        let left = outcome.linesRead - outcome.refusals.count - outcome.laterLines
        print("  rejected           \(outcome.refusals.count)")
        print("  parked, later_day  \(outcome.laterLines)")
        print("  left to the night  \(left)")
    }
}
