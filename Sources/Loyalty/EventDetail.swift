/// What an event needs beside its own few numbers.
///
/// Few events have one: they stand apart, so that the others stay small.
package struct EventDetail {
    /// What a source did to one lot (or to a debt, or to none), netted over all its postings; what its
    /// own lot gained and what it lost are two.
    ///
    /// Expiries and merges are no effects: they bear the lot's name, and no correction takes them back.
    package struct Effect {
        /// What the points went into or came out of.
        package enum Place: UInt8, Sendable { case lot, debt, uncovered }

        package var account: Account.Kind
        package var place: Place
        /// Whose postings they are.
        package var system: Int32
        package var source: ByteText
        /// The lot, for `place: .lot`, with its dates: it is opened again where it is closed.
        package var lotSystem: Int32
        package var lot: ByteText
        package var earnedOn: CivilDate
        package var activeOn: CivilDate
        package var expiresOn: CivilDate
        /// Signed, as posted.
        package var points: Points
        /// Which kind recorded it, for `place: .uncovered`: each kind is netted apart.
        package var uncoveredKind: Posting.Kind

        package init(
            account: Account.Kind, place: Place, system: Int32, source: ByteText, lotSystem: Int32,
            lot: ByteText, earnedOn: CivilDate, activeOn: CivilDate, expiresOn: CivilDate,
            points: Points, uncoveredKind: Posting.Kind = .returnUncovered
        ) {
            self.account = account
            self.place = place
            self.system = system
            self.source = source
            self.lotSystem = lotSystem
            self.lot = lot
            self.earnedOn = earnedOn
            self.activeOn = activeOn
            self.expiresOn = expiresOn
            self.points = points
            self.uncoveredKind = uncoveredKind
        }
    }

    /// What was posted before: a restatement takes all of it back; a refund gives back what redemptions
    /// took, as far as its points go.
    package var effects: [Effect]
    /// What a restatement posts anew: accruals, returns and charges, in this order.
    package var parts: [OrderEvent]
    /// The lots and debts (by account) that a merge brings.
    package var lots: [Lot]
    package var debts: [Points]

    package init(
        effects: [Effect] = [], parts: [OrderEvent] = [], lots: [Lot] = [],
        debts: [Points] = [0, 0]
    ) {
        self.effects = effects
        self.parts = parts
        self.lots = lots
        self.debts = debts
    }
}
