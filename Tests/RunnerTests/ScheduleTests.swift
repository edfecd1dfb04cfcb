import Foundation
import Runner
import TestSupport
import Testing

/// What starts the nights.
@Suite struct ScheduleTests {
    private func schedule(
        _ night: String = "", zone: String = "Europe/Paris", folder: String = "/srv/loyalty"
    ) throws -> Schedule {
        let nights = try Nights([
            (
                "program.yaml",
                """
                version: 1
                program: p
                timezone: \(zone)
                currency: EUR
                opens_on: 2026-11-16
                \(night)

                """
            )
        ])
        return Schedule(
            try Workspace(folder: nights.folder.path), program: "/usr/bin/nightjar", folder: folder)
    }

    /// The only line that is no comment.
    private func line(
        _ night: String = "", zone: String = "Europe/Paris", server: String,
        folder: String = "/srv/loyalty"
    ) throws -> String {
        let now = try #require(Time("2026-11-16T12:00", zone: "UTC")).instant
        let text = try schedule(night, zone: zone, folder: folder).cron(
            serverZone: server, now: now)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 1)
        return String(lines.first ?? "")
    }

    private static let command =
        " * * * /usr/bin/nightjar run --scheduled --quiet --workspace /srv/loyalty"

    @Test func `every ten minutes from starts to until`() throws {
        #expect(try line(server: "Europe/Paris") == "*/10 2-7" + Self.command)
        #expect(
            try line("night: { starts: \"23:00\", until: \"23:30\" }", server: "Europe/Paris")
                == "*/10 23" + Self.command)
    }

    @Test func `in the server's hours, the widest over the year`() throws {
        // Paris is one hour ahead of UTC in winter, two in summer.
        #expect(try line(server: "UTC") == "*/10 0-6" + Self.command)
        // Five or six hours behind, since both change their clocks on days of their own; over midnight.
        #expect(try line(server: "America/New_York") == "*/10 0-2,20-23" + Self.command)
        // Half an hour off.
        #expect(try line(server: "Asia/Kolkata") == "*/10 6-11" + Self.command)
        #expect(
            try line(zone: "Pacific/Auckland", server: "UTC") == "*/10 13-19" + Self.command)
    }

    @Test func `a workspace's name is quoted for the shell and for cron`() throws {
        let line = try line(server: "Europe/Paris", folder: "/srv/5% d'or")
        #expect(line.hasSuffix(" --workspace '/srv/5\\% d'\\''or'"))
        #expect(
            try schedule(folder: "/srv/5% \"or\"").systemd()
                .contains(" --workspace \"/srv/5%% \\\"or\\\"\"\n"))
    }

    @Test func `a systemd timer runs by the program's clock, and systemd understands it`() throws {
        let text = try schedule(zone: "Pacific/Auckland").systemd()
        let calendar = "*-*-* 02..07:00/10:00 Pacific/Auckland"
        #expect(text.contains("OnCalendar=\(calendar)\n"))
        #expect(
            text.contains(
                "ExecStart=/usr/bin/nightjar run --scheduled --quiet --workspace /srv/loyalty\n"))
        let analyze = "/usr/bin/systemd-analyze"
        guard FileManager.default.isExecutableFile(atPath: analyze) else { return }
        let process = Process()
        process.executableURL = URL(filePath: analyze)
        process.arguments = ["calendar", calendar]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
