extension Report {
    /// What the night's orders came to by (store, channel, tier); stores and channels by their bytes.
    ///
    /// Orders are those that were seen for the first time, whatever they wait for. Points are those
    /// of the night's postings: of an order that came in an earlier night no store is known.
    static let orders = Report(
        "orders", "what the night's orders came to, by store, channel and tier",
        [
            Column("store_id", .text, "t.store", about: "the store; empty: of an earlier night"),
            Column("channel", .text, "t.channel", about: "the channel, where files name one"),
            Column("tier", .word(.tier), "t.tier", about: "the member's tier; empty: no member"),
            Column("orders", .number, "t.orders", about: "orders seen for the first time"),
            Column(
                "returns", .number, "t.returns", about: "returns and voids seen for the first time"),
            Column("lines", .number, "t.lines", about: "lines of both"),
            Column("net_amount", .money, "t.net", about: "what both come to; returns are negative"),
            Column("points_accrued", .number, "t.accrued", about: "points accrued"),
            Column("points_returned", .number, "t.returned", about: "points that returns took"),
            Column(
                "status_points_accrued", .number, "t.status_accrued",
                about: "points accrued in the account status"),
            Column(
                "status_points_returned", .number, "t.status_returned",
                about: "points that returns took in the account status"),
            Column("orders_anonymous", .number, "t.anonymous", about: "orders without a card"),
            Column(
                "anonymous_share", .share,
                """
                CASE WHEN p.orders > 0
                    THEN (p.anonymous * 20000 + p.orders) / (p.orders * 2) END
                """,
                about: "orders without a card as a share of all of the store and channel"),
        ],
        key: ["store_id", "channel", "tier"],
        from: """
            order_total t JOIN (SELECT store, channel, sum(orders + returns) AS orders,
                sum(anonymous) AS anonymous FROM order_total WHERE night = ?1 GROUP BY 1, 2) p
                ON p.store = t.store AND p.channel = t.channel
            LEFT JOIN tier ON tier.id = t.tier
            WHERE t.night = ?1
            """,
        order: .sorted(by: "t.store, t.channel, tier.name"))
}
