import Foundation
import Loyalty
import Runner
import Settings
import TestSupport
import Testing

@testable import Runner

/// When jobs outside the night run.
@Suite struct CronTimeTests {
    private func matches(_ text: String, _ moment: String) throws -> Bool {
        let time = try #require(Time(moment, zone: "UTC"))
        let local = ProgramClock(zone: "UTC").local(at: time.instant)
        return try CronTime(text).matches(local.day, minutes: local.minutes)
    }

    @Test func `numbers, ranges, lists, steps and names`() throws {
        // A Friday.
        let moment = "2026-11-20T13:45"
        for text in [
            "* * * * *", "45 13 20 11 5", "*/15 * * * *", "0,45 8-18 * * *", "5-55/20 13 * * *",
            "45 13 * nov fri", "45 13 * * Mon-Fri",
        ] {
            #expect(try matches(text, moment), "\(text)")
        }
        for text in [
            "44 * * * *", "45 12 * * *", "* * 21 * *", "* * * 12 *", "* * * * sat", "*/10 * * * *",
            "* * * * 0", "* * * * 7",
        ] {
            #expect(try !matches(text, moment), "\(text)")
        }
        // Sunday has two numbers, and of a day and a weekday one is enough.
        #expect(try matches("* * * * 7", "2026-11-22T00:00"))
        #expect(try matches("* * * * 0", "2026-11-22T00:00"))
        #expect(try matches("* * 1 * 0", "2026-11-22T00:00"))
        #expect(try matches("* * 22 * 1", "2026-11-22T00:00"))
        #expect(try !matches("* * 1 * 1", "2026-11-22T00:00"))
    }

    @Test func `what cron would not take is refused with the field`() {
        func problem(_ text: String) -> String {
            do throws(CronTime.Problem) {
                _ = try CronTime(text)
                return "none"
            } catch {
                return error.text
            }
        }
        #expect(problem("* * * *").hasPrefix("needs five fields"))
        #expect(problem("@daily").hasPrefix("needs five fields"))
        #expect(
            problem("60 * * * *")
                == "has '60' for its minutes: they are 0 to 59, as in 5, 1,15, 8-18, */10 or *")
        for text in [
            "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "9-5 * * * *", "*/0 * * * *",
            "1/2 * * * *", "1,,2 * * * *", "a * * * *", "-1 * * * *", "+1 * * * *", "1-2-3 * * * *",
        ] {
            #expect(problem(text).hasPrefix("has '"), "\(text)")
        }
    }

    @Test func `a job has its line beside the night's, in the server's hours`() throws {
        let nights = try Nights([
            (
                "program.yaml",
                "version: 1\nprogram: p\ntimezone: Europe/Paris\ncurrency: EUR\nopens_on: 2026-11-16\n"
            ),
            ("Jobs/push.yaml", "version: 1\njob: push\nkind: push\nschedule: \"*/15 * * * *\"\n"),
            (
                "Jobs/prune.yaml",
                "version: 1\njob: prune\nkind: prune\nschedule: \"30 4 1 * mon\"\n"
            ),
        ])
        let schedule = Schedule(
            try Workspace(folder: nights.folder.path), program: "/usr/bin/nightjar",
            folder: "/srv/loyalty")
        let now = try #require(Time("2026-11-16T12:00", zone: "UTC")).instant
        func lines(_ zone: String) -> [String] {
            schedule.cron(serverZone: zone, now: now).split(separator: "\n").map(String.init)
                .filter { !$0.hasPrefix("#") }
        }
        let rest = " --quiet --workspace /srv/loyalty"
        #expect(
            Array(lines("Europe/Paris").dropFirst()) == [
                "30 4 1 * mon /usr/bin/nightjar run prune" + rest,
                "*/15 * * * * /usr/bin/nightjar run push" + rest,
            ])
        // Paris is ahead by one hour in winter, by two in summer; the run itself knows which is meant.
        #expect(
            Array(lines("UTC").dropFirst()) == [
                "30 2,3 * * * /usr/bin/nightjar run prune" + rest + " --scheduled",
                "*/15 * * * * /usr/bin/nightjar run push" + rest,
            ])
        let timers = schedule.systemd()
        #expect(timers.contains("# /etc/systemd/system/nightjar-push.timer\n"))
        #expect(timers.contains("OnCalendar=*-*-* *:00,15,30,45:00 Europe/Paris\n"))
        #expect(
            timers.contains(
                "OnCalendar=*-*-01 04:30:00 Europe/Paris\nOnCalendar=Mon *-*-* 04:30:00 Europe/Paris\n"
            ))
        let workspace = try Workspace(folder: nights.folder.path)
        // A Monday, 4:34 in Paris: the scheduler was four minutes late.
        let due = try #require(Time("2026-11-16T03:34", zone: "UTC")).instant
        #expect(workspace.isDue(["prune"], at: due))
        #expect(!workspace.isDue(["prune"], at: due - 3_600))
        #expect(workspace.isDue([], at: due))
    }
}
