extension Layout {
    /// One column without header: a comma is an error, quoted or not.
    static let qualifioCodes: Layout = {
        var layout = Layout(name: "qualifio-codes", records: .codes)
        layout.hasHeader = false
        layout.columns = ["code": "1"]
        return layout
    }()

    /// Each code with its own last good day.
    static let uni8Vouchers: Layout = {
        var layout = Layout(name: "uni8-vouchers", records: .codes)
        layout.columns = ["code": "CODE", "expires_on": "EXPIRY_DATE"]
        return layout
    }()

    /// Codes that lie in parcels; points and a last day of their own are optional.
    static let aitrillionGiftCodes = Layout(name: "aitrillion-gift-codes", records: .codes)

    /// Who entered which of them, and when.
    static let aitrillionGiftUses: Layout = {
        var layout = Layout(name: "aitrillion-gift-uses", records: .giftCodes)
        layout.columns = ["card_code": "member"]
        layout.dates = ["used_at": splioTimes]
        return layout
    }()

    private static let splioTimes = "yyyy-MM-dd HH:mm:ss"

    /// Master rewards; Splio knows no owner, so that the job says who it is.
    static let splioRewards: Layout = {
        var layout = Layout(name: "splio-rewards", records: .rewards)
        layout.delimiter = UInt8(ascii: ";")
        layout.columns = [
            "reward_id": "external_id", "cost_points": "nqp_value", "hold_days": "holding_days",
            "value": "monetary_value", "value_type": "monetary_type",
            "valid_for": "validity_interval_count", "valid_unit": "validity_interval_type",
            "valid_from": "forced_validity_start", "expires_on": "forced_validity_end",
            "total_limit": "max_attribution_count", "renewal": "auto_generated",
            "image": "picture_path", "categories": "coupons_category",
        ]
        layout.dates = ["valid_from": splioTimes, "expires_on": splioTimes]
        var kinds = ["": "custom"]
        for kind in [
            "badge", "voucher", "coupon", "gift_code", "discount_code", "free_delivery",
            "percentage", "value", "product", "custom",
        ] {
            kinds[kind] = kind
        }
        let generated = ["true": "generated", "1": "generated", "false": "manual", "0": "manual"]
        layout.values = [
            "type": kinds, "renewal": generated,
            "total_limit": ["0": "none", "*": "*"], "valid_for": ["0": "", "*": "*"],
        ]
        return layout
    }()

    /// Codes with who has them: an attribution is a code that a card has been given.
    static let splioAttributions: Layout = {
        var layout = Layout(name: "splio-attributions", records: .codes)
        layout.delimiter = UInt8(ascii: ";")
        layout.columns = [
            "code": "external_id", "reward_id": "reward_id", "state": "status",
            "expires_on": "expiration_date", "valid_from": "validity_start",
            "assigned_at": "earn_date", "burned_at": "burned_date",
        ]
        // Its programming interface and its payloads have two names for one date.
        layout.aliases = ["burned_at": ["claim_date"], "reward_id": ["reward_external_id"]]
        layout.dates = [
            "expires_on": splioTimes, "valid_from": splioTimes, "assigned_at": splioTimes,
            "burned_at": splioTimes,
        ]
        layout.values = [
            "state": [
                "available": "available", "valid": "available", "pending": "available",
                "burned": "burned", "expired": "expired",
            ]
        ]
        return layout
    }()
}
