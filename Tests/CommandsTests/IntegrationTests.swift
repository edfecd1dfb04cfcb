import Foundation
import TestSupport
import Testing

/// The four integrations of till and web shop, end to end: the till is reached by SFTP, the shop by HTTP.
///
/// After a night and its delivery both have what the register says.
@Suite struct IntegrationTests {
    private static let night = "2026-01-01"

    /// A program with both systems and their servers.
    private final class Shops {
        let folder: ScratchFolder
        let till: SSHServer
        let web: ScriptedServer
        private var night = IntegrationTests.night

        init(_ integration: String, rewards: String, send: String) throws {
            folder = try ScratchFolder()
            till = try SSHServer()
            web = try ScriptedServer()
            #expect(try BuiltProgram.run("init", folder.path + "/shop").status == 0)
            try folder.write(
                """
                version: 1
                program: shops
                timezone: UTC
                currency: EUR
                opens_on: \(IntegrationTests.night)
                accounts: { spend: { ratio: 1 } }
                systems:
                  pos: { endpoint: till }
                  ecom: { endpoint: web }
                integration: \(integration)
                rewards:
                \(rewards)
                endpoints:
                  till:
                    kind: sftp
                    url: sftp://\(till.user)@127.0.0.1:\(till.port)\(till.folder.path)/in/
                    key: \(till.key(.ed25519))
                    known_hosts: \(till.knownHosts)
                    send: [\(send)]
                  web: { kind: http, url: "\(web.url)/loyalty", batch: 3, send: [\(send)] }

                """, to: "shop/program.yaml")
            for job in ["ingest-stock", "ingest-burns", "ingest-claims", "ingest-members"] {
                let path = "shop/Jobs/\(job).yaml"
                try folder.write(
                    folder.read(path).replacingOccurrences(of: "settle:", with: "#settle:")
                        + "settle: { quiet: 0 seconds }\n", to: path)
            }
        }

        func drop(_ name: String, _ lines: String...) throws {
            let text = lines.joined(separator: "\n") + "\n"
            try folder.write(text, to: "shop/inbox/" + name)
            // Finished for certain.
            try folder.write("", to: "shop/inbox/\(name).done")
        }

        /// Closes the next night and sends what it has to tell.
        func close() throws {
            let run = try BuiltProgram.run(
                "run", "--date", night, "--workspace", folder.path + "/shop")
            #expect(run.status == 0, "\(run.errors)")
            let sent = try BuiltProgram.run("deliver", "--workspace", folder.path + "/shop")
            #expect(sent.status == 0, "\(sent.output) \(sent.errors)")
            night = "2026-01-0\((Int(night.suffix(1)) ?? 0) + 1)"
        }

        func rows(_ sql: String) throws -> [String] {
            try LedgerDump.rows(of: folder.path + "/shop/nightjar.db", sql)
        }

        /// The records of a kind that the till has, file by file, each by its columns.
        func atTill(_ kind: String) throws -> [[String: String]] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: till.folder.path + "/in"
            )
            .filter { $0.hasPrefix(kind + "-2") }.sorted()
            return try names.flatMap { name in
                let lines = try till.folder.read("in/" + name).split(separator: "\n")
                    .map { $0.components(separatedBy: ",") }
                return lines.dropFirst().map { line in
                    Dictionary(uniqueKeysWithValues: zip(lines[0], line)).filter {
                        !$0.value.isEmpty
                    }
                }
            }
        }

        /// The messages of a kind that the shop has, in the order in which they came.
        func atWeb(_ kind: String) throws -> [[String: Any]] {
            try web.requests.flatMap { request -> [[String: Any]] in
                let body = try JSONSerialization.jsonObject(with: Data(request.body))
                return body as? [[String: Any]] ?? [body as? [String: Any] ?? [:]]
            }.filter { $0["schema"] as? String == kind + "/1" }
        }

        /// The stock of a system when it has done what it was told: `K1 assigned C1`.
        private func stock(_ before: [String: String], _ changes: [[String: Any]]) -> [String] {
            var stock = before
            for change in changes {
                guard let code = change["code"] as? String, let kind = change["change"] as? String
                else { continue }
                let card = change["card_code"] as? String
                switch kind {
                case "add", "assign":
                    stock[code] =
                        change["state"] as? String == "assigned"
                        ? "assigned \(card ?? "")" : "available"
                default: stock[code] = nil
                }
            }
            return stock.map { "\($0.key) \($0.value)" }.sorted()
        }

        func stockAtTill(_ before: [String: String]) throws -> [String] {
            stock(before, try atTill("code-changes"))
        }

        func stockAtWeb(_ before: [String: String]) throws -> [String] {
            stock(before, try atWeb("code-changes"))
        }

        /// What the register says that can still be used, of an owner or of all.
        func open(owner: String? = nil) throws -> [String] {
            try rows(
                """
                SELECT c.code || CASE c.state WHEN 1 THEN ' assigned ' || c.card ELSE ' available' END
                FROM code c JOIN code_system s ON s.id = c.owner WHERE c.state < 2
                    AND (s.name = '\(owner ?? "")' OR '\(owner ?? "")' = '') ORDER BY 1
                """)
        }
    }

    private static let shared =
        "  - { id: r25, name: A voucher, type: value, value: 25.00, owner: pos, mirrors: [ecom] }"
    private static let members = ["card_code,member_id", "C1,M1", "C2,M2"]
    private static let claims = "claim_id,claimed_at,card_code,reward_id,kind"
    private static let burns = "burn_id,burned_at,store_id,card_code,code,order_id,discount_amount"

    @Test func `real time: what got lost by day is sent again at night`() throws {
        let shops = try Shops("real_time", rewards: Self.shared, send: "code-changes")
        try shops.drop("members-a.csv", "card_code,member_id", "C1,M1", "C2,M2")
        try shops.drop(
            "codes-r25-\(Self.night).csv", "code,state,card_code", "K1,,", "K2,,", "K3,assigned,C1")
        // The shop burned K1 and told the till, which never heard; it never heard of K2 and whose K3 is.
        try shops.drop(
            "burns-ecom-\(Self.night).csv", Self.burns,
            "B1,\(Self.night)T10:00:00,WEB,C2,K1,W1,25.00")
        try shops.drop(
            "stock-pos-\(Self.night).csv", "code,reward_id,status,card_code", "K1,r25,available,",
            "K2,r25,available,", "K3,r25,assigned,C1")
        try shops.drop(
            "stock-ecom-\(Self.night).csv", "code,reward_id,status,card_code", "K1,r25,burned,C2",
            "K3,r25,available,")
        try shops.close()
        #expect(try shops.open() == ["K2 available", "K3 assigned C1"])
        #expect(
            try shops.stockAtTill(["K1": "available", "K2": "available", "K3": "assigned C1"])
                == shops.open())
        #expect(try shops.stockAtWeb(["K3": "available"]) == shops.open())
        // What agrees is not told.
        #expect(try shops.atTill("code-changes").count == 1)
        #expect(try shops.atWeb("code-changes").count == 2)
    }

    @Test func `asynchronous: codes, assignments and burns of each side reach the other`() throws {
        let shops = try Shops(
            "asynchronous", rewards: Self.shared, send: "members, balances, code-changes")
        try shops.drop("members-a.csv", "card_code,member_id", "C1,M1", "C2,M2")
        try shops.drop("codes-r25-\(Self.night).csv", "code", "K1", "K2", "K3")
        try shops.close()
        let tills = ["K1": "available", "K2": "available", "K3": "available"]
        #expect(try shops.stockAtWeb([:]) == shops.open())
        #expect(try shops.stockAtTill(tills) == shops.open())
        #expect(try shops.atWeb("code-changes").allSatisfy { $0["value"] as? String == "25.00" })
        // The night after: one is given to a member here, another is used in the shop.
        try shops.drop(
            "claims-ecom-2026-01-02.csv", Self.claims, "G1,2026-01-02T09:00:00,C2,r25,grant")
        try shops.drop(
            "burns-ecom-2026-01-02.csv", Self.burns, "B1,2026-01-02T10:00:00,WEB,C1,K3,W1,25.00")
        try shops.close()
        #expect(try shops.open() == ["K1 assigned C2", "K2 available"])
        #expect(try shops.stockAtTill(tills) == shops.open())
        // It burned K3 itself.
        let web = try shops.stockAtWeb([:]).filter { !$0.hasPrefix("K3") }
        #expect(web == (try shops.open()))
        #expect(try shops.atTill("members").map { $0["card_code"] } == ["C1", "C2"])
        #expect(try shops.atWeb("members").count == 2)
    }

    @Test func `separate: each channel keeps its own, and nothing is sent across`() throws {
        let shops = try Shops(
            "separate",
            rewards: """
                  - { id: till5, name: At the till, type: value, value: 5.00, owner: pos, stock: { threshold: 2 } }
                  - { id: web5, name: On the web, type: value, value: 5.00, owner: ecom, stock: { threshold: 2 } }
                """, send: "code-changes, replenishment")
        try shops.drop("codes-till5-\(Self.night).csv", "code", "T1")
        try shops.drop("codes-web5-\(Self.night).csv", "code", "W1", "W2", "W3")
        // The till lists one that it has used; what it lists beside it is none of the shop's.
        try shops.drop(
            "burns-pos-\(Self.night).csv", Self.burns, "B1,\(Self.night)T10:00:00,S1,,T1,R1,5.00")
        try shops.drop(
            "stock-pos-\(Self.night).csv", "code,reward_id,status,card_code", "T1,till5,available,")
        try shops.drop(
            "stock-ecom-\(Self.night).csv", "code,reward_id,status,card_code", "W1,web5,available,",
            "W2,web5,available,", "W3,web5,available,")
        try shops.close()
        #expect(try shops.stockAtTill(["T1": "available"]) == shops.open(owner: "pos"))
        #expect(
            try shops.stockAtWeb(["W1": "available", "W2": "available", "W3": "available"])
                == shops.open(owner: "ecom"))
        #expect(try shops.atWeb("code-changes").isEmpty)
        // The till is asked for codes, the shop has enough.
        #expect(try shops.atTill("replenishment").map { $0["reward_id"] } == ["till5"])
        #expect(try shops.atWeb("replenishment").isEmpty)
    }

    @Test func `identification: the till knows members, balances and rewards`() throws {
        let shops = try Shops(
            "identification",
            rewards:
                "  - { id: r25, name: A voucher, type: value, value: 25.00, cost_points: 5, owner: pos }",
            send: "members, balances, catalogue")
        try shops.drop("members-a.csv", "card_code,member_id", "C1,M1", "C2,M2")
        try shops.drop("codes-r25-\(Self.night).csv", "code", "K1")
        try shops.drop(
            "orders-pos-\(Self.night).csv",
            "order_id,ordered_at,store_id,card_code,quantity,line_amount",
            "T1,\(Self.night)T09:00:00,S1,C2,1,12.00")
        try shops.close()
        for records in [try shops.atTill("members"), try shops.atWeb("members")]
            as [[[String: Any]]]
        {
            #expect(records.map { $0["card_code"] as? String } == ["C1", "C2"])
        }
        let till = try shops.atTill("balances").map {
            "\($0["card_code"] ?? "") \($0["available"] ?? "")"
        }
        let web = try shops.atWeb("balances").map {
            "\($0["card_code"] ?? "") \($0["available"] ?? "")"
        }
        #expect(
            try shops.rows(
                "SELECT card || ' ' || available FROM balance JOIN member ON id = member")
                == till)
        #expect(till == ["C2 12"])
        #expect(web == till)
        #expect(
            try shops.atTill("catalogue").map { "\($0["reward_id"] ?? "") \($0["state"] ?? "")" }
                == ["r25 on_sale"])
        let rewards = try shops.atWeb("catalogue").first?["rewards"] as? [[String: Any]]
        #expect(rewards?.map { $0["state"] as? String } == ["on_sale"])
    }
}
