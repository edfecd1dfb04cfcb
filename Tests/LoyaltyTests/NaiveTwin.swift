import Foundation
import Loyalty

/// The night of one member once more, written from the rules alone: plain values, clarity first.
///
/// It shares the program, dates and enums with the fold, and no line of its reckoning.
struct NaiveTwin {
    struct Lot: Equatable {
        var account: Account.Kind
        var system: Int
        var id: String
        var points: Int
        var remaining: Int
        var earned: CivilDate
        var active: CivilDate
        var expires: CivilDate

        var text: String {
            "\(account) \(system)/\(id) \(remaining)/\(points) \(earned.days) \(active.days) "
                + "\(expires.days)"
        }
    }

    /// One ledger entry; its lot is nil for a debt and for what nothing covered.
    struct Entry {
        var account: Account.Kind
        var kind: String
        var system: Int
        var id: String
        var lot: Lot?
        var points: Int
        var date: CivilDate

        var isUncovered: Bool { kind.hasSuffix("_uncovered") }

        var text: String {
            let place = lot.map { "\($0.system)/\($0.id)" } ?? "-"
            let dates =
                lot.map { points > 0 ? " \($0.active.days) \($0.expires.days)" : "" } ?? ""
            return "\(account) \(kind) \(system)/\(id) \(place) \(points) \(date.days)\(dates)"
        }
    }

    /// What entries of one source did to one lot, to the debt, or to nothing.
    struct Effect {
        var account: Account.Kind
        /// The kind, where nothing covered it.
        var uncovered: String?
        var system: Int
        var id: String
        var lot: Lot?
        var points: Int
        /// Whether it is what the source's own lot lost.
        var isLoss = false

        var text: String {
            let place = lot.map { "\($0.system)/\($0.id)" } ?? uncovered ?? "debt"
            return "\(account) \(system)/\(id) \(place) \(points)"
        }
    }

    struct Sale {
        var base: Int
        var returned: Int
        var multiplier: String?
        var openingPoints: Int
        /// What `max` took of it on an earlier night.
        var capped: [Account.Kind: Int] = [:]
    }

    struct Event {
        var kind: OrderEvent.Kind
        var date: CivilDate
        var system: Int
        var id: String
        var base: Int
        var multiplier: String
        var oldBase = 0
        var oldMultiplier: String?
        var original: (system: Int, id: String)?
        var sale: Sale?
        var account = Account.Kind.spend
        /// Of a gift code.
        var hold = 0
        var effects: [Effect] = []
        var parts: [Event] = []
        var arriving: [Lot] = []
        var debts: [Account.Kind: Int] = [:]

        var text: String {
            let link = original.map { " of \($0.system)/\($0.id)" } ?? ""
            let sold = sale.map { " \($0)" } ?? ""
            return
                ([
                    "\(kind) \(date) \(system)/\(id) \(base) x\(multiplier) was \(oldBase) "
                        + "x\(oldMultiplier ?? "-")\(link)\(sold)"
                ]
                + effects.map { "    did \($0.text)" } + parts.map { "    now \($0.text)" }
                + arriving.map { "    arrives \($0.text)" }).joined(separator: "\n")
        }
    }

    let program: Program
    let day: CivilDate
    var lots: [Lot]
    var debts: [Account.Kind: Int]
    var entries: [Entry] = []

    init(program: Program, day: CivilDate, lots: [Lot], debts: [Account.Kind: Int]) {
        self.program = program
        self.day = day
        self.lots = lots
        self.debts = debts
    }

    mutating func run(_ events: [Event]) {
        let phases: [[OrderEvent.Kind]] = [
            [.mergeOut, .mergeIn], [.accrual, .correction, .restatement, .gift],
            [.return, .void, .refund], [.charge, .claim], [.adjustment],
        ]
        for phase in phases {
            let inPhase = events.filter { phase.contains($0.kind) }.sorted { one, other in
                if one.date != other.date { return one.date < other.date }
                if one.id.bytes != other.id.bytes { return precedes(one.id, other.id) }
                if one.system != other.system { return one.system < other.system }
                return one.kind == .refund
            }
            for event in inPhase {
                for account in program.accounts { run(event, account) }
            }
        }
        for index in lots.indices where lots[index].expires <= day { expire(index) }
        lots.removeAll { $0.remaining == 0 }
    }

    private mutating func run(_ event: Event, _ account: Account) {
        switch event.kind {
        case .accrual: earn(event, account)
        case .correction: correct(event, account)
        case .return: giveBack(event, account)
        case .restatement, .void: restate(event, account)
        case .adjustment: if account.kind == event.account { adjust(event, account) }
        case .mergeOut: leave(event, account)
        case .mergeIn: arrive(event, account)
        case .refund: if account.kind == .spend { refund(event, account) }
        case .charge: if account.kind == .spend { spend(event, account, onlyGood: true) }
        case .claim: if account.kind == .spend { claim(event, account) }
        case .gift: if account.kind == .spend { receive(event, account) }
        }
    }

    mutating func expire(_ index: Int) {
        let lot = lots[index]
        guard lot.remaining > 0 else { return }
        entries.append(
            Entry(
                account: lot.account, kind: "expire", system: lot.system, id: lot.id, lot: lot,
                points: -lot.remaining, date: day))
        lots[index].remaining = 0
    }

    // MARK: Points

    private func round(_ exact: Decimal, _ rounding: Account.Rounding) -> Int {
        var exact = exact
        var rounded = Decimal()
        let mode: NSDecimalNumber.RoundingMode =
            switch rounding {
            case .floor: .down
            case .ceil: .up
            case .nearest: .plain
            }
        NSDecimalRound(&rounded, &exact, 0, mode)
        return NSDecimalNumber(decimal: rounded).intValue
    }

    func points(_ base: Int, _ multiplier: String, _ account: Account) -> Int {
        guard let ratio = Decimal(string: account.ratio.description),
            let times = Decimal(string: multiplier), base > 0
        else { return 0 }
        return round(Decimal(base) / 100 * ratio * times, account.rounding)
    }

    func doesEarn(_ event: Event) -> Bool {
        if program.status != .running { return false }
        if let from = program.earnsFrom, event.date < from { return false }
        if let to = program.earnsTo, event.date > to { return false }
        return true
    }

    // MARK: Phases

    private mutating func earn(_ event: Event, _ account: Account) {
        let earned = points(event.base, event.multiplier, account)
        guard doesEarn(event), earned > 0 else { return }
        lots.append(lot(event, account, points: earned, remaining: earned))
        post(account, "accrue", event, lots[lots.count - 1], earned)
        repay(event, account, lots.count - 1)
        cap(event, account, lots.count - 1)
    }

    func lot(
        _ event: Event, _ account: Account, points: Int, remaining: Int, hold: Int? = nil
    ) -> Lot {
        let active = event.date.adding(days: hold ?? account.holdDays)
        return Lot(
            account: account.kind, system: event.system, id: event.id, points: points,
            remaining: remaining, earned: event.date, active: active,
            expires: lastDay(account.expiry, earned: event.date, active: active))
    }

    mutating func repay(_ event: Event, _ account: Account, _ index: Int) {
        let repaid = min(debts[account.kind] ?? 0, lots[index].remaining)
        guard repaid > 0 else { return }
        post(account, "repay", event, lots[index], -repaid)
        post(account, "repay", event, nil, repaid)
        lots[index].remaining -= repaid
        debts[account.kind, default: 0] -= repaid
    }

    mutating func cap(_ event: Event, _ account: Account, _ index: Int) {
        let held = lots.filter { $0.account == account.kind }.map(\.remaining).reduce(0, +)
        let total = held - (debts[account.kind] ?? 0)
        guard let most = account.max, total > Int(most) else { return }
        let capped = min(total - Int(most), lots[index].remaining)
        guard capped > 0 else { return }
        lots[index].remaining -= capped
        post(account, "cap", event, lots[index], -capped)
    }

    /// The order's own lot gives up the old points and gets the new ones; what it then lacks is taken
    /// like a return of the order.
    private mutating func correct(_ event: Event, _ account: Account) {
        let old = event.oldMultiplier.map { points(event.oldBase, $0, account) } ?? 0
        let new = old > 0 || doesEarn(event) ? points(event.base, event.multiplier, account) : 0
        let own = lots.firstIndex { isNamed($0, event.system, event.id, account) }
        let left = (own.map { lots[$0].remaining } ?? 0) + new - old
        let lacking = max(0, -left)
        let fresh = lot(event, account, points: new, remaining: max(0, left))
        let index = own ?? lots.count
        if own == nil {
            lots.append(fresh)
        } else if new > 0 {
            lots[index] = fresh
        } else {
            lots[index].remaining = max(0, left)
        }
        if old - lacking > 0 { post(account, "reverse", event, lots[index], lacking - old) }
        if new > 0 {
            post(account, "accrue", event, lots[index], new)
            repay(event, account, index)
            cap(event, account, index)
        }
        let pool = account.returns == .onlyPending ? [] : othersToTake(account)
        take(lacking, from: pool, "reverse", event, account)
    }

    mutating func giveBack(_ event: Event, _ account: Account) {
        var pool = othersToTake(account)
        if let original = event.original {
            if account.returns == .onlyPending { pool = [] }
            if let own = ownLot(original.system, original.id, account) {
                pool.removeAll { $0 == own }
                pool.insert(own, at: 0)
            }
        }
        if account.returns == .onlyPending { pool.removeAll { lots[$0].active <= day } }
        take(pointsOfReturn(event, account), from: pool, "return", event, account)
    }

    private func pointsOfReturn(_ event: Event, _ account: Account) -> Int {
        guard let sale = event.sale, account.returnRounding == .cumulative else {
            return points(event.base, event.multiplier, account)
        }
        let kept = max(0, sale.base - sale.returned)
        let keptAfter = max(0, kept - event.base)
        func ofOpening(_ amount: Int) -> Int {
            if account.kind != .spend || sale.base <= 0 { return 0 }
            return sale.openingPoints * amount / sale.base
        }
        guard let rate = sale.multiplier else { return ofOpening(kept) - ofOpening(keptAfter) }
        // Point for point: the first that come back are those that `max` took.
        var lost = sale.capped[account.kind] ?? 0
        if let original = event.original {
            lost += Self.capped(entries, original)[account.kind] ?? 0
        }
        let all = points(sale.base, rate, account)
        let back = (all - points(kept, rate, account), all - points(keptAfter, rate, account))
        return (back.0..<back.1).filter { $0 >= lost }.count
    }

    /// What `max` took of an order since it was last posted.
    static func capped(
        _ entries: [Entry], _ order: (system: Int, id: String)
    ) -> [Account.Kind: Int] {
        var capped: [Account.Kind: Int] = [:]
        for entry in entries where entry.system == order.system && entry.id == order.id {
            if entry.kind == "accrue" { capped[entry.account] = 0 }
            if entry.kind == "cap" { capped[entry.account, default: 0] -= entry.points }
        }
        return capped
    }

    mutating func spend(_ event: Event, _ account: Account, onlyGood: Bool) {
        let usable = lots.indices.filter {
            isOf(lots[$0], account) && lots[$0].active <= day
                && (!onlyGood || lots[$0].expires >= day)
        }
        let left = take(
            event.base, inOrder: usable.sorted(by: spendOrder(account)), "redeem", event)
        if left > 0 { post(account, "redeem_uncovered", event, nil, -left) }
    }

    mutating func post(
        _ account: Account, _ kind: String, _ event: Event, _ lot: Lot?, _ points: Int
    ) {
        entries.append(
            Entry(
                account: account.kind, kind: kind, system: event.system, id: event.id, lot: lot,
                points: points, date: event.date))
    }
}

extension String {
    /// The UTF-8 bytes: what texts are compared and ordered by.
    var bytes: [UInt8] { Array(utf8) }
}
