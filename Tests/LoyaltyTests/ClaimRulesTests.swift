import Loyalty
import Testing

/// Why a claim is refused before anybody looks for points or a code.
@Suite struct ClaimRulesTests {
    private func date(_ text: String) -> CivilDate { CivilDate(text) ?? CivilDate(days: 0) }

    private func reward(_ change: (inout Reward) -> Void = { _ in }) -> Reward {
        var reward = Reward(id: "r", name: "r", kind: .value)
        change(&reward)
        return reward
    }

    private func claim(
        isChecked: Bool = true, _ change: (inout ClaimFacts) -> Void = { _ in }
    ) -> ClaimFacts {
        var facts = ClaimFacts(
            night: date("2026-11-16"), claimedOn: date("2026-11-16"), isChecked: isChecked,
            tier: "bronze")
        change(&facts)
        return facts
    }

    @Test func `nothing speaks against a claim of a plain reward`() {
        #expect(reward().refusal(of: claim()) == nil)
    }

    @Test func `of several reasons the first counts, in the order of the spec`() {
        var reward = reward {
            $0.status = .inactive
            $0.memberLimit = 1
            $0.tiers = ["gold"]
            $0.units = 3
        }
        let facts = claim {
            $0.granted = 3
            $0.grantedToMember = 1
        }
        #expect(reward.refusal(of: facts) == .notActive)
        reward.status = .active
        #expect(reward.refusal(of: facts) == .limitReached)
        reward.memberLimit = nil
        #expect(reward.refusal(of: facts) == .notEligible)
        reward.tiers = []
        #expect(reward.refusal(of: facts) == .soldOut)
        reward.units = nil
        #expect(reward.refusal(of: facts) == nil)
    }

    @Test func `a grant asks neither target nor limits, but units`() {
        let facts = claim(isChecked: false) {
            $0.granted = 5
            $0.grantedToMember = 5
        }
        let strict = reward {
            $0.totalLimit = 1
            $0.memberLimit = 1
            $0.tiers = ["gold"]
            $0.segments = ["vip"]
        }
        #expect(strict.refusal(of: facts) == nil)
        #expect(reward { $0.units = 5 }.refusal(of: facts) == .soldOut)
    }

    @Test func `nobody who is blocked gets anything`() {
        #expect(
            reward().refusal(of: claim(isChecked: false) { $0.isActiveMember = false })
                == .notEligible)
    }

    @Test func `a code is good from the end of the hold through the earliest last day`() {
        let day = date("2026-11-16")
        let year = reward {
            $0.holdDays = 2
            $0.validity = .after(.months(12))
        }
        #expect(
            year.goodDays(grantedOn: day, from: nil, to: Lot.never)
                == date("2026-11-18")...date("2027-11-16"))
        #expect(
            year.goodDays(grantedOn: day, from: date("2026-12-01"), to: date("2026-12-24"))
                == date("2026-12-01")...date("2026-12-24"))
        #expect(year.goodDays(grantedOn: day, from: nil, to: date("2026-11-17")) == nil)
        let window = reward { $0.validity = .window(from: nil, to: date("2026-11-30")) }
        #expect(
            window.goodDays(grantedOn: day, from: nil, to: Lot.never) == day...date("2026-11-30"))
    }
}
