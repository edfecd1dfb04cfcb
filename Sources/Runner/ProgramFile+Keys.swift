import Settings

extension ProgramFile {
    /// The keys of the file; of those that a later version reads, the default is accepted.
    static let keys = SettingsKeys(
        [
            "program", "timezone", "currency", "status", "opens_on", "night", "from", "to", "match",
            "earn_on", "returns_by", "missing_order", "accounts", "periods", "tiers",
            "expiring", "systems", "limits", "privacy", "fields", "rewards", "workflows",
            "integration", "burns", "grants", "endpoints",
        ],
        needed: ["program", "timezone", "currency", "opens_on"],
        later: [
            "cards": ["generate": "none"],
            "enrol": "by_file",
            "use_orders": "all",
            "tier_by": "status",
            "assess": ["upgrade": "nightly", "downgrade": "never", "max_ranks_down": "none"],
            "earning": [],
            "cashback": [],
        ])

    static let privacyKeys = SettingsKeys(
        ["cards", "codes", "keep"])

    static let keepKeys = SettingsKeys(["rejects", "archive"], later: ["orders": "5 years"])

    static let systemKeys = SettingsKeys(
        ["timezone", "stores", "grace", "burns", "on_burn", "renew_after", "endpoint"])

    static let accountKeys = SettingsKeys(
        [
            "ratio", "rounding", "hold_days", "expiry", "returns", "return_rounding",
            "returns_take", "refund_expired", "spend_order", "max",
        ])

    static let expiryKeys = SettingsKeys(
        ["after", "count_from", "end_of", "fixed", "period"],
        later: ["cascading": "false", "activity": .absent])

    static let graceKeys = SettingsKeys(["grace"], needed: ["grace"])

    static let periodKeys = SettingsKeys(
        ["id", "from", "to", "expires_on"], needed: ["id", "from", "to", "expires_on"])

    static let tierKeys = SettingsKeys(
        ["name", "multiplier"], needed: ["name"],
        later: ["entry": .absent, "keep": .absent, "points": "true"])

    static let fieldsKeys = SettingsKeys(["rewards"], later: ["members": []])

    static let fieldKeys = SettingsKeys(["name", "type"], needed: ["name"])

    static let burnsKeys = SettingsKeys(["foreign_card", "after_expiry", "local_assignment"])

    static let workflowKeys = SettingsKeys(
        ["event", "where", "assign"], needed: ["event", "assign"])

    static let whereKeys = SettingsKeys(["subject", "tier", "amount_over", "points"])

    static let rewardKeys = SettingsKeys(
        [
            "id", "name", "type", "status", "cost_points", "value", "percent", "product", "points",
            "price", "tax_rate", "owner", "mirrors", "channels", "hold_days", "valid", "limits",
            "target", "min_purchase", "stock", "description", "image", "brand", "more_info",
            "push_text", "labels", "categories", "featured", "public", "texts", "custom_fields",
        ], needed: ["id", "name", "type"])

    static let validKeys = SettingsKeys(["for", "from", "to"])

    static let limitKeys = SettingsKeys(["total", "per_member"])

    static let targetKeys = SettingsKeys(["tiers", "segments"])

    static let stockKeys = SettingsKeys(
        ["units", "threshold", "refill_to", "renewal", "renew_after"])

    static let brandKeys = SettingsKeys(["name", "description", "image"])

    static let translationKeys = SettingsKeys(["name", "description"])
}
