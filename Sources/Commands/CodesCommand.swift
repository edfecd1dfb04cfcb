internal import ArgumentParser

struct CodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes",
        abstract: "Bring codes in, and take away those that nobody has.",
        subcommands: [CodesImportCommand.self, CodesDeleteCommand.self])
}
