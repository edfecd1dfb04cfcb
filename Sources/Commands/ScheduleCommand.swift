internal import ArgumentParser
internal import Foundation
internal import Runner

struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract:
            "Print what starts the nights, and jobs with a schedule: crontab lines, or systemd timers.",
        discussion: """
            Every ten minutes in the hours of program.yaml's key night. Cron runs by the server's \
            clock (the variable TZ says another one); a systemd timer by the program's.

            Example: nightjar schedule --workspace /srv/loyalty | crontab -
            Example: nightjar schedule --format systemd
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument { case cron, systemd }

    @Option(help: "What is to start the nights: cron or systemd.")
    var format = Format.cron

    @OptionGroup var options: Options

    private struct Output: Encodable {
        var format: String
        var text: String
    }

    func run() throws {
        try options.perform {
            let workspace = try Workspace(folder: options.folder)
            let schedule = Schedule(
                workspace, program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path,
                folder: URL(filePath: options.folder).standardizedFileURL.path)
            let text =
                switch format {
                case .cron:
                    schedule.cron(serverZone: TimeZone.current.identifier, now: now())
                case .systemd: schedule.systemd()
                }
            if options.json {
                try printJSON(Output(format: format.rawValue, text: text))
            } else {
                print(text, terminator: "")
            }
        }
    }
}
