/// Points earned together.
package struct Lot {
    package var account: Account.Kind
    /// The system that the order came from, as the store numbers it.
    package var system: Int32
    /// The identity of what earned it; with account and system it names the lot of a member.
    package var id: ByteText
    package var points: Points
    package var remaining: Points
    package var earnedOn: CivilDate
    /// The first day on which the points can be spent.
    package var activeOn: CivilDate
    /// The last day on which the points are good; `Lot.never` has no last day.
    package var expiresOn: CivilDate
    /// What tonight did to it.
    package var change: Change
    /// What the account's `max` took out of it tonight.
    package internal(set) var capped: Points = 0

    /// `created`: all of it is new to the store; `changed`: only what remains.
    package enum Change: UInt8, Sendable { case none, created, changed }

    /// The expiry date of lots that never expire: later than any date of the calendar.
    package static let never = CivilDate(days: Int32.max)

    package init(
        account: Account.Kind, system: Int32, id: ByteText, points: Points, remaining: Points,
        earnedOn: CivilDate, activeOn: CivilDate, expiresOn: CivilDate, change: Change = .none
    ) {
        self.account = account
        self.system = system
        self.id = id
        self.points = points
        self.remaining = remaining
        self.earnedOn = earnedOn
        self.activeOn = activeOn
        self.expiresOn = expiresOn
        self.change = change
    }

    /// Takes points out of the lot, at most what it has, and says how many.
    mutating func take(_ wanted: Points) -> Points {
        let taken = min(wanted, remaining)
        guard taken > 0 else { return 0 }
        remaining -= taken
        if change == .none { change = .changed }
        return taken
    }

    /// Puts points back that were taken out, or, while an order is restated, takes out even what is not
    /// there.
    mutating func give(_ given: Points) {
        remaining += given
        if change == .none { change = .changed }
        guard remaining > points else { return }
        // More than it ever had: a debt that it had repaid came back, or it was closed and forgotten.
        points = remaining
        change = .created
    }
}
