import Settings

extension ProgramFile {
    /// The keys of the file; of those that a later version reads, the default is accepted.
    static let keys = SettingsKeys(
        [
            "program", "timezone", "currency", "status", "opens_on", "night", "from", "to", "match",
            "earn_on", "returns_by", "missing_order", "accounts", "periods", "tiers",
            "expiring", "systems", "limits", "privacy",
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
            "fields": ["rewards": [], "members": []],
            "rewards": [],
            "workflows": [],
            "integration": "separate",
            "burns": [
                "foreign_card": "burn", "after_expiry": "burn", "local_assignment": "free",
            ],
            "grants": ["check": "stock"],
            "endpoints": [:],
        ])

    static let privacyKeys = SettingsKeys(
        ["cards"],
        later: [
            "codes": "masked",
            "keep": ["orders": "5 years", "rejects": "90 days", "archive": "2 years"],
        ])

    static let systemKeys = SettingsKeys(
        ["timezone", "stores"],
        later: [
            "grace": .absent, "burns": .absent, "on_burn": .absent, "renew_after": .absent,
            "endpoint": .absent,
        ])

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
}
