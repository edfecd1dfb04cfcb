public import ArgumentParser

/// The command line.
public struct Nightjar: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "nightjar",
        abstract: "Closes a retailer's loyalty day: order files in, points posted, reports out.",
        discussion: """
            Exit codes: 0 good; 1 (status) something needs a person; 64 usage; 65 data was refused; \
            70 the night's totals don't agree; 75 try again later; 78 configuration.
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, RunCommand.self, DeliverCommand.self, CheckCommand.self,
            StatusCommand.self,
            ScheduleCommand.self, ConfigCommand.self, CompletionCommand.self, ManualCommand.self,
            ExplainCommand.self, CodeCommand.self, CodesCommand.self, VerifyCommand.self,
            ForgetCommand.self,
        ])

    public init() {}
}
