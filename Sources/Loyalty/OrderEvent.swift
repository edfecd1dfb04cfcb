/// What one order (or charge) does to one member tonight.
///
/// Amounts are earning bases in minor units, zero or more; the kind says which way they count.
package struct OrderEvent {
    package enum Kind: UInt8, Sendable {
        /// A sale that earns.
        case accrual
        /// The order was posted before with other content: the old effect out, the new one in.
        ///
        /// Only where the account has no `max`: what it capped then is not known.
        case correction
        /// A return gives `base` points back to the lots they were spent from (`detail`).
        case refund
        /// Goods brought back.
        case `return`
        /// Points spent: `base` is points, not money.
        case charge
        /// The order, with its returns, was posted before in a way that the order alone doesn't tell:
        /// all of it out, all of the new version in (`detail`).
        ///
        /// It bears the identity of the order, whose lot may lack points until its end.
        case restatement
        /// Like a restatement, of an order that was cancelled.
        case void
        /// `base` points given, or taken where it is negative.
        case adjustment
        /// All open lots and debts leave for the member whom this one is merged into.
        case mergeOut
        /// They arrive (`detail`).
        case mergeIn
        /// A reward is claimed: all of `base` points are spent, or none.
        case claim
        /// A gift code gives `base` points.
        case gift

        /// The phase of the night in which it runs.
        fileprivate var phase: Int {
            switch self {
            case .mergeOut, .mergeIn: 0
            case .accrual, .correction, .restatement, .gift: 1
            case .return, .void, .refund: 2
            case .charge, .claim: 3
            case .adjustment: 4
            }
        }
    }

    /// A sale that goods come back from.
    package struct Sale {
        package var base: MinorUnits
        /// What earlier returns took of the base.
        package var returned: MinorUnits
        /// Index into the fold's terms; nil for an order from before the first night.
        package var terms: Int?
        /// The points of an order from before the first night.
        package var openingPoints: Points
        /// What the `max` of each account took out of its lot on an earlier night.
        ///
        /// No array: a return allocates nothing.
        package var capped: InlineArray<2, Points>

        package init(
            base: MinorUnits, returned: MinorUnits, terms: Int?, openingPoints: Points = 0,
            capped: InlineArray<2, Points> = [0, 0]
        ) {
            self.base = base
            self.returned = returned
            self.terms = terms
            self.openingPoints = openingPoints
            self.capped = capped
        }
    }

    package var kind: Kind
    package var date: CivilDate
    package var system: Int32
    package var id: ByteText
    package var base: MinorUnits
    /// Index into the fold's terms: those of the member's tier on the order's date.
    package var terms: Int
    /// A correction's old base and terms.
    ///
    /// Old terms of nil: the old version posted nothing. Of a charge that is restated: the points that
    /// the same member had been charged.
    package var oldBase: MinorUnits
    package var oldTerms: Int?
    /// The order that a return names: its lot gives first.
    ///
    /// A count of 0 is none.
    package var originalSystem: Int32
    package var original: ByteText
    /// That order, where it is known.
    package var sale: Sale?
    /// Index into the fold's details; -1 for none.
    package var detail: Int32 = -1
    /// The account of an adjustment.
    package var account: Account.Kind = .spend
    /// Days before the points of a gift code can be spent.
    package var holdDays: Int32 = 0
    /// Where an order of tonight was made: index into the batch's places; -1 for none.
    package var place: Int32 = -1

    package init(
        kind: Kind, date: CivilDate, system: Int32, id: ByteText, base: MinorUnits, terms: Int,
        oldBase: MinorUnits = 0, oldTerms: Int? = nil, originalSystem: Int32 = 0,
        original: ByteText? = nil,
        sale: Sale? = nil
    ) {
        self.kind = kind
        self.date = date
        self.system = system
        self.id = id
        self.base = base
        self.terms = terms
        self.oldBase = oldBase
        self.oldTerms = oldTerms
        self.originalSystem = originalSystem
        self.original = original ?? ByteText(start: id.start, count: 0)
        self.sale = sale
    }

    /// The order in which a member's events run: merges, corrections and accruals, voids and returns,
    /// charges, adjustments; within a phase by (business date, id by bytes).
    package static func precedes(_ left: OrderEvent, _ right: OrderEvent) -> Bool {
        if left.kind.phase != right.kind.phase { return left.kind.phase < right.kind.phase }
        if left.date != right.date { return left.date < right.date }
        if left.id != right.id { return left.id < right.id }
        if left.system != right.system { return left.system < right.system }
        // What a return gives back is there when it takes back what the order earned.
        return left.kind.rawValue < right.kind.rawValue
    }
}
