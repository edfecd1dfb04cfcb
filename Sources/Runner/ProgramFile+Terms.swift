import Loyalty
import Settings

extension Program {
    /// The terms of the file; nil when one that is needed is missing or wrong.
    init?(_ map: SettingsMap) {
        let reader = map.reader
        let accounts = Program.accounts(map)
        let tiers = Program.tiers(map, accounts: accounts.map(\.kind))
        let name = map.text("program")
        let timezone = map.timeZone("timezone")
        let currency = map.parse("currency", as: "an ISO 4217 code like EUR") { Currency(iso: $0) }
        let opensOn = map.parse("opens_on", as: "a date like 2026-01-31") { CivilDate($0) }
        let from = map.date("from")
        let to = map.date("to")
        if let from, let to, to < from {
            reader.fail("'to' is before 'from'", at: map.location(of: "to"))
        }
        let status: Status? = map.word("status")
        let earnOn: EarnOn? = map.word("earn_on")
        let returnsBy: ReturnsBy? = map.word("returns_by")
        let missingOrder: MissingOrder? = map.word("missing_order")
        guard let name, let timezone, let currency, let opensOn else { return nil }
        self.init(
            name: name, timezone: timezone, currency: currency, status: status ?? .running,
            opensOn: opensOn, earnsFrom: from, earnsTo: to, earnOn: earnOn ?? .netOfPoints,
            returnsBy: returnsBy ?? .earner, missingOrder: missingOrder ?? .park,
            accounts: accounts, tiers: tiers.isEmpty ? [.nameless] : tiers)
    }

    /// `spend` always, with its defaults where nothing is said; `status` only where it is named.
    private static func accounts(_ map: SettingsMap) -> [Account] {
        let keys = SettingsKeys(["spend", "status"])
        let accounts = map.map("accounts", keys)
        let spend = accounts?.map("spend", ProgramFile.accountKeys)
        let status = accounts?.map("status", ProgramFile.accountKeys)
        var all = [spend.map { Account(.spend, $0) } ?? Account(kind: .spend)]
        if let status { all.append(Account(.status, status)) }
        return all
    }

    private static func tiers(_ map: SettingsMap, accounts: [Account.Kind]) -> [Tier] {
        var tiers: [Tier] = []
        for item in map.items("tiers") ?? [] {
            guard let tier = map.reader.map(item, "tiers", ProgramFile.tierKeys),
                let name = tier.text("name")
            else { continue }
            if tiers.contains(where: { $0.name == name }) {
                map.reader.fail("two tiers are named '\(name)'", at: tier.location(of: "name"))
            }
            let multipliers = multipliers(tier, accounts: accounts)
            tiers.append(Tier(name: name, multipliers: multipliers))
        }
        return tiers
    }

    /// By account kind; one rate may stand for both.
    private static func multipliers(_ tier: SettingsMap, accounts: [Account.Kind]) -> [Rate] {
        guard let node = tier.node("multiplier") else { return [.one, .one] }
        guard case .map(let entries) = node.value else {
            let rate = tier.reader.rate(node, "multiplier") ?? .one
            tier.reader.warnOfZero(rate, "multiplier", at: node.location)
            return [rate, rate]
        }
        let keys = SettingsKeys(["spend", "status"])
        guard let map = tier.reader.map(node, "multiplier", keys) else { return [.one, .one] }
        if !accounts.contains(.status), let entry = entries.first(where: { $0.key == "status" }) {
            tier.reader.fail("the program has no account 'status'", at: entry.location)
        }
        return ["spend", "status"].map { key in
            let rate = map.rate(key) ?? .one
            map.reader.warnOfZero(rate, "multiplier", at: map.location(of: key))
            return rate
        }
    }
}

extension Account {
    /// The account that a map describes, with its defaults for what isn't there.
    fileprivate init(_ kind: Kind, _ map: SettingsMap) {
        self.init(kind: kind)
        ratio = map.rate("ratio") ?? ratio
        map.reader.warnOfZero(ratio, "ratio", at: map.location(of: "ratio"))
        rounding = map.word("rounding") ?? rounding
        holdDays = map.integer("hold_days", in: 0...36_500) ?? holdDays
        expiry = Account.expiry(map)
        returns = map.word("returns") ?? returns
        returnRounding = map.word("return_rounding") ?? returnRounding
        returnsTake = map.word("returns_take") ?? returnsTake
        spendOrder = map.word("spend_order") ?? spendOrder
        if case .after(let period, _, _) = expiry, period.shortestDays < holdDays {
            map.reader.warn(
                "points expire before the hold of \(holdDays) days ends: none can be spent",
                at: map.location(of: "hold_days"))
        }
    }

    private static func expiry(_ map: SettingsMap) -> Expiry {
        guard let node = map.node("expiry") else { return .never }
        if case .text(let text) = node.value {
            if text != "never" {
                map.reader.fail(
                    "'expiry' needs never or { after: 365 days }, not '\(text)'", at: node.location)
            }
            return .never
        }
        let errorCount = map.reader.errors.count
        guard let expiry = map.reader.map(node, "expiry", ProgramFile.expiryKeys) else {
            return .never
        }
        guard let period = expiry.period("after") else {
            // A form of a later version has been refused already.
            if map.reader.errors.count == errorCount {
                map.reader.fail("'after' is needed", at: node.location)
            }
            return .never
        }
        if period == .days(0) || period == .months(0) {
            map.reader.warn(
                "'after' is 0: points are good on the day they are earned only; never is no limit",
                at: expiry.location(of: "after"))
        }
        return .after(period)
    }
}

extension Period {
    /// The fewest days that it can be.
    fileprivate var shortestDays: Int {
        switch self {
        case .days(let count): count
        // February is where a month, and so a year without a leap day, is shortest.
        case .months(let count): count / 12 * 365 + (count % 12) * 28
        }
    }
}

extension SettingsReader {
    /// Zero is allowed, and seldom what is meant.
    fileprivate func warnOfZero(_ rate: Rate, _ label: String, at location: SettingsLocation) {
        if rate.millionths == 0 { warn("'\(label)' is 0: nothing is earned by it", at: location) }
    }
}
