/// What makes a reward one that can't be meant, whoever defines it.
package struct RewardFlaw: Hashable, Sendable {
    /// The key of a reward in program.yaml that says so, as a path: `stock.threshold`.
    package var key: String
    /// What is wrong and what to do.
    package var sentence: String
    /// The name that nothing defines, where it is one.
    package var name = ""
}

extension Reward {
    /// All that is wrong with the reward, in the order of its keys.
    ///
    /// - Parameters:
    ///   - systems: those that program.yaml names.
    ///   - tiers: the names of the program's tiers.
    package func flaws(systems: Set<String>, tiers: Set<String>) -> [RewardFlaw] {
        var flaws: [RewardFlaw] = []
        func note(_ key: String, _ sentence: String, _ name: String = "") {
            flaws.append(RewardFlaw(key: key, sentence: sentence, name: name))
        }
        func noteBelowZero(_ key: String, _ number: (some BinaryInteger)?) {
            if let number, number < 0 { note(key, "'\(key)' is below zero") }
        }
        let costs = [cost] + costByTier.sorted { $0.key < $1.key }.map(\.value)
        if kind == .badge || kind == .voucher, costs.contains(where: { $0 != 0 }) {
            note("cost_points", "a \(kind.rawValue) is free: leave 'cost_points' out")
        }
        noteBelowZero("cost_points", costs.min())
        for tier in costByTier.keys.sorted() where !tiers.contains(tier) {
            note(
                "cost_points", "'cost_points' names the tier '\(tier)', which 'tiers' doesn't", tier
            )
        }
        if cost == 0, !costByTier.isEmpty {
            for tier in tiers.subtracting(costByTier.keys).sorted() {
                note("cost_points", "'cost_points' leaves out the tier '\(tier)': say what it pays")
            }
        }
        noteOfWorth { note($0, $1) }
        noteBelowZero("price", price)
        if !(0...10_000).contains(taxRate) { note("tax_rate", "'tax_rate' is from 0 to 100") }
        noteOfOwner(systems, note)
        noteBelowZero("hold_days", holdDays)
        if case .window(let from?, let to?) = validity, to < from {
            note("valid", "'valid' ends before it starts")
        }
        noteBelowZero("limits.total", totalLimit)
        noteBelowZero("limits.per_member", memberLimit)
        if !self.tiers.isEmpty, !segments.isEmpty {
            note("target", "'target' names tiers or segments, not both")
        }
        for tier in self.tiers where !tiers.contains(tier) {
            note("target.tiers", "'target' names the tier '\(tier)', which 'tiers' doesn't", tier)
        }
        noteBelowZero("min_purchase", minPurchase)
        noteBelowZero("stock.units", units)
        noteBelowZero("stock.threshold", threshold)
        if let refillTo, refillTo < threshold ?? 0 {
            note("stock.refill_to", "'refill_to' is below 'threshold': nothing would be filled up")
        }
        if renewAfterDays < 1 { note("stock.renew_after", "'renew_after' is a day or more") }
        return flaws
    }

    /// What a reward of each type is worth must be said.
    private func noteOfWorth(_ note: (_ key: String, _ sentence: String) -> Void) {
        if let value, value < 0 { note("value", "'value' is below zero") }
        if let percent, !(0...10_000).contains(percent) {
            note("percent", "'percent' is from 0 to 100")
        }
        if let points, points < 1 { note("points", "'points' is one or more") }
        switch kind {
        case .value where value == nil: note("value", "a reward of type value needs 'value'")
        case .percentage where percent == nil:
            note("percent", "a reward of type percentage needs 'percent'")
        case .product where products.isEmpty:
            note("product", "a reward of type product needs 'product'")
        case .giftCode where points == nil: note("points", "a gift_code needs 'points'")
        default: break
        }
        if kind != .giftCode, points != nil {
            note("points", "only a gift_code gives 'points'; what others cost is 'cost_points'")
        }
    }

    /// Who makes the codes and who must know them; a badge has none.
    private func noteOfOwner(
        _ systems: Set<String>, _ note: (_ key: String, _ sentence: String, _ name: String) -> Void
    ) {
        if kind == .badge {
            if !owner.isEmpty { note("owner", "a badge has no codes: leave 'owner' out", "") }
            if !mirrors.isEmpty { note("mirrors", "a badge has no codes: leave 'mirrors' out", "") }
            return
        }
        if owner.isEmpty {
            note("owner", "'owner' is missing: say which system's codes they are, or program", "")
        } else if owner != Reward.program, !systems.contains(owner) {
            note("owner", "'owner' is '\(owner)', which 'systems' doesn't name", owner)
        }
        for mirror in mirrors {
            if mirror == owner {
                note("mirrors", "'\(mirror)' owns the codes: leave it out of 'mirrors'", "")
            } else if !systems.contains(mirror) {
                note("mirrors", "'mirrors' names '\(mirror)', which 'systems' doesn't", mirror)
            }
        }
    }
}
