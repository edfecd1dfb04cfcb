/// Why a claim is refused, in the words of the report grants.
package enum ClaimRefusal: String, CaseIterable, Sendable {
    /// The reward's status, or its window.
    case notActive = "not_active"
    /// In total, or to one member.
    case limitReached = "limit_reached"
    /// The reward is for others, or the member is blocked or closed.
    case notEligible = "not_eligible"
    /// No unit is left, or no code that is good for long enough.
    case soldOut = "sold_out"
    case notEnoughPoints = "not_enough_points"
    /// What earned it came back, or comes to too little by now.
    case orderReturned = "order_returned"
}

/// What there is to know of a claim or grant before a code is looked for.
package struct ClaimFacts: Sendable {
    /// The business date that judges.
    package var night: CivilDate
    package var claimedOn: CivilDate
    /// Whether target and limits are asked.
    package var isChecked: Bool
    package var isActiveMember: Bool
    /// The member's tier on the claim's date.
    package var tier: String
    /// Whether he is in one of the reward's segments.
    package var isInSegment: Bool
    /// Units that were granted before, to all and to him.
    package var granted: Int
    package var grantedToMember: Int

    package init(
        night: CivilDate, claimedOn: CivilDate, isChecked: Bool, isActiveMember: Bool = true,
        tier: String = "", isInSegment: Bool = false, granted: Int = 0, grantedToMember: Int = 0
    ) {
        self.night = night
        self.claimedOn = claimedOn
        self.isChecked = isChecked
        self.isActiveMember = isActiveMember
        self.tier = tier
        self.isInSegment = isInSegment
        self.granted = granted
        self.grantedToMember = grantedToMember
    }
}

extension Reward {
    /// Whether it hands out codes.
    package var hasCodes: Bool { kind != .badge }

    /// Why a claim of it is refused, whatever its points and codes; nil where nothing speaks against it.
    ///
    /// Source: spec, part 4 'Rewards'. The first reason that applies, in the order of that page.
    package func refusal(of claim: ClaimFacts) -> ClaimRefusal? {
        guard status == .active, lastDay >= claim.night else { return .notActive }
        if case .window(let from?, _) = validity, claim.claimedOn < from { return .notActive }
        if claim.isChecked {
            if let totalLimit, claim.granted >= totalLimit { return .limitReached }
            if let memberLimit, claim.grantedToMember >= memberLimit { return .limitReached }
        }
        guard claim.isActiveMember else { return .notEligible }
        if claim.isChecked {
            if !tiers.isEmpty, !tiers.contains(claim.tier) { return .notEligible }
            if !segments.isEmpty, !claim.isInSegment { return .notEligible }
        }
        if let units, claim.granted >= units { return .soldOut }
        return nil
    }

    /// The days on which a code of it is good that is granted on a day; nil where it never would be.
    ///
    /// - Parameters:
    ///   - from: the code's own first good day, where it has one.
    ///   - to: the code's own last good day.
    package func goodDays(
        grantedOn day: CivilDate, from: CivilDate?, to: CivilDate
    ) -> ClosedRange<CivilDate>? {
        var first = day.adding(days: holdDays)
        if let from { first = max(first, from) }
        var last = min(to, lastDay)
        if case .after(let period) = validity { last = min(last, period.after(day)) }
        return first <= last ? first...last : nil
    }
}
