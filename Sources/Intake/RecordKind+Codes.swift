/// The columns of rewards and codes.
extension RecordKind {
    static let rewardColumns: [RecordColumn] = [
        system,
        RecordColumn("reward_id", .text, .mandatory, example: "EXAMPLE-REWARD"),
        RecordColumn("name", .text, .mandatory, example: "Coffee"),
        RecordColumn("type", example: "coupon"),
        RecordColumn("status", example: "active"),
        RecordColumn("cost_points", example: "100"),
        RecordColumn("value", .money, example: "5.00"),
        RecordColumn("value_type"),
        RecordColumn("percent"),
        RecordColumn("product"),
        RecordColumn("points", .integer),
        RecordColumn("price", .money),
        RecordColumn("tax_rate"),
        RecordColumn("owner", example: "pos"),
        RecordColumn("mirrors", example: "ecom"),
        RecordColumn("channels"),
        RecordColumn("hold_days", .integer),
        RecordColumn("valid_for"),
        RecordColumn("valid_unit"),
        RecordColumn("valid_from", .date),
        RecordColumn("expires_on", .date),
        RecordColumn("total_limit", .integer),
        RecordColumn("member_limit", .integer),
        RecordColumn("tiers"),
        RecordColumn("segments"),
        RecordColumn("min_purchase", .money),
        RecordColumn("units", .integer),
        RecordColumn("stock_threshold", .integer, example: "350"),
        RecordColumn("refill_to", .integer),
        RecordColumn("renewal", example: "generated"),
        RecordColumn("renew_after"),
        RecordColumn("description"),
        RecordColumn("image"),
        RecordColumn("brand"),
        RecordColumn("brand_description"),
        RecordColumn("brand_image"),
        RecordColumn("more_info"),
        RecordColumn("push_text"),
        RecordColumn("labels"),
        RecordColumn("categories"),
        RecordColumn("featured"),
        RecordColumn("public"),
    ]

    static let codeColumns: [RecordColumn] = [
        system,
        RecordColumn("code", .text, .mandatory, example: "EXAMPLE-CODE"),
        RecordColumn("reward_id", example: "EXAMPLE-REWARD"),
        RecordColumn("expires_on", .date, example: "2027-01-31"),
        RecordColumn("valid_from", .date),
        RecordColumn("points", .integer),
        RecordColumn("state", example: "available"),
        RecordColumn("card_code"),
        RecordColumn("assigned_at", .time),
        RecordColumn("burned_at", .time),
        RecordColumn("store_id"),
    ]

    static let burnColumns: [RecordColumn] = [
        system,
        RecordColumn("burn_id", example: "EXAMPLE-BURN"),
        RecordColumn("burned_at", .time, .mandatory, example: "2026-01-31T18:30:00"),
        RecordColumn("store_id", example: "0001"),
        RecordColumn("channel"),
        RecordColumn("card_code", example: "EXAMPLE-CARD"),
        RecordColumn("code", .text, .mandatory, example: "EXAMPLE-CODE"),
        RecordColumn("order_id", example: "EXAMPLE-ORDER"),
        RecordColumn("order_amount", .money, example: "60.00"),
        RecordColumn("discount_amount", .money, example: "5.00"),
        RecordColumn("kind", example: "burn"),
    ]

    static let stockColumns: [RecordColumn] = [
        system,
        RecordColumn("code", .text, .mandatory, example: "EXAMPLE-CODE"),
        RecordColumn("reward_id", example: "EXAMPLE-REWARD"),
        RecordColumn("status", example: "available"),
        RecordColumn("card_code"),
        RecordColumn("expires_on", .date),
    ]

    static let claimColumns: [RecordColumn] = [
        system,
        RecordColumn("claim_id", .text, .mandatory, example: "EXAMPLE-CLAIM"),
        RecordColumn("claimed_at", .time, .mandatory, example: "2026-01-31T18:30:00"),
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("reward_id", .text, .mandatory, example: "EXAMPLE-REWARD"),
        RecordColumn("kind", example: "claim"),
        RecordColumn("code"),
        RecordColumn("store_id"),
        RecordColumn("event_id"),
        RecordColumn("reason"),
    ]

    static let eventColumns: [RecordColumn] = [
        system,
        RecordColumn("event_id", .text, .mandatory, example: "EXAMPLE-EVENT"),
        RecordColumn("occurred_at", .time, .mandatory, example: "2026-01-31T18:30:00"),
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("event", .text, .mandatory, example: "goal_completed"),
        RecordColumn("subject", example: "first-10"),
    ]

    static let giftCodeColumns: [RecordColumn] = [
        system,
        RecordColumn("used_at", .time, .mandatory, example: "2026-01-31T18:30:00"),
        RecordColumn("card_code", .text, .mandatory, example: "EXAMPLE-CARD"),
        RecordColumn("code", .text, .mandatory, example: "EXAMPLE-CODE"),
    ]
}
