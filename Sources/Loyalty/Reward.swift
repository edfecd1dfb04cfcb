/// What a member gets, and on which terms: a reward as program.yaml or a rewards file defines it.
///
/// Source: spec, part 4 'Rewards' and part 8 'A reward'. Codable, because the store keeps each definition as
/// JSON, from the night on which it counts.
package struct Reward: Hashable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Sendable, Codable {
        case badge, voucher, coupon
        case giftCode = "gift_code"
        case discountCode = "discount_code"
        case freeDelivery = "free_delivery"
        case percentage, value, product, custom
    }

    /// Outranks every date.
    package enum Status: String, CaseIterable, Sendable, Codable { case draft, active, inactive }

    /// Who makes new codes when the stock runs low.
    package enum Renewal: String, CaseIterable, Sendable, Codable {
        /// Its owner, when asked.
        case generated
        /// A person, who is told.
        case manual
        /// Nightjar, which sends them to every system.
        case program
        /// Nightjar, one by one when granted: never sold out.
        case atGrant = "at_grant"
    }

    /// How long a granted code is good.
    package enum Validity: Hashable, Sendable, Codable {
        /// As long as the code itself.
        case open
        /// From the day it is granted.
        case after(Period)
        /// Both good days; nil is no limit.
        case window(from: CivilDate?, to: CivilDate?)
    }

    /// The owner's name where Nightjar itself makes the codes.
    package static let program = "program"

    package var id: String
    package var name: String
    package var kind: Kind
    package var status = Status.active
    /// Points that a claim costs: for everybody, and by tier where one has its own.
    package var cost: Points = 0
    package var costByTier: [String: Points] = [:]
    /// Minor units.
    package var value: MinorUnits?
    /// Hundredths of a percent: 10 % is 1000.
    package var percent: Int?
    package var products: [String] = []
    /// What a gift code is worth.
    package var points: Points?
    /// Minor units.
    package var price: MinorUnits = 0
    /// Hundredths of a percent.
    package var taxRate = 0
    /// The system that owns its codes; `program` for Nightjar itself; empty for a badge, which has none.
    package var owner = ""
    /// The other systems where its codes must be known, without the owner.
    package var mirrors: [String] = []
    /// Where its codes may be burned; empty: everywhere.
    package var channels: [String] = []
    /// Days between a grant and the first day on which its code is good.
    package var holdDays = 0
    package var validity = Validity.open
    /// How many may be granted, in total and to one member; nil is no limit.
    package var totalLimit: Int?
    package var memberLimit: Int?
    /// Who may claim it; empty: everybody.
    package var tiers: [String] = []
    package var segments: [String] = []
    /// The least order that a code may be burned on, in minor units.
    package var minPurchase: MinorUnits?
    /// How many units there are, whatever the number of codes; nil is no limit.
    package var units: Int?
    /// Below so many available codes, more are asked for; nil: never.
    package var threshold: Int?
    package var refillTo: Int?
    package var renewal = Renewal.generated
    /// After so many days an unanswered request lapses.
    package var renewAfterDays = 3
    package var texts = RewardTexts()

    package init(id: String, name: String, kind: Kind) {
        self.id = id
        self.name = name
        self.kind = kind
    }

    /// Points that a claim costs a member of a tier.
    package func cost(tier: String) -> Points { costByTier[tier] ?? cost }

    /// Every system that must know its codes, the owner first; Nightjar's own list is none.
    package var systems: [String] {
        (owner.isEmpty || owner == Reward.program ? [] : [owner]) + mirrors.filter { $0 != owner }
    }

    /// What it takes to fill the stock up to.
    package var refill: Int { refillTo ?? (threshold ?? 0) * 2 }

    /// The last day on which it, or any code of it, is good; `Lot.never` without one.
    package var lastDay: CivilDate {
        if case .window(_, let to?) = validity { return to }
        return Lot.never
    }
}

/// What of a reward is told to others, and never judged by.
package struct RewardTexts: Hashable, Sendable, Codable {
    package var description = ""
    package var image = ""
    package var brandName = ""
    package var brandDescription = ""
    package var brandImage = ""
    package var moreInfo = ""
    package var pushText = ""
    package var labels: [String: String] = [:]
    package var categories: [String] = []
    package var isFeatured = false
    package var isPublic = false
    /// By language: name and description.
    package var translations: [String: Translation] = [:]
    package var customFields: [String: String] = [:]

    package struct Translation: Hashable, Sendable, Codable {
        package var name: String
        package var description: String

        package init(name: String, description: String) {
            self.name = name
            self.description = description
        }
    }

    package init() {}
}
