import Testing

/// Small nights from files to reports, each of which tells one story of cards, points and hands.
@Suite struct LedgerStoryTests {
    private static let header =
        "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,original_order_id,"
        + "points_paid,points_discount\n"

    /// A line of an order of a night; a negative amount is a piece that comes back.
    private func order(
        _ id: String, _ amount: String, card: String = "C1", kind: String = "",
        of original: String = "", paid: String = "", on day: String
    ) -> String {
        "\(id),\(day)T10:00:00,S1,\(card),\(amount.hasPrefix("-") ? -1 : 1),\(amount),\(kind),"
            + "\(original),\(paid),\(paid.isEmpty ? "" : paid + ".00")"
    }

    /// A workspace that also reads tiers, products and adjustments.
    private func shop(_ edits: [String: String] = [:]) throws -> BadNight {
        let night = try BadNight(
            ["ingest-opening-orders]": "ingest-opening-orders, adjustments]"].merging(edits) { $1 })
        for (kind, before) in [
            ("tiers", "ingest-members"), ("products", "tiers"), ("adjustments", "products"),
        ] {
            try night.write(
                """
                version: 1
                job: \(kind)
                kind: ingest
                after: [\(before)]
                records: \(kind)
                files: "\(kind)-{date}*.csv"

                """, to: "Jobs/\(kind).yaml")
        }
        return night
    }

    private func drop(_ lines: [String], on day: String, in night: BadNight) throws {
        try night.drop(lines, night: day, header: Self.header)
    }

    private func close(_ day: String, in night: BadNight) throws {
        #expect(try night.close(day) == [])
    }

    /// `card account available pending debt` of the members that a night touched.
    private func balances(_ day: String, in night: BadNight) throws -> [String] {
        try night.rows("balances", day).map { row in
            ["card_code", "account", "available", "pending", "debt"]
                .map { row[$0] ?? "" }.joined(separator: " ")
        }
    }

    @Test
    func
        `D-23: points paid from a lot that has expired come back for the days of grace, then expire`()
        throws
    {
        let night = try shop([
            "{ after: 1 year }": "{ after: 1 days }, refund_expired: { grace: 2 days }"
        ])
        try drop([order("A", "50.00", on: "2026-11-16")], on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try drop([order("B", "40.00", paid: "40", on: "2026-11-17")], on: "2026-11-17", in: night)
        try close("2026-11-17", in: night)
        #expect(try night.postings("2026-11-17") == ["C1 expire A -10", "C1 redeem B -40"])
        try drop(
            [order("R", "-40.00", kind: "return", of: "B", on: "2026-11-18")], on: "2026-11-18",
            in: night)
        try close("2026-11-18", in: night)
        #expect(try night.postings("2026-11-18") == ["C1 refund R 40"])
        let refunds = try night.rows("postings", "2026-11-18").filter { $0["kind"] == "refund" }
        #expect(refunds.map { "\($0["lot"] ?? "") \($0["expires_on"] ?? "")" } == ["A 2026-11-20"])
        #expect(
            try night.rows("balances", "2026-11-18").map { $0["next_expires_on"] } == ["2026-11-20"]
        )
        try close("2026-11-19", in: night)
        #expect(try night.postings("2026-11-19") == [])
        try close("2026-11-20", in: night)
        #expect(try night.postings("2026-11-20") == ["C1 expire A -40"])
    }

    @Test func `D-23: without grace they expire the night they come back`() throws {
        let night = try shop(["{ after: 1 year }": "{ after: 1 days }"])
        try drop([order("A", "40.00", on: "2026-11-16")], on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try drop([order("B", "40.00", paid: "40", on: "2026-11-17")], on: "2026-11-17", in: night)
        try close("2026-11-17", in: night)
        try drop(
            [order("R", "-40.00", kind: "return", of: "B", on: "2026-11-18")], on: "2026-11-18",
            in: night)
        try close("2026-11-18", in: night)
        #expect(try night.postings("2026-11-18") == ["C1 expire A -40", "C1 refund R 40"])
    }

    @Test func `D-24: an even exchange leaves the points as they were`() throws {
        let night = try shop()
        try drop([order("A", "50.00", on: "2026-11-16")], on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try drop(
            [
                order("E", "-50.00", kind: "exchange", of: "A", on: "2026-11-17"),
                order("E", "50.00", kind: "exchange", of: "A", on: "2026-11-17"),
            ], on: "2026-11-17", in: night)
        try close("2026-11-17", in: night)
        #expect(try night.postings("2026-11-17") == ["C1 accrue E 50", "C1 return E -50"])
        #expect(try balances("2026-11-17", in: night) == ["C1 spend 50 0 0"])
    }

    @Test func `D-17: the same number comes as a void, and the order is gone for good`() throws {
        let night = try shop()
        try drop([order("A", "50.00", on: "2026-11-16")], on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try drop([order("A", "50.00", kind: "void", on: "2026-11-16")], on: "2026-11-17", in: night)
        try close("2026-11-17", in: night)
        #expect(try night.postings("2026-11-17") == ["C1 reverse A -50"])
        try drop([order("A", "70.00", on: "2026-11-16")], on: "2026-11-18", in: night)
        try close("2026-11-18", in: night)
        #expect(try night.postings("2026-11-18") == [])
    }

    @Test func `D-64: two members become one, who has all lots with their dates`() throws {
        let night = try shop()
        try drop(
            [
                order("A", "50.00", on: "2026-11-16"),
                order("B", "8.00", card: "C2", on: "2026-11-16"),
            ],
            on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try night.drop("card_code,merged_into\nC1,C2\n", as: "members-2026-11-17.csv")
        try drop([order("D", "1.00", on: "2026-11-17")], on: "2026-11-17", in: night)
        try close("2026-11-17", in: night)
        #expect(
            try night.postings("2026-11-17")
                == ["C1 merge C1 -50", "C2 accrue D 1", "C2 merge C1 50"])
        #expect(
            try balances("2026-11-17", in: night)
                == ["C1 spend 0 0 0", "C2 spend 59 0 0"])
        let arrived = try night.rows("postings", "2026-11-17").last
        #expect(arrived?["expires_on"] == "2027-11-16")
    }

    @Test func `D-65: a new card stands for the member, orders of the old one go on to be his`()
        throws
    {
        let night = try shop()
        try drop([order("A", "50.00", on: "2026-11-16")], on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try night.drop("card_code,replaces_card\nC8,C1\n", as: "members-2026-11-17.csv")
        try drop([order("B", "8.00", on: "2026-11-17")], on: "2026-11-17", in: night)
        try close("2026-11-17", in: night)
        #expect(try night.postings() == ["C1 accrue A 50"])
        #expect(try night.postings("2026-11-17") == ["C8 accrue B 8"])
        #expect(try balances("2026-11-17", in: night) == ["C8 spend 58 0 0"])
    }

    @Test func `a forced tier earns through its last day, and products are taken over`() throws {
        let night = try shop([
            "systems: {": "tiers: [{ name: bronze }, { name: gold, multiplier: 2 }]\nsystems: {"
        ])
        try night.drop("card_code,tier,until\nC1,gold,2026-11-17\n", as: "tiers-2026-11-16.csv")
        try night.drop(
            "product_id,category\nP1,tea\nP1,coffee\n", as: "products-2026-11-16.csv")
        var tiers: [String?] = []
        for day in ["2026-11-16", "2026-11-17", "2026-11-18"] {
            try drop([order("A" + day, "10.00", on: day)], on: day, in: night)
            try close(day, in: night)
            tiers.append(try night.rows("balances", day).first?["tier"])
        }
        #expect(try night.postings("2026-11-17") == ["C1 accrue A2026-11-17 20"])
        #expect(try night.postings("2026-11-18") == ["C1 accrue A2026-11-18 10"])
        #expect(tiers == ["gold", "gold", "bronze"])
        let products = try night.files().first { $0.path.hasPrefix("products") }
        #expect(products?.verdicts == ["accepted": 1, "correction": 1])
    }

    @Test func `an adjustment waits for its member and for its day`() throws {
        let night = try shop()
        try night.drop(
            """
            adjustment_id,card_code,points,effective_on,reason
            J1,C1,30,,goodwill
            J2,C1,-10,2026-11-17,mistake
            J3,C9,5,,goodwill

            """, as: "adjustments-2026-11-16.csv")
        try close("2026-11-16", in: night)
        #expect(try night.postings() == ["C1 adjust J1 30"])
        let file = try night.files().first { $0.path.hasPrefix("adjustments") }
        #expect(file?.verdicts == ["accepted": 1, "parked": 2])
        try night.drop("card_code\nC9\n", as: "members-2026-11-17.csv")
        try close("2026-11-17", in: night)
        #expect(try night.postings("2026-11-17") == ["C1 adjust J2 -10", "C9 adjust J3 5"])
        #expect(
            try balances("2026-11-17", in: night)
                == ["C1 spend 20 0 0", "C9 spend 5 0 0"])
    }

    @Test func `a full day takes back what its first file had and its last one lacks`() throws {
        let night = try shop(["full_day: false": "full_day: true"])
        let lines = [order("A", "50.00", on: "2026-11-16"), order("B", "8.00", on: "2026-11-16")]
        try drop(lines, on: "2026-11-16", in: night)
        try close("2026-11-16", in: night)
        try night.drop(
            Self.header + lines[1] + "\n", as: "orders-pos-2026-11-16.csv")
        try close("2026-11-17", in: night)
        #expect(try night.postings("2026-11-17") == ["C1 reverse A -50"])
        #expect(try balances("2026-11-17", in: night) == ["C1 spend 8 0 0"])
        // It may come again, and is what it was.
        try night.drop(
            Self.header + lines.joined(separator: "\n") + "\n\n", as: "orders-pos-2026-11-16.csv")
        try close("2026-11-18", in: night)
        #expect(try night.postings("2026-11-18") == ["C1 accrue A 50"])
    }
}
