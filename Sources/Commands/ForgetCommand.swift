internal import ArgumentParser
internal import Foundation
internal import Ledger
internal import Loyalty
internal import Runner

struct ForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Erase a person for ever, and keep the sums.",
        discussion: """
            Takes away all his cards and all that members files said of him; the lines of archived, refused \
            and reported files that name a card of his; his cards in codes, burns, claims and messages. What \
            he was given and took stays in the ledger under a token, so that every sum agrees. His points \
            can't be spent any more, and expire as usual. It can't be undone: say --yes, or answer on a \
            terminal. Exits 65 where nobody has the card.

            Example: nightjar forget 2900041368726
            Example: pbpaste | nightjar forget - --yes
            """)

    @Argument(help: "The card, any of his; - reads it from standard input.")
    var card: String

    @Flag(help: "Don't ask.")
    var yes = false

    @OptionGroup var options: Options

    private struct Output: Encodable {
        struct Account: Encodable {
            var account: String
            var points: Points
            var debt: Points
        }
        struct File: Encodable {
            var file: String
            var lines: Int
        }
        struct Unread: Encodable {
            var file: String
            var reason: String
        }

        var finished: Bool
        var cards: Int
        var standIn: String?
        var left: [Account]
        var files: [File]
        var unread: [Unread]
        var waiting: [File]
        var messages: Int
    }

    func run() throws {
        try options.perform {
            let asked = try Options.asked(card, "card")
            let forgetting = Forgetting(try Workspace(folder: options.folder), card: asked)
            let person = try forgetting.person()
            if let person, !yes { try confirm(person) }
            let outcome = try forgetting.run(now: now())
            for file in outcome.unread {
                options.log.write(
                    RunMessage(
                        .warning,
                        "\(file.path): can't be searched: \(file.reason); remove it if it may name him",
                        file: file.path))
            }
            for file in outcome.waiting {
                options.log.write(
                    RunMessage(
                        .warning,
                        "\(file.path): \(file.lines) lines name him; what lies in the inbox is its sender's and is "
                            + "left alone: take them out there, or the next nights take them as of an unknown card",
                        file: file.path))
            }
            if options.json {
                try printJSON(output(person, outcome))
            } else {
                show(person, outcome)
            }
        }
    }

    /// Asks on a terminal; without one nobody can answer.
    private func confirm(_ person: MemberErasure.Person) throws {
        guard card != "-", isatty(STDIN_FILENO) == 1 else {
            throw RunnerError.usage("\(sentence(person)). It can't be undone: say --yes")
        }
        print("\(sentence(person)). It can't be undone. Type yes to forget him: ", terminator: "")
        fflush(nil)
        guard readLine(strippingNewline: true) == "yes" else {
            throw RunnerError.usage("nothing was changed")
        }
    }

    private func sentence(_ person: MemberErasure.Person) -> String {
        let cards = person.cards.count == 1 ? "1 card" : "\(person.cards.count) cards"
        guard !person.members.isEmpty else { return "nobody has the card, and records name it" }
        let left = person.points.map { left in
            var text = "\(left.points) \(left.account) points"
            if left.debt > 0 { text += ", \(left.debt) owed" }
            return text
        }
        guard !left.isEmpty else { return "a member with \(cards) and no points" }
        return
            "a member with \(cards) and \(left.joined(separator: ", ")): nobody can spend them any more, "
            + "and they expire as usual"
    }

    private func show(_ person: MemberErasure.Person?, _ outcome: Forgetting.Outcome) {
        guard let person else {
            print(
                "what an earlier forgetting had left in the store's file is gone; nobody has the card"
            )
            return
        }
        print("forgotten: \(sentence(person))")
        for file in outcome.erased { print("  \(file.path): \(file.lines) lines taken out") }
        if outcome.messages > 0 {
            print("  \(outcome.messages) messages that are still to be sent name nobody any more")
        }
        guard !person.members.isEmpty else { return }
        print("  in the ledger and the reports of the last night he is \(person.standIn)")
    }

    private func output(_ person: MemberErasure.Person?, _ outcome: Forgetting.Outcome) -> Output {
        Output(
            finished: outcome.isOnlyFinished, cards: person?.cards.count ?? 0,
            standIn: person.flatMap { $0.members.isEmpty ? nil : $0.standIn },
            left: (person?.points ?? []).map {
                Output.Account(account: "\($0.account)", points: $0.points, debt: $0.debt)
            },
            files: outcome.erased.map { Output.File(file: $0.path, lines: $0.lines) },
            unread: outcome.unread.map { Output.Unread(file: $0.path, reason: $0.reason) },
            waiting: outcome.waiting.map { Output.File(file: $0.path, lines: $0.lines) },
            messages: outcome.messages)
    }
}
