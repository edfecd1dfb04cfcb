import Loyalty

/// What was posted before and is posted anew.
extension NaiveTwin {
    /// Undoes every effect, on credit where the points are gone, and posts the parts; then the credit
    /// is called in: it was no reversal but is taken as a return is.
    mutating func restate(_ event: Event, _ account: Account) {
        let start = entries.count
        for effect in event.effects where effect.account == account.kind {
            if let lot = effect.lot {
                change(opened(lot), -effect.points, effect, event, account)
            } else if let kind = effect.uncovered {
                post(account, kind, named(effect, event), nil, -effect.points)
            } else {
                undoDebt(effect, event, account)
            }
        }
        for part in event.parts {
            switch part.kind {
            case .accrual:
                let hasEarned = event.effects.contains { effect in
                    effect.account == account.kind && effect.points > 0
                        && effect.system == part.system && effect.id.bytes == part.id.bytes
                        && effect.lot.map { isNamed($0, part.system, part.id, account) } ?? false
                }
                let earned = points(part.base, part.multiplier, account)
                guard hasEarned || doesEarn(part), earned > 0 else { continue }
                let index = add(lot(part, account, points: earned, remaining: earned))
                post(account, "accrue", part, lots[index], earned)
                repay(part, account, index)
                cap(part, account, index)
            case .return: giveBack(part, account)
            case .charge:
                if account.kind == .spend { spend(part, account, onlyGood: part.oldBase == 0) }
            case .adjustment: if account.kind == part.account { adjust(part, account) }
            default: break
            }
        }
        callIn(event, account, since: start)
    }

    private func named(_ effect: Effect, _ event: Event) -> Event {
        var source = event
        source.system = effect.system
        source.id = effect.id
        return source
    }

    private mutating func change(
        _ index: Int, _ points: Int, _ effect: Effect, _ event: Event, _ account: Account
    ) {
        if points == 0 { return }
        lots[index].remaining += points
        lots[index].points = max(lots[index].points, lots[index].remaining)
        post(account, "reverse", named(effect, event), lots[index], points)
    }

    private mutating func opened(_ lot: Lot) -> Int {
        if let index = lots.firstIndex(where: {
            $0.account == lot.account && $0.system == lot.system && $0.id.bytes == lot.id.bytes
        }) {
            return index
        }
        lots.append(lot)
        lots[lots.count - 1].remaining = 0
        lots[lots.count - 1].points = 0
        return lots.count - 1
    }

    private mutating func undoDebt(_ effect: Effect, _ event: Event, _ account: Account) {
        var owed = -effect.points
        let debt = debts[account.kind] ?? 0
        if owed > 0, debt > 0 {
            let lowered = min(owed, debt)
            debts[account.kind] = debt - lowered
            post(account, "reverse", named(effect, event), nil, lowered)
            owed -= lowered
        }
        if owed == 0 { return }
        // What a lot repaid comes out of it again; what others repaid comes back to the order.
        let owner = owed < 0 ? named(effect, event) : event
        let known = event.effects.compactMap(\.lot).first {
            isNamed($0, owner.system, owner.id, account)
        }
        let own = known ?? lot(owner, account, points: 0, remaining: 0)
        change(opened(own), owed, effect, event, account)
    }

    private mutating func callIn(_ event: Event, _ account: Account, since start: Int) {
        var credit = 0
        for index in lots.indices where lots[index].account == account.kind {
            while lots[index].remaining < 0 {
                lots[index].remaining += 1
                credit += 1
                let reversal = entries.indices.first { at in
                    at >= start && entries[at].kind == "reverse" && entries[at].points < 0
                        && entries[at].lot.map {
                            isNamed($0, lots[index].system, lots[index].id, account)
                        } ?? false
                }
                if let reversal { entries[reversal].points += 1 }
            }
        }
        entries.removeAll { $0.points == 0 }
        let pool = account.returns == .onlyPending ? [] : othersToTake(account)
        take(credit, from: pool, "reverse", event, account)
    }

    /// Gives back a point at a time: to what nothing covered, then to the lot that was spent last.
    mutating func refund(_ event: Event, _ account: Account) {
        var effects = event.effects
        var given: [Int: Int] = [:]
        var left = event.base
        while left > 0 {
            let open = effects.indices.filter {
                effects[$0].account == account.kind && effects[$0].points < 0
                    && (effects[$0].lot != nil || effects[$0].uncovered != nil)
            }
            let last = open.max { one, other in
                guard let first = effects[one].lot else { return false }
                guard let second = effects[other].lot else { return true }
                return isSpentFirst(first, second, account)
            }
            guard let last else { break }
            effects[last].points += 1
            given[last, default: 0] += 1
            left -= 1
        }
        for (index, points) in given.sorted(by: { $0.key < $1.key }) {
            guard let lot = effects[index].lot else {
                var paid = event
                if let order = event.original { (paid.system, paid.id) = order }
                post(account, "redeem_uncovered", paid, nil, points)
                continue
            }
            let at = opened(lot)
            if lots[at].expires < day, case .grace(let days) = account.refundExpired {
                expire(at)
                lots[at].expires = day.adding(days: days)
            }
            lots[at].remaining += points
            lots[at].points = max(lots[at].points, lots[at].remaining)
            post(account, "refund", event, lots[at], points)
        }
    }

    mutating func leave(_ event: Event, _ account: Account) {
        for index in lots.indices where isOf(lots[index], account) {
            post(account, "merge", event, lots[index], -lots[index].remaining)
            lots[index].remaining = 0
        }
        if let debt = debts[account.kind], debt > 0 { post(account, "merge", event, nil, debt) }
        debts[account.kind] = 0
    }

    mutating func arrive(_ event: Event, _ account: Account) {
        for lot in event.arriving where lot.account == account.kind && lot.remaining > 0 {
            let index: Int
            if let same = lots.firstIndex(where: { isNamed($0, lot.system, lot.id, account) }) {
                lots[same].points += lot.points
                lots[same].remaining += lot.remaining
                index = same
            } else {
                lots.append(lot)
                index = lots.count - 1
            }
            post(account, "merge", event, lots[index], lot.remaining)
        }
        guard let debt = event.debts[account.kind], debt > 0 else { return }
        post(account, "merge", event, nil, -debt)
        debts[account.kind, default: 0] += debt
    }
}
