import CCrypto
import Foundation
import Reporting
import Storage
import TestSupport
import Testing

/// `cards: hashed`: tokens in every card column, the same for a card wherever it stands.
@Suite struct CardTokenTests {
    private static let cards = ["0100", "0200", "0300", "0400", "=0+2"]

    private func store() throws -> ReportStore {
        let members = Self.cards.enumerated().map { "(\($0 + 1), '\($1)', NULL, 1, 0, NULL, 0)" }
        return try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES \(members.joined(separator: ", "));
            INSERT INTO balance SELECT {2026-11-17}, id, 0, id, 0, 0, NULL, 0, tier FROM member;
            INSERT INTO posting (night, member, account, kind, system, source, points, date)
                SELECT {2026-11-17}, id, 0, 0, 1, 'T' || id, id, {2026-11-17} FROM member;
            INSERT INTO posting (night, member, account, kind, system, source, points, date)
                VALUES ({2026-11-17}, 99, 0, 0, 1, 'T99', 1, {2026-11-17});
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-17}, 'posted', 1, 6);
            INSERT INTO parked VALUES
                (1, 'T8', {2026-11-17}, 'later_day', '0100', NULL, 0, {2026-12-17}, NULL, NULL),
                (1, 'T9', {2026-11-17}, 'later_day', NULL, NULL, 0, {2026-12-17}, NULL, NULL);
            """)
    }

    private func hashed(_ report: String, _ columns: [String]) -> ReportRequest {
        var request = ReportRequest.of(report, columns)
        request.cards = .hashed
        return request
    }

    /// HMAC-SHA-256 as libcrypto makes it.
    private func token(_ card: String, _ store: ReportStore) throws -> String {
        let key = try #require(
            try store.store.read { try $0.string("SELECT hex(key) FROM store_key") })
        let digits = Array(key.utf8).map { Int($0 < 58 ? $0 - 48 : $0 - 55) }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] * 16 + digits[$0 + 1])
        }
        var mac = [UInt8](repeating: 0, count: 32)
        var count = 0
        let text = Array(card.utf8)
        #expect(
            EVP_Q_mac(
                nil, "HMAC", nil, "SHA256", nil, bytes, bytes.count, text, text.count, &mac, 32,
                &count) != nil)
        let hex = mac.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        return String(hex.prefix(32))
    }

    @Test func `a token is the first 32 digits of HMAC-SHA-256 with the store's key`() throws {
        let store = try store()
        let expected = try Self.cards.enumerated().map {
            (try token($1, store), "\(try token($1, store)),\($0 + 1)")
        }
        let rows = expected.sorted { $0.0 < $1.0 }.map(\.1)
        #expect(
            try store.text(hashed("balances", ["card_code", "available"]))
                == (["card_code,available"] + rows).joined(separator: "\n") + "\n")
    }

    @Test func `rows leave in the order of what is shown, and no card is shown anywhere`() throws {
        let store = try store()
        try store.publish(
            hashed("balances", ["card_code"]), hashed("postings", ["card_code"]),
            hashed("unmatched", ["card_code", "order_id"]))
        let tokens = try Self.cards.map { try token($0, store) }.sorted()
        let all = tokens.joined(separator: "\n")
        let folder = "reports/2026-11-17/"
        #expect(try store.scratch.read(folder + "balances.csv") == "card_code\n\(all)\n")
        // Who is gone has no card, and so no token.
        #expect(try store.scratch.read(folder + "postings.csv") == "card_code\n\"\"\n\(all)\n")
        #expect(
            try store.scratch.read(folder + "unmatched.csv")
                == lines("card_code,order_id", "\(token("0100", store)),T8", ",T9"))
        for file in ["balances.csv", "postings.csv", "unmatched.csv", "datapackage.json"] {
            let text = try store.scratch.read(folder + file)
            for card in Self.cards { #expect(!text.contains(card), "\(file) shows \(card)") }
        }
    }

    @Test func `every column that holds cards is known as one`() {
        for report in Reports.all {
            for column in report.columns where column.name.contains("card") {
                #expect(column.kind == .card, "\(report.name).\(column.name)")
            }
        }
    }

    @Test func `another store has other tokens, the same store always the same`() throws {
        let (first, second) = (try store(), try store())
        let request = hashed("balances", ["card_code"])
        let text = try first.text(request)
        #expect(try first.publish(request).outcome == .same)
        #expect(try second.text(request) != text)
        #expect(try first.text(.of("balances", ["card_code"])) != text)
    }

    @Test func `conditions and other words are for what is shown`() throws {
        let store = try store()
        let token = try token("0200", store)
        var request = ReportRequest.of(
            "balances", ["card_code", "available"],
            values: ["card_code": [token: "somebody", "0200": "wrong"]],
            where: ["card_code": [token, "0300"]])
        request.cards = .hashed
        #expect(try store.text(request) == lines("card_code,available", "somebody,2"))
    }
}
