import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// Stock files from the inbox to what reconciliation makes of them.
@Suite struct StockFileTests {
    private static let first = "2026-11-16"
    private static let second = "2026-11-17"

    private let nights: Nights

    init() throws {
        nights = try Nights([
            (
                "program.yaml",
                """
                version: 1
                program: maison-noir
                timezone: Europe/Paris
                currency: EUR
                opens_on: 2026-11-16
                accounts: { spend: { ratio: 1 } }
                systems: { pos: { endpoint: pos }, ecom: { endpoint: ecom } }
                endpoints:
                  pos: { kind: http, url: "https://pos.example/", send: [code-changes, replenishment] }
                  ecom: { kind: http, url: "https://ecom.example/", send: [code-changes, replenishment] }
                integration: real_time
                rewards:
                  - { id: r25, name: Voucher, type: value, value: 25.00, owner: pos, mirrors: [ecom], stock: { threshold: 5 } }

                """
            ),
            Self.job("ingest-codes", "kind: ingest\nrecords: codes\nfiles: codes-*.csv\n"),
            Self.job(
                "ingest-stock",
                "kind: ingest\nrecords: stock\nfiles: 'stock-{system}-{date}*.csv'\n"),
            Self.job("apply-codes", "kind: codes\nafter: [ingest-codes]\n"),
            Self.job("apply-points", "kind: points\nafter: [apply-codes]\n"),
            Self.job("reconcile-codes", "kind: reconcile\nafter: [apply-points, ingest-stock]\n"),
            Self.job("replenish-codes", "kind: replenish\nafter: [reconcile-codes]\n"),
            Self.job(
                "emit-reports", "kind: report\nafter: [replenish-codes]\nreports: [breaks, files]\n"
            ),
        ])
        try drop("codes-1.csv", "code,reward_id,expires_on\nK1,r25,2027-01-31\nK2,r25,\n")
    }

    private static func job(_ name: String, _ text: String) -> (name: String, text: String) {
        ("Jobs/\(name).yaml", "version: 1\njob: \(name)\n\(text)")
    }

    private func drop(_ name: String, _ text: String) throws {
        try nights.folder.write(text, to: "inbox/" + name)
    }

    private func close(_ night: String) throws {
        try nights.close(date: CivilDate(night))
    }

    private func rows(_ sql: String) throws -> [String] {
        try LedgerDump.rows(of: nights.store, sql)
    }

    private func breaks() throws -> [String] {
        try rows("SELECT code, class, statuses FROM code_break ORDER BY night, code")
    }

    @Test func `two stocks of the night are held against the register`() throws {
        try drop(
            "stock-pos-2026-11-16.csv",
            "code,reward_id,status\nK2,r25,available\nK1,r25,available\n")
        try drop("stock-ecom-2026-11-16.csv", "code,status\nK2,assigned\nK9,available\n")
        try close(Self.first)
        #expect(
            try breaks() == [
                "K1|missing_at_ecom|pos=available;ecom=",
                "K2|state_mismatch|pos=available;ecom=assigned",
                "K9|unknown_to_register|ecom=available",
            ])
        #expect(
            try rows("SELECT available, threshold, quantity, action FROM low_stock") == [
                "2|5|8|requested"
            ])
        #expect(
            try rows("SELECT endpoint, kind, subject FROM outbox ORDER BY id") == [
                "ecom|code-add|K1", "ecom|code-add|K2", "pos|replenishment|r25",
            ])
    }

    @Test
    func `a code twice in one file is a duplicate, or a conflict where it says something else`()
        throws
    {
        try drop(
            "stock-pos-2026-11-16.csv",
            "code,status\nK1,available\nK2,available\nK1,available\nK2,burned\n,available\nK3,lost\n"
        )
        try close(Self.first)
        #expect(
            try rows(
                """
                SELECT lines_read, lines_accepted, lines_duplicate, lines_conflict, lines_rejected
                FROM file WHERE records = 'stock'
                """) == ["6|2|1|1|2"])
        #expect(
            try rows("SELECT line, verdict, reason FROM reject ORDER BY line") == [
                "5|conflict|record_changed", "6|rejected|missing_field", "7|rejected|value_unknown",
            ])
        #expect(try breaks() == [])
    }

    @Test func `a file cut in half is refused, and its system not reconciled`() throws {
        try drop("stock-pos-2026-11-16.csv", "code,reward_id,status\nK1,r25,available\nK2,r2")
        try drop(
            "stock-ecom-2026-11-16.csv",
            "code,reward_id,status\nK1,r25,available\nK2,r25,available\n")
        try close(Self.first)
        #expect(try breaks() == [])
        #expect(
            try rows(
                """
                SELECT name, state FROM reconciliation JOIN code_system ON id = system ORDER BY name
                """) == ["ecom|reconciled", "pos|not_reconciled"])
        #expect(
            try rows("SELECT reason FROM file WHERE verdict = 'refused'") == ["truncated"])
    }

    @Test func `a manifest says which moment the file shows`() throws {
        let text = "code,status\nK1,available\nK2,available\n"
        for (system, asOf) in [("pos", "2026-11-16T18:00:00"), ("ecom", "2026-11-15T22:00:00Z")] {
            try drop("stock-\(system)-2026-11-16.csv", text)
            try drop("stock-\(system)-2026-11-16.csv.manifest", "{ \"as_of\": \"\(asOf)\" }")
        }
        try close(Self.first)
        #expect(
            try rows(
                """
                SELECT name, state, datetime(as_of, 'unixepoch') FROM reconciliation
                JOIN code_system ON id = system ORDER BY name
                """) == ["ecom|not_reconciled|", "pos|reconciled|2026-11-16 18:00:00"])
    }

    @Test func `a manifest whose moment is none is refused`() throws {
        try drop("stock-pos-2026-11-16.csv", "code,status\nK1,available\n")
        try drop("stock-pos-2026-11-16.csv.manifest", "{ \"as_of\": \"yesterday\" }")
        try close(Self.first)
        #expect(try rows("SELECT reason FROM file WHERE verdict = 'refused'") == ["bad_manifest"])
    }

    @Test func `a stock that has not changed is known bytes, and compared all the same`() throws {
        let text = "code,status\nK1,available\n"
        try drop("stock-pos-2026-11-16.csv", text)
        try close(Self.first)
        try drop("stock-pos-2026-11-17.csv", text)
        try close(Self.second)
        #expect(
            try rows("SELECT verdict FROM file WHERE records = 'stock' ORDER BY id") == [
                "ingested", "duplicate_file",
            ])
        #expect(try breaks() == ["K2|missing_at_pos|pos=", "K2|missing_at_pos|pos="])
        #expect(try rows("SELECT night - first_seen FROM code_break ORDER BY night") == ["0", "1"])
    }

    @Test func `a corrected rejects file adds no stock`() throws {
        try drop("stock-pos-2026-11-16.csv", "code,status\nK1,available\nK2,available\n")
        try drop(
            "stock-pos-2026-11-16-again.csv",
            "line,reason,hint,code,status\n3,value_unknown,x,K2,burned\n")
        try close(Self.first)
        #expect(try breaks() == [])
    }

    @Test
    func `nothing of the sorting stays in the workspace, and the night again changes nothing`()
        throws
    {
        try drop("stock-pos-2026-11-16.csv", "code,status\nK1,available\n")
        try close(Self.first)
        let files = try FileManager.default.contentsOfDirectory(atPath: nights.folder.path)
        #expect(!files.contains { $0.hasPrefix(".nightjar") })
        let before = try rows("SELECT * FROM code_break UNION ALL SELECT * FROM code_break")
        let reports = try nights.reports()
        try close(Self.first)
        #expect(try rows("SELECT * FROM code_break UNION ALL SELECT * FROM code_break") == before)
        #expect(try nights.reports() == reports)
    }
}
