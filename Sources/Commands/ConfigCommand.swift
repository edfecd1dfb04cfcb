internal import ArgumentParser

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Judge program.yaml, Jobs and layouts.",
        subcommands: [ConfigCheckCommand.self])
}
