extension Report {
    /// The rewards that there are, with all that is told of them, by reward.
    static let catalogue = Report(
        "catalogue", "the rewards that there are, with all that is told of them",
        [
            Column("reward_id", .text, "r.name", about: "the reward"),
            Column("name", .text, json("name"), about: "its name"),
            Column("type", .text, json("kind"), about: "its type"),
            Column(
                "state", .text, state, about: "on_sale, sold_out, not_yet, ended, draft, inactive"),
            Column("cost_points", .number, json("cost"), about: "points that a claim costs"),
            Column(
                "cost_by_tier", .text, pairs("costByTier"),
                about: "points by tier, where they differ"),
            Column("value", .money, json("value"), about: "what it takes off"),
            Column("percent", .share, "\(json("percent"))", about: "its share of the amount"),
            Column(
                "min_purchase", .money, json("minPurchase"), about: "the least order it is good for"
            ),
            Column(
                "available", .number, "coalesce(c.available, 0)", about: "codes that nobody has"),
            Column("owner", .text, json("owner"), about: "who owns its codes"),
            Column("channels", .text, list("channels"), about: "where it may be used"),
            Column("tiers", .text, list("tiers"), about: "the tiers that may claim it"),
            Column("segments", .text, list("segments"), about: "the segments that may claim it"),
            Column("description", .text, json("texts.description"), about: "its description"),
            Column("image", .text, json("texts.image"), about: "its image"),
            Column("brand", .text, json("texts.brandName"), about: "its brand"),
            Column("more_info", .text, json("texts.moreInfo"), about: "where more is said"),
            Column("push_text", .text, json("texts.pushText"), about: "what a notice says"),
            Column("labels", .text, pairs("texts.labels"), about: "its labels"),
            Column("categories", .text, list("texts.categories"), about: "its categories"),
            Column("featured", .text, flag("texts.isFeatured"), about: "true or false"),
            Column("public", .text, flag("texts.isPublic"), about: "true or false"),
            Column("custom_fields", .text, pairs("texts.customFields"), about: "its custom fields"),
        ],
        key: ["reward_id"],
        from: """
            (SELECT t.reward, t.definition FROM reward_terms t JOIN (SELECT reward, max(night) AS night
                FROM reward_terms WHERE night <= ?1 GROUP BY reward) l
                ON l.reward = t.reward AND l.night = t.night) d
            JOIN reward r ON r.id = d.reward
            LEFT JOIN (SELECT reward, sum(available) AS available FROM \(Report.codeCounts)
                GROUP BY reward) c ON c.reward = d.reward
            """,
        order: .sorted(by: "r.name"), labels: "texts.labels")

    private static func json(_ path: String) -> String { "json_extract(d.definition, '$.\(path)')" }

    private static func flag(_ path: String) -> String {
        "CASE \(json(path)) WHEN 1 THEN 'true' ELSE 'false' END"
    }

    /// The items of a list, parted by semicolons.
    private static func list(_ path: String) -> String {
        """
        (SELECT group_concat(value, ';') FROM (SELECT value FROM json_each(d.definition, '$.\(path)')
            ORDER BY key))
        """
    }

    /// The entries of a map, parted by semicolons.
    private static func pairs(_ path: String) -> String {
        """
        (SELECT group_concat(key || ':' || value, ';')
            FROM (SELECT key, value FROM json_each(d.definition, '$.\(path)') ORDER BY key))
        """
    }

    /// Whether it can be had on the night: its status outranks every date.
    private static let state = """
        CASE WHEN \(json("status")) <> 'active' THEN \(json("status"))
            WHEN \(json("validity.window.from.days")) > ?1 THEN 'not_yet'
            WHEN \(json("validity.window.to.days")) < ?1 THEN 'ended'
            WHEN coalesce(c.available, 0) > 0 OR \(json("kind")) = 'badge'
                OR \(json("renewal")) = 'at_grant' THEN 'on_sale'
            ELSE 'sold_out' END
        """
}
