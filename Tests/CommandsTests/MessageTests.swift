import Foundation
import Loyalty
import Testing

/// What is said on standard error, how much of it, and in which form.
@Suite struct MessageTests {
    /// A shop with a file that is refused whole and one that no job takes.
    private func shop() throws -> FreshShop {
        let shop = try FreshShop()
        try shop.drop("", "members-1.csv")
        try shop.drop("x\n", "stranger.txt")
        return shop
    }

    private func objects(_ text: String) throws -> [[String: String]] {
        try text.split(separator: "\n").map {
            try #require(json(String($0)) as? [String: String])
        }
    }

    @Test func `as text, a line each`() throws {
        let shop = try shop()
        let run = try shop.run("run")
        #expect(
            run.errors == """
                nightjar: stranger.txt: no job takes a file of this name; it stays in the inbox
                nightjar: members-1.csv: refused whole: empty_file: a file without lines is no file; \
                a header alone says 'nothing today'

                """)
        #expect(run.output.hasPrefix("night of \(shop.first): closed; "))
    }

    @Test func `as JSON, an object a line with what it is about`() throws {
        let shop = try shop()
        let run = try shop.run("run", "--log-format", "json")
        let messages = try objects(run.errors)
        #expect(messages.map { $0["level"] } == ["warning", "warning"])
        #expect(messages[1]["file"] == "members-1.csv")
        #expect(messages[1]["job"] == "ingest-members")
        #expect(messages[1]["night"] == "\(shop.first)")
        #expect(
            messages[1]["message"]?.hasPrefix("members-1.csv: refused whole: empty_file") == true)
        let time = try #require(messages[1]["time"])
        #expect(try Date(time, strategy: .iso8601).timeIntervalSinceNow > -600)
        // Results are no messages.
        #expect(run.output.hasPrefix("night of \(shop.first): closed; "))
    }

    @Test func `-v says what each job did`() throws {
        let run = try shop().run("run", "-v", "--log-format", "json")
        let ended = try objects(run.errors).filter { $0["level"] == "info" }
        #expect(ended.compactMap { $0["job"] }.contains("ingest-members"))
        #expect(ended.compactMap { $0["job"] }.contains("apply-points"))
        #expect(ended.first?["message"]?.contains(": ended; ") == true)
    }

    @Test func `--quiet says results and errors only`() throws {
        let shop = try shop()
        let run = try shop.run("run", "--quiet")
        #expect((run.status, run.errors, run.output) == (0, "", ""))
        let wrong = try shop.run("run", "--quiet", "--date", "2999-01-01", "--log-format", "json")
        #expect(wrong.status == 64)
        let message = try #require(objects(wrong.errors).first)
        #expect(message["level"] == "error")
        #expect(message["message"]?.contains("has not ended") == true)
        #expect(try shop.run("run", "--quiet", "-v").status == 64)
    }

    @Test func `every command takes them`() throws {
        let shop = try FreshShop()
        for command in [["status"], ["check", "x"], ["config", "check"], ["schedule"]] {
            let result = try BuiltProgram.run(
                command + ["--log-format", "json", "--workspace", shop.path + "/none"])
            #expect(result.status == 78)
            #expect(try objects(result.errors).first?["level"] == "error")
        }
        let made = try BuiltProgram.run("init", shop.path, "--log-format", "json")
        #expect(made.status == 64)
        #expect(try objects(made.errors).first?["level"] == "error")
    }
}
