internal import ArgumentParser
internal import Codes
internal import Loyalty
internal import Runner

struct CodesDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Void codes that nobody has; what a member has or has used is kept.",
        discussion: """
            Every system that knows a code is told to delete it, mirrors before the owner. Say which codes: \
            those of a file, of a reward, or all.

            Example: nightjar codes delete --file codes-summer-25-2026-06-01.csv
            Example: nightjar codes delete --reward summer-25
            """)

    @Option(help: "The codes that came in the file of this name.")
    var file: String?

    @Option(help: "The codes of this reward.")
    var reward: String?

    @Flag(help: "The codes of all rewards.")
    var all = false

    @OptionGroup var options: Options

    private struct Output: Encodable {
        struct Line: Encodable {
            var rewardId: String
            var owner: String
            var had: Int64
            var deleted: Int64
            var kept: Int64
        }

        var night: String
        var rewards: [Line]
    }

    func validate() throws {
        let asked = [file != nil, reward != nil, all].filter { $0 }.count
        guard asked == 1 else {
            throw ValidationError("say one of --file FILE, --reward REWARD and --all")
        }
    }

    func run() throws {
        try options.perform {
            let scope: CodeDeletion.Scope =
                file.map { .file($0) } ?? reward.map { .reward($0) } ?? .all
            let (night, lines) = try Workspace(folder: options.folder)
                .deleteCodes(scope, now: now())
            if options.json {
                let rewards = lines.map {
                    Output.Line(
                        rewardId: $0.reward, owner: $0.owner, had: $0.had, deleted: $0.deleted,
                        kept: $0.kept)
                }
                return try printJSON(Output(night: "\(night)", rewards: rewards))
            }
            for line in lines {
                print(
                    "\(line.reward) of \(line.owner): had \(line.had), deleted \(line.deleted), "
                        + "kept \(line.kept) because they are in use")
            }
            if lines.isEmpty { print("there are no codes") }
        }
    }
}
