import Testing

/// The report `orders`: what a night's orders came to by store, channel and tier.
@Suite struct StoreTotalsTests {
    private static let header =
        "order_id,ordered_at,store_id,channel,card_code,quantity,line_amount,original_order_id\n"

    private func orders(_ night: BadNight, _ day: String = BadNight.first) throws -> [String] {
        try night.rows("orders", day).map { row in
            [
                "store_id", "channel", "orders", "returns", "lines", "net_amount",
                "points_accrued", "points_returned", "orders_anonymous", "anonymous_share",
            ].map { row[$0] ?? "" }.joined(separator: " ")
        }
    }

    private func line(
        _ id: String, _ place: String, _ card: String, _ amount: String, of original: String = ""
    ) -> String {
        let quantity = amount.hasPrefix("-") ? "-1" : "1"
        return "\(id),2026-11-16T10:00:00,\(place),\(card),\(quantity),\(amount),\(original)"
    }

    @Test func `each store and channel has its own, with the points of its orders`() throws {
        let night = try BadNight()
        try night.drop(
            [
                line("A1", "P1,pos", "C1", "10.00"), line("A1", "P1,pos", "C1", "5.50"),
                line("A2", "P1,web", "C1", "20.00"), line("A3", "P2,pos", "C2", "7.00"),
                line("A4", "P1,pos", "", "3.00"), line("A5", "P1,pos", "", "4.00"),
                line("A6", "P2,pos", "C1", "-4.00", of: "A2"),
                // Seen before, wrong, and of nobody that is known yet.
                line("A2", "P1,web", "C1", "20.00"), line("A7", "P1,pos", "C1", "x"),
                line("A8", "P3,", "C9", "8.00"),
            ], header: Self.header)
        #expect(try night.close() == [])
        #expect(
            try orders(night) == [
                "P1 pos 2 0 2 7.00 0 0 2 0.6667", "P1 pos 1 0 2 15.50 15 0 0 0.6667",
                "P1 web 1 0 1 20.00 20 0 0 0.0000", "P2 pos 1 1 2 3.00 7 4 0 0.0000",
                "P3  1 0 1 8.00 0 0 0 0.0000",
            ])
    }

    @Test func `an order that waited posts its points where no store is known`() throws {
        let night = try BadNight()
        try night.drop([line("A8", "P3,pos", "C9", "8.00")], header: Self.header)
        #expect(try night.close() == [])
        try night.drop("card_code\nC9\n", as: "members-2026-11-17.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(try orders(night) == ["P3 pos 1 0 1 8.00 0 0 0 0.0000"])
        #expect(try orders(night, BadNight.second) == ["  0 0 0 0.00 8 0 0 "])
    }

    @Test func `a void takes its amount off, and training sells nothing`() throws {
        let night = try BadNight()
        let place = "2026-11-16T10:00:00,P1,pos,C1,1"
        try night.drop(
            [
                "A1,\(place),10.00,sale,", "A2,\(place),20.00,sale,", "A3,\(place),20.00,void,A2",
                "A4,\(place),99.00,training,",
            ],
            header: Self.header.replacing("line_amount,", with: "line_amount,kind,"))
        #expect(try night.close() == [])
        #expect(try orders(night) == ["P1 pos 3 1 4 10.00 10 0 0 0.0000"])
    }

    @Test func `a job may say which store a file is of`() throws {
        let night = try BadNight([
            "layout: canonical\n": "layout: canonical\nconstants: { store_id: W1 }\n"
        ])
        try night.drop(
            ["A1,2026-11-16T10:00:00,C1,1,10.00"],
            header: "order_id,ordered_at,card_code,quantity,line_amount\n")
        #expect(try night.close() == [])
        #expect(try orders(night) == ["W1  1 0 1 10.00 10 0 0 0.0000"])
    }
}
