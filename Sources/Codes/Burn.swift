internal import Loyalty

/// A burn, or what takes one back, as the register keeps it: a till's or web shop's word that a code was used.
struct Burn {
    /// The numbers are those of the store.
    enum State: Int64 {
        case judged = 0
        /// For its code, the burn that it takes back, or its day.
        case waiting = 1
        case givenUp = 2
    }

    /// Who reported it: the store's integer.
    var system: Int32
    var id: ByteText
    var code: ByteText
    var burnedAt: LocalSeconds
    var store: ByteText
    var channel: ByteText
    var card: ByteText
    var receipt: ByteText
    /// Minor units; nil where the line leaves it out.
    var orderAmount: MinorUnits?
    var discount: MinorUnits?
    var isReversal: Bool
    /// The night it came.
    var night: CivilDate
    var state = State.judged
    var outcome = BurnOutcome.burned
    /// The namespace and reward of its code; 0 while they are not known.
    var owner: Int32 = 0
    var reward: Int32 = 0
    /// Points that it cost the member who burned a code nobody had.
    var charged: Points = 0
    /// Whether its order's amount may still show that it is below the minimum.
    var awaitsOrder = false
    /// The last night on which it waits.
    var until: CivilDate
    var file: Int64
    var line: Int32

    /// Whether both say the same; not where it was written.
    func isSame(as other: Burn) -> Bool {
        code == other.code && burnedAt == other.burnedAt && store == other.store
            && channel == other.channel && card == other.card && receipt == other.receipt
            && orderAmount == other.orderAmount && discount == other.discount
    }

    /// Whether they are of one receipt; without a number, of one store and moment.
    func isOnReceipt(of other: Burn) -> Bool {
        guard system == other.system, receipt == other.receipt else { return false }
        return !receipt.isEmpty || store == other.store && burnedAt == other.burnedAt
    }

    func isIdentity(of other: Burn) -> Bool {
        system == other.system && isReversal == other.isReversal && id == other.id
    }

    var day: CivilDate { CivilDate(local: burnedAt) }
}

/// What a night made of a burn: the words of the report burns.
enum BurnOutcome: String {
    case burned
    /// Another burn of the code stands.
    case doubleBurn = "double_burn"
    /// The program refuses such burns, and the register is as it was.
    case refusedForeignCard = "refused_foreign_card"
    case refusedAfterExpiry = "refused_after_expiry"
    case voided
    /// Taken back, or it took another one back.
    case reversed
    case unknownCode = "unknown_code"
    /// A reversal waits for the burn that it takes back.
    case unknownBurn = "unknown_burn"
    case laterDay = "later_day"
    case givenUp = "given_up"
    /// On the same receipt under another number; no report lists it.
    case duplicate

    /// Whether the code was used, and this burn's discount given.
    var isUse: Bool {
        switch self {
        case .burned, .doubleBurn, .refusedForeignCard, .refusedAfterExpiry: true
        case .voided, .reversed, .unknownCode, .unknownBurn, .laterDay, .givenUp, .duplicate: false
        }
    }
}
