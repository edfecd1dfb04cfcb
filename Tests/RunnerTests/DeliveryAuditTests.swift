import Ledger
import Loyalty
import Runner
import TestSupport
import Testing

/// `verify` holds the outbox against what the report deliveries is made of.
@Suite struct DeliveryAuditTests {
    /// A night with a row that waits and one that arrived, counted so.
    private func nights() throws -> Nights {
        let nights = try AuditedShop.make()
        try LedgerDump.change(
            nights.store,
            """
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload, state, attempts, ended_in)
            SELECT max(day), 'crm', 'grants', 'C1', 'U1', '{}', 'acknowledged', 1, max(day) FROM night;
            INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
            SELECT max(day), 'crm', 'grants', 'C1', 'U2', '{}' FROM night;
            INSERT INTO delivery_total (night, endpoint, kind, written, acknowledged)
            SELECT max(day), 'crm', 'grants', 2, 1 FROM night;
            """)
        return nights
    }

    private func findings(_ nights: Nights) throws -> [String] {
        let audit = try StoreAudit(Workspace(folder: nights.folder.path), limit: 10) { _, _, _ in }
        #expect(audit.findings.allSatisfy { $0.invariant == .deliveries })
        return audit.findings.map(\.text)
    }

    @Test func `what agrees is not found, nor rows that are gone`() throws {
        let nights = try nights()
        #expect(try findings(nights) == [])
        try LedgerDump.change(nights.store, "DELETE FROM outbox WHERE state = 'acknowledged'")
        #expect(try findings(nights) == [])
    }

    @Test func `a row that is gone before it was sent is found`() throws {
        let nights = try nights()
        try LedgerDump.change(nights.store, "DELETE FROM outbox WHERE state = 'pending'")
        #expect(try findings(nights) == ["crm: 0 grants wait, 1 are counted so"])
    }

    @Test func `a row that was said to have arrived, and wasn't counted, is found`() throws {
        let nights = try nights()
        try LedgerDump.change(
            nights.store, "UPDATE outbox SET state = 'acknowledged', attempts = 1")
        #expect(
            try findings(nights) == [
                "crm: 0 grants wait, 1 are counted so",
                "crm: 2 grants acknowledged, 1 are counted so",
                "crm: 1 rows ended in no night, or wait and have ended",
            ])
    }
}
