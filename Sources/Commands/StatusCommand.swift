internal import ArgumentParser
internal import Loyalty
internal import Runner

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say whether the last due night is closed and what needs a person.",
        discussion: """
            Exits 0 when all is well, else 1.

            Example: nightjar status --workspace /srv/loyalty --json
            """)

    @OptionGroup var options: Options

    private struct Output: Encodable {
        struct Night: Encodable {
            var night: String
            var state: String
            var totals: [String: Int64]
        }
        struct File: Encodable {
            var path: String
            var reason: String
        }

        var good: Bool
        var nights: [Night]
        var late: [String]
        var lastRun: String?
        var lastRunMessage: String?
        var refusedFiles: [File]
        var parked: [String: Int64]
    }

    func run() throws {
        try options.perform {
            let workspace = try Workspace(folder: options.folder)
            let status = try WorkspaceStatus(workspace, now: now())
            if options.json {
                try printJSON(output(status))
            } else {
                show(status)
            }
            if !status.isGood { throw ExitCode(ExitStatus.attention.rawValue) }
        }
    }

    private func output(_ status: WorkspaceStatus) -> Output {
        Output(
            good: status.isGood,
            nights: status.nights.map { night in
                Output.Night(
                    night: "\(night.night)", state: night.state,
                    totals: Dictionary(
                        uniqueKeysWithValues: night.totals.map { ($0.name, $0.value) }))
            },
            late: status.late.map(\.description), lastRun: status.lastRun?.outcome,
            lastRunMessage: status.lastRun?.message,
            refusedFiles: status.refusedFiles.map { Output.File(path: $0.path, reason: $0.reason) },
            parked: Dictionary(uniqueKeysWithValues: status.parked.map { ($0.reason, $0.count) }))
    }

    private func show(_ status: WorkspaceStatus) {
        if status.nights.isEmpty { print("no night has run yet") }
        for night in status.nights {
            func total(_ name: String) -> Int64 {
                night.totals.first { $0.name == name }?.value ?? 0
            }
            print(
                "\(night.night)  \(night.state)  \(total("orders_accepted")) orders  "
                    + "\(total("points_accrued")) points  \(total("lines_rejected")) lines rejected"
            )
        }
        if let first = status.late.first {
            print("late: \(status.late.count) nights since \(first); run: nightjar run")
        }
        if let run = status.lastRun, run.outcome != "done" {
            print("the last run: \(run.outcome)" + (run.message.map { ": \($0)" } ?? ""))
        }
        for file in status.refusedFiles {
            print("refused: \(file.path): \(file.reason); see quarantine/")
        }
        for (reason, count) in status.parked { print("parked: \(reason) \(count)") }
        print(status.isGood ? "all is well" : "something needs a person")
    }
}
