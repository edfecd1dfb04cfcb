import Intake
import Loyalty
import Settings
import Testing

/// Which names a pattern takes, and what it reads in them.
@Suite struct FilePatternTests {
    private func fields(_ pattern: String, _ path: String) throws -> String {
        guard let fields = try FilePattern(pattern).match(path) else { return "no" }
        return "\(fields.system ?? "-") \(fields.date?.description ?? "-")"
    }

    private func problem(_ pattern: String) -> String {
        do throws(SettingsProblem) {
            _ = try FilePattern(pattern)
            return "none"
        } catch {
            return error.message
        }
    }

    @Test func `system and date are read where they stand`() throws {
        let pattern = "orders-{system}-{date}*.csv*"
        #expect(try fields(pattern, "orders-pos-2026-01-31.csv") == "pos 2026-01-31")
        #expect(try fields(pattern, "orders-pos-20260131.csv.gz") == "pos 2026-01-31")
        #expect(try fields(pattern, "orders-pos-20260131T235959.csv") == "pos 2026-01-31")
        #expect(try fields(pattern, "orders-2026-01-31.csv") == "no")
        #expect(try fields(pattern, "orders-pos-2026-02-30.csv") == "no")
        #expect(try fields(pattern, "orders-pos-2026-01-31.txt") == "no")
        #expect(try fields(pattern, "Orders-pos-2026-01-31.csv") == "no")
    }

    @Test func `a system's name may hold what parts it from the date`() throws {
        let pattern = "orders-{system}-{date}.csv"
        #expect(try fields(pattern, "orders-pos-east-2026-01-31.csv") == "pos-east 2026-01-31")
        #expect(try fields(pattern, "orders-pos_2-20260131.csv") == "pos_2 2026-01-31")
        #expect(try fields(pattern, "orders-pos.2-20260131.csv") == "no")
        #expect(try fields(pattern, "orders--20260131.csv") == "no")
    }

    @Test func `stars and marks stay within a folder`() throws {
        #expect(try fields("in/*.csv", "in/a.csv") == "- -")
        #expect(try fields("in/*.csv", "in/deep/a.csv") == "no")
        #expect(try fields("in?a.csv", "in/a.csv") == "no")
        #expect(
            try fields("{system}/orders-{date}.csv", "pos/orders-20260131.csv") == "pos 2026-01-31")
        #expect(try fields("*/?.csv", "pos/é.csv") == "- -")
    }

    @Test func `a pattern without a folder takes the name in any folder`() throws {
        #expect(try fields("a-*.csv", "a-1.csv") == "- -")
        #expect(try fields("a-*.csv", "north/shop/a-1.csv") == "- -")
        #expect(try fields("a-*.csv", "a-1/b.csv") == "no")
    }

    @Test func `what could be read in several ways is read as short as it can be`() throws {
        #expect(try fields("{system}*", "pos-1") == "p -")
        #expect(try fields("*{date}*", "2026-01-01-2026-01-02") == "- 2026-01-01")
    }

    @Test(.timeLimit(.minutes(1))) func `many stars take no time`() throws {
        let pattern = try FilePattern(String(repeating: "*a", count: 60) + "b")
        #expect(pattern.match(String(repeating: "a", count: 250)) == nil)
    }

    @Test func `the store of a file is in its name`() throws {
        let pattern = try FilePattern("orders-{system}-{store}-{date}.csv")
        let fields = try #require(pattern.match("shops/orders-pos-PAR07-2026-11-16.csv"))
        #expect(fields.constants == ["system": "pos", "store_id": "PAR07"])
        #expect(pattern.namesStore)
        #expect(pattern.match("orders-pos-PAR 07-2026-11-16.csv") == nil)
    }

    @Test func `what a pattern has is known beforehand`() throws {
        let pattern = try FilePattern("a-{date}.csv")
        #expect(pattern.namesDate)
        #expect(!pattern.namesSystem)
        #expect(pattern.description == "a-{date}.csv")
    }

    @Test func `a reward is any text, and the longest known one where several fit`() throws {
        func reward(_ path: String, _ rewards: Set<String> = []) throws -> String? {
            try FilePattern("codes-{reward}-*.csv").match(path, rewards: rewards)?.reward
        }
        #expect(try reward("codes-r25-1.csv") == "r25")
        #expect(try reward("codes-25 euros off-1.csv") == "25 euros off")
        #expect(try reward("codes--1.csv") == nil)
        #expect(try reward("codes-badge-10-1.csv") == "badge")
        #expect(try reward("codes-badge-10-1.csv", ["badge", "badge-10"]) == "badge-10")
        #expect(try reward("codes-badge-10-1.csv", ["badge-10-1"]) == "badge")
        #expect(try reward("codes-badge-10-1.csv", ["r25"]) == "badge")
        let path = try FilePattern("codes/{reward}/*.csv")
        #expect(path.match("codes/r25/1.csv")?.constants == ["reward_id": "r25"])
        #expect(path.match("codes/r/25/1.csv") == nil)
        #expect(path.namesReward)
    }

    @Test func `a text that is no pattern says why`() {
        #expect(problem("") == "'' is no path within the inbox")
        #expect(problem("/a.csv") == "'/a.csv' is no path within the inbox")
        #expect(problem("../a.csv") == "'../a.csv' is no path within the inbox")
        #expect(problem("a-{date.csv") == "a { without its }")
        #expect(problem("a-date}.csv") == "a } without its { in 'a-date}.csv'")
        #expect(problem("{date}-{date}") == "{date} stands twice in '{date}-{date}'")
        #expect(problem("{sytem}.csv") == "unknown field {sytem}; did you mean 'system'?")
    }
}
