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
///     restate o1 2024-01-01 40.00           # with the returns that named it, as they were
///     void o1 2024-01-01                    # with the returns that named it
///     refund r1 2024-01-12 10 of o1         # points paid with charge o1 that come back
///     adjust a1 2024-01-12 -20 status       # spend unless it says so
///     merge m 2024-01-12 debt 5 lot L2 60 2024-01-01 2024-12-31     # what arrives
///     leave m 2024-01-12                    # merged into another
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
        /// What has returned of it.
        var returns: [OrderEvent] = []
    }

    package private(set) var nights: [Night] = []

    private var program = Program.plain
    private var terms: [Terms] = []
    private var state = MemberState()
    private var sales: [String: Sale] = [:]
    private var events: [OrderEvent] = []
    private var details: [EventDetail] = []
    private var history = PostingHistory()
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
        case "earn", "correct", "return", "charge", "restate", "void", "refund", "adjust",
            "merge", "leave":
            events.append(try event(words))
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
            case "count_from", "end_of", "fixed": try setExpiry(&account, parts[0], value)
            case "max": account.max = try points(value)
            case "grace": account.refundExpired = .grace(days: try need(Int(value), word))
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

    private func setExpiry(_ account: inout Account, _ key: String, _ value: String) throws {
        if key == "fixed" {
            let day = try date("2024-" + value).civil
            account.expiry = .fixed(month: day.month, day: day.day)
            return
        }
        guard case .after(let period, let from, let part) = account.expiry else {
            throw BadLine(description: "days or months come first")
        }
        account.expiry =
            key == "end_of"
            ? .after(period, from: from, endOf: try need(.init(rawValue: value), key))
            : .after(period, from: try need(.init(rawValue: value), key), endOf: part)
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
        let multiplier =
            words.dropFirst(4).first { $0.hasPrefix("x") }.map { String($0.dropFirst()) } ?? "1"
        let rate = try need(Rate(multiplier), "multiplier")
        terms.append(Terms(program, tier: Tier(name: "", multipliers: [rate, rate])))
        var event = OrderEvent(
            kind: .accrual, date: try date(words[2]), system: 1, id: texts(words[1]), base: 0,
            terms: terms.count - 1)
        switch words[0] {
        case "charge", "refund", "adjust": event.base = try points(words[3])
        case "void", "merge", "leave": break
        default: event.base = try money(words[3])
        }
        switch words[0] {
        case "earn": sales[words[1]] = Sale(base: event.base, terms: event.terms)
        case "correct":
            event.kind = .correction
            let old = try need(sales[words[1]], "order")
            event.oldBase = old.base
            event.oldTerms = old.terms
            sales[words[1]] = Sale(base: event.base, returned: old.returned, terms: event.terms)
        case "charge": event.kind = .charge
        case "restate", "void": try restate(&event, words[0] == "void")
        case "refund":
            event.kind = .refund
            event.originalSystem = 1
            event.original = texts(words[5])
            let paid = history.effects(of: [event.original, event.id])
            add(EventDetail(effects: paid.filter { $0.points < 0 }), to: &event)
        case "adjust":
            event.kind = .adjustment
            if words.count > 4 { event.account = try account(words[4]) }
        case "leave": event.kind = .mergeOut
        case "merge": try arrive(&event, Array(words.dropFirst(3)))
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
        sales[id]?.returns.append(event)
    }

    private mutating func add(_ detail: EventDetail, to event: inout OrderEvent) {
        details.append(detail)
        event.detail = Int32(details.count - 1)
    }

    /// The order and its returns: all that they posted, and what they are now.
    private mutating func restate(_ event: inout OrderEvent, _ isVoid: Bool) throws {
        let id = event.id.string
        var sale = try need(sales[id], "order")
        var detail = EventDetail(
            effects: history.effects(of: [event.id] + sale.returns.map(\.id)))
        event.kind = isVoid ? .void : .restatement
        if !isVoid {
            var accrual = event
            accrual.kind = .accrual
            detail.parts = [accrual]
            sale.base = event.base
            sale.terms = event.terms
            sale.returned = 0
            for var one in sale.returns {
                one.sale = OrderEvent.Sale(
                    base: sale.base, returned: sale.returned, terms: sale.terms)
                sale.returned += min(one.base, sale.base - sale.returned)
                detail.parts.append(one)
            }
        }
        sales[id] = isVoid ? nil : sale
        add(detail, to: &event)
    }

    private mutating func arrive(_ event: inout OrderEvent, _ words: [String]) throws {
        event.kind = .mergeIn
        var detail = EventDetail()
        for (index, word) in words.enumerated() {
            if word == "debt" { detail.debts[0] = try points(words[index + 1]) }
            if word == "lot" {
                detail.lots.append(try lot(["lot", "spend"] + words[(index + 1)...(index + 4)]))
            }
        }
        add(detail, to: &event)
    }

    // MARK: Nights

    private mutating func close(_ day: CivilDate) throws {
        var postings: [Posting] = []
        events.sort(by: OrderEvent.precedes)
        Fold(program: program, day: day, terms: terms, details: details).run(
            &state, events, into: &postings)
        history.add(postings, state)
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
