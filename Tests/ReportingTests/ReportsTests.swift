import Reporting
import Testing

/// Each report's text, whole, with all its columns.
@Suite struct ReportsTests {
    @Test func `postings are those of the night, by card and then in the ledger's order`() throws {
        let store = try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, '0200', NULL, 1, 0, NULL, 0),
                (2, '0100', NULL, 1, 0, NULL, 0);
            INSERT INTO posting VALUES
                (1, {2026-11-16}, 1, 0, 0, 2, 'T0', 2, 'T0', 9, {2026-11-16}, NULL, NULL),
                (2, {2026-11-17}, 1, 0, 0, 2, 'T1', 2, 'T1', 12, {2026-11-16},
                    {2026-12-01}, {2027-11-16}),
                (3, {2026-11-17}, 1, 1, 0, 2, 'T1', 2, 'T1', 6, {2026-11-16}, {2026-11-16}, NULL),
                (4, {2026-11-17}, 1, 0, 12, 1, 'W9', NULL, NULL, -3, {2026-11-17}, NULL, NULL),
                (5, {2026-11-17}, 2, 0, 4, 1, 'W1', 1, 'W1', -40, {2026-11-17}, NULL, NULL),
                (6, {2026-11-18}, 2, 0, 0, 2, 'T5', 2, 'T5', 9, {2026-11-18}, NULL, NULL);
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-16}, 'closed', 1, 1), ({2026-11-17}, 'closed', 2, 5),
                ({2026-11-18}, 'posted', 6, 6);
            """)
        #expect(
            try store.text(.of("postings"))
                == lines(
                    "card_code,account,kind,source,lot,points,date,system,active_on,expires_on",
                    "0100,spend,expire,W1,W1,-40,2026-11-17,shop,,",
                    "0200,spend,accrue,T1,T1,12,2026-11-16,till,2026-12-01,2027-11-16",
                    "0200,status,accrue,T1,T1,6,2026-11-16,till,2026-11-16,",
                    "0200,spend,return_uncovered,W9,,-3,2026-11-17,shop,,"))
    }

    @Test func `balances are those of the night, by card and account`() throws {
        let store = try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, '0200', NULL, 1, 0, NULL, 0),
                (2, '0100', NULL, 2, 0, NULL, 0);
            INSERT INTO balance VALUES
                ({2026-11-16}, 1, 0, 9, 9, 9, NULL, 0, 1),
                ({2026-11-17}, 1, 0, 100, 12, 0, {2026-12-31}, 40, 1),
                ({2026-11-17}, 1, 1, 6, 0, 0, NULL, 0, 1),
                ({2026-11-17}, 2, 0, 0, 0, 7, NULL, 0, 2);
            """)
        #expect(
            try store.text(.of("balances"))
                == lines(
                    "card_code,account,available,pending,debt,next_expires_on,"
                        + "next_expiring_points,tier",
                    "0100,spend,0,0,7,,0,gold",
                    "0200,spend,100,12,0,2026-12-31,40,basic",
                    "0200,status,6,0,0,,0,basic"))
    }

    @Test func `unmatched is what waited when the night ended, whatever for`() throws {
        let store = try ReportStore(
            """
            INSERT INTO parked VALUES
                (2, 'T9', {2026-11-16}, 'unknown_member', '0900', NULL, 1205, {2026-12-16},
                    NULL, NULL),
                (2, 'T8', {2026-11-17}, 'unknown_member', '0800', NULL, -5, {2026-12-17},
                    NULL, NULL),
                (1, 'T8', {2026-11-17}, 'unknown_member', NULL, NULL, 0, {2026-12-17},
                    {2026-11-18}, 'released'),
                (2, 'T7', {2026-11-16}, 'unknown_member', '0700', NULL, 1, {2026-12-16},
                    {2026-11-17}, 'released'),
                (2, 'T6', {2026-11-18}, 'unknown_member', '0600', NULL, 1, {2026-12-18},
                    NULL, NULL),
                (2, 'T5', {2026-11-17}, 'later_day', '0500', NULL, 1, {2026-12-17}, NULL, NULL),
                (2, 'T4', {2026-11-17}, 'missing_order', NULL, 'T1', -1, {2026-12-17}, NULL, NULL),
                (9, 'J1', {2026-11-17}, 'unknown_member', '0700', NULL, -7, {2026-12-17}, NULL, NULL);
            INSERT INTO system VALUES (9, 'adjustments');
            """)
        #expect(
            try store.text(.of("unmatched"))
                == lines(
                    "order_id,system,card_code,net_amount,parked_on,until,reason,points",
                    "J1,adjustments,0700,,2026-11-17,2026-12-17,unknown_member,-7",
                    "T4,till,,-0.01,2026-11-17,2026-12-17,missing_order,",
                    "T5,till,0500,0.01,2026-11-17,2026-12-17,later_day,",
                    "T8,shop,,0.00,2026-11-17,2026-12-17,unknown_member,",
                    "T8,till,0800,-0.05,2026-11-17,2026-12-17,unknown_member,",
                    "T9,till,0900,12.05,2026-11-16,2026-12-16,unknown_member,"))
        let columns = ReportRequest.of("unmatched", ["order_id", "net_amount"])
        #expect(
            try store.text(columns, decimals: 0)
                == lines("order_id,net_amount", "J1,", "T4,-1", "T5,1", "T8,0", "T8,-5", "T9,1205"))
    }

    @Test func `orders are by store, channel and tier, with the share of those without a card`()
        throws
    {
        let store = try ReportStore(
            """
            INSERT INTO order_total VALUES
                ({2026-11-16}, 'P1', 'pos', 1, 9, 9, 9, 9, 9, 9, 9, 9, 9),
                ({2026-11-17}, 'P2', '', 2, 1, 0, 0, 3, 1000, 10, 0, 20, 0),
                ({2026-11-17}, 'P1', 'web', 1, 1, 0, 0, 1, 5, 0, 0, 0, 0),
                ({2026-11-17}, 'P1', 'pos', 2, 1, 0, 0, 1, 100, 1, 0, 0, 0),
                ({2026-11-17}, 'P1', 'pos', 1, 2, 1, 0, 5, -250, 4, 6, 0, 1),
                ({2026-11-17}, 'P1', 'pos', 0, 2, 0, 2, 2, 700, 0, 0, 0, 0),
                ({2026-11-17}, '', '', 1, 0, 0, 0, 0, 0, 3, 0, 0, 0);
            """)
        #expect(
            try store.text(.of("orders"))
                == lines(
                    "store_id,channel,tier,orders,returns,lines,net_amount,points_accrued,"
                        + "points_returned,status_points_accrued,status_points_returned,"
                        + "orders_anonymous,anonymous_share",
                    ",,basic,0,0,0,0.00,3,0,0,0,0,",
                    "P1,pos,,2,0,2,7.00,0,0,0,0,2,0.3333",
                    "P1,pos,basic,2,1,5,-2.50,4,6,0,1,0,0.3333",
                    "P1,pos,gold,1,0,1,1.00,1,0,0,0,0,0.3333",
                    "P1,web,basic,1,0,1,0.05,0,0,0,0,0,0.0000",
                    "P2,,gold,1,0,3,10.00,10,0,20,0,0,0.0000"))
    }

    @Test func `liability is by account and month, with what history says of breakage`() throws {
        let store = try ReportStore(
            """
            INSERT INTO night (day, state) VALUES ({2025-11-17}, 'closed'),
                ({2025-11-18}, 'closed'), ({2026-11-16}, 'closed'), ({2026-11-17}, 'posted');
            INSERT INTO night_total VALUES
                ({2025-11-17}, 1, 'points_expired', 1000000),
                ({2025-11-18}, 1, 'points_expired', 1), ({2025-11-18}, 2, 'points_redeemed', 1),
                ({2025-11-18}, 3, 'points_accrued', 50),
                ({2026-11-17}, 1, 'points_expired', 0), ({2026-11-17}, 2, 'points_redeemed', 1);
            INSERT INTO liability VALUES
                ({2026-11-16}, 0, {2026-12-01}, 0, 999),
                ({2026-11-17}, 0, 2147483647, 0, 7),
                ({2026-11-17}, 0, {2027-11-01}, {2026-11-20}, 40),
                ({2026-11-17}, 0, {2027-11-01}, {2026-11-19}, 60),
                ({2026-11-17}, 0, {2026-12-01}, {2026-11-19}, 1),
                ({2026-11-17}, 0, {2026-12-01}, 0, 9),
                ({2026-11-17}, 1, {2026-12-01}, 0, 5);
            """)
        #expect(
            try store.text(.of("liability"))
                == lines(
                    "account,expires_month,available,pending,points,breakage_rate,"
                        + "expected_breakage",
                    "spend,2026-12,9,1,10,0.3333,3",
                    "spend,2027-11,0,100,100,0.3333,33",
                    "spend,,7,0,7,0.3333,0",
                    "status,2026-12,5,0,5,,"))
    }

    @Test func `expiring is what the night noted, by card`() throws {
        let store = try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, '0200', NULL, 1, 0, NULL, 0), (2, '0100', NULL, 1, 0, NULL, 0);
            INSERT INTO expiring_points VALUES
                ({2026-11-16}, 1, 0, {2026-11-17}, 9),
                ({2026-11-17}, 1, 0, {2026-12-17}, 4), ({2026-11-17}, 1, 0, {2026-11-18}, 3),
                ({2026-11-17}, 1, 1, {2026-11-18}, 2), ({2026-11-17}, 2, 0, {2026-11-24}, 1);
            """)
        #expect(
            try store.text(.of("expiring"))
                == lines(
                    "card_code,account,points,expires_on,days", "0100,spend,1,2026-11-24,7",
                    "0200,spend,3,2026-11-18,1", "0200,spend,4,2026-12-17,30",
                    "0200,status,2,2026-11-18,1"))
    }

    @Test func `exceptions are those of the night, by kind, source and system`() throws {
        let store = try ReportStore(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, '0200', NULL, 1, 0, NULL, 0);
            INSERT INTO exception VALUES
                ({2026-11-17}, 'uncollected_return', 2, 'R1', 1, 1, 6, NULL),
                ({2026-11-17}, 'uncollected_return', 1, 'R1', 0, 1, 5, NULL),
                ({2026-11-17}, 'over_return', 2, 'R2', 0, NULL, NULL, 1205),
                ({2026-11-16}, 'over_return', 2, 'R0', 0, 1, NULL, 1);
            """)
        #expect(
            try store.text(.of("exceptions"))
                == lines(
                    "kind,source,system,account,card_code,points,amount,code,reward_id,store_id,"
                        + "order_id,detail",
                    "over_return,R2,till,,,,12.05,,,,,",
                    "uncollected_return,R1,shop,spend,0200,5,,,,,,",
                    "uncollected_return,R1,till,status,0200,6,,,,,,"))
    }

    private static let files = """
        INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-16}, 'closed', NULL, NULL),
            ({2026-11-17}, 'posted', NULL, NULL);
        INSERT INTO file (id, night, path, job, records, bytes, modified_at, sha256, expanded_sha256, evidence, verdict,
                reason, lines_read, lines_accepted, lines_duplicate, lines_correction, lines_parked,
                lines_rejected, lines_conflict)
                VALUES
            (1, {2026-11-17}, 'b/orders.csv', 'ingest-orders', 'orders', 1000, 0, x'AB01', x'AB01',
                'marker', 'ingested', NULL, 9, 3, 1, 1, 1, 2, 1),
            (2, {2026-11-17}, 'a/orders.csv', 'ingest-orders', 'orders', 20, 0, x'FF', x'FF',
                'quiet', 'refused', 'too_many_rejects', 0, 0, 0, 0, 0, 0, 0),
            (3, {2026-11-17}, 'members.csv', 'ingest-members', 'members', 7, 0, x'00', x'00',
                'quiet', 'duplicate_file', NULL, 0, 0, 0, 0, 0, 0, 0),
            (4, {2026-11-16}, 'old.csv', 'ingest-members', 'members', 7, 0, x'00', x'00',
                'quiet', 'ingested', NULL, 1, 0, 0, 0, 0, 1, 0);
        INSERT INTO reject VALUES
            (1, 10, 'rejected', 'amount_invalid', 'write the amount, as the layout says'),
            (1, 9, 'conflict', 'order_changed', ''),
            (2, 10, 'rejected', 'field_count', 'x'),
            (3, 2, 'rejected', 'bad_quote', 'y'),
            (4, 2, 'rejected', 'bad_quote', 'y');
        """

    @Test func `rejects are sorted by the file's name, the line as a number, then the path`() throws
    {
        #expect(
            try ReportStore(Self.files).text(.of("rejects"))
                == lines(
                    "file,line,verdict,reason,hint",
                    "members.csv,2,rejected,bad_quote,y",
                    "orders.csv,9,conflict,order_changed,",
                    "orders.csv,10,rejected,field_count,x",
                    "orders.csv,10,rejected,amount_invalid,\"write the amount, as the layout says\""
                ))
    }

    @Test func `files are sorted by path and say how many lines came to what`() throws {
        #expect(
            try ReportStore(Self.files).text(.of("files"))
                == lines(
                    "file,path,job,records,verdict,reason,evidence,bytes,sha256,lines_read,"
                        + "lines_accepted,lines_duplicate,lines_correction,lines_parked,"
                        + "lines_rejected,lines_conflict",
                    "orders.csv,a/orders.csv,ingest-orders,orders,refused,too_many_rejects,quiet,"
                        + "20,ff,0,0,0,0,0,0,0",
                    "orders.csv,b/orders.csv,ingest-orders,orders,ingested,,marker,1000,ab01,"
                        + "9,3,1,1,1,2,1",
                    "members.csv,members.csv,ingest-members,members,duplicate_file,,quiet,7,00,"
                        + "0,0,0,0,0,0,0"))
    }

    @Test func `the summary keeps the order in which the night noted its figures`() throws {
        let store = try ReportStore(
            """
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-16}, 'closed', NULL, NULL),
                ({2026-11-17}, 'posted', NULL, NULL);
            INSERT INTO night_total VALUES ({2026-11-17}, 2, 'lines_read', 12),
                ({2026-11-17}, 10, 'a', -3), ({2026-11-16}, 1, 'lines_read', 9);
            """)
        #expect(try store.text(.of("summary")) == lines("name,value", "lines_read,12", "a,-3"))
    }

    @Test func `a night without anything has headers`() throws {
        let store = try ReportStore(
            "INSERT INTO night (day, state, first_posting, last_posting) "
                + "VALUES ({2026-11-17}, 'posted', NULL, NULL);")
        for report in Reports.all {
            let header = report.columns.map(\.name).joined(separator: ",")
            #expect(try store.text(.of(report.name)) == lines(header))
        }
        #expect(
            Reports.all.map(\.name) == [
                "summary", "postings", "balances", "orders", "liability", "expiring",
                "exceptions",
                "unmatched", "rejects", "files", "burns", "breaks", "replenish", "codes",
                "code-files", "grants", "catalogue", "deliveries",
            ])
    }
}
