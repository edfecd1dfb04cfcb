/// One loyalty program: the rules that a night posts by.
///
/// A value read from program.yaml; the keys and their defaults are those of the file.
package struct Program: Hashable, Sendable {
    package enum Status: String, CaseIterable, Sendable { case running, paused, ended }

    /// What of a line's money earns.
    package enum EarnOn: String, CaseIterable, Sendable {
        case gross
        case netOfTax = "net_of_tax"
        case netOfPoints = "net_of_points"
    }

    /// Whose lots a linked return reverses: those of who bought, or of who brought it back.
    package enum ReturnsBy: String, CaseIterable, Sendable { case earner, presenter }

    /// What happens to a return whose original order is unknown.
    package enum MissingOrder: String, CaseIterable, Sendable { case park, unlinked }

    package var name: String
    /// The IANA zone of every date rule.
    package var timezone: String
    package var currency: Currency
    package var status: Status
    /// The first night.
    package var opensOn: CivilDate
    /// First and last day on which orders earn; nil is no limit.
    package var earnsFrom: CivilDate?
    package var earnsTo: CivilDate?
    package var earnOn: EarnOn
    package var returnsBy: ReturnsBy
    package var missingOrder: MissingOrder
    /// The accounts, `spend` first; `status` only where the program has it.
    package var accounts: [Account]
    /// Lowest first; the first is the entry tier.
    ///
    /// Never empty.
    package var tiers: [Tier]
    /// How many days before their last one points are reported as expiring; the farthest first.
    package var expiring: [Int]

    package init(
        name: String, timezone: String, currency: Currency, status: Status, opensOn: CivilDate,
        earnsFrom: CivilDate?, earnsTo: CivilDate?, earnOn: EarnOn, returnsBy: ReturnsBy,
        missingOrder: MissingOrder, accounts: [Account], tiers: [Tier],
        expiring: [Int] = [30, 7, 1]
    ) {
        self.name = name
        self.timezone = timezone
        self.currency = currency
        self.status = status
        self.opensOn = opensOn
        self.earnsFrom = earnsFrom
        self.earnsTo = earnsTo
        self.earnOn = earnOn
        self.returnsBy = returnsBy
        self.missingOrder = missingOrder
        self.accounts = accounts
        self.tiers = tiers
        self.expiring = expiring
    }

    /// Whether an order's amount and terms tell what it posted, so that a `correction` will do for one
    /// that had no returns: a `max` may have cut it.
    package var allowsCorrections: Bool { accounts.allSatisfy { $0.max == nil } }

    /// Whether an order of this date earns: a running program, within its own dates.
    package func earns(on date: CivilDate) -> Bool {
        status == .running && earnsFrom.map { $0 <= date } ?? true
            && earnsTo.map { date <= $0 } ?? true
    }
}

/// A level of a member, with the multiplier of each account.
package struct Tier: Hashable, Sendable {
    package var name: String
    /// By account, in the order of `Account.Kind`.
    package var multipliers: [Rate]

    package init(name: String, multipliers: [Rate]) {
        self.name = name
        self.multipliers = multipliers
    }

    /// The only tier of a program that has none.
    package static let nameless = Tier(name: "", multipliers: [.one, .one])
}

extension Program {
    /// What the amounts of one night's orders may come to: whatever they earn, a night's points and
    /// many nights' balances stay within 64 bits.
    package var largestNight: MinorUnits {
        let most = 100_000_000_000_000_000
        var largest = Int128(most)
        for account in accounts {
            for tier in tiers {
                let rate =
                    Int128(account.ratio.millionths)
                    * Int128(tier.multipliers[Int(account.kind.rawValue)].millionths)
                guard rate > 0 else { continue }
                largest = min(
                    largest, Int128(most) * Int128(currency.scale) * 1_000_000_000_000 / rate)
            }
        }
        return MinorUnits(largest)
    }
}
