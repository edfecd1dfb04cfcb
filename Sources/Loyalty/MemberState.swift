/// A member's points before and after a night.
package struct MemberState {
    /// Open lots, in no order that matters.
    package var lots: [Lot]
    /// Points owed, by account; zero or more.
    package var debts: [Points]

    package init(lots: [Lot] = [], debts: [Points] = [0, 0]) {
        self.lots = lots
        self.debts = debts
    }

    /// Empties the state and keeps its memory for the next member.
    package mutating func removeAll() {
        lots.removeAll(keepingCapacity: true)
        for index in debts.indices { debts[index] = 0 }
    }

    /// What an account holds as of a day.
    package func balance(of account: Account.Kind, on day: CivilDate) -> Balance {
        var balance = Balance()
        balance.debt = debts[Int(account.rawValue)]
        for lot in lots where lot.account == account && lot.remaining > 0 {
            if lot.activeOn <= day {
                balance.available += lot.remaining
            } else {
                balance.pending += lot.remaining
            }
            guard lot.expiresOn != Lot.never else { continue }
            if lot.expiresOn < balance.nextExpiresOn {
                balance.nextExpiresOn = lot.expiresOn
                balance.nextExpiringPoints = 0
            }
            if lot.expiresOn == balance.nextExpiresOn {
                balance.nextExpiringPoints += lot.remaining
            }
        }
        return balance
    }
}

/// One account of a member as of a day.
package struct Balance: Hashable, Sendable {
    /// Points that can be spent, and those still on hold.
    package var available: Points = 0
    package var pending: Points = 0
    package var debt: Points = 0
    /// The soonest last day of an open lot, `Lot.never` without one, and all that expires on it.
    package var nextExpiresOn = Lot.never
    package var nextExpiringPoints: Points = 0

    package init() {}

    /// Lots less debt: what the postings of the account sum to.
    package var total: Points { available + pending - debt }
}
