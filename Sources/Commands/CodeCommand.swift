internal import ArgumentParser
internal import Codes
internal import Loyalty
internal import Runner

struct CodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "code",
        abstract: "Say where a code came from and all that happened to it.",
        discussion: """
            Shows its reward, who has it, every transition with the file and line behind it, and the burns \
            that were reported. Codes are money: only their last four characters are shown unless you ask \
            for --full. Exits 65 where no file named the code.

            Example: nightjar code SUMMER25-7F3K
            Example: pbpaste | nightjar code - --full
            """)

    @Argument(help: "The code; - reads it from standard input.")
    var code: String

    @Flag(help: "Show the code whole.")
    var full = false

    @OptionGroup var options: Options

    private struct Output: Encodable {
        struct Transition: Encodable {
            var night: String
            var at: String
            var from: String
            var to: String
            var reason: String
            var system: String?
            var source: String?
            var cardCode: String?
            var file: String?
            var line: Int64?
        }
        struct Holding: Encodable {
            var owner: String
            var rewardId: String
            var state: String
            var cardCode: String?
            var validFrom: String?
            var expiresOn: String?
            var points: Int64?
            var addedOn: String
            var cameAs: String
            var file: String?
            var line: Int64?
            var transitions: [Transition]
        }
        struct Burn: Encodable {
            var night: String
            var system: String
            var burnId: String
            var kind: String
            var burnedAt: String
            var storeId: String?
            var cardCode: String?
            var receipt: String?
            var discountMinor: Int64?
            var outcome: String
            var detail: String?
            var file: String?
            var line: Int64?
        }

        var code: String
        var codes: [Holding]
        var burns: [Burn]
    }

    func run() throws {
        try options.perform {
            let asked = try Options.asked(code, "code")
            let found = try Workspace(folder: options.folder).explain(code: asked)
            let name = full ? asked : CodeCommand.masked(asked)
            if options.json { try printJSON(output(name, found)) } else { show(name, found) }
        }
    }

    private static func masked(_ code: String) -> String {
        code.count >= 8 ? "****" + code.suffix(4) : "****"
    }

    private static func time(_ at: LocalSeconds) -> String {
        guard at > 0 else { return "before it came here" }
        let day = CivilDate(local: at)
        let second = at - day.midnight
        func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
        return "\(day) \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))"
    }

    // MARK: Text

    private func show(_ name: String, _ found: CodeExplanation) {
        for holding in found.holdings {
            print("code \(name) of \(holding.owner), reward \(holding.reward)")
            print("  \(sentence(holding))")
            let place = holding.place.map { " from \($0.path):\($0.line)" } ?? ", made by Nightjar"
            print("  came with the night of \(holding.addedOn)\(place), \(holding.stateAdded.name)")
            for transition in holding.transitions { print("  " + sentence(transition)) }
        }
        if found.holdings.isEmpty { print("code \(name): no file of codes named it") }
        for report in found.reports { print("  " + sentence(report)) }
    }

    private func sentence(_ holding: CodeExplanation.Holding) -> String {
        var parts = [holding.state.name]
        if !holding.card.isEmpty { parts[0] += ", card \(holding.card)" }
        if let day = holding.validFrom { parts.append("good from \(day)") }
        parts.append(
            holding.lastDay == Lot.never ? "without a last day" : "last day \(holding.lastDay)")
        if let points = holding.points { parts.append("\(points) points") }
        return parts.joined(separator: ", ")
    }

    private func sentence(_ step: CodeExplanation.Transition) -> String {
        let change =
            step.before == step.after
            ? step.after.name : "\(step.before.name) → \(step.after.name)"
        return ["\(step.night)  \(CodeCommand.time(step.at))  \(change)  \(step.reason)"]
            .appending(step.source.isEmpty ? nil : "by \(step.source)")
            .appending(step.system.isEmpty ? nil : "in \(step.system)")
            .appending(step.card.isEmpty ? nil : "card \(step.card)")
            .joined(separator: ", ") + place(step.place)
    }

    private func sentence(_ report: CodeExplanation.Report) -> String {
        let kind = report.isReversal ? "reversal" : "burn"
        return [
            "\(report.night)  \(CodeCommand.time(report.burnedAt))  \(kind) \(report.id)  "
                + report.outcome
        ]
        .appending(report.system.isEmpty ? nil : "in \(report.system)")
        .appending(report.store.isEmpty ? nil : "store \(report.store)")
        .appending(report.card.isEmpty ? nil : "card \(report.card)")
        .appending(report.receipt.isEmpty ? nil : "receipt \(report.receipt)")
        .appending(report.detail.isEmpty ? nil : report.detail)
        .joined(separator: ", ") + place(report.place)
    }

    private func place(_ place: CodeExplanation.Place?) -> String {
        place.map { " [\($0.path):\($0.line)]" } ?? ""
    }

    // MARK: JSON

    private func output(_ name: String, _ found: CodeExplanation) -> Output {
        Output(
            code: name,
            codes: found.holdings.map { holding in
                Output.Holding(
                    owner: holding.owner, rewardId: holding.reward, state: holding.state.name,
                    cardCode: holding.card.unlessEmpty,
                    validFrom: holding.validFrom?.description,
                    expiresOn: holding.lastDay == Lot.never ? nil : "\(holding.lastDay)",
                    points: holding.points, addedOn: "\(holding.addedOn)",
                    cameAs: holding.stateAdded.name, file: holding.place?.path,
                    line: holding.place?.line, transitions: holding.transitions.map(output))
            },
            burns: found.reports.map { report in
                Output.Burn(
                    night: "\(report.night)", system: report.system, burnId: report.id,
                    kind: report.isReversal ? "reverse" : "burn",
                    burnedAt: CodeCommand.time(report.burnedAt), storeId: report.store.unlessEmpty,
                    cardCode: report.card.unlessEmpty, receipt: report.receipt.unlessEmpty,
                    discountMinor: report.discount, outcome: report.outcome,
                    detail: report.detail.unlessEmpty, file: report.place?.path,
                    line: report.place?.line)
            })
    }

    private func output(_ step: CodeExplanation.Transition) -> Output.Transition {
        Output.Transition(
            night: "\(step.night)", at: CodeCommand.time(step.at), from: step.before.name,
            to: step.after.name, reason: step.reason, system: step.system.unlessEmpty,
            source: step.source.unlessEmpty, cardCode: step.card.unlessEmpty,
            file: step.place?.path, line: step.place?.line)
    }
}

extension String {
    fileprivate var unlessEmpty: String? { isEmpty ? nil : self }
}

extension [String] {
    fileprivate func appending(_ more: String?) -> [String] { more.map { self + [$0] } ?? self }
}
