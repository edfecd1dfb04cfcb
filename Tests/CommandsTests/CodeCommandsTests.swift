import Foundation
import Loyalty
import TestSupport
import Testing

/// `code`, `codes import` and `codes delete`, as an operator types them.
@Suite struct CodeCommandsTests {
    private let shop: FreshShop

    init() throws {
        shop = try FreshShop()
        try shop.edit("program.yaml", "integration: separate", "integration: real_time")
        for system in ["pos", "ecom"] {
            try shop.edit("program.yaml", "  \(system): {}", "  \(system): { endpoint: \(system) }")
        }
        // What follows on its line is a comment.
        try shop.edit(
            "program.yaml", "rewards: []",
            """
            endpoints:
              pos: { kind: http, url: "https://pos.example/", send: [code-changes] }
              ecom: { kind: http, url: "https://ecom.example/", send: [code-changes] }
            rewards:
              - { id: r25, name: 25 euro, type: value, value: 25.00, owner: pos, mirrors: [ecom] }
              - { id: web-10, name: 10 euro, type: value, value: 10.00, owner: ecom }
            #
            """)
    }

    private func list(_ text: String, _ name: String = "list.csv") throws -> String {
        try shop.folder.write(text, to: name)
        return shop.folder.path + "/" + name
    }

    @Test func `import: the verdicts, the refused lines, and nothing when it comes again`() throws {
        let file = try list("CODE-0001\nCODE-0002\nCODE-0001\nCODE,0003\n", "codes.txt")
        let arguments = ["codes", "import", file, "--reward", "r25", "--layout", "qualifio-codes"]
        let first = try BuiltProgram.run(arguments + ["--workspace", shop.path])
        #expect(first.status == 0 && first.errors.isEmpty)
        #expect(first.output.hasPrefix("\(file): 4 lines, night of \(shop.first)\n"))
        #expect(first.output.contains("  accepted  2\n  duplicate  1\n  rejected  1\n"))
        let rejects = try shop.folder.read("shop/rejects/\(shop.first)/import/codes.txt")
        #expect(rejects.contains("4,code_syntax,"))
        let again = try BuiltProgram.run(arguments + ["--workspace", shop.path, "--json"])
        #expect(again.status == 0)
        let report = try #require(try json(again.output) as? [String: Any])
        #expect(report["verdict"] as? String == "duplicate_file")
        #expect(report["night"] as? String == "\(shop.first)")
        #expect(try shop.run("verify").status == 0)
        // The night goes on from there.
        #expect(try shop.run("run").status == 0)
        #expect(try shop.run("verify").status == 0)
        let next = try shop.run("codes", "import", try list("code\nNEW-00001\n"), "--reward", "r25")
        #expect(next.output.contains("night of \(shop.first.adding(days: 1))"))
    }

    @Test func `import: what can't be taken over changes nothing and says why`() throws {
        let file = try list("code\nCODE-0001\n")
        let unknown = try shop.run("codes", "import", file, "--reward", "r52")
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean 'r25'?"))
        let layout = try shop.run(
            "codes", "import", file, "--reward", "r25", "--layout", "splio-orders")
        #expect(layout.status == 64 && layout.errors.contains("is of orders, not of codes"))
        let missing = try shop.run("codes", "import", file + "x", "--reward", "r25")
        #expect(missing.status == 65 && missing.output.contains("refused whole: unreadable"))
        let empty = try shop.run("codes", "import", try list("", "no.csv"), "--reward", "r25")
        #expect(empty.status == 65 && empty.output.contains("refused whole: empty_file"))
        #expect(try shop.run("code", "CODE-0001").status == 65)
    }

    @Test func `delete: what nobody has goes, mirrors hear of it first, what is in use is kept`()
        throws
    {
        let file = try list(
            "code,state,card_code\nCODE-0001,,\nCODE-0002,assigned,2900000000001\nCODE-0003,,\n")
        #expect(try shop.run("codes", "import", file, "--reward", "r25").status == 0)
        let other = try list("code\nWEB-00001\n", "web.csv")
        #expect(try shop.run("codes", "import", other, "--reward", "web-10").status == 0)
        let deleted = try shop.run("codes", "delete", "--file", "list.csv")
        #expect(deleted.status == 0)
        #expect(
            deleted.output == "r25 of pos: had 3, deleted 2, kept 1 because they are in use\n")
        #expect(
            try LedgerDump.rows(
                of: shop.path + "/nightjar.db",
                "SELECT endpoint, kind, subject FROM outbox ORDER BY id") == [
                    "ecom|code-delete|CODE-0001", "pos|code-delete|CODE-0001",
                    "ecom|code-delete|CODE-0003", "pos|code-delete|CODE-0003",
                ])
        let report = try #require(
            try json(shop.run("codes", "delete", "--all", "--json").output) as? [String: Any])
        let rewards = try #require(report["rewards"] as? [[String: Any]])
        #expect(rewards.map { $0["rewardId"] as? String } == ["r25", "web-10"])
        #expect(rewards.map { $0["deleted"] as? Int } == [0, 1])
        #expect(try shop.run("codes", "delete", "--reward", "r26").status == 64)
        #expect(try shop.run("codes", "delete", "--file", "none.csv").status == 64)
        #expect(try shop.run("codes", "delete").status == 64)
        #expect(try shop.run("codes", "delete", "--all", "--reward", "r25").status == 64)
        #expect(try shop.run("verify").status == 0)
    }

    @Test func `code: where it came from and what happened to it, masked unless asked`() throws {
        #expect(try shop.run("code", "CODE-0001").status == 65)
        let file = try list("code,expires_on\nCODE-0001,2099-12-31\n")
        #expect(try shop.run("codes", "import", file, "--reward", "r25").status == 0)
        #expect(try shop.run("codes", "delete", "--reward", "r25").status == 0)
        let found = try shop.run("code", "CODE-0001")
        #expect(found.status == 0 && found.errors.isEmpty)
        #expect(
            found.output == """
                code ****0001 of pos, reward r25
                  voided, last day 2099-12-31
                  came with the night of \(shop.first) from import/list.csv:2, available
                  \(shop.first)  \(shop.first) 00:00:00  available → voided  deleted

                """)
        #expect(try shop.run("code", "CODE-0001", "--full").output.hasPrefix("code CODE-0001 of"))
        let report = try #require(
            try json(shop.run("code", "CODE-0001", "--json").output) as? [String: Any])
        #expect(report["code"] as? String == "****0001")
        let near = try shop.run("code", "code-0001")
        #expect(near.status == 65)
        #expect(near.errors.contains("there is one like it: in capitals"))
        #expect(!near.errors.contains("CODE-0001"))
    }
}
