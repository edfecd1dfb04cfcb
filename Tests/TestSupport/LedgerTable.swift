package import Loyalty

/// A member's nights as text, each with what it must post and leave.
///
///     account spend hold=30 returns=debit   # keys of program.yaml, in any order
///     status paused
///     lot spend L1 60 2024-01-01 2024-12-31 # points, active on (and earned), expires on or never
///     debt spend 35
///     opening o1 100.00 80                  # an order from before the first night and its points
///     earn o1 2024-01-01 50.00 x1.25        # the tier's multiplier, 1 unless it says so
///     correct o1 2024-01-01 30.00
///     return r1 2024-01-12 50.00 of o1
///     charge c1 2024-01-12 30
///     night 2024-01-12                      # runs what stands above it since the last night
///     + accrue spend o1 o1 50               # expected: kind, account, source, lot or -, points
///     = spend o1 50/50 2024-01-31 never     # expected: an open lot, active on, expires on
///     - spend 35                            # expected: a debt
package struct LedgerTable {
    /// One night: what was expected, and what came of it, as sorted lines.
    package struct Night {
        package var day: CivilDate
        package var expected: [String] = []
        package var actual: [String]
    }

    /// A line that the table does not know.
    package struct BadLine: Error, CustomStringConvertible {
        package var description: String
    }

    private struct Sale {
        var base: MinorUnits
        var returned: MinorUnits = 0
        var terms: Int?
        var openingPoints: Points = 0
    }

    package private(set) var nights: [Night] = []

    private var program = Program.plain
    private var terms: [Terms] = []
    private var state = MemberState()
    private var sales: [String: Sale] = [:]
    private var events: [OrderEvent] = []
    private let texts = Texts()

    /// Runs a table.
    package init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let content = line.prefix { $0 != "#" }
            let words = content.split(separator: " ").map(String.init)
            guard !words.isEmpty else { continue }
            do {
                try run(words)
            } catch {
                throw BadLine(description: "'\(line)': \(error)")
            }
        }
    }

    private mutating func run(_ words: [String]) throws {
        switch words[0] {
        case "account": try setAccount(words)
        case "status": program.status = try need(Program.Status(rawValue: words[1]), "status")
        case "lot": state.lots.append(try lot(words))
        case "debt": state.debts[Int(try account(words[1]).rawValue)] = try points(words[2])
        case "opening":
            sales[words[1]] = Sale(
                base: try money(words[2]), terms: nil, openingPoints: try points(words[3]))
        case "earn", "correct", "return", "charge": events.append(try event(words))
        case "night": try close(try date(words[1]))
        case "+", "=", "-":
            guard !nights.isEmpty else { throw BadLine(description: "no night before it") }
            nights[nights.count - 1].expected.append(words.joined(separator: " "))
            nights[nights.count - 1].expected.sort()
        default: throw BadLine(description: "no such command")
        }
    }

    // MARK: Words

    private func need<Value>(_ value: Value?, _ what: String) throws -> Value {
        guard let value else { throw BadLine(description: "bad \(what)") }
        return value
    }

    private func date(_ text: String) throws -> CivilDate { try need(CivilDate(text), "date") }

    private func points(_ text: String) throws -> Points { try need(Points(text), "points") }

    private func account(_ text: String) throws -> Account.Kind {
        try need(Account.Kind.allCases.first { "\($0)" == text }, "account")
    }

    private func money(_ text: String) throws -> MinorUnits {
        let rate = try need(Rate(text), "money")
        return rate.millionths / 10_000
    }

    private mutating func setAccount(_ words: [String]) throws {
        var account = Account(kind: try account(words[1]))
        for word in words.dropFirst(2) {
            let parts = word.split(separator: "=").map(String.init)
            let value = try need(parts.count == 2 ? parts[1] : nil, word)
            switch parts[0] {
            case "ratio": account.ratio = try need(Rate(value), word)
            case "rounding": account.rounding = try need(.init(rawValue: value), word)
            case "hold": account.holdDays = try need(Int(value), word)
            case "days": account.expiry = .after(.days(try need(Int(value), word)))
            case "months": account.expiry = .after(.months(try need(Int(value), word)))
            case "returns": account.returns = try need(.init(rawValue: value), word)
            case "return_rounding": account.returnRounding = try need(.init(rawValue: value), word)
            case "returns_take": account.returnsTake = try need(.init(rawValue: value), word)
            case "spend_order": account.spendOrder = try need(.init(rawValue: value), word)
            default: throw BadLine(description: "no such key")
            }
        }
        program.accounts.removeAll { $0.kind == account.kind }
        program.accounts.append(account)
        program.accounts.sort { $0.kind.rawValue < $1.kind.rawValue }
    }

    private func lot(_ words: [String]) throws -> Lot {
        let active = try date(words[4])
        return Lot(
            account: try account(words[1]), system: 1, id: texts(words[2]),
            points: try points(words[3]), remaining: try points(words[3]), earnedOn: active,
            activeOn: active, expiresOn: words[5] == "never" ? Lot.never : try date(words[5]))
    }

    // MARK: Events

    private mutating func event(_ words: [String]) throws -> OrderEvent {
        let multiplier = words.first { $0.hasPrefix("x") }.map { String($0.dropFirst()) } ?? "1"
        let rate = try need(Rate(multiplier), "multiplier")
        terms.append(Terms(program, tier: Tier(name: "", multipliers: [rate, rate])))
        var event = OrderEvent(
            kind: .accrual, date: try date(words[2]), system: 1, id: texts(words[1]), base: 0,
            terms: terms.count - 1)
        event.base = words[0] == "charge" ? try points(words[3]) : try money(words[3])
        switch words[0] {
        case "earn": sales[words[1]] = Sale(base: event.base, terms: event.terms)
        case "correct":
            event.kind = .correction
            let old = try need(sales[words[1]], "order")
            event.oldBase = old.base
            event.oldTerms = old.terms
            sales[words[1]] = Sale(base: event.base, returned: old.returned, terms: event.terms)
        case "charge": event.kind = .charge
        default: try link(&event, words)
        }
        return event
    }

    private mutating func link(_ event: inout OrderEvent, _ words: [String]) throws {
        event.kind = .return
        guard let of = words.firstIndex(of: "of") else { return }
        let id = words[of + 1]
        event.originalSystem = 1
        event.original = texts(id)
        guard let sale = sales[id] else { return }
        event.sale = OrderEvent.Sale(
            base: sale.base, returned: sale.returned, terms: sale.terms,
            openingPoints: sale.openingPoints)
        sales[id]?.returned += min(event.base, sale.base - sale.returned)
    }

    // MARK: Nights

    private mutating func close(_ day: CivilDate) throws {
        var postings: [Posting] = []
        events.sort(by: OrderEvent.precedes)
        Fold(program: program, day: day, terms: terms).run(&state, events, into: &postings)
        events.removeAll()
        state.lots.removeAll { $0.remaining == 0 }
        var lines = postings.map { posting in
            let lot = posting.lot.isEmpty ? "-" : posting.lot.string
            let kind = posting.kind.name
            return "+ \(kind) \(posting.account) \(posting.source.string) \(lot) \(posting.points)"
        }
        for lot in state.lots {
            let expiry = lot.expiresOn == Lot.never ? "never" : "\(lot.expiresOn)"
            let points = "\(lot.remaining)/\(lot.points)"
            lines.append("= \(lot.account) \(lot.id.string) \(points) \(lot.activeOn) \(expiry)")
        }
        for kind in Account.Kind.allCases where state.debts[Int(kind.rawValue)] != 0 {
            lines.append("- \(kind) \(state.debts[Int(kind.rawValue)])")
        }
        nights.append(Night(day: day, actual: lines.sorted()))
    }
}

extension Program {
    /// A running program in euros, one account and one tier.
    package static let plain = Program(
        name: "test", timezone: "Europe/Paris", currency: Currency(code: "EUR", decimals: 2),
        status: .running, opensOn: CivilDate(days: 0), earnsFrom: nil, earnsTo: nil,
        earnOn: .gross, returnsBy: .earner, missingOrder: .park, accounts: [Account(kind: .spend)],
        tiers: [.nameless])
}
