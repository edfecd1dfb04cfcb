/// A kind of points and the terms that it is earned, kept, spent and taken back on.
package struct Account: Hashable, Sendable {
    /// `spend` pays for rewards; `status` decides the tier.
    package enum Kind: UInt8, CaseIterable, Sendable { case spend, status }

    package enum Rounding: String, CaseIterable, Sendable { case floor, ceil, nearest }

    /// How long points are good.
    package enum Expiry: Hashable, Sendable {
        case never
        /// This long after the day they were earned or became active, that day's date included; rounded
        /// up to the end of a calendar period where one is given.
        case after(Period, from: CountFrom = .order, endOf: CalendarPart? = nil)
        /// The next such day of a year, the day they were earned included.
        case fixed(month: Int, day: Int)
        /// The last day of the window in which they were earned; never outside all windows.
        case windows([Window])
    }

    /// From which day an expiry counts.
    package enum CountFrom: String, CaseIterable, Sendable { case order, active }

    package enum CalendarPart: String, CaseIterable, Sendable { case month, quarter, half, year }

    /// What is earned from one day to another is good through a third.
    package struct Window: Hashable, Sendable {
        package var from: CivilDate
        package var to: CivilDate
        package var expiresOn: CivilDate

        package init(from: CivilDate, to: CivilDate, expiresOn: CivilDate) {
            self.from = from
            self.to = to
            self.expiresOn = expiresOn
        }
    }

    /// What becomes of points that a return gives back to a lot that has expired.
    package enum RefundExpired: Hashable, Sendable {
        case expire
        /// They are good for so many days more, from the business date on.
        case grace(days: Int)
    }

    /// What a return may take.
    package enum ReturnPolicy: String, CaseIterable, Sendable {
        case onlyPending = "only_pending"
        case withinBalance = "within_balance"
        case debit
    }

    package enum ReturnRounding: String, CaseIterable, Sendable { case cumulative, each }

    package enum ReturnsTake: String, CaseIterable, Sendable {
        case pendingFirst = "pending_first"
        case soonest
    }

    package enum SpendOrder: String, CaseIterable, Sendable { case soonest, fifo }

    package var kind: Kind
    /// Points per one unit of the currency.
    package var ratio: Rate
    package var rounding: Rounding
    /// Days between earning and being able to spend.
    package var holdDays: Int
    package var expiry: Expiry
    package var returns: ReturnPolicy
    package var returnRounding: ReturnRounding
    package var returnsTake: ReturnsTake
    package var spendOrder: SpendOrder
    package var refundExpired: RefundExpired
    /// The most that lots less debts may come to; nil has no limit.
    package var max: Points?

    package init(
        kind: Kind, ratio: Rate = .one, rounding: Rounding = .floor, holdDays: Int = 0,
        expiry: Expiry = .never, returns: ReturnPolicy = .withinBalance,
        returnRounding: ReturnRounding = .cumulative, returnsTake: ReturnsTake = .pendingFirst,
        spendOrder: SpendOrder = .soonest, refundExpired: RefundExpired = .expire,
        max: Points? = nil
    ) {
        self.kind = kind
        self.ratio = ratio
        self.rounding = rounding
        self.holdDays = holdDays
        self.expiry = expiry
        self.returns = returns
        self.returnRounding = returnRounding
        self.returnsTake = returnsTake
        self.spendOrder = spendOrder
        self.refundExpired = refundExpired
        self.max = max
    }
}

extension Account.Expiry {
    /// The last day on which points of these two days are good.
    package func lastDay(earnedOn: CivilDate, activeOn: CivilDate) -> CivilDate {
        switch self {
        case .never: Lot.never
        case .after(let period, let from, let part):
            period.after(from == .order ? earnedOn : activeOn).rounded(upTo: part)
        case .fixed(let month, let day): earnedOn.next(month: month, day: day)
        case .windows(let windows):
            windows.first { $0.from <= earnedOn && earnedOn <= $0.to }?.expiresOn ?? Lot.never
        }
    }
}
