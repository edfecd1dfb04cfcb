internal import Foundation
internal import Loyalty

/// What starts the nights, and jobs outside them: lines for a crontab, or systemd timers with their services.
///
/// Cron knows only the server's zone. Where the program's is another, the window is what covers
/// `night.starts` to `night.until` at every offset between the two in the coming year; a run that comes
/// too early or finds nothing due ends at once.
package struct Schedule {
    private let window: ProgramFile.Window
    private let zone: String
    /// Of the program: the path of nightjar, then its arguments.
    private let command: [String]
    /// Jobs that have a time of their own.
    private let jobs: [(name: String, time: CronTime, command: [String])]

    /// - Parameters:
    ///   - program: the absolute path of nightjar.
    ///   - folder: the absolute path of the workspace.
    package init(_ workspace: Workspace, program: String, folder: String) {
        window = workspace.settings.program.night
        zone = workspace.program.timezone
        command = [program, "run", "--scheduled", "--quiet", "--workspace", folder]
        jobs = workspace.settings.jobs.compactMap { job in
            job.schedule.map { time in
                (job.name, time, [program, "run", job.name, "--quiet", "--workspace", folder])
            }
        }
    }

    // MARK: cron

    /// The line of a crontab, below comments that say how it was made.
    package func cron(serverZone: String, now: Int) -> String {
        let hours = Schedule.ranges(serverHours(serverZone, now))
        let name = Schedule.window(window)
        let conversion =
            serverZone == zone
            ? "cron's clock is taken to be that of \(zone) too"
            : "cron's clock is taken to be that of \(serverZone): the hours cover the window all year"
        return """
            # nightjar: the night of \(zone), \(name); \(conversion).
            # A run ends at once when nothing is due or what is expected has not come; it fails when
            # \(ProgramClock.text(minutes: window.untilMinutes)) is past and a night still waits.
            */10 \(hours) * * * \(command.map(Schedule.quotedForCron).joined(separator: " "))

            """ + jobs.map { cron($0.name, $0.time, $0.command, serverZone, now) }.joined()
    }

    private func cron(
        _ name: String, _ time: CronTime, _ command: [String], _ serverZone: String, _ now: Int
    ) -> String {
        let none: Set<Int> = [0]
        let (fields, isWider) = time.cron(serverZone == zone ? none : shifts(serverZone, now))
        // What is meant by the program's clock, the run itself knows.
        let words = command + (isWider ? ["--scheduled"] : [])
        let line = words.map(Schedule.quotedForCron).joined(separator: " ")
        return """
            # nightjar: the job \(name), at \(time.text) of \(zone).
            \(fields) \(line)

            """
    }

    /// The hours of the server's clock in which the window may lie, within a year.
    private func serverHours(_ serverZone: String, _ now: Int) -> Set<Int> {
        var hours: Set<Int> = []
        for shift in shifts(serverZone, now) {
            let first = floorHour(window.startsMinutes + shift)
            for hour in first...floorHour(window.untilMinutes + shift) {
                hours.insert((hour % 24 + 24) % 24)
            }
        }
        return hours
    }

    /// How many minutes the server's clock is ahead of the program's, all that occurs within a year.
    private func shifts(_ serverZone: String, _ now: Int) -> Set<Int> {
        let (own, server) = (ProgramClock(zone: zone), ProgramClock(zone: serverZone))
        let today = own.local(at: now).day
        var shifts: Set<Int> = []
        for day in 0...366 {
            for minutes in [window.startsMinutes, window.untilMinutes] {
                let instant = own.instant(today.adding(days: day), minutes: minutes)
                shifts.insert((server.offset(at: instant) - own.offset(at: instant)) / 60)
            }
        }
        return shifts
    }

    private func floorHour(_ minutes: Int) -> Int { Int((Double(minutes) / 60).rounded(.down)) }

    /// `2-7`, or `0-3,22-23` over midnight.
    private static func ranges(_ hours: Set<Int>) -> String {
        guard hours.count < 24 else { return "*" }
        var ranges: [ClosedRange<Int>] = []
        for hour in hours.sorted() {
            if let last = ranges.last, last.upperBound == hour - 1 {
                ranges[ranges.count - 1] = last.lowerBound...hour
            } else {
                ranges.append(hour...hour)
            }
        }
        return ranges.map { range in
            range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: ",")
    }

    /// A word of a crontab's command: for the shell, and cron makes a line break of a bare `%`.
    private static func quotedForCron(_ word: String) -> String {
        let plain = Set("/._-+=:,@")
        let isPlain = word.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || plain.contains($0))
        }
        guard !isPlain else { return word }
        let quoted = "'" + word.replacing("'", with: "'\\''") + "'"
        return quoted.replacing("%", with: "\\%")
    }

    // MARK: systemd

    /// A service and its timer, each headed by the file it belongs in.
    package func systemd() -> String {
        let (first, last) = (window.startsMinutes / 60, window.untilMinutes / 60)
        func padded(_ hour: Int) -> String { hour < 10 ? "0\(hour)" : "\(hour)" }
        return """
            # /etc/systemd/system/nightjar.service
            [Unit]
            Description=Nightjar: the loyalty night

            [Service]
            Type=oneshot
            ExecStart=\(command.map(Schedule.quotedForSystemd).joined(separator: " "))

            # /etc/systemd/system/nightjar.timer
            # Then: systemctl daemon-reload && systemctl enable --now nightjar.timer
            [Unit]
            Description=Nightjar: the night of \(zone), \(Schedule.window(window))

            [Timer]
            OnCalendar=*-*-* \(padded(first))..\(padded(last)):00/10:00 \(zone)
            AccuracySec=1min
            Persistent=true

            [Install]
            WantedBy=timers.target

            """ + jobs.map { systemd($0.name, $0.time, $0.command) }.joined()
    }

    private func systemd(_ name: String, _ time: CronTime, _ command: [String]) -> String {
        let unit =
            "nightjar-"
            + String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
        let times = time.calendars(zone).map { "OnCalendar=\($0)" }.joined(separator: "\n")
        return """

            # /etc/systemd/system/\(unit).service
            [Unit]
            Description=Nightjar: the job \(name)

            [Service]
            Type=oneshot
            ExecStart=\(command.map(Schedule.quotedForSystemd).joined(separator: " "))

            # /etc/systemd/system/\(unit).timer
            # Then: systemctl daemon-reload && systemctl enable --now \(unit).timer
            [Unit]
            Description=Nightjar: when the job \(name) runs

            [Timer]
            \(times)
            AccuracySec=1min

            [Install]
            WantedBy=timers.target

            """
    }

    private static func quotedForSystemd(_ word: String) -> String {
        let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("%", with: "%%").replacing("$", with: "$$")
        return word.contains(where: { $0 == " " || $0 == "\"" || $0 == "'" || $0 == "\t" })
            ? "\"\(escaped)\"" : escaped
    }

    private static func window(_ window: ProgramFile.Window) -> String {
        ProgramClock.text(minutes: window.startsMinutes) + " to "
            + ProgramClock.text(minutes: window.untilMinutes)
    }
}
