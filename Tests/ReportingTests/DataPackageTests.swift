import CCrypto
import Foundation
import Reporting
import TestSupport
import Testing

/// `datapackage.json` says of each file of a night's folder what it is.
@Suite struct DataPackageTests {
    private func store() throws -> ReportStore {
        try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, '0100', NULL, 2, 0, NULL, 0);
            INSERT INTO balance VALUES ({2026-11-17}, 1, 0, 5, 0, 0, NULL, 0, 1);
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-17}, 'posted', NULL, NULL);
            INSERT INTO night_total VALUES ({2026-11-17}, 1, 'lines_read', 12);
            """)
    }

    private func package(_ store: ReportStore) throws -> [String: Any] {
        let text = try store.scratch.read("reports/2026-11-17/datapackage.json")
        let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(json as? [String: Any])
    }

    private func resource(_ store: ReportStore, _ name: String) throws -> [String: Any] {
        let resources = try #require(package(store)["resources"] as? [[String: Any]])
        return try #require(resources.first { $0["name"] as? String == name })
    }

    /// `name type` of each field.
    private func fields(_ resource: [String: Any]) throws -> [String] {
        let schema = try #require(resource["schema"] as? [String: Any])
        let fields = try #require(schema["fields"] as? [[String: String]])
        return fields.map { "\($0["name"] ?? "") \($0["type"] ?? "")" }
    }

    private func key(_ resource: [String: Any]) -> [String]? {
        (resource["schema"] as? [String: Any])?["primaryKey"] as? [String]
    }

    private func sha256(_ data: Data) -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        data.withUnsafeBytes {
            _ = EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil)
        }
        return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    @Test func `it says whose night it is and in which currency`() throws {
        let store = try store()
        try store.publish(.of("summary"), .of("balances"))
        let package = try package(store)
        #expect(package["profile"] as? String == "tabular-data-package")
        #expect(package["name"] as? String == "2026-11-17")
        #expect(package["program"] as? String == "maison-noir")
        #expect(package["business_date"] as? String == "2026-11-17")
        #expect(package["currency"] as? String == "EUR")
        let resources = try #require(package["resources"] as? [[String: Any]])
        #expect(resources.map { $0["name"] as? String } == ["summary", "balances"])
    }

    @Test func `sizes and hashes are those of the files`() throws {
        let store = try store()
        try store.publish(.of("summary"), .of("balances"), .of("files"))
        for name in ["summary", "balances", "files"] {
            let resource = try resource(store, name)
            #expect(resource["path"] as? String == name + ".csv")
            let text = try store.scratch.read("reports/2026-11-17/\(name).csv")
            #expect(resource["bytes"] as? Int == text.utf8.count)
            #expect(resource["hash"] as? String == "sha256:" + sha256(Data(text.utf8)))
        }
    }

    @Test func `the hash is that of the file also where cards came out of order`() throws {
        let store = try store()
        try store.run(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (2, '0050', NULL, 2, 0, NULL, 0);
            INSERT INTO balance VALUES ({2026-11-17}, 2, 0, 6, 0, 0, NULL, 0, 1);
            """)
        try store.publish(.of("balances", ["card_code"]))
        let text = try store.scratch.read("reports/2026-11-17/balances.csv")
        #expect(text == lines("card_code", "0050", "0100"))
        #expect(
            try resource(store, "balances")["hash"] as? String
                == "sha256:" + sha256(Data(text.utf8)))
    }

    @Test func `every column of every report has a type and a description`() throws {
        let store = try store()
        try store.publish(Reports.all.map { .of($0.name) })
        for report in Reports.all {
            let resource = try resource(store, report.name)
            #expect((resource["description"] as? String)?.isEmpty == false)
            let schema = try #require(resource["schema"] as? [String: Any])
            let fields = try #require(schema["fields"] as? [[String: String]])
            #expect(fields.compactMap { $0["name"] } == report.columns.map(\.name))
            for field in fields {
                #expect(field["description"]?.isEmpty == false, "\(report.name): \(field)")
            }
            #expect(schema["missingValues"] as? [String] == [""])
        }
        #expect(
            try fields(resource(store, "unmatched")) == [
                "order_id string", "system string", "card_code string", "net_amount number",
                "parked_on date", "until date", "reason string", "points integer",
            ])
        #expect(try fields(resource(store, "summary")) == ["name string", "value integer"])
    }

    @Test func `columns are as the job wants them: renamed, and texts where it has words for them`()
        throws
    {
        let store = try store()
        try store.publish(
            .of(
                "balances", ["available", "debt", "tier", "card_code"],
                rename: ["available": "=1+1", "card_code": "Karte"],
                values: ["debt": ["0": "none"], "tier": [:]]))
        let resource = try resource(store, "balances")
        #expect(
            try fields(resource) == [
                "'=1+1 integer", "debt string", "tier string", "Karte string",
            ])
        #expect(
            try store.scratch.read("reports/2026-11-17/balances.csv")
                == lines("'=1+1,debt,tier,Karte", "5,none,basic,0100"))
    }

    @Test func `a key is given only where no two rows can be alike`() throws {
        let store = try store()
        try store.publish(
            .of("balances", rename: ["card_code": "Karte"]), .of("summary"), .of("files"))
        #expect(key(try resource(store, "balances")) == ["Karte", "account"])
        #expect(key(try resource(store, "summary")) == ["name"])
        #expect(key(try resource(store, "files")) == nil)
        try store.publish(
            .of("balances", ["card_code", "available"]),
            .of("summary", values: ["name": ["lines_read": "x"]]))
        #expect(key(try resource(store, "balances")) == nil)
        #expect(key(try resource(store, "summary")) == nil)
    }

    @Test func `codes of which only the end is shown are no key`() throws {
        let store = try store()
        var request = ReportRequest.of("breaks")
        try store.publish(request)
        #expect(key(try resource(store, "breaks")) == nil)
        request.codes = .full
        try store.publish(request)
        #expect(key(try resource(store, "breaks")) == ["code", "owner"])
    }
}
