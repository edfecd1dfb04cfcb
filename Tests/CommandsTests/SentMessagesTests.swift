import Foundation
import TestSupport
import Testing

/// What the nights of samples/ have to tell, to endpoints that get messages and to those that get files.
@Suite struct SentMessagesTests {
    private static let kinds = [
        "members", "balances", "postings", "expiring", "catalogue", "eligible", "notices", "grants",
        "burns", "code-changes", "replenishment", "tier-changes", "night-summary", "exceptions",
        "orders", "points",
    ]

    /// The samples with two endpoints that get all there is: the till has files, the shop has messages.
    static func shop(through last: String = "2026-11-18") throws -> SamplesTests.Shop {
        let shop = try SamplesTests.Shop(through: "", pushes: false)
        var program = try shop.folder.read("program.yaml")
        program.replace("endpoint: till-in", with: "endpoint: files")
        program.replace("endpoint: shop-in", with: "endpoint: crm")
        program.replace(
            "owner: shop\n",
            with: "owner: shop\n    push_text: A tin of tea is yours for the asking\n")
        try shop.folder.write(program, to: "program.yaml")
        let send = kinds.joined(separator: ", ")
        try shop.folder.write(
            """
            version: 1
            endpoints:
              crm: { kind: http, url: "https://crm.example/", send: [\(send)] }
              files: { kind: file, url: "file:///nowhere/", send: [\(send)], layout: till-codes }
              lines: { kind: file, url: "file:///nowhere/", send: [\(send)], format: jsonl }

            """, to: "endpoints.yaml")
        try shop.folder.write(
            """
            version: 1
            layout: till-codes
            messages: code-changes
            delimiter: ";"
            decimal: ","
            columns: { night: Night, change: Action, code: Code, expires_on: Until, card_code: Card, channels: Where }
            dates: { night: yyyyMMdd }
            values: { change: { add: N, assign: A, burn: B, delete: X } }

            """, to: "layouts/till-codes.yaml")
        for night in SamplesTests.nights where night <= last {
            try shop.drop(night)
            let run = try shop.run("run", "--date", night)
            #expect(run.status == 0, "\(run.errors)")
        }
        return shop
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    private static func rows(_ shop: SamplesTests.Shop, _ sql: String) throws -> [String] {
        try LedgerDump.rows(of: shop.folder.path + "/nightjar.db", sql)
    }

    @Test func `the messages of three nights are what the golden files say`() throws {
        let shop = try Self.shop()
        for kind in Self.kinds {
            let rows = try Self.rows(
                shop,
                """
                SELECT payload FROM outbox WHERE endpoint = 'crm'
                    AND (kind = '\(kind)' OR '\(kind)' = 'code-changes' AND kind LIKE 'code-%')
                ORDER BY id
                """)
            try Golden.expect(
                rows.map { $0 + "\n" }.joined(), "messages/\(kind).jsonl")
        }
        for (path, text) in try shop.contents("outgoing").files where path.contains("/files/") {
            try Golden.expect(text, "outgoing/" + path)
        }
        let files = try shop.contents("outgoing").files.keys.filter { $0.contains("/files/") }
        let golden = try FolderContents(Repository.folder + "Tests/CommandsTests/Golden/outgoing")
        #expect(Set(files) == Set(golden.files.keys))
        let verify = try shop.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
    }

    @Test func `lines of JSON are the messages, one a line`() throws {
        let shop = try Self.shop()
        for kind in Self.kinds where !["code-changes", "replenishment"].contains(kind) {
            let messages = try Self.rows(
                shop,
                "SELECT payload FROM outbox WHERE endpoint = 'crm' AND kind = '\(kind)' ORDER BY id"
            )
            var lines: [String] = []
            for night in SamplesTests.nights {
                let path = "outgoing/\(night)/lines/\(kind)-\(night)-1.jsonl"
                guard FileManager.default.fileExists(atPath: shop.folder.path + "/" + path) else {
                    continue
                }
                lines += try shop.folder.read(path).split(separator: "\n").map(String.init)
            }
            #expect(lines.count == messages.count, "\(kind)")
            let odd = zip(lines, messages).first { $0 != $1 }
            #expect(odd == nil, "\(kind)")
        }
    }

    @Test func `a file's row says where it is, how long, and what its bytes come to`() throws {
        let shop = try Self.shop()
        let payloads = try Self.rows(
            shop, "SELECT payload FROM outbox WHERE endpoint = 'files' AND parcel IS NULL")
        #expect(payloads.count > 20)
        for payload in payloads {
            let file = try #require(json(payload) as? [String: Any])
            let path = try #require(file["file"] as? String)
            let data = try Data(contentsOf: URL(filePath: shop.folder.path + "/" + path))
            #expect(file["bytes"] as? Int == data.count)
            #expect(file["sha256"] as? String == hexadecimal(sha256(Array(data))))
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").count
            #expect(file["rows"] as? Int == lines - 1, "\(path)")
            #expect(path.hasSuffix(try #require(file["name"] as? String)))
        }
        // Changes travel with their file, which was written behind them.
        #expect(
            try Self.rows(
                shop,
                """
                SELECT count(*) FROM outbox o LEFT JOIN outbox f ON f.id = o.parcel
                    AND f.kind = 'code-changes' AND f.night = o.night
                WHERE o.endpoint = 'files' AND o.kind IN ('code-add', 'code-assign', 'code-burn',
                    'code-delete') AND (f.id IS NULL OR f.id < o.id)
                """) == ["0"])
    }

    @Test func `what is told once is not told again while it stays as it is`() throws {
        let shop = try Self.shop()
        // Nothing came for the night after: no card, no reward and no list is another one.
        try shop.folder.write("version: 1\n", to: "empty")
        let program = try shop.folder.read("Jobs/ingest-till.yaml")
        try shop.folder.write(
            program.split(separator: "\n").filter { !$0.hasPrefix("expect") }
                .joined(separator: "\n") + "\n", to: "Jobs/ingest-till.yaml")
        #expect(try shop.run("run", "--date", "2026-11-19").status == 0)
        #expect(
            try Self.rows(
                shop,
                """
                SELECT kind, subject FROM outbox WHERE endpoint = 'crm'
                    AND kind IN ('members', 'catalogue', 'notices')
                    AND night = (SELECT max(day) FROM night)
                """) == [])
        #expect(
            try Self.rows(
                shop,
                "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE kind = 'notices' GROUP BY endpoint, subject, "
                    + "json_extract(payload, '$.reward_id') HAVING count(*) > 1)") == ["0"])
    }
    @Test func `what is sent follows the published schemas`() throws {
        let shop = try Self.shop()
        let script = """
            import json, sys, jsonschema
            count = 0
            for line in sys.stdin:
                kind, payload = line.rstrip("\\n").split("\\t", 1)
                with open(sys.argv[1] + "/" + kind + ".schema.json") as file:
                    schema = json.load(file)
                jsonschema.Draft202012Validator.check_schema(schema)
                schema["additionalProperties"] = False
                checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
                errors = jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(json.loads(payload))
                for error in errors:
                    print(kind, error.message, payload)
                count += 1
            print(count)
            """
        let lines = try Self.rows(
            shop,
            """
            SELECT CASE WHEN kind LIKE 'code-%' THEN 'code-changes' ELSE kind END || char(9) || payload
            FROM outbox WHERE endpoint = 'crm' OR kind <> 'code-changes' AND kind LIKE 'code-%'
                OR kind = 'replenishment' AND subject <> 'replenishment'
            """)
        let kinds = Set(lines.map { $0.prefix { $0 != "\t" } })
        #expect(kinds == Set(Self.kinds.map { $0[...] }))
        let output = try python(
            script, Repository.folder + "Sources/Delivery/Schemas",
            input: lines.joined(separator: "\n"))
        #expect(output == "\(lines.count)\n")
    }

    /// Runs a script with the public validator of JSON Schema.
    private func python(_ script: String, _ argument: String, input: String) throws -> String {
        let python = Repository.folder + ".build/tools/jsonschema/bin/python"
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "the validator jsonschema is missing; install it with: make setup")
        let scratch = try ScratchFolder()
        try scratch.write(input + "\n", to: "input")
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script, argument]
        process.standardInput = FileHandle(forReadingAtPath: scratch.path + "/input")
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    @Test func `reports go out under names of their own, and anew where they were re-made`() throws
    {
        let shop = try SamplesTests.Shop(through: "", pushes: false)
        try shop.folder.write(
            """
            version: 1
            endpoints:
              lake: { kind: file, url: "file:lake/", send: [reports] }

            """, to: "endpoints.yaml")
        try shop.drop("2026-11-16")
        #expect(try shop.run("run", "--date", "2026-11-16").status == 0)
        func sent() throws -> [String] {
            try Self.rows(
                shop,
                "SELECT json_extract(payload, '$.name') || ' ' || state FROM outbox WHERE endpoint = 'lake' ORDER BY id"
            )
        }
        let first = try sent()
        let reports = try shop.contents("reports/2026-11-16").files
        #expect(first.count == reports.count)
        #expect(first.contains("balances-2026-11-16-1.csv pending"))
        // The data package comes last, and names the files as they are called there.
        #expect(first.last == "datapackage-2026-11-16-1.json pending")
        let package = try shop.folder.read("outgoing/2026-11-16/lake/datapackage-2026-11-16-1.json")
        let resources = try #require(json(package) as? [String: Any])["resources"]
        let paths = (resources as? [[String: Any]])?.compactMap { $0["path"] as? String }
        #expect(Set(paths?.map { $0 + " pending" } ?? []) == Set(first.dropLast()))
        // The same bytes are not sent again, others are.
        #expect(try shop.run("run", "--date", "2026-11-16").status == 0)
        #expect(try sent() == first)
        let job = try shop.folder.read("Jobs/emit-reports.yaml")
        try shop.folder.write(
            job.replacingOccurrences(
                of: "- report: balances",
                with: "- report: balances\n    columns: [card_code, available]"),
            to: "Jobs/emit-reports.yaml")
        #expect(try shop.run("run", "--date", "2026-11-16").status == 0)
        let again = try sent()
        #expect(
            Set(again).subtracting(first) == [
                "balances-2026-11-16-1.csv superseded", "balances-2026-11-16-2.csv pending",
                "datapackage-2026-11-16-1.json superseded", "datapackage-2026-11-16-2.json pending",
            ])
    }

    @Test func `nobody but the workspace's owner can read what goes out`() throws {
        let shop = try Self.shop(through: "2026-11-16")
        let folder = shop.folder.path + "/outgoing/2026-11-16/files"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) + [""] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(name)")
            #expect(!name.hasPrefix("."))
        }
    }
}
