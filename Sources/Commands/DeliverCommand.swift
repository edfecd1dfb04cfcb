internal import ArgumentParser
internal import Delivery
internal import Foundation
internal import Runner

struct DeliverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver",
        abstract: "Send what waits in the outbox to its endpoints.",
        discussion: """
            Goes on as long as something is due within a minute, then ends and says what waits: 75 where \
            something does, 65 where something was refused or given up. It may run beside a night, and is \
            safe to kill: what may have arrived is repeated under the same key.

            Example: nightjar deliver --workspace /srv/loyalty
            Example: nightjar deliver crm --retry
            """)

    @Argument(help: "Endpoints; none is all.")
    var endpoints: [String] = []

    @Flag(help: "Wait for no time, and take up what was refused or given up.")
    var retry = false

    @OptionGroup var options: Options

    func run() throws {
        try options.perform {
            let bar = ProgressBar(isQuiet: options.quiet || options.json)
            defer { bar.clear() }
            let workspace = try Workspace(folder: options.folder)
            let outcome = try WorkspaceDelivery(
                workspace, means: .system, observer: .commands(bar, options)
            ).run(endpoints, isRetry: retry)
            bar.clear()
            if options.json {
                try printJSON(DeliveryOutput(outcome))
            } else if !options.quiet {
                DeliveryOutput.show(outcome)
            }
            try outcome.exit()
        }
    }
}

/// A delivery as JSON.
struct DeliveryOutput: Encodable {
    struct Endpoint: Encodable {
        var endpoint: String
        var acknowledged: Int
        var superseded: Int
        var refused: Int
        var givenUp: Int
        var waiting: Int64
        var closedUntil: String?
        var trouble: String?
    }

    var good: Bool
    var endpoints: [Endpoint]

    init(_ outcome: DeliveryOutcome) {
        good = outcome.isAllSent && !outcome.hasRefusals
        var left = outcome.waiting
        endpoints = outcome.results.map { result in
            let at = left.firstIndex { $0.endpoint == result.endpoint }
            let summary = at.map { left.remove(at: $0) }
            return Endpoint(
                endpoint: result.endpoint, acknowledged: result.acknowledged,
                superseded: result.superseded, refused: result.refused, givenUp: result.givenUp,
                waiting: summary?.waiting ?? 0, closedUntil: result.closedUntil.map(isoTime),
                trouble: result.trouble ?? summary?.trouble)
        }
        // Endpoints that the settings don't know any more.
        endpoints += left.map { summary in
            Endpoint(
                endpoint: summary.endpoint, acknowledged: 0, superseded: 0, refused: 0, givenUp: 0,
                waiting: summary.waiting, closedUntil: nil, trouble: nil)
        }
    }

    /// A line an endpoint.
    static func show(_ outcome: DeliveryOutcome) {
        if outcome.results.isEmpty { print("no endpoint is configured") }
        for endpoint in DeliveryOutput(outcome).endpoints {
            var parts = ["\(endpoint.acknowledged) acknowledged"]
            for (count, word) in [
                (endpoint.superseded, "superseded"), (endpoint.refused, "refused"),
                (endpoint.givenUp, "given up"), (Int(endpoint.waiting), "waiting"),
            ] where count > 0 {
                parts.append("\(count) \(word)")
            }
            print("\(endpoint.endpoint): \(parts.joined(separator: ", "))")
        }
    }
}

extension DeliveryOutcome {
    /// Ends a command as what became of the delivery says; what waits outranks what was refused.
    func exit() throws {
        if !isAllSent { throw ExitCode(ExitStatus.tryAgain.rawValue) }
        if hasRefusals { throw ExitCode(ExitStatus.data.rawValue) }
    }
}

extension DeliveryMeans {
    /// The machine's.
    static var system: DeliveryMeans {
        DeliveryMeans(
            environment: Commands.environment,
            random: SystemRandomNumberGenerator(), clock: now)
    }
}

extension RunObserver {
    /// Writes messages and draws a bar, as the options of a command say.
    static func commands(_ bar: ProgressBar, _ options: Options) -> RunObserver {
        RunObserver { message in
            bar.clear()
            options.log.write(message)
        } progress: { what, done, total in
            bar.show(what, done, total)
        }
    }
}

/// A moment as JSON has it.
func isoTime(_ seconds: Int) -> String {
    Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
}
