import Loyalty
import Testing

struct RewardRulesTests {
    private func reward(_ kind: Reward.Kind, _ change: (inout Reward) -> Void = { _ in }) -> Reward
    {
        var reward = Reward(id: "r", name: "Reward", kind: kind)
        if kind != .badge { reward.owner = "pos" }
        change(&reward)
        return reward
    }

    private func keys(_ reward: Reward) -> [String] {
        reward.flaws(systems: ["pos", "ecom"], tiers: ["bronze", "gold"]).map(\.key)
    }

    @Test func `a reward of each type that says what it needs has no flaw`() {
        for kind in Reward.Kind.allCases {
            let whole = reward(kind) {
                switch kind {
                case .value: $0.value = 2500
                case .percentage: $0.percent = 10_000
                case .product: $0.products = ["SKU"]
                case .giftCode: $0.points = 50
                default: break
                }
            }
            #expect(keys(whole).isEmpty, "\(kind)")
        }
    }

    @Test func `a badge and a voucher cost nothing`() {
        for kind in [Reward.Kind.badge, .voucher] {
            #expect(keys(reward(kind) { $0.cost = 1 }) == ["cost_points"])
            #expect(
                keys(reward(kind) { $0.costByTier = ["bronze": 0, "gold": 1] }) == ["cost_points"])
        }
    }

    @Test func `what a reward is worth is said as its type needs it`() {
        #expect(keys(reward(.value)) == ["value"])
        #expect(keys(reward(.value) { $0.value = -1 }) == ["value"])
        #expect(keys(reward(.percentage)) == ["percent"])
        #expect(keys(reward(.percentage) { $0.percent = 10_001 }) == ["percent"])
        #expect(keys(reward(.percentage) { $0.percent = -1 }) == ["percent"])
        #expect(keys(reward(.product)) == ["product"])
        #expect(keys(reward(.giftCode)) == ["points"])
        #expect(keys(reward(.giftCode) { $0.points = 0 }) == ["points"])
        #expect(keys(reward(.coupon) { $0.points = 5 }) == ["points"])
    }

    @Test func `codes are owned by a system that is named, or by the program`() {
        #expect(keys(reward(.coupon) { $0.owner = "" }) == ["owner"])
        #expect(keys(reward(.coupon) { $0.owner = "till" }) == ["owner"])
        #expect(keys(reward(.coupon) { $0.owner = Reward.program }).isEmpty)
        #expect(keys(reward(.coupon) { $0.mirrors = ["ecom"] }).isEmpty)
        #expect(keys(reward(.coupon) { $0.mirrors = ["till"] }) == ["mirrors"])
        #expect(keys(reward(.coupon) { $0.mirrors = ["pos"] }) == ["mirrors"])
    }

    @Test func `a badge has no codes`() {
        #expect(keys(reward(.badge) { $0.owner = "pos" }) == ["owner"])
        #expect(keys(reward(.badge) { $0.mirrors = ["ecom"] }) == ["mirrors"])
    }

    @Test func `a window ends no earlier than it starts`() {
        let day = CivilDate(days: 20_000)
        #expect(keys(reward(.coupon) { $0.validity = .window(from: day, to: day) }).isEmpty)
        let before = day.adding(days: -1)
        #expect(keys(reward(.coupon) { $0.validity = .window(from: day, to: before) }) == ["valid"])
    }

    @Test func `a target names tiers of the program or segments`() {
        #expect(keys(reward(.coupon) { $0.tiers = ["gold"] }).isEmpty)
        #expect(keys(reward(.coupon) { $0.tiers = ["lead"] }) == ["target.tiers"])
        let costs = reward(.coupon) { $0.costByTier = ["bronze": 5, "gold": 4, "lead": 3] }
        #expect(keys(costs) == ["cost_points"])
        #expect(keys(reward(.coupon) { $0.costByTier = ["gold": 4] }) == ["cost_points"])
        let both = reward(.coupon) {
            $0.tiers = ["gold"]
            $0.segments = ["vip"]
        }
        #expect(keys(both) == ["target"])
    }

    @Test func `no number is below zero, and a stock is filled up above its threshold`() {
        let below = reward(.coupon) {
            $0.cost = -1
            $0.price = -1
            $0.taxRate = -1
            $0.holdDays = -1
            $0.totalLimit = -1
            $0.memberLimit = -1
            $0.minPurchase = -1
            $0.units = -1
            $0.threshold = -1
            $0.renewAfterDays = 0
        }
        #expect(
            keys(below) == [
                "cost_points", "price", "tax_rate", "hold_days", "limits.total",
                "limits.per_member", "min_purchase", "stock.units", "stock.threshold",
                "stock.renew_after",
            ])
        let upsideDown = reward(.coupon) {
            $0.threshold = 10
            $0.refillTo = 9
        }
        #expect(keys(upsideDown) == ["stock.refill_to"])
    }
}
