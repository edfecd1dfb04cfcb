/// A kind of points and the terms that it is earned, kept, spent and taken back on.
package struct Account: Hashable, Sendable {
    /// `spend` pays for rewards; `status` decides the tier.
    package enum Kind: UInt8, CaseIterable, Sendable { case spend, status }

    package enum Rounding: String, CaseIterable, Sendable { case floor, ceil, nearest }

    /// How long points are good.
    package enum Expiry: Hashable, Sendable {
        case never
        /// This long after the day they were earned, that day's date included.
        case after(Period)
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

    package init(
        kind: Kind, ratio: Rate = .one, rounding: Rounding = .floor, holdDays: Int = 0,
        expiry: Expiry = .never, returns: ReturnPolicy = .withinBalance,
        returnRounding: ReturnRounding = .cumulative, returnsTake: ReturnsTake = .pendingFirst,
        spendOrder: SpendOrder = .soonest
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
    }
}
