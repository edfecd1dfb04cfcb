internal import ArgumentParser
internal import Delivery
internal import Foundation
internal import Intake
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
            var seconds: Int?
            var totals: [String: Int64]
        }
        struct Run: Encodable {
            var startedAt: String
            var endedAt: String?
            var outcome: String
            var message: String?
        }
        struct File: Encodable {
            var path: String
            var reason: String
            var night: String
        }
        struct Parked: Encodable {
            var records: String
            var reason: String
            var count: Int64
            var oldest: String
        }
        struct LowStock: Encodable {
            var reward: String
            var available: Int64
            var threshold: Int64
            var action: String
            var daysLeft: Int64?
        }
        struct Outgoing: Encodable {
            var endpoint: String
            var waiting: Int64
            var oldest: String?
            var sending: Int64
            var refused: Int64
            var givenUp: Int64
            var refusal: String?
            var closedUntil: String?
            var trouble: String?
            var troubleAt: String?
        }
        struct Awaited: Encodable {
            var night: String
            var job: String
            var system: String
            var pattern: String
            var by: String
        }

        var good: Bool
        var nights: [Night]
        var due: [String]
        var late: [String]
        var lastRun: Run?
        var refusedFiles: [File]
        var exceptions: [String: Int64]
        var parked: [Parked]
        var lowStock: [LowStock]
        var outbox: [Outgoing]
        var strangers: [String]
        var unfinished: [String]
        var awaited: [Awaited]
    }

    func run() throws {
        try options.perform {
            let workspace = try Workspace(folder: options.folder)
            let status = try WorkspaceStatus(workspace, now: now())
            if options.json {
                try printJSON(output(status))
            } else {
                show(status, workspace)
            }
            if !status.isGood { throw ExitCode(ExitStatus.attention.rawValue) }
        }
    }

    /// Where a refused file lies: what is no file is never moved.
    private func place(of file: WorkspaceStatus.RefusedFile) -> String {
        file.reason == "not_a_file"
            ? "it is still in the inbox"
            : "it lies in quarantine/\(file.night)/ until somebody takes it away"
    }

    private func output(_ status: WorkspaceStatus) -> Output {
        Output(
            good: status.isGood,
            nights: status.nights.map { night in
                Output.Night(
                    night: "\(night.night)", state: night.state, seconds: night.seconds,
                    totals: Dictionary(
                        uniqueKeysWithValues: night.totals.map { ($0.name, $0.value) }))
            },
            due: status.due.map(\.description), late: status.late.map(\.description),
            lastRun: status.lastRun.map { run in
                Output.Run(
                    startedAt: time(run.startedAt), endedAt: run.endedAt.map(time),
                    outcome: run.outcome, message: run.message)
            },
            refusedFiles: status.refusedFiles.map {
                Output.File(path: $0.path, reason: $0.reason, night: "\($0.night)")
            },
            exceptions: Dictionary(
                uniqueKeysWithValues: status.exceptions.map { ($0.kind, $0.count) }),
            parked: status.parked.map {
                Output.Parked(
                    records: $0.records.rawValue, reason: $0.reason, count: $0.count,
                    oldest: "\($0.oldest)")
            },
            lowStock: status.lowStock.map {
                Output.LowStock(
                    reward: $0.reward, available: $0.available, threshold: $0.threshold,
                    action: $0.action, daysLeft: $0.daysLeft)
            },
            outbox: status.outbox.map(\.summary).map {
                Output.Outgoing(
                    endpoint: $0.endpoint, waiting: $0.waiting,
                    oldest: $0.oldest.map { "\($0)" }, sending: $0.sending, refused: $0.refused,
                    givenUp: $0.givenUp, refusal: $0.refusal,
                    closedUntil: $0.closedUntil.map(isoTime), trouble: $0.trouble,
                    troubleAt: $0.troubleAt.map(isoTime))
            },
            strangers: status.strangers, unfinished: status.unfinished,
            awaited: status.awaited.map {
                Output.Awaited(
                    night: "\($0.night)", job: $0.job, system: $0.system, pattern: $0.pattern,
                    by: time($0.by))
            })
    }

    private func time(_ seconds: Int) -> String {
        Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
    }

    private func show(_ status: WorkspaceStatus, _ workspace: Workspace) {
        if status.nights.isEmpty { print("no night has run yet") }
        for night in status.nights {
            func total(_ name: String) -> Int64 {
                night.totals.first { $0.name == name }?.value ?? 0
            }
            print(
                "\(night.night)  \(night.state)  \(total("orders_accepted")) orders  "
                    + "\(total("points_accrued")) points  \(total("lines_rejected")) lines rejected"
                    + (night.seconds.map { "  \($0) s" } ?? ""))
        }
        if let first = status.late.first {
            print("late: \(status.late.count) nights since \(first); run: nightjar run")
        }
        if status.late.count < status.due.count, let night = status.due.last {
            print("due: the night of \(night); \(workspace.nightText)")
        }
        if let run = status.lastRun, run.outcome != "done" {
            print("the last run: \(run.outcome)" + (run.message.map { ": \($0)" } ?? ""))
        }
        for file in status.awaited { print("awaited: \(file.sentence)") }
        for file in status.refusedFiles {
            print("refused: \(file.path): \(file.reason); \(place(of: file))")
        }
        for (kind, count) in status.exceptions { print("exceptions: \(kind) \(count)") }
        for lines in status.parked {
            let kind = lines.records == .orders ? "" : "\(lines.records.rawValue) "
            print("parked: \(kind)\(lines.reason) \(lines.count), the first since \(lines.oldest)")
        }
        for stock in status.lowStock {
            let days = stock.daysLeft.map { ", for \($0) days" } ?? ""
            print(
                "low stock: \(stock.reward): \(stock.available) codes of \(stock.threshold)\(days); "
                    + stock.action)
        }
        for endpoint in status.outbox { show(endpoint) }
        for path in status.strangers.prefix(10) { print("inbox: \(path): no job takes it") }
        for path in status.unfinished.prefix(10) { print("inbox: \(path): not finished yet") }
        for (what, files) in [
            ("that no job takes", status.strangers), ("not finished yet", status.unfinished),
        ] where files.count > 10 {
            print("inbox: \(files.count - 10) more files \(what)")
        }
        print(status.isGood ? "all is well" : "something needs a person")
    }

    private func show(_ outgoing: WorkspaceStatus.Outgoing) {
        let summary = outgoing.summary
        if let oldest = summary.oldest {
            let unknown = outgoing.isKnown ? "" : "; no endpoint has that name"
            print(
                "outbox: \(summary.endpoint) \(summary.waiting), the first since \(oldest)\(unknown)"
            )
        }
        let lost = [(summary.refused, "refused"), (summary.givenUp, "given up")]
            .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        if !lost.isEmpty {
            let why = summary.refusal.map { ": \($0)" } ?? ""
            print("outbox: \(summary.endpoint) \(lost.joined(separator: ", "))\(why)")
        }
        if let trouble = summary.trouble {
            let until = summary.closedUntil.map { "left alone until \(isoTime($0)): " } ?? ""
            print("outbox: \(summary.endpoint): \(until)\(trouble)")
        }
    }
}
