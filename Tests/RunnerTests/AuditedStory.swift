import Loyalty
import TestSupport
import Testing

/// A few nights in which the ledger's order of kinds isn't the order in which things happened.
struct AuditedStory: CustomTestStringConvertible, Sendable {
    var what: String
    var account: String
    /// The rows of each night by the records that they are.
    var nights: [[String: String]]
    /// Lots and debts after the last night.
    var leaves: [String]
    var testDescription: String { what }

    static let movedSale = AuditedStory(
        what: "a sale with a return is corrected to the next day",
        account: "ratio: 1, expiry: { after: 3 days }",
        nights: [
            ["members": "C1,", "orders": "A,2024-03-01T10:00:00,1,C1,1,20.00,sale,,"],
            ["orders": "R,2024-03-02T10:00:00,1,C1,-1,-5.00,return,A,"],
            ["orders": "A,2024-03-02T10:00:00,1,C1,1,30.00,sale,,"],
        ], leaves: ["C1|A|25"])

    static let all = [
        movedSale,
        AuditedStory(
            what: "a sale is corrected to a day behind that of another, and points are spent",
            account: "ratio: 1, spend_order: fifo",
            nights: [
                [
                    "members": "C1,",
                    "orders": "A,2024-03-01T10:00:00,1,C1,1,20.00,sale,,\n"
                        + "B,2024-03-01T10:00:00,1,C1,1,10.00,sale,,",
                ],
                ["orders": "A,2024-03-02T10:00:00,1,C1,1,21.00,sale,,"],
                ["orders": "P,2024-03-03T10:00:00,1,C1,1,0.00,sale,,4"],
            ], leaves: ["C1|A|21", "C1|B|6"]),
        AuditedStory(
            what: "a lot is adjusted in the night in which a merge moves it", account: "ratio: 1",
            nights: [
                ["members": "C1,\nC3,", "orders": "A,2024-03-01T10:00:00,1,C3,1,12.50,sale,,"],
                ["members": "C3,C1", "adjustments": "X,C3,-5,,why"],
            ], leaves: ["C1|A|7"]),
        AuditedStory(
            what: "a lot is returned and spent in the night in which a merge moves it",
            account: "ratio: 1",
            nights: [
                ["members": "C1,\nC3,", "orders": "A,2024-03-01T10:00:00,1,C3,1,12.50,sale,,"],
                [
                    "members": "C3,C1",
                    "orders": "R,2024-03-02T10:00:00,1,C3,-1,-2.00,return,A,\n"
                        + "P,2024-03-02T10:00:00,1,C1,1,0.00,sale,,4",
                ],
            ], leaves: ["C1|A|6"]),
        AuditedStory(
            what: "an adjustment that made a debt is corrected when a part is repaid",
            account: "ratio: 1, returns: debit",
            nights: [
                ["members": "C1,", "adjustments": "A2,C1,-50,2024-03-01,why"],
                ["orders": "O,2024-03-02T10:00:00,1,C1,1,10.00,sale,,"],
                ["adjustments": "A2,C1,-45,2024-03-01,why"],
            ], leaves: ["C1|-|-35"]),
        AuditedStory(
            what: "a return whose debt was repaid comes again as a sale of another member",
            account: "ratio: 1, returns: debit",
            nights: [
                [
                    "members": "C1,\nC2,",
                    "orders": "R,2024-03-01T10:00:00,1,C1,-1,-10.00,return,,",
                ],
                ["orders": "O,2024-03-02T10:00:00,1,C1,1,10.00,sale,,"],
                ["orders": "R,2024-03-02T10:00:00,1,C2,1,10.00,sale,,"],
            ], leaves: ["C1|R|10", "C2|R|10"]),
    ]

    /// Closes its nights, the first of them that of 2024-03-01.
    func make() throws -> Nights {
        let made = try Nights(workspace)
        for (index, files) in nights.enumerated() {
            let night = "2024-03-0\(index + 1)"
            for (records, rows) in files {
                let header = AuditedStory.headers[records] ?? ""
                try made.folder.write(
                    "\(header)\n\(rows)\n", to: "inbox/\(records)-pos-\(night).csv")
            }
            try made.close(date: CivilDate(night))
        }
        return made
    }

    private static let headers = [
        "members": "card_code,merged_into",
        "adjustments": "adjustment_id,card_code,points,effective_on,reason",
        "orders": "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,"
            + "original_order_id,points_paid",
    ]

    private var workspace: [(name: String, text: String)] {
        func ingest(_ records: String, _ pattern: String, after: String) -> (String, String) {
            (
                "Jobs/\(records).yaml",
                "version: 1\njob: \(records)\nkind: ingest\nrecords: \(records)\nafter: [\(after)]\n"
                    + "files: \"\(pattern)\"\nsettle: { quiet: 0 seconds }\n"
            )
        }
        return [
            (
                "program.yaml",
                """
                version: 1
                program: audited
                timezone: Europe/Paris
                currency: EUR
                opens_on: 2024-03-01
                accounts:
                  spend: { \(account) }
                systems: { pos: {} }

                """
            ),
            ingest("members", "members-pos-{date}.csv", after: ""),
            ingest("orders", "orders-{system}-{date}.csv", after: "members"),
            ingest("adjustments", "adjustments-pos-{date}.csv", after: "members"),
            (
                "Jobs/points.yaml",
                "version: 1\njob: points\nkind: points\nafter: [orders, adjustments]\n"
            ),
        ]
    }
}
