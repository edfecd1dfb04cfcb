import Foundation
import Loyalty
import Runner
import TestSupport
import Testing

/// One whole night with numbers, row by row: that of 2024-03-14 in Europe/Paris.
///
/// A point per 1.00 net of tax and discounts, rounded down; held 14 days, good for 12 months; silver earns
/// 1.5; returns within the balance. Reward R25: 100 points, 25.00, from 50.00 on, its codes are the
/// tills', 350 of them are wanted. What came before happens in the nights of the 9th to the 13th.
@Suite struct AcceptanceNightTests {
    private static let program = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2024-03-09
        earn_on: net_of_tax
        accounts:
          spend: { ratio: 1, rounding: floor, hold_days: 14, expiry: { after: 12 months }, returns: within_balance }
          status: { ratio: 1, returns: within_balance }
        tiers:
          - { name: bronze, multiplier: 1 }
          - { name: silver, multiplier: { spend: 1.5, status: 1 } }
        systems: { pos: { endpoint: pos }, ecom: { endpoint: ecom } }
        endpoints:
          pos: { kind: http, url: "https://pos.example/", send: [code-changes, replenishment] }
          ecom: { kind: http, url: "https://ecom.example/", send: [code-changes, replenishment] }
        integration: real_time
        rewards:
          - id: R25
            name: 25 euro voucher
            type: value
            cost_points: 100
            value: 25.00
            owner: pos
            mirrors: [ecom]
            min_purchase: 50.00
            stock: { threshold: 350 }
          - { id: T9-THANKS, name: A coffee, type: custom, owner: pos }
        workflows:
          - { event: order_over, where: { amount_over: 29.00 }, assign: T9-THANKS }

        """

    private static let orders =
        "order_id,ordered_at,store_id,card_code,quantity,line_amount,tax_amount,kind,original_order_id,"
        + "points_paid,points_discount\n"
    private static let burns =
        "burn_id,burned_at,store_id,card_code,code,order_id,order_amount,discount_amount\n"
    private static let night = "2024-03-14"

    let scratch: ScratchFolder
    private var folder: String { scratch.path + "/night" }

    init() throws {
        scratch = try ScratchFolder()
        _ = try WorkspaceTemplate.write(to: scratch.path + "/night")
        try scratch.write(Self.program, to: "night/program.yaml")
        // A whole report, not the last four characters: the codes here are no money.
        let path = "night/Jobs/emit-reports.yaml"
        let job = try scratch.read(path)
            .replacingOccurrences(of: "- report: burns", with: "- report: burns\n    codes: full")
            .replacingOccurrences(
                of: "- report: exceptions", with: "- report: exceptions\n    codes: full")
        try scratch.write(job, to: path)
        try before()
        try tonight()
        try close(through: Self.night)
    }

    private func drop(_ text: String, as name: String) throws {
        try scratch.write(text, to: "night/inbox/" + name)
    }

    /// What happened before the night.
    private func before() throws {
        try drop("card_code\nC1\nC2\nC9\n", as: "members-a.csv")
        try drop(
            "lot_id,card_code,earned_on,active_on,expires_on,points,remaining\n"
                + "OLD,C2,2023-03-14,2023-03-28,2024-03-14,80,80\n", as: "opening-lots.csv")
        var codes = "code,expires_on,state,card_code\nK1,2025-12-31,assigned,C1\n"
        codes += "K2,2025-12-31,,\nK3,2024-03-10,assigned,C2\nK4,2025-12-31,assigned,C2\n"
        for number in 1...349 { codes += "S\(number),2025-12-31,,\n" }
        try drop(codes, as: "codes-R25-2024-03-09.csv")
        try drop("code\nX1\nX2\nX3\nX4\nX5\n", as: "codes-T9-THANKS-2024-03-09.csv")
        try drop(
            Self.orders + "T9,2024-03-11T10:00:00,PAR01,C9,1,36.00,6.00,sale,,,\n",
            as: "orders-pos-2024-03-11.csv")
        try drop(
            Self.orders + "T5,2024-03-13T10:00:00,PAR01,C404,1,12.00,0.00,sale,,,\n",
            as: "orders-pos-2024-03-13.csv")
        try close(through: "2024-03-13")
    }

    /// The input of the night itself.
    private func tonight() throws {
        let first = "T1,2024-03-14T09:00:00,PAR01,C1,1,53.99,8.99,sale,,,\n"
        try drop(Self.orders + first, as: "orders-pos-2024-03-14-a.csv")
        try drop(Self.orders + first, as: "orders-pos-2024-03-14-b.csv")
        try drop(
            Self.orders + "T1,2024-03-14T09:00:00,PAR01,C1,1,63.99,10.66,sale,,,\n"
                + "R1,2024-03-14T12:00:00,PAR01,C1,-1,-12.80,-2.13,return,T1,,\n"
                + "R2,2024-03-14T12:05:00,PAR01,C1,-1,-20.00,0.00,return,,,\n"
                + "V9,2024-03-14T12:10:00,PAR01,C9,1,36.00,6.00,void,T9,,\n"
                + "P1,2024-03-14T13:00:00,PAR01,C2,1,30.00,0.00,sale,,30,30.00\n",
            as: "orders-pos-2024-03-14-c.csv")
        try drop("card_code,member_id\nC404,M404\n", as: "members-b.csv")
        try drop(
            Self.burns + "B1,2024-03-14T18:22:00,PAR01,C1,K1,T7,60.00,25.00\n"
                + "B3,2024-03-14T15:00:00,PAR01,C2,K2,,70.00,25.00\n"
                + "B4,2024-03-09T22:00:00,PAR01,C2,K3,,80.00,25.00\n"
                + "B5,2024-03-14T16:00:00,PAR01,C2,K4,,32.00,25.00\n"
                + "B6,2024-03-14T17:00:00,PAR01,C2,4.00638E+12,,,\n",
            as: "burns-pos-2024-03-14.csv")
        try drop(
            Self.burns + "B2,2024-03-14T18:40:00,WEB,C1,K1,W1,60.00,25.00\n",
            as: "burns-ecom-2024-03-14.csv")
    }

    private func close(through day: String) throws {
        let runner = try WorkspaceRunner(
            Workspace(folder: folder),
            observer: RunObserver(notify: { _ in }, progress: { _, _, _ in })
        ) { 4_000_000_000 }
        try runner.close(jobs: [], date: nil, through: CivilDate(day)) { _ in }
    }

    private func report(_ name: String, _ pick: (String) -> Bool = { _ in true }) throws -> [String]
    {
        try scratch.read("night/reports/\(Self.night)/\(name).csv").split(separator: "\n")
            .dropFirst().map(String.init).filter(pick)
    }

    /// `kind source lot points` of an account's postings of a card.
    private func postings(_ card: String, _ account: String = "spend") throws -> [String] {
        try report("postings").compactMap { line in
            let cells = line.components(separatedBy: ",")
            guard cells[0] == card, cells[1] == account else { return nil }
            return cells[2...5].joined(separator: " ")
        }
    }

    private func rows(_ sql: String) throws -> [String] {
        try LedgerDump.rows(of: folder + "/nightjar.db", sql)
    }

    @Test
    func `rows 1 to 5: an order, sent twice, corrected, returned with and without its number`()
        throws
    {
        #expect(
            try postings("C1") == [
                "accrue T1 T1 53", "return R1 T1 -11", "return R2 T1 -20",
            ])
        #expect(
            try rows(
                """
                SELECT remaining, date(active_on * 86400, 'unixepoch'), date(expires_on * 86400, 'unixepoch')
                FROM lot WHERE id = 'T1' AND account = 0
                """) == ["22|2024-03-28|2025-03-14"])
        #expect(
            try report("files") { $0.contains("14-b") }.first?.contains("duplicate_file") == true)
    }

    @Test func `row 6: a void takes back the points and the code that its order earned`() throws {
        #expect(try postings("C9") == ["reverse T9 T9 -30"])
        #expect(try postings("C9", "status") == ["reverse T9 T9 -30"])
        let history = try rows(
            """
            SELECT k.before, k.after, k.reason FROM code_event k JOIN claim c ON c.code = k.code
            WHERE c.order_id = 'T9' ORDER BY k.night
            """)
        #expect(history == ["0|1|grant", "1|4|returned"])
    }

    @Test func `rows 7 and 8: an order that waited for its member earns at its own date`() throws {
        #expect(try postings("C404") == ["accrue T5 T5 12"])
        #expect(
            try report("postings") { $0.hasPrefix("C404,spend") }.first?.contains("2024-03-13")
                == true)
    }

    @Test func `rows 9 and 10: a code used twice is a loss, the earliest stands`() throws {
        #expect(try report("burns") { $0.hasPrefix("B1,") }.first?.contains(",burned,") == true)
        #expect(
            try report("burns") { $0.hasPrefix("B2,") }.first?.contains(",double_burn,") == true)
        let loss = try #require(try report("exceptions") { $0.hasPrefix("double_burn") }.first)
        #expect(loss.contains("B2") && loss.contains("25.00") && loss.contains("WEB"))
    }

    @Test func `row 11: a code that nobody had is assigned where it was used`() throws {
        let burn = try report("burns") { $0.hasPrefix("B3,") }.first
        #expect(burn?.contains(",burned,") == true)
        #expect(try report("exceptions") { $0.hasPrefix("local_assignment,B3") }.count == 1)
    }

    @Test func `row 12: a burn reported late undoes the expiry`() throws {
        #expect(try report("exceptions") { $0.hasPrefix("late_report,B4") }.count == 1)
        #expect(
            try rows("SELECT before, after FROM code_event WHERE code = 'K3' ORDER BY night, seq")
                == ["1|3", "3|2"])
    }

    @Test func `row 13: a burn below the least order is burned, and an exception`() throws {
        #expect(try report("exceptions") { $0.hasPrefix("below_minimum,B5") }.count == 1)
        #expect(try rows("SELECT state FROM code WHERE code = 'K4'") == ["2"])
    }

    @Test func `row 14: a code that a spreadsheet rewrote is refused with its line`() throws {
        #expect(
            try report("rejects") { $0.contains("burns-pos") }.first?.hasPrefix(
                "burns-pos-2024-03-14.csv,6,rejected,spreadsheet_damage") == true)
    }

    @Test func `row 15: a stock of 349 is below 350, and more are asked for once`() throws {
        #expect(try report("replenish").first?.hasPrefix("R25,pos,349,350,351") == true)
        #expect(try rows("SELECT count(*) FROM outbox WHERE kind = 'replenishment'") == ["1"])
    }

    @Test func `row 16: of a lot on its last day only what is left expires`() throws {
        let postings = try postings("C2")
        #expect(postings == ["accrue P1 P1 30", "expire OLD OLD -50", "redeem P1 OLD -30"])
    }

    @Test func `row 18: the night again adds nothing and leaves the same bytes`() throws {
        let before = try FolderContents(folder + "/reports")
        let ledger = try LedgerDump.rows(of: folder + "/nightjar.db")
        let events = try rows("SELECT * FROM code_event ORDER BY code, owner, night, seq")
        try close(through: Self.night)
        #expect(try FolderContents(folder + "/reports") == before)
        #expect(try LedgerDump.rows(of: folder + "/nightjar.db") == ledger)
        #expect(try rows("SELECT * FROM code_event ORDER BY code, owner, night, seq") == events)
    }
}
