import Settings

extension ProgramFile {
    /// The keys of the file; of those that a later version reads, the default is accepted.
    static let keys = SettingsKeys(
        [
            "program", "timezone", "currency", "status", "opens_on", "night", "from", "to", "match",
            "earn_on", "returns_by", "missing_order", "accounts", "tiers", "systems", "limits",
            "privacy",
        ],
        needed: ["program", "timezone", "currency", "opens_on"],
        later: [
            "cards": ["generate": "none"],
            "enrol": "by_file",
            "use_orders": "all",
            "periods": [],
            "tier_by": "status",
            "assess": ["upgrade": "nightly", "downgrade": "never", "max_ranks_down": "none"],
            "earning": [],
            "cashback": [],
            "fields": ["rewards": [], "members": []],
            "rewards": [],
            "workflows": [],
            "expiring": ["30 days", "7 days", "1 day"],
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
            "returns_take", "spend_order",
        ],
        later: ["refund_expired": "expire", "max": "none"])

    static let expiryKeys = SettingsKeys(
        ["after"],
        later: [
            "count_from": "order", "end_of": .absent, "cascading": "false", "activity": .absent,
            "fixed": .absent, "period": .absent,
        ])

    static let tierKeys = SettingsKeys(
        ["name", "multiplier"], needed: ["name"],
        later: ["entry": .absent, "keep": .absent, "points": "true"])
}
