internal import ArgumentParser
internal import Ledger
internal import Loyalty
internal import Runner

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say why a card has its points: lot by lot, and posting by posting.",
        discussion: """
            Each posting comes with the file and line that made it, the rule and its arithmetic. Exits 65 \
            where nobody has the card.

            Example: nightjar explain 2900000000001 --date 2026-11-20
            Example: pbpaste | nightjar explain -
            """)

    @Argument(help: "The card; - reads it from standard input.")
    var card: String

    @Option(help: "As of the night of this day; otherwise of the last one (yyyy-MM-dd).")
    var date: CivilDate?

    @OptionGroup var options: Options

    private struct Output: Encodable {
        struct Holding: Encodable {
            var account: String
            var available: Int64
            var pending: Int64
            var debt: Int64
            var nextExpiresOn: String?
            var nextExpiringPoints: Int64
        }
        struct Lot: Encodable {
            var account: String
            var system: String
            var lot: String
            var points: Int64
            var remaining: Int64
            var activeOn: String
            var expiresOn: String?
        }
        struct Line: Encodable {
            var night: String
            var date: String
            var account: String
            var kind: String
            var points: Int64
            var system: String
            var source: String
            var lot: String?
            var file: String?
            var line: Int64?
            var rule: String
        }

        var day: String
        var cards: [String]
        var memberId: String?
        var status: String
        var tier: String
        var tierSince: String?
        var balances: [Holding]
        var lots: [Lot]
        var postings: [Line]
    }

    func run() throws {
        try options.perform {
            let asked = try Options.asked(card, "card")
            let workspace = try Workspace(folder: options.folder)
            let explanation = try workspace.explain(asked, on: date)
            if options.json { try printJSON(output(explanation)) } else { show(explanation) }
        }
    }

    private func show(_ found: CardExplanation) {
        let member = found.memberID.map { ", member \($0)" } ?? ""
        let since = found.tierSince.map { " since \($0)" } ?? ""
        let tier = found.tier.isEmpty ? "" : ", \(found.tier)\(since)"
        print("card \(found.cards.joined(separator: ", "))\(member), \(found.status)\(tier)")
        print("as of the night of \(found.day)")
        for (account, balance) in found.balances {
            print("\n\(account): \(sentence(balance))")
            for lot in found.lots where lot.account == account { print("  " + sentence(lot)) }
        }
        print("")
        for line in found.lines { print(sentence(line)) }
        if found.lines.isEmpty { print("nothing was ever posted") }
    }

    private func sentence(_ balance: Balance) -> String {
        let next =
            balance.nextExpiringPoints == 0
            ? "" : "; \(balance.nextExpiringPoints) expire with \(balance.nextExpiresOn)"
        return "\(balance.available) available, \(balance.pending) pending, \(balance.debt) owed"
            + next
    }

    private func sentence(_ lot: CardExplanation.OpenLot) -> String {
        "lot \(named(lot.system, lot.id)): \(lot.remaining) of \(lot.points) left, active from "
            + "\(lot.activeOn), last day \(lot.expiresOn == Lot.never ? "never" : "\(lot.expiresOn)")"
    }

    private func sentence(_ line: CardExplanation.Line) -> String {
        let points = line.points > 0 ? "+\(line.points)" : "\(line.points)"
        let lot = line.lot.isEmpty || line.lot == line.source ? "" : ", lot \(line.lot)"
        let place = line.file.map { " [\($0):\(line.fileLine)]" } ?? ""
        return "\(line.night)  \(line.account)  \(line.kind.name)  \(points)  "
            + "\(named(line.system, line.source))\(lot): \(line.rule)\(place)"
    }

    private func named(_ system: String, _ id: String) -> String {
        system.isEmpty ? id : "\(system)/\(id)"
    }

    private func output(_ found: CardExplanation) -> Output {
        Output(
            day: "\(found.day)", cards: found.cards, memberId: found.memberID, status: found.status,
            tier: found.tier, tierSince: found.tierSince?.description,
            balances: found.balances.map { account, balance in
                Output.Holding(
                    account: "\(account)", available: balance.available, pending: balance.pending,
                    debt: balance.debt, nextExpiresOn: day(balance.nextExpiresOn),
                    nextExpiringPoints: balance.nextExpiringPoints)
            },
            lots: found.lots.map {
                Output.Lot(
                    account: "\($0.account)", system: $0.system, lot: $0.id, points: $0.points,
                    remaining: $0.remaining, activeOn: "\($0.activeOn)",
                    expiresOn: day($0.expiresOn))
            },
            postings: found.lines.map {
                Output.Line(
                    night: "\($0.night)", date: "\($0.date)", account: "\($0.account)",
                    kind: $0.kind.name, points: $0.points, system: $0.system, source: $0.source,
                    lot: $0.lot.isEmpty ? nil : $0.lot, file: $0.file,
                    line: $0.file == nil ? nil : $0.fileLine, rule: $0.rule)
            })
    }

    private func day(_ date: CivilDate) -> String? { date == Lot.never ? nil : "\(date)" }
}
