/// One immutable ledger entry.
package struct Posting {
    /// What a posting does.
    ///
    /// The numbers order as the names do, so that reports sort by them.
    package enum Kind: UInt8, CaseIterable, Sendable {
        case accrue
        case adjust
        case adjustUncovered
        case cap
        case expire
        case extend
        case merge
        case redeem
        case redeemUncovered
        case refund
        case repay
        case `return`
        case returnUncovered
        case reverse

        package var name: String {
            switch self {
            case .accrue: "accrue"
            case .adjust: "adjust"
            case .adjustUncovered: "adjust_uncovered"
            case .cap: "cap"
            case .expire: "expire"
            case .extend: "extend"
            case .merge: "merge"
            case .redeem: "redeem"
            case .redeemUncovered: "redeem_uncovered"
            case .refund: "refund"
            case .repay: "repay"
            case .return: "return"
            case .returnUncovered: "return_uncovered"
            case .reverse: "reverse"
            }
        }

        /// Whether it records what no lot covered, and so changes no balance.
        package var isUncovered: Bool {
            switch self {
            case .adjustUncovered, .redeemUncovered, .returnUncovered: true
            default: false
            }
        }
    }

    package var account: Account.Kind
    package var kind: Kind
    /// The identity of the order (or, for an expiry, the lot) that caused it.
    package var system: Int32
    package var source: ByteText
    /// The lot that it changes; empty where none does: a debt, or points that no lot covered.
    package var lotSystem: Int32
    package var lot: ByteText
    /// Signed; what no lot covered is negative too, and changes no balance.
    package var points: Points
    /// The date of the record that caused it.
    package var date: CivilDate
    /// The lot's dates, where the posting makes or re-makes it; else both are the posting's date.
    package var activeOn: CivilDate
    package var expiresOn: CivilDate

    package init(
        account: Account.Kind, kind: Kind, system: Int32, source: ByteText, lotSystem: Int32,
        lot: ByteText, points: Points, date: CivilDate, activeOn: CivilDate, expiresOn: CivilDate
    ) {
        self.account = account
        self.kind = kind
        self.system = system
        self.source = source
        self.lotSystem = lotSystem
        self.lot = lot
        self.points = points
        self.date = date
        self.activeOn = activeOn
        self.expiresOn = expiresOn
    }

    /// Whether the account's balance (lots less debt) changes by `points`.
    package var changesBalance: Bool { !kind.isUncovered }

    /// The order of the ledger within a member: kind, source, lot, account; texts by their bytes.
    package static func precedes(_ left: Posting, _ right: Posting) -> Bool {
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        if left.source != right.source { return left.source < right.source }
        if left.lot != right.lot { return left.lot < right.lot }
        if left.account != right.account { return left.account.rawValue < right.account.rawValue }
        if left.system != right.system { return left.system < right.system }
        return left.points < right.points
    }
}
