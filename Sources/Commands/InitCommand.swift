internal import ArgumentParser
internal import Foundation
internal import Loyalty
internal import Runner

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract:
            "Make a workspace: a commented program.yaml, the jobs that ship, an example drop.",
        discussion: "Example: nightjar init /srv/loyalty")

    @Argument(help: "The folder to make; it must be empty or new.")
    var directory: String

    @Flag(help: "Print the files that were made as JSON.")
    var json = false

    @OptionGroup var messages: MessageOptions

    func run() throws {
        try messages.perform {
            let made = try WorkspaceTemplate.write(to: directory)
            if json {
                try printJSON(made)
            } else {
                for path in made { print(path) }
                print(
                    "\nedit \(directory)/program.yaml, then: nightjar run --workspace \(directory)")
            }
        }
    }
}
