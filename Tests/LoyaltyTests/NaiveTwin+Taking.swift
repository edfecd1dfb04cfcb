import Loyalty

/// Which lots give, in which order.
extension NaiveTwin {
    func ownLot(_ system: Int, _ id: String, _ account: Account) -> Int? {
        lots.firstIndex {
            $0.account == account.kind && ($0.system == system || $0.system == 0)
                && $0.id.bytes == id.bytes
        }
    }

    func othersToTake(_ account: Account) -> [Int] {
        let own = lots.indices.filter { lots[$0].account == account.kind }
        func soonest(_ one: Int, _ other: Int) -> Bool {
            lots[one].expires == lots[other].expires
                ? isFirstById(one, other) : lots[one].expires < lots[other].expires
        }
        func oldest(_ one: Int, _ other: Int) -> Bool {
            lots[one].earned == lots[other].earned
                ? isFirstById(one, other) : lots[one].earned < lots[other].earned
        }
        if account.returnsTake == .soonest { return own.sorted(by: soonest) }
        return own.filter { lots[$0].active > day }.sorted(by: oldest)
            + own.filter { lots[$0].active <= day }.sorted(by: soonest)
    }

    mutating func take(
        _ wanted: Int, from pool: [Int], _ kind: String, _ event: Event, _ account: Account
    ) {
        var left = wanted
        for index in pool where min(left, lots[index].remaining) > 0 {
            let taken = min(left, lots[index].remaining)
            post(account, kind, event, lots[index], -taken)
            lots[index].remaining -= taken
            left -= taken
        }
        guard left > 0 else { return }
        if account.returns == .debit {
            post(account, kind, event, nil, -left)
            debts[account.kind, default: 0] += left
        } else {
            post(account, "return_uncovered", event, nil, -left)
        }
    }

    func isFirstById(_ one: Int, _ other: Int) -> Bool {
        lots[one].id.bytes == lots[other].id.bytes
            ? lots[one].system < lots[other].system : precedes(lots[one].id, lots[other].id)
    }

    func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
