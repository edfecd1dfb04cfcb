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
    private static func shop(through last: String = "2026-11-18") throws -> SamplesTests.Shop {
        let shop = try SamplesTests.Shop(through: "")
        var program = try shop.folder.read("program.yaml")
        program.replace("LOR03], grace: 1 day", with: "LOR03], grace: 1 day, endpoint: files")
        program.replace("on_burn: burn }", with: "on_burn: burn, endpoint: crm }")
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
