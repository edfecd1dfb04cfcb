import Delivery
import Intake
import Ledger
import Loyalty
import Reporting
import Runner
import Settings
import Testing

/// Jobs/*.yaml: what is read, and what is said of what can't be.
@Suite struct JobFileTests {
    private static let ingest = """
        version: 1
        job: ingest-orders
        kind: ingest
        records: orders
        files: "orders-{system}-{date}*.csv*"

        """

    private func read(_ text: String, name: String = "Jobs/a.yaml") throws -> JobFile {
        try JobFile(SettingsSource(name: name, text: text))
    }

    private func errors(_ text: String) -> String {
        do {
            _ = try read(text)
            return "none"
        } catch {
            return "\(error)".replacing("Jobs/a.yaml:", with: "")
        }
    }

    private func terms(_ text: String) throws -> IngestJob? {
        if case .ingest(let terms) = try read(Self.ingest + text).work { terms } else { nil }
    }

    @Test func `what an ingest job doesn't say has its default`() throws {
        let job = try read(Self.ingest)
        #expect(job.name == "ingest-orders")
        #expect("\(job.location)" == "Jobs/a.yaml:2:6")
        #expect(job.kind == .ingest)
        #expect(job.after.isEmpty)
        let terms = try #require(try terms(""))
        #expect(terms.records == .orders)
        #expect(terms.files.description == "orders-{system}-{date}*.csv*")
        #expect(terms.layout.value == "canonical")
        #expect(terms.constants.isEmpty)
        #expect(terms.quietSeconds == 60)
        #expect(terms.requiredEvidence == .any)
        #expect(!terms.isStrict)
        #expect(terms.maxRejectsPercent == 5)
        #expect(terms.maxRejectsLines == 100)
        #expect(terms.onChange == .correct)
        #expect(terms.parkDays == 30)
        #expect(terms.afterIngest == .archive)
    }

    @Test func `every key of an ingest job is read`() throws {
        let written = try #require(
            try terms(
                """
                schedule: none
                after: [ingest-members]
                layout: acme-till
                constants: { channel: pos, system: pos }
                settle: { quiet: 2 minutes, require: marker }
                full_day: false
                strict: true
                max_rejects: { percent: 10, lines: 0 }
                on_change: duplicate
                park: 2 weeks
                after_ingest: keep
                expect: { from: [pos, ecom], by: "04:30", if_missing: warn }
                """))
        #expect("\(written.layout.value) \(written.layout.location)" == "acme-till Jobs/a.yaml:8:9")
        #expect(written.constants == ["channel": "pos", "system": "pos"])
        #expect(written.quietSeconds == 120)
        #expect(written.requiredEvidence == .marker)
        #expect(written.expect?.from.map(\.value) == ["pos", "ecom"])
        #expect(written.expect?.byMinutes == 270)
        #expect(written.expect?.ifMissing == .warn)
        #expect(written.isStrict)
        #expect(written.maxRejectsPercent == 10)
        #expect(written.maxRejectsLines == 0)
        #expect(written.onChange == .duplicate)
        #expect(written.parkDays == 14)
        #expect(written.afterIngest == .keep)
        #expect(try terms("park: none\n")?.parkDays == nil)
        #expect(try read(Self.ingest + "after: [b, c]\n").after.map(\.value) == ["b", "c"])
        #expect(
            try read(Self.ingest + "park: 0\n").warnings.map(\.description) == [
                "Jobs/a.yaml:6:7: 'park' is 0: nothing waits for what may still come; "
                    + "none is no limit"
            ])
    }

    @Test func `a fetch job says whence, which files, and what becomes of them there`() throws {
        let head = "version: 1\njob: fetch-files\nkind: fetch\n"
        let job = try read(
            head + """
                from: file:///mnt/till/out/
                pattern: "orders-{system}-{date}*.csv"
                after: move
                to: seen
                settle: { quiet: 2 minutes, require: marker }
                """)
        #expect(job.kind == .fetch)
        #expect(job.after.isEmpty)
        guard case .fetch(let fetch) = job.work else { return }
        #expect(fetch.takes("orders-pos-2026-01-31.csv"))
        #expect(!fetch.takes("orders-2026-01-31.csv"))
        #expect(fetch.terms.after == .move)
        #expect(fetch.terms.target == "seen/")
        #expect(fetch.terms.quietSeconds == 120)
        #expect(fetch.terms.requiredEvidence == .marker)
        #expect(errors(head) == "1:1: 'from' is needed")
        #expect(
            errors(head + "from: file:///a/\npattern: a/b.csv\n")
                == "5:10: 'pattern': 'a/b.csv' is no name: files of one folder are fetched")
        #expect(
            errors(head + "from: file:///a/\npattern: a\nafter: [b]\n").hasPrefix("6:8: 'after'"))
        #expect(
            errors(Self.ingest + "from: file:///a/\n")
                == "6:1: 'from' is a key of fetch jobs, not of ingest jobs")
    }

    @Test func `a job outside the night may have a time of its own`() throws {
        let push = "version: 1\njob: a\nkind: push\n"
        #expect(try read(push).schedule == nil)
        #expect(try read(push + "schedule: none\n").schedule == nil)
        #expect(
            try read(push + "schedule: \"*/15 * * * *\"\n").schedule == CronTime("*/15 * * * *"))
        #expect(
            errors(push + "schedule: \"*/15 * * *\"\n")
                == "4:11: 'schedule' needs five fields (minute, hour, day, month, weekday) like "
                + "\"*/15 * * * *\", not '*/15 * * *'")
        #expect(
            errors(Self.ingest + "schedule: \"0 3 * * *\"\n")
                == "6:11: 'schedule' is for jobs outside the night: push, fetch and prune; ingest jobs run with it"
        )
        #expect(errors(Self.ingest + "schedule: none\n") == "none")
    }

    @Test func `jobs of rewards and codes are read`() throws {
        func work(_ kind: String, _ more: String = "") throws -> JobFile.Work {
            try read("version: 1\njob: a\nkind: \(kind)\n" + more).work
        }
        #expect(try work("codes") == .codes)
        #expect(try work("replenish") == .replenish)
        #expect(try work("prune") == .prune)
        #expect(try work("reconcile") == .reconcile(ReconcileTerms()))
        var terms = ReconcileTerms()
        terms.acts = false
        terms.ignored = [.burnedTwice, .missing]
        #expect(
            try work("reconcile", "act: false\nignore: [burned_twice, missing_at]\n")
                == .reconcile(terms))
        #expect(
            errors("version: 1\njob: a\nkind: reconcile\nact: no\nignore: [burned_twize]\n")
                .hasPrefix("4:6: 'act' needs true or false, not 'no'\n5:10: 'ignore' needs one of ")
        )
        #expect(
            errors("version: 1\njob: a\nkind: replenish\nact: true\n")
                == "4:1: 'act' is a key of reconcile jobs, not of replenish jobs")
    }

    @Test func `what is expected names systems, a time and what else to do`() throws {
        let least = try terms("expect: { from: [pos] }\n")?.expect
        #expect(least?.byMinutes == 300)
        #expect(least?.ifMissing == .wait)
        #expect(
            errors(
                Self.ingest + """
                    expect:
                      from: []
                      by: "5:00"
                      if_missing: retry
                    """) == """
                    7:9: 'from' names no system
                    8:7: 'by' needs a time of day like "02:30", not '5:00'
                    9:15: 'if_missing' needs one of wait, warn, fail, not 'retry'
                    """)
        #expect(errors(Self.ingest + "expect: { by: \"05:00\" }\n") == "6:9: 'from' is needed")
    }

    @Test func `a store in the name is for records that have one`() {
        let head = "version: 1\njob: a\nkind: ingest\nfiles: \"b-{store}.csv\"\n"
        #expect(errors(head + "records: orders\n") == "none")
        #expect(
            errors(head + "records: members\n")
                == "4:8: 'files': {store} is of no use, members have no store_id")
    }

    @Test func `wrong values are refused where they stand`() {
        #expect(
            errors(
                Self.ingest + """
                    constants: { chanel: pos, points_paid: 3 }
                    settle: { quiet: 1 month }
                    max_rejects: { percent: 101 }
                    on_change: corect
                    park: 6 hours
                    onchange: reject
                    """) == """
                    6:14: 'orders' have no column 'chanel'; did you mean 'channel'?
                    7:18: 'quiet' needs seconds, minutes, hours, days or weeks
                    8:25: 'percent' needs a whole number from 0 to 100, not '101'
                    9:12: 'on_change' needs one of correct, reject, duplicate, not 'corect'; \
                    did you mean 'correct'?
                    10:7: 'park' counts nights: use days or weeks
                    11:1: unknown key 'onchange'; did you mean 'on_change'?
                    """)
        #expect(
            errors("version: 1\nkind: ingest\n") == """
                1:1: 'job' is needed
                1:1: 'records' is needed
                1:1: 'files' is needed
                """)
        #expect(
            errors("version: 1\njob: a\nkind: injest\nrecords: orders\n")
                == "3:7: 'kind' needs one of ingest, codes, points, reconcile, replenish, report, push, fetch, prune, not 'injest'; "
                + "did you mean 'ingest'?")
    }

    @Test func `a key of another kind of job is sent there`() {
        #expect(
            errors("version: 1\njob: a\nkind: points\nfiles: x\nreports: [a]\n") == """
                4:1: 'files' is a key of ingest jobs, not of points jobs
                5:1: 'reports' is a key of report jobs, not of points jobs
                """)
    }

    @Test func `reports are asked for by name or with their terms`() throws {
        let job = try read(
            """
            version: 1
            job: reports
            kind: report
            after: [points]
            reports:
              - balances
              - report: postings
                columns: [card, points]
                rename: { card: Karte }
                values: { kind: { accrue: earned } }
                where: { account: spend, kind: [accrue, return] }
                codes: masked
                cards: hashed
                csv_safe: false
            """)
        var postings = ReportRequest(
            report: "postings",
            location: SettingsLocation(file: "Jobs/a.yaml", line: 7, column: 13),
            columns: ["card", "points"], rename: ["card": "Karte"],
            values: ["kind": ["accrue": "earned"]],
            conditions: ["account": ["spend"], "kind": ["accrue", "return"]],
            isSpreadsheetSafe: false)
        postings.cards = .hashed
        postings.codes = .masked
        #expect(
            job.work
                == .report([
                    ReportRequest(
                        report: "balances",
                        location: SettingsLocation(file: "Jobs/a.yaml", line: 6, column: 5)),
                    postings,
                ]))
    }

    @Test func `a report request is judged`() {
        #expect(
            errors(
                """
                version: 1
                job: reports
                kind: report
                reports:
                  - { report: balances, codes: hashed, cards: masked }
                  - { columns: [card] }
                  - { report: balances, columns: [a, a], colums: [b] }
                """) == """
                    5:32: 'codes' needs one of masked, full, not 'hashed'; did you mean 'masked'?
                    5:47: 'cards' needs one of plain, hashed, not 'masked'; did you mean 'hashed'?
                    6:5: 'report' is needed
                    7:15: 'balances' is asked for twice
                    7:38: the column 'a' stands twice
                    7:42: unknown key 'colums'; did you mean 'columns'?
                    """)
        #expect(
            errors("version: 1\njob: a\nkind: report\nreports: []\n")
                == "4:10: 'reports' asks for nothing")
    }

    private func points(_ name: String, after: String = "") throws -> JobFile {
        let text = "version: 1\nkind: points\njob: \(name)\nafter: [\(after)]\n"
        return try read(text, name: "Jobs/\(name).yaml")
    }

    private func orderErrors(_ jobs: [JobFile]) -> String {
        do {
            return try JobOrder.sorted(jobs).map(\.name).joined(separator: " ")
        } catch {
            return "\(error)"
        }
    }

    @Test func `jobs stand behind those they come after, else by name`() throws {
        let jobs = [
            try points("d"), try points("a", after: "c, d"), try points("c"),
            try points("b", after: "a"),
        ]
        #expect(orderErrors(jobs) == "c d a b")
        #expect(orderErrors(jobs.reversed()) == "c d a b")
    }

    @Test func `a name that no job has, and one that two have, are refused`() throws {
        var twin = try points("points")
        twin.location.file = "Jobs/twin.yaml"
        #expect(
            orderErrors([twin, try points("points"), try points("end", after: "pionts")]) == """
                Jobs/end.yaml:4:9: no job is named 'pionts'; did you mean 'points'?
                Jobs/twin.yaml:3:6: the job 'points' is defined at Jobs/points.yaml:3:6 already
                """)
    }

    @Test func `jobs that wait for one another are refused`() throws {
        let jobs = [
            try points("a", after: "b"), try points("b", after: "x, c"),
            try points("c", after: "b"), try points("x"),
        ]
        #expect(
            orderErrors(jobs)
                == "Jobs/c.yaml:4:9: jobs wait for one another: b after c after b")
        #expect(
            orderErrors([try points("a", after: "a")])
                == "Jobs/a.yaml:4:9: jobs wait for one another: a after a")
    }

    @Test func `two jobs can't write one report`() throws {
        func job(_ name: String) throws -> JobFile {
            let text = "version: 1\nkind: report\njob: \(name)\nreports: [balances]\n"
            return try read(text, name: "Jobs/\(name).yaml")
        }
        #expect(
            orderErrors([try job("b"), try job("a")])
                == "Jobs/b.yaml:4:11: the job 'a' writes the report 'balances' already")
    }
}
