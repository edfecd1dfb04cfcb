import Reporting
import Storage
import Testing

/// The reports of rewards and codes, each from rows as the register writes them.
@Suite struct CodeReportsTests {
    private static let register = """
        INSERT INTO night (day, state, first_posting, last_posting)
            VALUES ({2026-11-16}, 'closed', NULL, NULL), ({2026-11-17}, 'posted', NULL, NULL);
        INSERT INTO code_system VALUES (1, 'pos'), (2, 'ecom');
        INSERT INTO reward VALUES (1, 'r25'), (2, 'cake');
        INSERT INTO reward_terms VALUES
            (1, {2026-11-16}, '{"cost":100,"kind":"value","name":"25 euro","owner":"pos","renewal":"generated","status":"active","texts":{"isFeatured":true,"labels":{"Event":"Birthday"}},"value":2500}', NULL, NULL),
            (1, {2026-11-18}, '{"cost":120,"kind":"value","name":"25 euro","owner":"pos","status":"inactive","texts":{}}', NULL, NULL),
            (2, {2026-11-17}, '{"categories":[],"cost":0,"kind":"voucher","name":"Cake","owner":"ecom","status":"active","texts":{"categories":["food","sweet"],"isFeatured":false}}', NULL, NULL);
        """

    /// `{` stands for a date in the store's SQL: JSON is told apart by its quote.
    private func store(_ sql: String = "") throws -> ReportStore {
        let store = try ReportStore()
        try store.store.write { connection in
            try connection.execute(CodeReportsTests.dated(CodeReportsTests.register + sql))
        }
        return store
    }

    private static func dated(_ sql: String) -> String {
        sql.replacing(/\{(\d{4}-\d{2}-\d{2})\}/) { match in
            String(CodeReportsTests.days(String(match.output.1)))
        }
    }

    private static func days(_ date: String) -> Int { 20_773 + (Int(date.suffix(2)) ?? 0) - 16 }

    private func full(_ report: String, _ columns: [String]? = nil) -> ReportRequest {
        var request = ReportRequest.of(report, columns)
        request.codes = .full
        return request
    }

    private func lines(_ lines: String...) -> String { lines.map { $0 + "\n" }.joined() }

    @Test func `burns are the night's, with codes masked unless the job says full`() throws {
        let store = try store(
            """
            INSERT INTO burn (system, id, night, code, burned_at, store, card, receipt, discount,
                is_reversal, state, outcome, file, line)
                VALUES (1, 'B1', {2026-11-17}, 'PAR-7Q2M-0001', 1794938400, '0412', '0200', 'T1', 2500, 0, 0, 'burned', 1, 2),
                (2, 'B1', {2026-11-17}, 'SHORT', 1794938401, NULL, NULL, NULL, NULL, 0, 1, 'unknown_code', 1, 3);
            INSERT INTO burn_outcome VALUES ({2026-11-17}, 1, 'B1', 0, 'burned', 1, 1, 100, NULL),
                ({2026-11-17}, 2, 'B1', 0, 'unknown_code', NULL, NULL, NULL, NULL),
                ({2026-11-16}, 1, 'B0', 0, 'burned', 1, 1, NULL, NULL);
            """)
        let columns = [
            "burn_id", "system", "code", "outcome", "reward_id", "burned_at", "order_id",
            "discount_amount", "points_charged",
        ]
        #expect(
            try store.text(.of("burns", columns))
                == lines(
                    columns.joined(separator: ","),
                    "B1,ecom,****,unknown_code,,2026-11-17T18:00:01,,,",
                    "B1,pos,****0001,burned,r25,2026-11-17T18:00:00,T1,25.00,100"))
        #expect(
            try store.text(full("burns", ["code", "outcome"]))
                == lines("code,outcome", "SHORT,unknown_code", "PAR-7Q2M-0001,burned"))
    }

    @Test func `breaks say what each side says and how old they are`() throws {
        let store = try store(
            """
            INSERT INTO code_break VALUES
                ({2026-11-17}, 'K2', 1, 'missing_at_ecom', 1, 0, 'available', NULL, 'pos=available', {2026-11-16}, 'code-add', 2500),
                ({2026-11-17}, 'K1', 0, 'unknown_to_register', NULL, NULL, NULL, 'burned', 'ecom=burned', {2026-11-17}, NULL, NULL),
                ({2026-11-16}, 'K2', 1, 'missing_at_ecom', 1, 0, 'available', NULL, 'pos=available', {2026-11-16}, NULL, 2500);
            """)
        #expect(
            try store.text(full("breaks"))
                == lines(
                    "code,class,reward_id,owner,register_state,pos_status,ecom_status,statuses,"
                        + "first_seen,age,action,amount",
                    "K1,unknown_to_register,,,,,burned,ecom=burned,2026-11-17,0,,",
                    "K2,missing_at_ecom,r25,pos,available,available,,pos=available,2026-11-16,1,"
                        + "code-add,25.00"))
    }

    @Test func `replenish lists what is low, with the owner of that night`() throws {
        let store = try store(
            "INSERT INTO low_stock VALUES ({2026-11-17}, 1, 349, 0, 0, 350, 351, 'asked', 12);")
        #expect(
            try store.text(.of("replenish"))
                == lines(
                    "reward_id,owner,available,threshold,quantity,outstanding,waiting,action,days_left",
                    "r25,pos,349,350,351,0,0,asked,12"))
    }

    @Test func `codes rolls the register forward and shows each system's list`() throws {
        let store = try store(
            """
            INSERT INTO code_count VALUES (1, 5, {2026-11-16}, 10, 0, 0, 0, 0),
                (1, 5, {2026-11-17}, 7, 1, 2, 0, 0), (1, 6, {2026-11-16}, 3, 0, 0, 0, 0),
                (1, 6, {2026-11-18}, 0, 0, 3, 0, 0);
            INSERT INTO code_flow VALUES ({2026-11-16}, 1, 0, 13, 0, 0, 0, 0, 13),
                ({2026-11-17}, 1, 13, 0, 0, 2, 0, 0, 11);
            INSERT INTO reconciliation VALUES ({2026-11-17}, 2, 1, 'reconciled', 0, 13, 1, 11, 3, 0, 8, 1, 3, 0, 2500);
            """)
        let columns = [
            "reward_id", "system", "available", "burned", "opening", "imported", "burned_tonight",
            "closing", "registered", "unknown", "in_sync", "breaks",
        ]
        #expect(
            try store.text(.of("codes", columns))
                == lines(
                    columns.joined(separator: ","), "r25,,10,2,13,0,2,11,,,,",
                    "r25,ecom,8,3,,,,,13,1,11,3"))
    }

    @Test func `code-files counts the codes of each file as of the night`() throws {
        let store = try store(
            """
            INSERT INTO file (id, night, path, job, records, bytes, modified_at, sha256, expanded_sha256,
                evidence, verdict, lines_read, lines_accepted, lines_duplicate, lines_correction,
                lines_parked, lines_rejected, lines_conflict)
                VALUES (5, {2026-11-16}, 'codes-r25.csv', 'ingest-codes', 'codes', 1, 1, x'00', x'00',
                    'quiet', 'ingested', 10, 10, 0, 0, 0, 0, 0);
            INSERT INTO code_count VALUES (1, 5, {2026-11-16}, 10, 0, 0, 0, 0),
                (1, 5, {2026-11-17}, 7, 1, 2, 0, 0), (1, 5, {2026-11-18}, 0, 0, 10, 0, 0);
            """)
        #expect(
            try store.text(.of("code-files"))
                == lines(
                    "file,reward_id,day,had,available,assigned,burned,expired,voided,number",
                    "codes-r25.csv,r25,2026-11-16,10,7,1,2,0,0,5"))
    }

    @Test func `grants are the night's, refused ones with their reason`() throws {
        let store = try store(
            """
            INSERT INTO claim (id, night, how, claimed_at, card, reward, state, event)
                VALUES ('C1', {2026-11-17}, 'claim', 1794938400, '0200', 1, 0, NULL),
                ('C2', {2026-11-17}, 'workflow', 1794938400, '0300', 2, 1, 'E7');
            INSERT INTO claim_outcome VALUES
                ({2026-11-17}, 'C1', 'granted', 'PAR-7Q2M-0001', 1, 100, {2026-11-18}),
                ({2026-11-17}, 'C2', 'sold_out', NULL, NULL, 0, NULL);
            """)
        #expect(
            try store.text(.of("grants"))
                == lines(
                    "claim_id,card_code,reward_id,code,how,event_id,outcome,points,last_day,claimed_at",
                    "C1,0200,r25,****0001,claim,,granted,100,2026-11-18,2026-11-17T18:00:00",
                    "C2,0300,cake,,workflow,E7,sold_out,0,,2026-11-17T18:00:00"))
    }

    @Test func `the catalogue is that of its night, and can be filtered by label`() throws {
        let store = try store(
            "INSERT INTO code_count VALUES (1, 5, {2026-11-16}, 10, 0, 0, 0, 0);")
        let columns = [
            "reward_id", "name", "type", "state", "cost_points", "value", "available", "labels",
            "categories", "featured",
        ]
        #expect(
            try store.text(.of("catalogue", columns))
                == lines(
                    columns.joined(separator: ","),
                    "cake,Cake,voucher,sold_out,0,,0,,food;sweet,false",
                    "r25,25 euro,value,on_sale,100,25.00,10,Event:Birthday,,true"))
        #expect(
            try store.text(
                .of(
                    "catalogue", ["reward_id"],
                    where: ["label.Event": ["Birthday"], "featured": ["true"]]))
                == lines("reward_id", "r25"))
        #expect(
            try store.text(
                .of("catalogue", ["reward_id", "state", "cost_points"]), night: "2026-11-18")
                == lines("reward_id,state,cost_points", "cake,sold_out,0", "r25,inactive,120"))
    }

    @Test func `exceptions of the register stand among those of the ledger`() throws {
        let store = try store(
            """
            INSERT INTO exception VALUES ({2026-11-17}, 'over_return', 2, 'R2', 0, NULL, NULL, 1205);
            INSERT INTO code_exception VALUES
                ({2026-11-17}, 'double_burn', 2, 'B9', 'PAR-7Q2M-0001', 1, '0200', '0412', 'T9', NULL, 2500, NULL),
                ({2026-11-17}, 'quarantined', 2, 'PAR-7Q2M-0002', 'PAR-7Q2M-0002', 1, NULL, NULL, NULL, NULL, NULL, NULL);
            """)
        #expect(
            try store.text(
                .of(
                    "exceptions",
                    ["kind", "source", "system", "amount", "code", "store_id", "order_id"]))
                == lines(
                    "kind,source,system,amount,code,store_id,order_id",
                    "double_burn,B9,ecom,25.00,****0001,0412,T9", "over_return,R2,till,12.05,,,",
                    "quarantined,,ecom,,****0002,,"))
    }

    @Test func `a label that could be more than a name is no column`() {
        let request = ReportRequest.of("catalogue", where: ["label.a\"') --": ["x"]])
        #expect(Reports.check([request]).count == 1)
    }
}
