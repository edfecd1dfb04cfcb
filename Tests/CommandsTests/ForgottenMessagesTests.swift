import Foundation
import TestSupport
import Testing

/// Who was forgotten is told to nobody: neither by the nights that follow, nor by what waited to be sent.
@Suite struct ForgottenMessagesTests {
    /// Somebody of whom the last night tells, by what it tells.
    private static let cards = [
        "2900041368726",  // a return of his order
        "2900042116067",  // points that expire soon
        "2900042116791",  // a tier that was his until then
        "2900041661964",  // points that he can spend as of that night
    ]

    private static func rows(_ shop: SamplesTests.Shop, _ sql: String) throws -> [String] {
        try LedgerDump.rows(of: shop.folder.path + "/nightjar.db", sql)
    }

    /// The kinds of messages of the last night that name one of the cards.
    private func kinds(_ shop: SamplesTests.Shop, naming cards: [String]) throws -> Set<String> {
        let named = cards.map { "instr(payload, '\($0)') > 0" }.joined(separator: " OR ")
        return try Set(
            Self.rows(
                shop,
                """
                SELECT DISTINCT kind FROM outbox WHERE endpoint = 'crm' AND (\(named))
                    AND night = (SELECT max(night) FROM outbox)
                """))
    }

    private func files(_ shop: SamplesTests.Shop, _ folder: String) throws -> [String: String] {
        try shop.contents(folder).files
    }

    @Test func `a night tells nobody of who was forgotten before it`() throws {
        let kept = try SentMessagesTests.shop()
        let told = try kinds(kept, naming: Self.cards)
        #expect(
            told.isSuperset(of: [
                "members", "balances", "postings", "points", "orders", "expiring", "eligible",
                "tier-changes",
            ]), "\(told)")

        let shop = try SentMessagesTests.shop(through: "2026-11-17")
        for card in Self.cards {
            #expect(try shop.run("forget", card, "--yes").status == 0)
        }
        try shop.drop("2026-11-18")
        // Codes and badges that he may have asked for on his last day.
        let claims = Self.cards.enumerated().map { index, card in
            "C-9\(index),2026-11-18T09:00:00,\(card),fidele,grant,\n"
        }
        try shop.folder.write(
            "claim_id,claimed_at,card_code,reward_id,kind,reason\n" + claims.joined(),
            to: "inbox/claims-app-2026-11-18.csv")
        let run = try shop.run("run", "--date", "2026-11-18")
        #expect(run.status == 0, "\(run.errors)")
        #expect(try kinds(shop, naming: Self.cards + ["forgotten-"]) == [])
        #expect(try kinds(shop, naming: ["2900041002170"]).count > 4)
        for (path, text) in try files(shop, "outgoing/2026-11-18") {
            for name in Self.cards + ["forgotten-", "M1006", "M1020", "M1021", "M1010"] {
                #expect(!text.contains(name), "\(path) names \(name)")
            }
        }
    }

    @Test func `his points expire as usual, and nobody is told`() throws {
        let card = "2900041222103"
        func shop(forgetting isForgotten: Bool) throws -> SamplesTests.Shop {
            let shop = try SentMessagesTests.shop(through: "")
            try shop.drop("2026-11-16")
            let lots = "inbox/opening-lots-2026-11-16.csv"
            try shop.folder.write(
                shop.folder.read(lots)
                    + "OLD-9,\(card),spend,2025-11-21,2025-11-23,2026-11-20,7,7\n", to: lots)
            #expect(try shop.run("run", "--date", "2026-11-16").status == 0)
            if isForgotten { #expect(try shop.run("forget", card, "--yes").status == 0) }
            // Nobody sends anything any more.
            let till = try shop.folder.read("Jobs/ingest-till.yaml")
            try shop.folder.write(
                till.split(separator: "\n").filter { !$0.hasPrefix("expect") }
                    .joined(separator: "\n") + "\n", to: "Jobs/ingest-till.yaml")
            let run = try shop.run("run", "--through", "2026-11-21")
            #expect(run.status == 0, "\(run.errors)")
            return shop
        }
        func told(_ shop: SamplesTests.Shop, _ name: String) throws -> [String] {
            try Self.rows(
                shop,
                """
                SELECT DISTINCT kind FROM outbox WHERE endpoint = 'crm' AND instr(payload, '\(name)') > 0
                    AND night > (SELECT min(night) FROM outbox) ORDER BY 1
                """)
        }
        #expect(
            try told(shop(forgetting: false), card) == [
                "balances", "expiring", "points", "postings",
            ])
        let forgotten = try shop(forgetting: true)
        #expect(
            try Self.rows(
                forgotten,
                "SELECT kind, points FROM ledger WHERE card LIKE 'forgotten-%' AND night > '2026-11-16'"
            ) == ["expire|-2"])
        #expect(try told(forgotten, card) == [] && told(forgotten, "forgotten-") == [])
        for (path, text) in try files(forgotten, "outgoing") where path > "2026-11-17" {
            #expect(!text.contains("forgotten-"), "\(path)")
        }
    }

    @Test func `what waited to be sent when he was forgotten goes out and names him nowhere`()
        throws
    {
        let server = try ScriptedServer()
        let shop = try SentMessagesTests.shop()
        let endpoints = try shop.folder.read("endpoints.yaml")
        try shop.folder.write(
            endpoints.replacing("https://crm.example/", with: server.url)
                .replacing("file:///nowhere/", with: "file:outbound/"), to: "endpoints.yaml")
        // One whose rows may have arrived is no other.
        try LedgerDump.change(
            shop.folder.path + "/nightjar.db",
            """
            UPDATE outbox SET state = 'sending', parcel = id, attempts = 1, tried_at = 1
            WHERE kind = 'balances' AND endpoint = 'crm'
            """)
        let cards = Self.cards + ["2900042113141", "2900041442037"]
        for card in cards {
            let forgotten = try shop.run("forget", card, "--yes", "--json")
            let said = try #require(try json(forgotten.output) as? [String: Any])
            #expect((said["messages"] as? Int ?? 0) > 0, "\(card)")
        }
        let sent = try shop.run("deliver")
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(
            try Self.rows(
                shop, "SELECT DISTINCT state FROM outbox WHERE state <> 'superseded'")
                == ["acknowledged"])
        let texts =
            server.requests.map { ("a request", $0.text) }
            + (try files(shop, "outbound").map { ($0.key, $0.value) })
        #expect(texts.count > 300 && texts.contains { $0.1.contains("forgotten-") })
        for (what, text) in texts {
            for name in cards + ["M1006", "M1020", "M1021", "M1010"] {
                #expect(!text.contains(name), "\(what) names \(name)")
            }
        }
    }
}
