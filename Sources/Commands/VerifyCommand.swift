internal import ArgumentParser
internal import Ledger
internal import Loyalty
internal import Runner

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the ledger's invariants and the store's integrity; changes nothing.",
        discussion: """
            Replays every posting and holds lots, debts, balances, totals, orders and the night chain \
            against it. Exits 70 where anything is wrong, and names the first thing that is.

            Example: nightjar verify --workspace /srv/loyalty
            """)

    @Option(help: ArgumentHelp("List so many findings of each invariant.", valueName: "count"))
    var limit = 10

    @OptionGroup var options: Options

    private struct Output: Encodable {
        struct Check: Encodable {
            var invariant: String
            var sentence: String
            var found: Int
            var findings: [Item]
        }
        struct Item: Encodable {
            var night: String?
            var card: String?
            var text: String
        }

        var good: Bool
        var first: String?
        var checks: [Check]
    }

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit counts from 1") }
    }

    func run() throws {
        try options.perform {
            let bar = ProgressBar(isQuiet: options.quiet || options.json)
            defer { bar.clear() }
            let workspace = try Workspace(folder: options.folder)
            let audit = try StoreAudit(workspace, limit: limit) { bar.show($0, $1, $2) }
            bar.clear()
            if options.json { try printJSON(output(audit)) } else { show(audit) }
            if let first = audit.findings.first {
                printError("nightjar: the first thing that is wrong: \(sentence(first))")
                throw ExitCode(ExitStatus.internalError.rawValue)
            }
        }
    }

    /// Which night and whose card, and what is wrong.
    private func sentence(_ finding: Finding) -> String {
        let night = finding.night.map { "night of \($0): " } ?? ""
        let card = finding.card.map { "card \($0): " } ?? ""
        return night + card + finding.text
    }

    private func show(_ audit: StoreAudit) {
        for invariant in Invariant.allCases {
            let found = audit.counts[invariant, default: 0]
            // What stands behind a damaged file was not looked at.
            if found == 0, audit.counts[.file, default: 0] > 0 { continue }
            if found == 0, options.quiet { continue }
            print("\(found == 0 ? "good" : "WRONG")  \(invariant.sentence)")
            let listed = audit.findings.filter { $0.invariant == invariant }
            for finding in listed { print("       \(sentence(finding))") }
            if found > listed.count { print("       and \(found - listed.count) more") }
        }
    }

    private func output(_ audit: StoreAudit) -> Output {
        Output(
            good: audit.findings.isEmpty, first: audit.findings.first.map(sentence),
            checks: Invariant.allCases.map { invariant in
                Output.Check(
                    invariant: invariant.rawValue, sentence: invariant.sentence,
                    found: audit.counts[invariant, default: 0],
                    findings: audit.findings.filter { $0.invariant == invariant }.map {
                        Output.Item(night: $0.night?.description, card: $0.card, text: $0.text)
                    })
            })
    }
}
