import Loyalty
import TestSupport

/// A random program, a random member of it and a random night, for the fold and for its twin.
struct RandomMember: CustomStringConvertible {
    private(set) var program = Program.plain
    let day = CivilDate(days: 20_000)
    private(set) var lots: [NaiveTwin.Lot] = []
    private(set) var debts: [Account.Kind: Int] = [:]
    private(set) var events: [NaiveTwin.Event] = []

    private var random: SplitMix64
    private var orders: [Order] = []
    private var usedIds: Set<String> = []

    private struct Order {
        var system: Int
        var id: String
        var sale: NaiveTwin.Sale
        var date: CivilDate
    }

    private static let multipliers = ["1", "1.25", "1.5", "0", "0.333333", "3"]

    init(_ random: SplitMix64) {
        self.random = random
        makeProgram()
        for _ in 0..<self.random.int(0...4) { addOrder() }
        for _ in 0..<self.random.int(0...3) { addOtherLot() }
        for account in program.accounts where self.random.oneIn(4) {
            debts[account.kind] = self.random.int(1...120)
        }
        for _ in 0..<self.random.int(0...6) { addEvent() }
        shuffle()
    }

    var twin: NaiveTwin { NaiveTwin(program: program, day: day, lots: lots, debts: debts) }

    mutating func forgetCaps() {
        for index in program.accounts.indices { program.accounts[index].max = nil }
    }

    mutating func shuffle() {
        lots.shuffle(using: &random)
        events.shuffle(using: &random)
    }

    var description: String {
        let accounts = program.accounts.map { "\($0)" }
        let owed = debts.sorted { $0.key.rawValue < $1.key.rawValue }
        return
            (["\(program.status)"] + accounts + lots.map(\.text) + ["debts \(owed)"]
            + events.map(\.text)).joined(separator: "\n")
    }

    private mutating func makeProgram() {
        program.status = random.oneIn(12) ? .paused : .running
        if random.oneIn(6) { program.earnsFrom = day.adding(days: -random.int(0...20)) }
        if random.oneIn(6) { program.earnsTo = day.adding(days: -random.int(0...20)) }
        program.accounts = Account.random(&random, around: day)
    }

    private mutating func date() -> CivilDate {
        day.adding(days: -random.int(0...random.pick([3, 40])))
    }

    private mutating func money() -> Int { random.int(0...random.pick([9, 999, 20_000])) }

    /// An id that no order has yet; some are prefixes of others, or beyond ASCII.
    private mutating func newId() -> String {
        while true {
            let letters = random.pick([["a", "b"], ["a", "é", "z"], ["o1", "o10", "\u{1}"]])
            let id = (0..<random.int(1...4)).map { _ in random.pick(letters) }.joined()
            if usedIds.insert(id).inserted { return id }
        }
    }

    /// An order of an earlier night, and what is left of its lots.
    private mutating func addOrder() {
        let base = money()
        let isOpening = random.oneIn(5)
        let sale = NaiveTwin.Sale(
            base: base, returned: random.oneIn(3) ? random.int(0...base) : 0,
            multiplier: isOpening ? nil : random.pick(RandomMember.multipliers),
            openingPoints: isOpening ? random.int(0...300) : 0)
        let order = Order(system: random.int(1...2), id: newId(), sale: sale, date: date())
        orders.append(order)
        for account in program.accounts {
            var points = sale.openingPoints
            if let multiplier = sale.multiplier, let rate = Rate(multiplier) {
                let earning = Terms.Earning(
                    ratio: account.ratio, multiplier: rate, rounding: account.rounding)
                points = Int(earning.points(of: Int64(base), scale: 100))
            }
            guard points > 0, !isOpening || account.kind == .spend else { continue }
            let system = isOpening && random.oneIn(2) ? 0 : order.system
            addLot(account, system, order.id, points, order.date)
        }
    }

    private mutating func addOtherLot() {
        let account = random.pick(program.accounts)
        if let twin = lots.randomElement(using: &random), random.oneIn(3),
            !lots.contains(where: { $0.id == twin.id && $0.system == 3 })
        {
            // One id in two systems, with the dates that its order falls back on.
            lots.append(twin)
            lots[lots.count - 1].system = 3
            return
        }
        addLot(account, random.int(0...2), newId(), random.int(1...100), date())
    }

    private mutating func addLot(
        _ account: Account, _ system: Int, _ id: String, _ points: Int, _ earned: CivilDate
    ) {
        let remaining = random.oneIn(2) ? points : random.int(0...points)
        guard remaining > 0 else { return }
        let expires = random.oneIn(3) ? Lot.never : day.adding(days: random.int(0...9))
        lots.append(
            NaiveTwin.Lot(
                account: account.kind, system: system, id: id, points: points,
                remaining: remaining, earned: earned,
                active: day.adding(days: random.int(-5...3)), expires: expires))
    }

    private mutating func addEvent() {
        var event = NaiveTwin.Event(
            kind: random.pick([
                .accrual, .correction, .return, .return, .charge, .adjustment, .claim, .gift,
            ]),
            date: date(),
            system: random.int(1...2), id: newId(), base: money(),
            multiplier: random.pick(RandomMember.multipliers))
        switch event.kind {
        case .accrual:
            let sale = NaiveTwin.Sale(
                base: event.base, returned: 0, multiplier: event.multiplier, openingPoints: 0)
            orders.append(Order(system: event.system, id: event.id, sale: sale, date: event.date))
        case .correction:
            guard let order = orders.randomElement(using: &random), order.sale.multiplier != nil,
                !events.contains(where: { $0.id == order.id })
            else { return }
            event.system = order.system
            event.id = order.id
            event.date = order.date
            event.oldBase = order.sale.base
            event.oldMultiplier = order.sale.multiplier
        case .return: link(&event)
        case .gift:
            event.base = random.int(1...250)
            event.hold = random.pick([0, 0, 1, 14])
        case .charge, .claim: event.base = random.int(1...250)
        case .adjustment:
            event.base = random.pick([-1, 1]) * random.int(1...150)
            event.account = random.pick(program.accounts).kind
        case .restatement, .void, .refund, .mergeOut, .mergeIn: break
        }
        events.append(event)
    }

    private mutating func link(_ event: inout NaiveTwin.Event) {
        if random.oneIn(4) { return }
        guard let order = orders.randomElement(using: &random), !random.oneIn(6) else {
            event.original = (1, "unknown")
            return
        }
        event.original = (order.system, order.id)
        event.sale = order.sale
        if random.oneIn(2) { event.base = order.sale.base }
    }
}

extension Account {
    /// The accounts of a random program, with every form of every key.
    static func random(_ random: inout SplitMix64, around day: CivilDate) -> [Account] {
        let kinds: [Account.Kind] = random.oneIn(2) ? [.spend] : [.spend, .status]
        return kinds.map { kind in
            Account(
                kind: kind,
                ratio: Rate(millionths: random.pick([1_000_000, 100_000, 1, 333_333, 12_500_000])),
                rounding: random.pick(Account.Rounding.allCases),
                holdDays: random.pick([0, 0, 1, 14]), expiry: expiry(&random, around: day),
                returns: random.pick(Account.ReturnPolicy.allCases),
                returnRounding: random.pick(Account.ReturnRounding.allCases),
                returnsTake: random.pick(Account.ReturnsTake.allCases),
                spendOrder: random.pick(Account.SpendOrder.allCases),
                refundExpired: random.pick([.expire, .grace(days: 0), .grace(days: 7)]),
                max: random.oneIn(4) ? Points(random.int(0...300)) : nil)
        }
    }

    private static func expiry(_ random: inout SplitMix64, around day: CivilDate) -> Expiry {
        let from = random.pick(CountFrom.allCases)
        let part: CalendarPart? = random.oneIn(3) ? random.pick(CalendarPart.allCases) : nil
        let first = day.adding(days: -random.int(0...40))
        let second = first.adding(days: random.int(1...30))
        return random.pick([
            .never, .after(.days(0), from: from, endOf: part),
            .after(.days(15), from: from, endOf: part), .after(.months(1), from: from, endOf: part),
            .after(.months(12)),
            .fixed(month: random.int(1...12), day: random.int(1...28)), .fixed(month: 2, day: 29),
            .windows([
                Window(from: first, to: second.adding(days: -1), expiresOn: second),
                Window(
                    from: second.adding(days: random.int(0...5)), to: second.adding(days: 20),
                    expiresOn: second.adding(days: 21)),
            ]),
        ])
    }
}
