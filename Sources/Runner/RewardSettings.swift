import Loyalty
import Settings

/// Reads the rewards of program.yaml.
struct RewardSettings {
    let reader: SettingsReader
    let program: Program
    /// Its systems, fields and integration are known by now.
    let terms: CodeTerms

    /// The reward of a map; nil, with the errors noted, without its id, name or type.
    func reward(_ item: SettingsNode) -> Reward? {
        let errorCount = reader.errors.count
        guard let map = reader.map(item, "rewards", ProgramFile.rewardKeys) else { return nil }
        let id = map.text("id")
        let name = map.text("name")
        let kind: Reward.Kind? = map.word("type")
        guard let id, let name, let kind else { return nil }
        var reward = Reward(id: id, name: name, kind: kind)
        let fields = customFields(map)
        reward.texts.customFields = fields.compactMapValues(\.text).filter { !$0.value.isEmpty }
        reward.status = map.word("status") ?? .active
        readCost(map, &reward)
        reward.value = map.money("value", program.currency)
        reward.percent = map.percent("percent")
        reward.products = map.names("product") ?? []
        reward.points = map.integer("points", in: 1...1_000_000_000_000).map { Points($0) }
        reward.price = map.money("price", program.currency) ?? 0
        reward.taxRate = map.percent("tax_rate") ?? 0
        reward.owner = map.text("owner") ?? ""
        reward.mirrors = map.names("mirrors") ?? []
        reward.channels = channels(map, fields)
        reward.holdDays = map.integer("hold_days", in: 0...36_500) ?? 0
        reward.validity = validity(map)
        if let limits = map.map("limits", ProgramFile.limitKeys) {
            reward.totalLimit = limits.count("total")
            reward.memberLimit = limits.count("per_member")
        }
        if let target = map.map("target", ProgramFile.targetKeys) {
            reward.tiers = target.names("tiers") ?? []
            reward.segments = target.names("segments") ?? []
        }
        if let node = value("min_purchase", map, fields) {
            reward.minPurchase = reader.money(node, "min_purchase", program.currency)
        }
        if let stock = map.map("stock", ProgramFile.stockKeys) {
            readStock(stock, fields, &reward)
        }
        readTexts(map, &reward)
        // A value that is wrong has been said; what the reward would be without it hasn't.
        if reader.errors.count == errorCount { judge(reward, item) }
        return reward
    }

    // MARK: Keys with several forms

    /// One cost, or one for each tier.
    private func readCost(_ map: SettingsMap, _ reward: inout Reward) {
        guard let node = map.node("cost_points") else { return }
        func cost(_ node: SettingsNode) -> Points? {
            reader.parse(node, "cost_points", as: "a whole number of points, or a map by tier") {
                Int64($0).flatMap { (0...1_000_000_000_000).contains($0) ? $0 : nil }
            }
        }
        guard case .map(let entries) = node.value else {
            reward.cost = cost(node) ?? 0
            return
        }
        for entry in entries { reward.costByTier[entry.key] = cost(entry.node) }
    }

    /// `{ for: 1 year }`, which `1 year` may stand for, or a window.
    private func validity(_ map: SettingsMap) -> Reward.Validity {
        guard let node = map.node("valid") else { return .open }
        if case .text = node.value { return map.period("valid").map { .after($0) } ?? .open }
        guard let valid = map.map("valid", ProgramFile.validKeys) else { return .open }
        let hasWindow = valid.node("from") != nil || valid.node("to") != nil
        guard hasWindow != (valid.node("for") != nil) else {
            reader.fail(
                "'valid' needs { for: 1 year }, or from and to, one of them", at: node.location)
            return .open
        }
        if hasWindow { return .window(from: valid.date("from"), to: valid.date("to")) }
        return valid.period("for").map { .after($0) } ?? .open
    }

    private func readStock(
        _ stock: SettingsMap, _ fields: [String: SettingsNode], _ reward: inout Reward
    ) {
        reward.units = stock.count("units")
        if let node = value("threshold", stock, fields), node.text != "none" {
            reward.threshold = reader.parse(node, "threshold", as: "a whole number of codes") {
                Int($0).flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
            }
        }
        reward.refillTo = stock.count("refill_to")
        reward.renewal = stock.word("renewal") ?? .generated
        // What its owner generates, Nightjar does where that is itself.
        if reward.owner == Reward.program, reward.renewal == .generated {
            reward.renewal = .program
        }
        reward.renewAfterDays = stock.renewAfter() ?? reward.renewAfterDays
    }

    private func channels(_ map: SettingsMap, _ fields: [String: SettingsNode]) -> [String] {
        guard let node = value("channels", map, fields) else { return [] }
        // A field is one text.
        if let text = node.text {
            return text.split(separator: ";").map { $0.trimmingSpaces }.filter { !$0.isEmpty }
        }
        return map.names("channels") ?? []
    }

    /// What a key says, or the custom field that it names: `{ field: NAME }`.
    private func value(
        _ key: String, _ map: SettingsMap, _ fields: [String: SettingsNode]
    ) -> SettingsNode? {
        guard let node = map.node(key), case .map = node.value else { return map.node(key) }
        let keys = SettingsKeys(["field"], needed: ["field"])
        guard let name = reader.map(node, key, keys)?.text("field") else { return nil }
        guard terms.rewardFields.contains(where: { $0.name == name }) else {
            failField(name, at: node.location(of: "field"))
            return nil
        }
        return fields[name].flatMap { $0.text == "" ? nil : $0 }
    }

    // MARK: What is told to others

    /// The values of the reward's custom fields, by name.
    private func customFields(_ map: SettingsMap) -> [String: SettingsNode] {
        var fields: [String: SettingsNode] = [:]
        for entry in map.entries("custom_fields") ?? [] {
            guard let field = terms.rewardFields.first(where: { $0.name == entry.key }) else {
                failField(entry.key, at: entry.location)
                continue
            }
            guard let text = reader.text(entry.node, entry.key) else { continue }
            if let flaw = field.flaw(of: text) {
                reader.fail("'\(entry.key)' \(flaw)", at: entry.node.location)
            }
            fields[entry.key] = entry.node
        }
        return fields
    }

    private func failField(_ name: String, at location: SettingsLocation) {
        let hint = Nearest.hint(for: name, among: terms.rewardFields.map(\.name))
        reader.fail(
            "'fields' declares no field '\(name)' of rewards"
                + (hint.isEmpty ? "; declare it there" : hint), at: location)
    }

    private func readTexts(_ map: SettingsMap, _ reward: inout Reward) {
        reward.texts.description = map.textOrEmpty("description") ?? ""
        reward.texts.image = map.textOrEmpty("image") ?? ""
        reward.texts.moreInfo = map.textOrEmpty("more_info") ?? ""
        reward.texts.pushText = map.textOrEmpty("push_text") ?? ""
        reward.texts.labels = map.pairs("labels") ?? [:]
        reward.texts.categories = map.names("categories") ?? []
        reward.texts.isFeatured = map.boolean("featured") ?? false
        reward.texts.isPublic = map.boolean("public") ?? false
        if case .text(let name) = map.node("brand")?.value {
            reward.texts.brandName = name
        } else if let brand = map.map("brand", ProgramFile.brandKeys) {
            reward.texts.brandName = brand.textOrEmpty("name") ?? ""
            reward.texts.brandDescription = brand.textOrEmpty("description") ?? ""
            reward.texts.brandImage = brand.textOrEmpty("image") ?? ""
        }
        for entry in map.entries("texts") ?? [] {
            let text = reader.map(entry.node, entry.key, ProgramFile.translationKeys)
            reward.texts.translations[entry.key] = RewardTexts.Translation(
                name: text?.text("name") ?? reward.name,
                description: text?.textOrEmpty("description") ?? "")
        }
    }

    // MARK: Judging

    /// Notes what can't be meant, and what can't do what it says.
    private func judge(_ reward: Reward, _ item: SettingsNode) {
        let systems = terms.systems.map(\.name)
        let tiers = program.tiers.map(\.name).filter { !$0.isEmpty }
        for flaw in reward.flaws(systems: Set(systems), tiers: Set(tiers)) {
            let known =
                switch flaw.key {
                case "owner": systems + [Reward.program]
                case "mirrors": systems
                default: tiers
                }
            let hint = flaw.name.isEmpty ? "" : Nearest.hint(for: flaw.name, among: known)
            reader.fail(flaw.sentence + hint, at: item.location(of: flaw.key, name: flaw.name))
        }
        let sends = terms.integration == .realTime || terms.integration == .asynchronous
        if !reward.mirrors.isEmpty, !sends {
            reader.fail(
                "'mirrors' needs the integration real_time or asynchronous; with "
                    + "\(terms.integration.rawValue) nothing is sent from one system to another",
                at: item.location(of: "mirrors"))
        }
        for (key, message) in reward.warnings(opensOn: program.opensOn) {
            reader.warn(message, at: item.location(of: key))
        }
    }
}

extension Reward {
    /// What is allowed and can't do what it says, by the key that says so.
    fileprivate func warnings(opensOn: CivilDate) -> [(key: String, message: String)] {
        var warnings: [(String, String)] = []
        // A gift code is used here; any other has to be known where it is to be burned.
        if owner == Reward.program, mirrors.isEmpty, kind != .giftCode, kind != .badge {
            warnings.append(
                ("owner", "no till would know codes of 'program': name the systems in 'mirrors'"))
        }
        if let totalLimit, let units, totalLimit > units {
            warnings.append(
                ("limits.total", "'total' is above the stock of \(units) units: it never counts"))
        }
        if let totalLimit, let memberLimit, memberLimit > totalLimit {
            warnings.append(
                ("limits.per_member", "'per_member' is above 'total': it never counts"))
        }
        for (key, limit) in [
            ("limits.total", totalLimit), ("limits.per_member", memberLimit),
            ("stock.units", units),
        ] where limit == 0 {
            warnings.append((key, "nobody can have the reward; none is no limit"))
        }
        if threshold == 0 {
            warnings.append(("stock.threshold", "'threshold' is 0: codes are never asked for"))
        }
        switch validity {
        case .after(let period) where period.shortestDays < holdDays:
            warnings.append(
                ("hold_days", "a code's validity ends before its hold of \(holdDays) days does"))
        case .window(_, let to?) where to < opensOn:
            warnings.append(
                ("valid.to", "it ends on \(to), before the first night: nobody can have it"))
        case .window(let from?, let to?) where from.adding(days: holdDays) > to:
            warnings.append(
                ("hold_days", "the window ends before the hold of \(holdDays) days does"))
        default: break
        }
        return warnings
    }
}

extension Substring {
    /// Without the spaces around it.
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
