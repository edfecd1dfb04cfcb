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
        let currency = Program.currency(map)
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
        let expiring = Program.expiring(map)
        guard let name, let timezone, let currency, let opensOn else { return nil }
        self.init(
            name: name, timezone: timezone, currency: currency, status: status ?? .running,
            opensOn: opensOn, earnsFrom: from, earnsTo: to, earnOn: earnOn ?? .netOfPoints,
            returnsBy: returnsBy ?? .earner, missingOrder: missingOrder ?? .park,
            accounts: accounts, tiers: tiers.isEmpty ? [.nameless] : tiers)
        if let expiring { self.expiring = expiring }
    }

    private static func currency(_ map: SettingsMap) -> Currency? {
        guard let code = map.text("currency") else { return nil }
        if let currency = Currency(iso: code) { return currency }
        let hint = Nearest.hint(for: code, among: Currency.known)
        map.reader.fail(
            "'currency' needs an ISO 4217 code like EUR, not '\(code)'\(hint)",
            at: map.location(of: "currency"))
        return nil
    }

    /// `spend` always, with its defaults where nothing is said; `status` only where it is named.
    private static func accounts(_ map: SettingsMap) -> [Account] {
        let keys = SettingsKeys(["spend", "status"])
        let accounts = map.map("accounts", keys)
        let spend = accounts?.map("spend", ProgramFile.accountKeys)
        let status = accounts?.map("status", ProgramFile.accountKeys)
        let periods = NamedWindow.list(map)
        var all = [spend.map { Account(.spend, $0, periods) } ?? Account(kind: .spend)]
        if let status { all.append(Account(.status, status, periods)) }
        return all
    }

    /// Days before the last one, the farthest first.
    private static func expiring(_ map: SettingsMap) -> [Int]? {
        let days = map.items("expiring")?.compactMap { item -> Int? in
            let form = "a number of days like '30 days'"
            return map.reader.parse(item, "expiring", as: form) { text in
                SettingsDuration(text)?.days.flatMap { (0...36_500).contains($0) ? $0 : nil }
            }
        }
        return days.map { Set($0).sorted(by: >) }
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
    fileprivate init(_ kind: Kind, _ map: SettingsMap, _ periods: [Located<NamedWindow>]) {
        self.init(kind: kind)
        ratio = map.rate("ratio") ?? ratio
        map.reader.warnOfZero(ratio, "ratio", at: map.location(of: "ratio"))
        rounding = map.word("rounding") ?? rounding
        holdDays = map.integer("hold_days", in: 0...36_500) ?? holdDays
        expiry = Expiry(map, periods)
        returns = map.word("returns") ?? returns
        returnRounding = map.word("return_rounding") ?? returnRounding
        returnsTake = map.word("returns_take") ?? returnsTake
        refundExpired = RefundExpired(map) ?? refundExpired
        spendOrder = map.word("spend_order") ?? spendOrder
        max = Account.most(map)
        if expiry.mostDays.map({ $0 < holdDays }) ?? false {
            map.reader.warn(
                "points expire before the hold of \(holdDays) days ends: none can be spent",
                at: map.location(of: "hold_days"))
        }
    }

    private static func most(_ map: SettingsMap) -> Points? {
        if map.isNone("max") { return nil }
        let max = map.integer("max", in: 0...1_000_000_000_000)
        if max == 0 {
            map.reader.warn(
                "'max' is 0: no point is kept; none is no limit", at: map.location(of: "max"))
        }
        return max.map { Points($0) }
    }
}

extension SettingsReader {
    /// Zero is allowed, and seldom what is meant.
    fileprivate func warnOfZero(_ rate: Rate, _ label: String, at location: SettingsLocation) {
        if rate.millionths == 0 { warn("'\(label)' is 0: nothing is earned by it", at: location) }
    }
}
