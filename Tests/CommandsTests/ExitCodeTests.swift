import Foundation
import Glibc
import Loyalty
import TestSupport
import Testing

/// Every exit code, each from what an operator may meet.
@Suite struct ExitCodeTests {
    /// What `init` makes, with yesterday as its first night.
    private final class Fresh {
        let folder: ScratchFolder
        let yesterday: CivilDate
        var path: String { folder.path + "/shop" }

        init() throws {
            folder = try ScratchFolder()
            #expect(try BuiltProgram.run("init", folder.path + "/shop").status == 0)
            let today = Int32(Date().timeIntervalSince1970 / 86_400)
            yesterday = CivilDate(days: today - 1)
            let program = try folder.read("shop/program.yaml")
                .replacingOccurrences(of: "2026-01-01", with: "\(yesterday)")
                .replacingOccurrences(of: "Europe/Paris", with: "UTC")
            try folder.write(program, to: "shop/program.yaml")
        }

        func drop(_ text: String, _ name: String) throws {
            try folder.write(text, to: "shop/inbox/" + name)
            // Nobody waits for the quiet time: there is a marker.
            try folder.write("", to: "shop/inbox/" + name + ".done")
        }

        func run(_ arguments: String...) throws -> BuiltProgram.Result {
            try BuiltProgram.run(arguments + ["--workspace", path])
        }
    }

    @Test func `0: the night is closed, and status agrees`() throws {
        let shop = try Fresh()
        #expect(try shop.run("status").status == 1)
        let run = try shop.run("run")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("night of \(shop.yesterday): closed; 0 orders"))
        #expect(run.errors.isEmpty)
        let status = try shop.run("status")
        #expect(status.status == 0)
        #expect(status.output.hasSuffix("all is well\n"))
        #expect(try shop.run("run").output == "no night is due\n")
    }

    @Test func `0 for refused lines; 65 for them with --strict`() throws {
        let lines = "card_code,tier\nC1,platinum\n"
        let mild = try Fresh()
        try mild.drop(lines, "members-1.csv")
        #expect(try mild.run("run").status == 0)
        let strict = try Fresh()
        try strict.drop(lines, "members-1.csv")
        #expect(try strict.run("run", "--strict").status == 65)
        // The night is closed all the same.
        #expect(try strict.run("status").status == 0)
    }

    @Test func `1: a file was refused whole`() throws {
        let shop = try Fresh()
        try shop.drop("", "members-1.csv")
        let run = try shop.run("run")
        #expect(run.status == 0)
        #expect(run.errors.contains("members-1.csv: refused whole: empty_file"))
        let status = try shop.run("status")
        #expect(status.status == 1)
        #expect(
            status.output.contains(
                "refused: members-1.csv: empty_file; it lies in quarantine/\(shop.yesterday)/"))
        let kept = try FolderContents(shop.path + "/quarantine")
        #expect(
            Set(kept.files.keys) == [
                "\(shop.yesterday)/members-1.csv", "\(shop.yesterday)/members-1.csv.reason.txt",
            ])
        #expect(
            kept.files["\(shop.yesterday)/members-1.csv.reason.txt"]?.hasPrefix(
                "empty_file: a file")
                == true
        )
    }

    @Test func `1: a pipe, a link and a folder in the inbox, and a system that nobody knows`()
        throws
    {
        let shop = try Fresh()
        let inbox = shop.path + "/inbox/"
        #expect(mkfifo(inbox + "members-pipe.csv", 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: inbox + "members-link.csv", withDestinationPath: shop.path + "/program.yaml")
        try FileManager.default.createDirectory(
            atPath: inbox + "members-folder.csv", withIntermediateDirectories: false)
        try shop.drop(
            """
            order_id,ordered_at,store_id,card_code,quantity,line_amount
            S1,\(shop.yesterday)T10:00:00,1,,1,1.00

            """, "orders-till-\(shop.yesterday).csv")
        #expect(try shop.run("run").status == 0)
        let status = try shop.run("status")
        #expect(status.status == 1)
        for name in ["pipe", "link", "folder"] {
            #expect(
                status.output.contains(
                    "members-\(name).csv: not_a_file; it is still in the inbox\n"))
        }
        #expect(
            status.output.contains(
                "orders-till-\(shop.yesterday).csv: system_unknown; it lies in quarantine/"))
    }

    @Test func `64: a day that has not ended, a job, a kind and an option that do not exist`()
        throws
    {
        let shop = try Fresh()
        let today = try shop.run("run", "--date", "\(shop.yesterday.adding(days: 1))")
        #expect(today.status == 64)
        #expect(today.errors.contains("has not ended in UTC; its night can run tomorrow"))
        let job = try shop.run("run", "ingest-order")
        #expect(job.status == 64)
        #expect(job.errors.contains("did you mean 'ingest-orders'?"))
        let kind = try shop.run("check", "x.csv", "--kind", "order")
        #expect(kind.status == 64)
        #expect(kind.errors.contains("did you mean 'orders'?; the kinds are "), "\(kind.errors)")
        let layout = try shop.run("check", "x.csv", "--layout", "till")
        #expect(layout.status == 64)
        #expect(layout.errors.contains("there is no layout 'till'; the layouts are canonical"))
        #expect(try shop.run("check", "nobody-takes-this").status == 64)
        #expect(try shop.run("run", "--dat", "2026-01-01").status == 64)
        #expect(try shop.run("init", shop.path).status == 64)
        let card = try shop.run("explain", "")
        #expect(card.status == 64 && card.errors.contains("no card is named"), "\(card.errors)")
    }

    @Test func `what the machine says of a path is said in a sentence`() throws {
        let made = try BuiltProgram.run("init", "/proc/nowhere")
        #expect(made.status == 75)
        #expect(made.errors == "nightjar: /proc/nowhere: No such file or directory\n")
    }

    @Test func `65: check finds what would be refused`() throws {
        let shop = try Fresh()
        let path = try shop.folder.write("card_code,tier\nC1,platinum\n", to: "members-1.csv")
        let check = try shop.run("check", path)
        #expect(check.status == 65)
        #expect(check.output.contains("members-1.csv:2: unknown_tier: "))
        let missing = try shop.run("check", "--kind", "members", shop.folder.path + "/none.csv")
        #expect(missing.status == 65)
        #expect(missing.output.contains("refused whole: unreadable"))
    }

    @Test func `70: reports that do not agree with the totals`() throws {
        let shop = try Fresh()
        #expect(try shop.run("run").status == 0)
        try LedgerDump.change(
            shop.path + "/nightjar.db",
            "UPDATE night_total SET value = 5 WHERE name = 'points_accrued'")
        let run = try shop.run("run", "--date", "\(shop.yesterday)")
        #expect(run.status == 70)
        #expect(run.errors.contains("points_accrued sums to 0, the night posted 5"))
    }

    @Test func `75: another run holds the workspace`() throws {
        let shop = try Fresh()
        let lock = open(shop.path + "/nightjar.lock", O_RDWR | O_CREAT, 0o600)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX) == 0)
        let run = try shop.run("run")
        #expect(run.status == 75)
        #expect(run.errors.contains("holds the workspace; try again when it has ended"))
    }

    @Test func `78: configuration`() throws {
        let shop = try Fresh()
        let program = try shop.folder.read("shop/program.yaml")
        try shop.folder.write(
            program.replacingOccurrences(of: "rounding:", with: "roundng:"), to: "shop/program.yaml"
        )
        for command in ["run", "status"] {
            let result = try shop.run(command)
            #expect(result.status == 78)
            #expect(
                result.errors.contains("unknown key 'roundng'"), "\(result.errors)")
            #expect(result.errors.contains("program.yaml:13:5: "), "\(result.errors)")
            #expect(result.errors.contains("'rounding'?"), "\(result.errors)")
        }
        let nowhere = try BuiltProgram.run("run", "--workspace", shop.folder.path + "/none")
        #expect(nowhere.status == 78)
        #expect(nowhere.errors.contains("nightjar init"))
        chmod(shop.path, 0o777)
        #expect(try shop.run("run").status == 78)
    }
}
