import Loyalty
import Reporting
import Settings
import TestSupport
import Testing

/// What a job may say of a report: columns, rename, values, where, csv_safe.
@Suite struct ReportRequestTests {
    private func store() throws -> ReportStore {
        try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, '0100', NULL, 2, 0, NULL, 0),
                (2, '=0+2', NULL, 1, 0, NULL, 0);
            INSERT INTO posting VALUES
                (1, {2026-11-17}, 1, 0, 0, 2, 'T1', 2, 'T1', 12, {2026-11-16}, {2026-12-01}, NULL),
                (2, {2026-11-17}, 1, 0, 12, 1, 'W9', NULL, NULL, -3, {2026-11-17}, NULL, NULL),
                (3, {2026-11-17}, 2, 1, 0, 2, '-a,"b"', 2, 'T3', 12, {2026-11-17}, NULL, NULL);
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-17}, 'posted', 1, 3);
            """)
    }

    @Test func `columns are those that were asked for, in that order, renamed`() throws {
        let request = ReportRequest.of(
            "postings", ["points", "system", "card_code"],
            rename: ["points": "Punkte, Summe", "card_code": "card", "lot": "unused"])
        #expect(
            try store().text(request)
                == lines(
                    "\"Punkte, Summe\",system,card", "12,till,0100", "-3,shop,0100", "12,till,'=0+2"
                ))
    }

    @Test func `other words stand for the values of any column`() throws {
        let request = ReportRequest.of(
            "postings", ["kind", "points", "lot", "date", "card_code"],
            values: [
                "kind": ["accrue": "earned, new", "redeem": "spent"],
                "points": ["-3": "-", "2": "two"],
                "lot": ["": "none", "T3": "=T3"],
                "date": ["2026-11-17": "tonight"],
                "card_code": ["=0+2": "somebody"],
            ])
        #expect(
            try store().text(request)
                == lines(
                    "kind,points,lot,date,card_code",
                    "\"earned, new\",12,T1,2026-11-16,0100",
                    "return_uncovered,-,none,tonight,0100",
                    "\"earned, new\",12,'=T3,tonight,somebody"))
    }

    @Test func `a row is written where each named column has one of the texts`() throws {
        let store = try store()
        func sources(_ conditions: [String: [String]]) throws -> String {
            try store.text(.of("postings", ["source"], where: conditions))
        }
        let all = lines("source", "T1", "W9", "\"'-a,\"\"b\"\"\"")
        #expect(try sources([:]) == all)
        #expect(try sources(["points": ["12", "-3"]]) == all)
        #expect(try sources(["points": ["-3"]]) == lines("source", "W9"))
        #expect(try sources(["kind": ["accrue"], "account": ["spend"]]) == lines("source", "T1"))
        #expect(try sources(["lot": [""]]) == lines("source", "W9"))
        #expect(try sources(["active_on": ["2026-12-01"]]) == lines("source", "T1"))
        #expect(try sources(["source": ["-a,\"b\""]]) == lines("source", "\"'-a,\"\"b\"\"\""))
        #expect(try sources(["source": ["'-a"]]) == lines("source"))
        #expect(try sources(["kind": []]) == lines("source"))
        let mapped = ReportRequest.of(
            "postings", ["kind"], values: ["kind": ["accrue": "earned"]],
            where: ["kind": ["accrue"]])
        #expect(try store.text(mapped) == lines("kind", "earned", "earned"))
    }

    @Test func `conditions leave rows out of the file, not out of the sums`() throws {
        let published = try store().publish(
            .of("postings", where: ["account": ["status"]]), .of("summary"))
        #expect(published.files.map(\.rows) == [1, 0])
        #expect(published.files.map(\.rowsRead) == [3, 0])
        #expect(published.postings?[.accrue] == 24)
        #expect(published.postings?[.spend, .accrue] == 12)
        #expect(published.postings?[.status, .accrue] == 12)
        #expect(published.postings?[.returnUncovered] == -3)
        #expect(published.postings?[.expire] == 0)
        #expect(try store().publish(.of("summary")).postings == nil)
    }

    @Test func `formulas are defused in texts, unless the job says csv_safe: false`() throws {
        let columns = ["card_code", "source", "points"]
        #expect(
            try store().text(.of("postings", columns))
                == lines(
                    "card_code,source,points", "0100,T1,12", "0100,W9,-3",
                    "'=0+2,\"'-a,\"\"b\"\"\",12"))
        #expect(
            try store().text(.of("postings", columns, isSpreadsheetSafe: false))
                == lines(
                    "card_code,source,points", "0100,T1,12", "0100,W9,-3",
                    "=0+2,\"-a,\"\"b\"\"\",12"))
    }

    @Test func `the only cell of a row is quoted where it is empty, so that no line is blank`()
        throws
    {
        let store = try store()
        #expect(try store.text(.of("postings", ["lot"])) == lines("lot", "T1", "\"\"", "T3"))
        #expect(
            try store.text(
                .of("postings", ["active_on"], values: ["active_on": ["2026-12-01": ""]]))
                == lines("active_on", "\"\"", "\"\"", "\"\""))
        #expect(
            try store.text(.of("postings", ["account"], values: ["account": ["spend": ""]]))
                == lines("account", "\"\"", "\"\"", "status"))
    }

    @Test func `codes that nothing stands for are empty, and make the sums disagree`() throws {
        let store = try store()
        try store.run("UPDATE posting SET kind = 200, system = 9, account = -1 WHERE id = 1")
        let published = try store.publish(.of("postings", ["kind", "system", "account", "points"]))
        #expect(
            try store.scratch.read("reports/2026-11-17/postings.csv")
                == lines(
                    "kind,system,account,points", ",,,12", "return_uncovered,shop,spend,-3",
                    "accrue,till,status,12"))
        #expect(published.postings?[.accrue] == 12)
    }

    private func errors(_ requests: ReportRequest...) -> [String] {
        Reports.check(requests).map { "\($0)".replacing("Jobs/emit-reports.yaml:7:5: ", with: "") }
    }

    @Test func `names that no report has are said with the nearest that one has`() throws {
        #expect(errors(.of("postings"), .of("files", ["path"])) == [])
        #expect(
            errors(.of("posting")) == ["there is no report 'posting'; did you mean 'postings'?"])
        #expect(
            errors(.of("takings")) == [
                "there is no report 'takings'; the reports are summary, postings, balances, "
                    + "orders, liability, expiring, exceptions, unmatched, rejects, files, burns, "
                    + "breaks, replenish, codes, code-files, grants, catalogue, deliveries"
            ])
        #expect(
            errors(
                .of(
                    "summary", ["name", "valu"], rename: ["nam": "x"], values: ["vale": [:]],
                    where: ["night": []])) == [
                    "'columns': the report 'summary' has no column 'valu'; did you mean 'value'?",
                    "'rename': the report 'summary' has no column 'nam'; did you mean 'name'?",
                    "'values': the report 'summary' has no column 'vale'; did you mean 'value'?",
                    "'where': the report 'summary' has no column 'night'; its columns are name, value",
                ])
        #expect(
            errors(.of("summary", rename: ["value": "name"])) == [
                "two columns of the report 'summary' would be called 'name'"
            ])
        let store = try store()
        #expect(throws: SettingsErrors.self) { try store.publish(.of("postings", ["x"])) }
        #expect(try store.listing() == [])
    }
}
