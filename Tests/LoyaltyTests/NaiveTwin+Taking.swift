import Loyalty

/// Which lots give, in which order.
extension NaiveTwin {
    func isOf(_ lot: Lot, _ account: Account) -> Bool {
        lot.account == account.kind && lot.remaining > 0
    }

    func isNamed(_ lot: Lot, _ system: Int, _ id: String, _ account: Account) -> Bool {
        lot.account == account.kind && lot.system == system && lot.id.bytes == id.bytes
    }

    func ownLot(_ system: Int, _ id: String, _ account: Account) -> Int? {
        lots.firstIndex { isNamed($0, system, id, account) }
            ?? lots.firstIndex { isNamed($0, 0, id, account) }
    }

    func othersToTake(_ account: Account) -> [Int] {
        let own = lots.indices.filter { isOf(lots[$0], account) }
        func soonest(_ one: Int, _ other: Int) -> Bool {
            lots[one].expires == lots[other].expires
                ? isFirstById(lots[one], lots[other]) : lots[one].expires < lots[other].expires
        }
        func oldest(_ one: Int, _ other: Int) -> Bool {
            lots[one].earned == lots[other].earned
                ? isFirstById(lots[one], lots[other]) : lots[one].earned < lots[other].earned
        }
        if account.returnsTake == .soonest { return own.sorted(by: soonest) }
        return own.filter { lots[$0].active > day }.sorted(by: oldest)
            + own.filter { lots[$0].active <= day }.sorted(by: soonest)
    }

    mutating func take(
        _ wanted: Int, from pool: [Int], _ kind: String, _ event: Event, _ account: Account
    ) {
        let left = take(wanted, inOrder: pool, kind, event)
        guard left > 0 else { return }
        if account.returns == .debit {
            post(account, kind, event, nil, -left)
            debts[account.kind, default: 0] += left
        } else {
            let uncovered = kind == "adjust" ? "adjust_uncovered" : "return_uncovered"
            post(account, uncovered, event, nil, -left)
        }
    }

    /// Takes from lots as far as they go, and says what they don't cover.
    mutating func take(
        _ wanted: Int, inOrder pool: [Int], _ kind: String, _ event: Event
    ) -> Int {
        var left = wanted
        for index in pool {
            let taken = min(left, lots[index].remaining)
            if taken <= 0 { continue }
            lots[index].remaining -= taken
            left -= taken
            let lot = lots[index]
            entries.append(
                Entry(
                    account: lot.account, kind: kind, system: event.system, id: event.id, lot: lot,
                    points: -taken, date: event.date))
        }
        return left
    }

    func spendOrder(_ account: Account) -> (Int, Int) -> Bool {
        { self.isSpentFirst(self.lots[$0], self.lots[$1], account) }
    }

    func isSpentFirst(_ one: Lot, _ other: Lot, _ account: Account) -> Bool {
        let days =
            account.spendOrder == .fifo
            ? (one.earned, other.earned) : (one.expires, other.expires)
        return days.0 == days.1 ? isFirstById(one, other) : days.0 < days.1
    }

    func isFirstById(_ one: Lot, _ other: Lot) -> Bool {
        one.id.bytes == other.id.bytes ? one.system < other.system : precedes(one.id, other.id)
    }

    func precedes(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// All of a reward's cost or none of it.
    mutating func claim(_ event: Event, _ account: Account) {
        let good = lots.indices.filter {
            isOf(lots[$0], account) && lots[$0].active <= day && lots[$0].expires >= day
        }
        if good.map({ lots[$0].remaining }).reduce(0, +) < event.base { return }
        _ = take(event.base, inOrder: good.sorted(by: spendOrder(account)), "redeem", event)
    }

    /// Points of a gift code, whatever the program earns by now.
    mutating func receive(_ event: Event, _ account: Account) {
        let index = add(
            lot(event, account, points: event.base, remaining: event.base, hold: event.hold))
        post(account, "accrue", event, lots[index], event.base)
        repay(event, account, index)
        cap(event, account, index)
    }

    mutating func adjust(_ event: Event, _ account: Account) {
        if event.base > 0 {
            let index = add(lot(event, account, points: event.base, remaining: event.base, hold: 0))
            post(account, "adjust", event, lots[index], event.base)
            repay(event, account, index)
            cap(event, account, index)
        }
        if event.base < 0 {
            let own = lots.indices.filter { isOf(lots[$0], account) }
            let active = own.filter { lots[$0].active <= day && lots[$0].expires >= day }
            let pending = own.filter { lots[$0].active > day }.sorted { one, other in
                lots[one].active == lots[other].active
                    ? isFirstById(lots[one], lots[other]) : lots[one].active < lots[other].active
            }
            let pool = active.sorted(by: spendOrder(account)) + pending
            take(-event.base, from: pool, "adjust", event, account)
        }
    }

    /// Adds a lot; one that is there already under its name becomes the new one.
    mutating func add(_ lot: Lot) -> Int {
        if let same = lots.firstIndex(where: {
            $0.account == lot.account && $0.system == lot.system && $0.id.bytes == lot.id.bytes
        }) {
            let sum = lot.remaining + lots[same].remaining
            lots[same] = lot
            lots[same].remaining = sum
            lots[same].points = max(lot.points, sum)
            return same
        }
        lots.append(lot)
        return lots.count - 1
    }

    /// By walking from day to day.
    func lastDay(_ expiry: Account.Expiry, earned: CivilDate, active: CivilDate) -> CivilDate {
        switch expiry {
        case .never:
            return Loyalty.Lot.never
        case .after(let period, let from, let part):
            let start = from == .order ? earned : active
            var last =
                switch period {
                case .days(let days): start.adding(days: days)
                case .months(let months): start.adding(months: months)
                }
            guard let part else { return last }
            let lastMonths: [Int] =
                switch part {
                case .month: Array(1...12)
                case .quarter: [3, 6, 9, 12]
                case .half: [6, 12]
                case .year: [12]
                }
            while !lastMonths.contains(last.civil.month) || last.adding(days: 1).civil.day != 1 {
                last = last.adding(days: 1)
            }
            return last
        case .fixed(let month, let day):
            var last = earned
            while last.civil.month != month || last.civil.day != day {
                let isLastOfFebruary = last.civil.month == 2 && last.adding(days: 1).civil.day == 1
                if month == 2, day == 29, isLastOfFebruary { break }
                last = last.adding(days: 1)
            }
            return last
        case .windows(let windows):
            for window in windows where window.from <= earned && window.to >= earned {
                return window.expiresOn
            }
            return Loyalty.Lot.never
        }
    }
}
