internal import Loyalty

extension Message {
    /// Every active reward with all that is told of it: whole, when any of it has changed.
    static let catalogue = Message(
        .catalogue, "every active reward: these and no others, whenever one of them changed",
        [.night],
        records: Records(
            name: "rewards",
            columns: [
                text("brand", "brandName", "its brand"),
                text("brand_description", "brandDescription", "what its brand is"),
                text("brand_image", "brandImage", "the image of its brand"),
                .of(.texts, "categories", json("texts.categories"), "its categories"),
                .of(.texts, "channels", json("channels"), "where it may be used; none: everywhere"),
                .of(
                    .counts, "cost_by_tier", json("costByTier"), "points by tier, where they differ"
                ),
                .number("cost_points", json("cost"), "points that a claim costs"),
                .of(.pairs, "custom_fields", json("texts.customFields"), "its custom fields"),
                text("description", "description", "its description"),
                .of(.flag, "featured", json("texts.isFeatured"), "whether it stands out"),
                .number("hold_days", json("holdDays"), "days from the grant until it is good"),
                text("image", "image", "its image"),
                .of(.pairs, "labels", json("texts.labels"), "its labels"),
                .number(
                    "member_limit", json("memberLimit"), "how many a member can have",
                    optional: true),
                .money(
                    "min_purchase", json("minPurchase"), "the least order it is good for",
                    optional: true),
                text("more_info", "moreInfo", "where more is said"),
                .text("name", json("name"), "its name"),
                .of(
                    .percent, "percent", json("percent"), "its share of the amount", optional: true),
                .number("points", json("points"), "what a gift code is worth", optional: true),
                .money("price", json("price"), "its price"),
                .of(.texts, "product", json("products"), "the products that it is for"),
                .of(.flag, "public", json("texts.isPublic"), "whether it is shown to everybody"),
                text("push_text", "pushText", "what a notice says"),
                .text("reward_id", "r.name", "the reward"),
                .of(.texts, "segments", json("segments"), "the segments that may claim it"),
                .word(
                    "state", ["on_sale", "sold_out", "not_yet"],
                    """
                    CASE WHEN d.reward IS NULL THEN NULL
                        WHEN \(json("validity.window.from.days")) > ?1 THEN 'not_yet'
                        WHEN EXISTS (SELECT 1 FROM \(Offers.table) o WHERE o.reward = d.reward)
                        THEN 'on_sale' ELSE 'sold_out' END
                    """, "whether it can be had"),
                .of(.percent, "tax_rate", json("taxRate"), "its tax"),
                .of(.translations, "texts", json("texts.translations"), "its texts by language"),
                .of(.texts, "tiers", json("tiers"), "the tiers that may claim it"),
                .word("type", Reward.Kind.allCases.map(\.rawValue), json("kind"), "its type"),
                .number(
                    "valid_for_days", json("validity.after._0.days._0"),
                    "days that it is good from the grant", optional: true),
                .number(
                    "valid_for_months", json("validity.after._0.months._0"),
                    "months that it is good from the grant", optional: true),
                .date(
                    "valid_from", json("validity.window.from.days"),
                    "the first day on which it is good",
                    optional: true),
                .date(
                    "valid_to", json("validity.window.to.days"), "the last one", optional: true),
                .money("value", json("value"), "what it takes off", optional: true),
            ], about: "those whose status is active and whose last day is not past"),
        subject: "'catalogue'", key: [],
        from: """
            (SELECT 1) LEFT JOIN ((SELECT t.reward, t.definition FROM reward_terms t
                JOIN (SELECT reward, max(night) AS night
                    FROM reward_terms WHERE night <= ?1 GROUP BY reward) l
                ON l.reward = t.reward AND l.night = t.night) d
            JOIN reward r ON r.id = d.reward) ON \(json("status")) = 'active'
                AND coalesce(\(json("validity.window.to.days")), 2147483647) >= ?1
            """,
        order: "r.name", isToldOnce: true)

    private static func json(_ path: String) -> String { "json_extract(d.definition, '$.\(path)')" }

    private static func text(_ name: String, _ path: String, _ about: String) -> Column {
        .text(name, "nullif(\(json("texts.\(path)")), '')", about, optional: true)
    }
}
