import Foundation
import Ledger
import Loyalty
import Runner
import TestSupport
import Testing

/// `verify`: silent on every store that nights made, and never on one that was changed.
@Suite struct StoreAuditTests {
    private static let seeds =
        1...(ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 12)

    private static func audit(_ nights: Nights, limit: Int = 10) throws -> StoreAudit {
        try StoreAudit(Workspace(folder: nights.folder.path), limit: limit) { _, _, _ in }
    }

    @Test(arguments: seeds) func `after every night of any shop all is well`(seed: Int) throws {
        let shop = RandomShop(seed: seed)
        let nights = try Nights(shop)
        for night in shop.nights {
            try nights.drop(shop.files(of: night))
            try nights.close(date: night.date)
            let findings = try Self.audit(nights).findings
            #expect(findings.map(\.text) == [], "seed \(seed)")
        }
    }

    @Test(arguments: AuditedStory.all) func `corrections and merges leave all well`(
        story: AuditedStory
    ) throws {
        let nights = try story.make()
        #expect(try Self.audit(nights).findings.map(\.text) == [])
        #expect(
            try LedgerDump.rows(
                of: nights.store,
                """
                SELECT m.card, l.id, l.remaining FROM lot l JOIN member m ON m.id = l.member
                UNION ALL SELECT m.card, '-', -d.points FROM debt d JOIN member m ON m.id = d.member
                ORDER BY 1, 2
                """) == story.leaves)
    }

    @Test func `so many findings of each invariant are listed, and all are counted`() throws {
        let nights = try AuditedShop.make()
        try LedgerDump.change(nights.store, "UPDATE lot SET remaining = 1")
        let audit = try Self.audit(nights, limit: 1)
        #expect(audit.findings.count == 1 && audit.counts == [.lots: 4])
    }

    @Test func `a damaged file is not read any further`() throws {
        let nights = try AuditedShop.make()
        let file = try FileHandle(forUpdating: URL(filePath: nights.store))
        let size = try file.seekToEnd()
        try file.seek(toOffset: size / 2)
        try file.write(contentsOf: Data(repeating: 0xFF, count: Int(size / 4)))
        try file.close()
        let audit = try Self.audit(nights)
        #expect(Set(audit.findings.map(\.invariant)) == [.file])
    }

    // MARK: Planted corruptions

    struct Damage: CustomTestStringConvertible, Sendable {
        var what: String
        var sql: String
        var found: Set<Invariant>
        /// How the first finding begins.
        var first: String
        /// What one of them says.
        var says = ""
        var testDescription: String { what }
    }

    @Test(arguments: damages) func `what was changed is found`(damage: Damage) throws {
        let nights = try AuditedShop.make()
        #expect(try Self.audit(nights).findings.map(\.text) == [])
        try LedgerDump.change(nights.store, damage.sql)
        let audit = try Self.audit(nights)
        #expect(Set(audit.findings.map(\.invariant)) == damage.found, "\(audit.findings)")
        let first = try #require(audit.findings.first)
        let night = first.night.map { "\($0) " } ?? ""
        let text = "\(night)\(first.card ?? "-"): \(first.text)"
        #expect(text.hasPrefix(damage.first), "\(text)")
        #expect(
            damage.says.isEmpty || audit.findings.contains { $0.text.contains(damage.says) },
            "\(audit.findings)")
    }

    private static let a1 = "WHERE lot = 'A1' AND kind = 0"
    private static let broken = "its postings and the hash before them give "

    private static let damages = damagedLots + damagedNights + damagedPostings + damagedOrders

    private static let damagedLots: [Damage] = [
        Damage(
            what: "a lot holds more than its postings left",
            sql: "UPDATE lot SET remaining = 7 WHERE id = 'A1'", found: [.lots],
            first: "C1: lot A1 holds 7 points, its postings leave 6"),
        Damage(
            what: "a lot is gone", sql: "DELETE FROM lot WHERE id = 'A1'", found: [.lots],
            first: "C1: 1 lots are open, postings leave 2"),
        Damage(
            what: "a lot is good for longer than it was stamped",
            sql: """
                UPDATE lot SET expires_on = expires_on + 90 WHERE id = 'A1';
                INSERT INTO expiring SELECT expires_on, member FROM lot WHERE id = 'A1';
                """,
            found: [.lots],
            first:
                "C1: lot A1 is good from 2024-03-01 to 2024-06-09, its postings say 2024-03-01 to "
                + "2024-03-11"),
        Damage(
            what: "a lot was left open behind its last day",
            sql: """
                UPDATE lot SET expires_on = 19786 WHERE id = 'B2';
                UPDATE posting SET expires_on = 19786 WHERE lot = 'B2' AND kind = 0;
                UPDATE balance SET next_expires_on = 19786 WHERE night = 19785;
                INSERT INTO expiring SELECT expires_on, member FROM lot WHERE id = 'B2';
                """,
            found: [.lots],
            first: "2024-03-04 C2: lot B2 still holds 7 points, its last day was 2024-03-04"),
        Damage(
            what: "a debt was made up", sql: "INSERT INTO debt VALUES (2, 0, 9)", found: [.lots],
            first: "C2: the debt of spend is 9 points, postings leave 0"),
        Damage(
            what: "a lot is of two members",
            sql: """
                INSERT INTO lot SELECT 2, account, id, system, points, remaining, earned_on, active_on,
                    expires_on FROM lot WHERE id = 'A1';
                INSERT INTO posting SELECT id + 100, night, 2, account, kind, system, source, lot_system,
                    lot, 6, date, active_on, expires_on FROM posting \(a1);
                """,
            found: [.nights, .chain, .balances, .lotKeys],
            first: "2024-03-01 C2: posting", says: "lot A1 is 2 members'"),
        Damage(
            what: "a lot would never expire",
            sql: "DELETE FROM expiring WHERE member = 1 AND expires_on = 19793",
            found: [.expiring],
            first: "2024-03-11 C1: no night will expire the 6 points of lot A1"),
    ]

    private static let damagedNights: [Damage] = [
        Damage(
            what: "a balance is another",
            sql: "UPDATE balance SET available = 27 WHERE night = 19784 AND member = 1",
            found: [.balances],
            first:
                "2024-03-02 C1: the balance of spend is 27 available, 0 pending, 0 owed, 20 until "
                + "2024-03-09, postings sum to 26 available, 0 pending, 0 owed, 20 until 2024-03-09"
        ),
        Damage(
            what: "what the program owes is another sum",
            sql: "UPDATE liability SET points = points + 1 WHERE night = 19786",
            found: [.balances], first: "2024-03-04 -: lots of spend that expire in 2024-03 hold "),
        Damage(
            what: "what the program owes is gone", sql: "DELETE FROM liability",
            found: [.balances], first: "2024-03-04 -: lots of spend that expire in 2024-03 hold "),
        Damage(
            what: "a balance is gone",
            sql: "DELETE FROM balance WHERE night = 19784 AND member = 1", found: [.balances],
            first: "2024-03-02 C1: there are postings of spend, and no balance"),
        Damage(
            what: "a night is missing",
            sql: """
                DELETE FROM night_total WHERE night = 19786; DELETE FROM job_run WHERE night = 19786;
                UPDATE night SET day = 19787 WHERE day = 19786;
                """,
            found: [.nights, .balances],
            first: "2024-03-05 -: the night before it is that of 2024-03-03"),
        Damage(
            what: "an earlier night was opened again",
            sql: "UPDATE night SET state = 'posted' WHERE day = 19784", found: [.nights],
            first: "2024-03-02 -: it is posted, a later night is there"),
        Damage(
            what: "a night lost its range of postings",
            sql: "UPDATE night SET last_posting = last_posting - 1 WHERE day = 19785",
            found: [.nights, .totals],
            first: "2024-03-03 -: spend: opening 63 + postings 13 is not closing 73"),
        Damage(
            what: "a line of a file has no verdict",
            sql: "UPDATE file SET lines_read = 5 WHERE path = 'orders-pos-2024-03-02.csv'",
            found: [.files, .totals],
            first: "2024-03-02 -: orders-pos-2024-03-02.csv: 5 lines read, 4 have a verdict"),
        Damage(
            what: "a file is gone",
            sql: "DELETE FROM file WHERE path = 'orders-pos-2024-03-03.csv'",
            found: [.references, .totals],
            first: "-: 1 rows of orders name file"),
        Damage(
            what: "a total is another",
            sql:
                "UPDATE night_total SET value = 9 WHERE night = 19784 AND name = 'points_returned'",
            found: [.totals],
            first: "2024-03-02 -: postings: points_returned sums to 12, the night posted 9"),
        Damage(
            what: "a night opens with other points than the one before closed with",
            sql: """
                UPDATE night_total SET value = value + 100
                    WHERE night = 19784 AND name IN ('points_opening', 'points_closing')
                """, found: [.totals],
            first: "2024-03-02 -: spend: it opens with 175, the night before closed with 75"),
        Damage(
            what: "a posting was raised, with its lot, balances and totals",
            sql: """
                UPDATE posting SET points = 11 \(a1);
                UPDATE lot SET points = 11, remaining = 7 WHERE id = 'A1';
                UPDATE balance SET available = available + 1 WHERE member = 1;
                UPDATE night_total SET value = value + 1
                    WHERE night >= 19783 AND name = 'points_closing'
                        OR night > 19783 AND name = 'points_opening'
                        OR night = 19783 AND name = 'points_accrued';
                """,
            found: [.chain, .balances], first: "2024-03-01 -: \(broken)"),
        Damage(
            what: "a night's hash is another",
            sql: "UPDATE night SET chain = zeroblob(32) WHERE day = 19784", found: [.chain],
            first: "2024-03-02 -: \(broken)"),
        Damage(
            what: "a night's hash is gone", sql: "UPDATE night SET chain = NULL WHERE day = 19784",
            found: [.chain], first: "2024-03-02 -: the night has no hash"),
        Damage(
            what: "a member is another person",
            sql: "UPDATE member SET card = 'C8' WHERE id = 1", found: [.chain],
            first: "2024-03-01 -: \(broken)"),
    ]

    /// Each makes a return a spend, so that its night's totals and chain disagree, too.
    private static func spent(
        _ what: String, _ sql: String, _ found: Set<Invariant>, _ says: String
    ) -> Damage {
        Damage(
            what: what, sql: "UPDATE posting SET kind = 7 WHERE source = 'RA1';" + sql,
            found: found.union([.totals, .chain]),
            first: "2024-03-02 -: postings: points_returned", says: says)
    }

    private static let damagedPostings: [Damage] = [
        Damage(
            what: "a posting is gone", sql: "DELETE FROM posting WHERE source = 'RA1'",
            found: [.totals, .nights, .chain, .balances, .lots],
            first: "2024-03-02 -: postings: points_returned sums to 8, the night posted 12"),
        Damage(
            what: "a posting moved to another member",
            sql: "UPDATE posting SET member = 3 WHERE source = 'RA1'",
            found: [.nights, .chain, .balances, .lots],
            first: "2024-03-02 C2: posting"),
        spent(
            "points were spent in another order", "", [.spendOrder],
            "RA1 spent 4 points of lot A1 while lot A2, which comes first (soonest), had 20"),
        spent(
            "points were spent before they were active",
            """
            UPDATE posting SET active_on = 19790 WHERE lot = 'A1' AND kind = 0;
            UPDATE lot SET active_on = 19790 WHERE id = 'A1';
            """, [.spends, .spendOrder, .balances],
            "RA1 spent 4 points of lot A1, which is active from 2024-03-08 on"),
        spent(
            "points were spent after their last day",
            """
            UPDATE posting SET expires_on = 19783 WHERE lot = 'A1' AND kind = 0;
            UPDATE lot SET expires_on = 19783 WHERE id = 'A1';
            INSERT INTO expiring VALUES (19783, 1);
            """, [.spends, .lots, .balances],
            "RA1 spent 4 points of lot A1, whose last day was 2024-03-01"),
        Damage(
            what: "an accrual went into another lot",
            sql: """
                UPDATE posting SET source = 'A9' WHERE lot = 'A1' AND kind = 0;
                UPDATE orders SET id = 'A9' WHERE id = 'A1';
                """,
            found: [.chain, .accruals], first: "2024-03-01 -: \(broken)",
            says: "the 10 points of A9 went into lot A1"),
        Damage(
            what: "an order accrued twice",
            sql: """
                UPDATE posting SET kind = 0, active_on = 19783, expires_on = 19793, points = 4,
                    source = 'A1' WHERE source = 'RA1';
                UPDATE lot SET points = 14, remaining = 14 WHERE id = 'A1';
                UPDATE balance SET available = 34 WHERE night = 19784 AND member = 1;
                """,
            found: [.balances, .totals, .chain, .accruals],
            first: "2024-03-02 -: postings: points_accrued",
            says: "A1 accrued 2 times and was reversed 0 times"),
    ]

    private static let damagedOrders: [Damage] = [
        Damage(
            what: "an order is gone, which would count again when it is sent again",
            sql: "DELETE FROM orders WHERE id = 'A1'", found: [.orders],
            first: "2024-03-01 C1: points of order A1 are posted, the order is not known"),
        Damage(
            what: "an order that earned has no posting",
            sql:
                "INSERT INTO orders SELECT system, 'A0', content, night, ordered_on, member, kind, "
                + "state, net, base, returned, points, terms, file, line, 1, 0, 0 FROM orders "
                + "WHERE id = 'A1'",
            found: [.orders], first: "2024-03-01 C1: order A0 earns 10 points, none are posted"),
        Damage(
            what: "an order waits no longer, and was not posted",
            sql: "UPDATE parked SET ended_on = 19785, outcome = 'released'", found: [.parked],
            first: "2024-03-02 -: order W1 is parked and waits for nothing"),
        Damage(
            what: "a parked order has gone", sql: "DELETE FROM orders WHERE id = 'W1'",
            found: [.parked], first: "2024-03-02 -: order W1 waits and is not parked"),
        Damage(
            what: "an adjustment waits and nobody is told",
            sql: """
                INSERT INTO adjustment SELECT 'J9', 19784, 'C9', NULL, 0, 5, 19784, 'why', 1, 19800,
                    file, line FROM orders WHERE id = 'A1'
                """,
            found: [.parked], first: "2024-03-02 -: adjustment J9 waits and is not parked"),
        Damage(
            what: "a member is gone", sql: "DELETE FROM member WHERE card = 'C3'",
            found: [.references, .chain],
            first: "-: 1 rows of card name member 3, which is not there"),
        Damage(
            what: "a file that refused lines is gone",
            sql: "INSERT INTO reject VALUES (99, 1, 'rejected', 'x', 'y')", found: [.references],
            first: "-: reject"),
    ]
}

/// Three small nights, and one with nothing: each lot and posting can be named.
enum AuditedShop {
    static func make() throws -> Nights {
        let nights = try Nights(workspace)
        for (name, text) in files { try nights.folder.write(text, to: "inbox/" + name) }
        try nights.close(through: CivilDate("2024-03-04"))
        return nights
    }

    private static let workspace: [(name: String, text: String)] = [
        (
            "program.yaml",
            """
            version: 1
            program: audited
            timezone: Europe/Paris
            currency: EUR
            opens_on: 2024-03-01
            accounts:
              spend: { expiry: { after: 10 days }, returns: debit }
            systems: { pos: {} }

            """
        ),
        (
            "Jobs/members.yaml",
            """
            version: 1
            job: members
            kind: ingest
            records: members
            files: "members-{date}.csv"
            settle: { quiet: 0 seconds }

            """
        ),
        (
            "Jobs/opening.yaml",
            """
            version: 1
            job: opening
            kind: ingest
            after: [members]
            records: opening-lots
            files: "lots-{date}.csv"
            settle: { quiet: 0 seconds }

            """
        ),
        (
            "Jobs/orders.yaml",
            """
            version: 1
            job: orders
            kind: ingest
            after: [opening]
            records: orders
            files: "orders-{system}-{date}.csv"
            settle: { quiet: 0 seconds }

            """
        ),
        ("Jobs/points.yaml", "version: 1\njob: points\nkind: points\nafter: [orders]\n"),
    ]

    private static let header =
        "order_id,ordered_at,store_id,card_code,quantity,line_amount,original_order_id\n"

    private static let files = [
        ("members-2024-03-01.csv", "card_code\nC1\nC2\nC3\n"),
        (
            "lots-2024-03-01.csv",
            "lot_id,card_code,earned_on,points,remaining\nL1,C3,2024-01-01,50,40\n"
        ),
        (
            "orders-pos-2024-03-01.csv",
            header + "A1,2024-03-01T10:00:00,1,C1,1,10.00,\nA2,2024-02-28T10:00:00,1,C1,1,20.00,\n"
                + "B1,2024-03-01T10:00:00,1,C2,1,5.00,\n"
        ),
        (
            "orders-pos-2024-03-02.csv",
            header + "RA1,2024-03-02T10:00:00,1,C1,-1,-4.00,A1\n"
                + "RB1,2024-03-02T10:00:00,1,C2,-1,-5.00,B1\nRB2,2024-03-02T11:00:00,1,C2,-1,-3.00,\n"
                + "W1,2024-03-02T10:00:00,1,C9,1,8.00,\n"
        ),
        ("orders-pos-2024-03-03.csv", header + "B2,2024-03-03T10:00:00,1,C2,1,10.00,\n"),
    ]
}
