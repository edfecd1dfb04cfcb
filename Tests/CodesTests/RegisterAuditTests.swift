import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// What `verify` finds in a register that somebody changed behind the program's back.
@Suite struct RegisterAuditTests {
    /// Three nights: K1 to K6 came, K2 was given away, K3 taken back.
    private static func make() throws -> CodeLists {
        let lists = try CodeLists()
        try lists.post(
            "2026-02-01",
            [
                "CODE-001", "CODE-002", "CODE-003", "CODE-004 state=assigned card=C4",
                "CODE-005 state=burned", "CODE-006 reward=web",
            ])
        try lists.post("2026-02-02", ["CODE-002 state=assigned card=C2", "CODE-007"])
        try lists.post("2026-02-03", ["CODE-003 state=delete"])
        return lists
    }

    private static func findings(_ lists: CodeLists) throws -> [String] {
        var found: [String] = []
        try lists.store.read { connection in
            try RegisterAudit(connection) { rule, night, text in
                found.append("\(rule.rawValue): " + (night.map { "\($0): " } ?? "") + text)
            }.run()
        }
        return found
    }

    struct Damage: CustomTestStringConvertible, Sendable {
        var what: String
        var sql: String
        var found: [String]
        var testDescription: String { what }
    }

    @Test(arguments: damages) func `what was changed is found`(damage: Damage) throws {
        let lists = try Self.make()
        #expect(try Self.findings(lists) == [])
        try LedgerDump.change(lists.scratch.path + "/nightjar.db", damage.sql)
        let found = try Self.findings(lists)
        #expect(!found.isEmpty)
        #expect(found == damage.found, "\(found)")
    }

    private static let damages: [Damage] = [
        Damage(
            what: "a code is in another state than its history",
            sql: "UPDATE code SET state = 0 WHERE code = 'CODE-002'",
            found: [
                "history: code ****-002 is available, its history ends with assigned",
                "counts: codes of r25 are counted as 1 available, 2 assigned, 1 burned, 0 expired, "
                    + "1 voided, the register holds 2 available, 1 assigned, 1 burned, 0 expired, "
                    + "1 voided",
            ]),
        Damage(
            what: "a transition is gone",
            sql: "DELETE FROM code_event WHERE code = 'CODE-003'",
            found: [
                "flows: 2026-02-01: r25: its flow says 0 burned, 0 expired and -1 voided more than the "
                    + "night did",
                "flows: 2026-02-03: r25: its flow says 0 burned, 0 expired and 1 voided more than the "
                    + "night did",
            ]),
        Damage(
            what: "a history has a gap",
            sql: "UPDATE code_event SET before = 1, night = night + 1 WHERE code = 'CODE-003';"
                + "INSERT INTO code_event (code, owner, night, seq, before, after, at, system, reason) "
                + "SELECT code, owner, night - 1, 1, 0, 3, at, system, 'x' FROM code_event "
                + "WHERE code = 'CODE-003'",
            found: [
                "history: 2026-02-04: code ****-003 goes on from assigned, and was expired before",
                "flows: 2026-02-03: r25: its flow says 0 burned, -1 expired and 1 voided more than the "
                    + "night did",
                "flows: 2026-02-04: r25: its flow says 0 burned, 0 expired and -1 voided more than the "
                    + "night did",
            ]),
        Damage(
            what: "a history begins before its code came",
            sql: "UPDATE code_event SET night = night - 9 WHERE code = 'CODE-002'",
            found: [
                "history: 2026-01-24: code ****-002 has a history from before it came on 2026-02-01"
            ]),
        Damage(
            what: "a code with a history is gone",
            sql: "DELETE FROM code WHERE code = 'CODE-003'",
            found: [
                "history: 2026-02-03: code ****-003 has a history and is not in the register",
                "counts: codes of r25 are counted as 1 available, 2 assigned, 1 burned, 0 expired, "
                    + "1 voided, the register holds 1 available, 2 assigned, 1 burned, 0 expired, "
                    + "0 voided",
                "flows: 2026-02-03: r25: its flow says 0 burned, 0 expired and 1 voided more than the "
                    + "night did",
            ]),
        Damage(
            what: "a code was burned twice",
            sql:
                "INSERT INTO code_event (code, owner, night, seq, before, after, at, system, reason) "
                + "SELECT code, owner, 20488, 1, 1, 2, 1, 1, 'x' FROM code WHERE code = 'CODE-005'",
            found: [
                "flows: 2026-02-01: r25: its flow says 1 burned, 0 expired and 0 voided more than the "
                    + "night did",
                "flows: 2026-02-04: r25: its flow says -1 burned, 0 expired and 0 voided more than the "
                    + "night did",
            ]),
        Damage(
            what: "a burn that nobody reported",
            sql: "UPDATE code SET burn = 'B1', burned_in = 1 WHERE code = 'CODE-005'",
            found: ["burns: code ****-005 was burned by B1, which nobody reported"]),
        Damage(
            what: "a claim was granted a code that nobody was given",
            sql: "INSERT INTO claim (id, night, how, claimed_at, card, reward, state, code, owner) "
                + "SELECT 'X1', 20487, 'claim', 1, 'C9', reward, 0, code, owner FROM code "
                + "WHERE code = 'CODE-001'",
            found: [
                "claims: 2026-02-03: claim X1 was granted code ****-001, which was never assigned"
            ]),
        Damage(
            what: "two claims were granted one code",
            sql: "INSERT INTO claim (id, night, how, claimed_at, card, reward, state, code, owner) "
                + "SELECT v.id, 20487, 'claim', 1, v.id, reward, 0, code, owner FROM code, "
                + "(SELECT 'X1' AS id UNION SELECT 'X2') v WHERE code = 'CODE-002'",
            found: [
                "claims: code ****-002 was granted by 2 claims to several members, X1 among them"
            ]),
        Damage(
            what: "a code of nobody's file was slipped in",
            sql: "INSERT INTO code (code, owner, reward, state, expires_on, file, line, added_on) "
                + "SELECT 'CODE-999', owner, reward, 0, expires_on, file, 99, 20487 FROM code "
                + "WHERE code = 'CODE-006'",
            found: [
                "counts: codes of web are counted as 1 available, 0 assigned, 0 burned, 0 expired, "
                    + "0 voided, the register holds 2 available, 0 assigned, 0 burned, 0 expired, "
                    + "0 voided",
                "flows: web closed with 1 open codes, the register holds 2",
            ]),
        Damage(
            what: "a night opens with other codes than the one before closed with",
            sql: "UPDATE code_flow SET opening = opening + 1, closing = closing + 1 "
                + "WHERE night = 20486",
            found: [
                "flows: 2026-02-02: r25 opens with 5 codes, the night before closed with 4",
                "flows: 2026-02-03: r25 opens with 5 codes, the night before closed with 6",
            ]),
        Damage(
            what: "something is to be sent of no night and no code",
            sql: "INSERT INTO outbox (night, endpoint, kind, subject, key, payload) "
                + "VALUES (20400, 'pos', 'code-delete', 'CODE-001', 'k1', '{}');"
                + "INSERT INTO night (day, state) VALUES (20487, 'open');"
                + "INSERT INTO outbox (night, endpoint, kind, subject, key, payload) "
                + "VALUES (20487, 'pos', 'code-add', 'NONE-001', 'k2', '{}')",
            found: [
                "outbox: row 1, code-delete for pos, names a night that is not there",
                "outbox: row 2, code-add for pos, names a code that is not there",
            ]),
    ]
}
