internal import ArgumentParser
internal import Foundation

struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page, made from the help of every command.",
        discussion: "Example: nightjar manual > /usr/share/man/man1/nightjar.1")

    func run() throws {
        let help = try JSONDecoder().decode(ToolHelp.self, from: Data(Nightjar._dumpHelp().utf8))
        print(ManualPage(help.command).text, terminator: "")
    }
}

/// The help of a program as ArgumentParser tells it, as far as a manual page needs it.
struct ToolHelp: Decodable {
    struct Name: Decodable {
        var kind: String
        var name: String

        var text: String { (kind == "long" ? "--" : "-") + name }
    }

    struct Argument: Decodable {
        var kind: String
        var shouldDisplay: Bool
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var abstract: String?
    }

    struct Command: Decodable {
        var commandName: String
        var shouldDisplay: Bool
        var abstract: String?
        var discussion: String?
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    var command: Command
}

/// A program's help as a page for man(1).
struct ManualPage {
    private(set) var text: String

    init(_ program: ToolHelp.Command) {
        let name = program.commandName
        text = """
            .TH \(name.uppercased()) 1
            .SH NAME
            \(name) \\- \(ManualPage.escaped(program.abstract ?? ""))
            .SH SYNOPSIS
            .B \(name)
            .I command
            .RI [ options ]
            .SH DESCRIPTION
            \(ManualPage.paragraphs(program.discussion ?? ""))
            .SH COMMANDS

            """
        for command in program.subcommands ?? [] where command.commandName != "help" {
            add(command, "")
        }
    }

    private mutating func add(_ command: ToolHelp.Command, _ above: String) {
        guard command.shouldDisplay else { return }
        let name = above + command.commandName
        let subcommands = (command.subcommands ?? []).filter { $0.commandName != "help" }
        guard subcommands.isEmpty else {
            for subcommand in subcommands { add(subcommand, name + " ") }
            return
        }
        let arguments = (command.arguments ?? []).filter(\.shouldDisplay)
        let usage = arguments.filter { $0.kind == "positional" }.map { argument in
            let value = "<\(argument.valueName ?? "")>" + (argument.isRepeating ? "..." : "")
            return argument.isOptional ? "[\(value)]" : value
        }
        text += ".SS \"" + ManualPage.escaped(([name] + usage).joined(separator: " ")) + "\"\n"
        text += ManualPage.escaped(command.abstract ?? "") + "\n"
        if let discussion = command.discussion {
            text += ".PP\n" + ManualPage.paragraphs(discussion) + "\n"
        }
        for argument in arguments { add(argument) }
    }

    private mutating func add(_ argument: ToolHelp.Argument) {
        let names = (argument.names ?? []).map(\.text).joined(separator: ", ")
        let value = argument.valueName.map { "<\($0)>" } ?? ""
        let term =
            switch argument.kind {
            case "positional": value
            case "flag": names
            default: names + " " + value
            }
        let byDefault = argument.defaultValue.map { " (default: \($0))" } ?? ""
        text += ".TP\n.B \(ManualPage.escaped(term))\n"
        text += ManualPage.escaped((argument.abstract ?? "") + byDefault) + "\n"
    }

    /// Text with blank lines between its paragraphs; an example has a line of its own.
    private static func paragraphs(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.isEmpty { return ".PP" }
            return (line.hasPrefix("Example: ") ? ".br\n" : "") + escaped(String(line))
        }.joined(separator: "\n")
    }

    /// Text in which roff sees no request of its own.
    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
