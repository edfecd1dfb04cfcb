internal import Loyalty
internal import Storage

/// Where postings come from: the order or adjustment, its file and line, the rule and its arithmetic.
struct PostingOrigins {
    private let program: Program
    private let systems: [Int32: String]
    private let terms: [Terms]
    private let order: Statement
    private let adjustment: Statement
    private let returns: Statement
    private let adjustments: Int32?
    private let claim: Statement
    private let burn: Statement
    private let use: Statement
    private var originals: [Source: String] = [:]

    private struct Source: Hashable {
        var system: Int32
        var id: String
    }

    init(_ connection: Connection, program: Program, systems: [Int32: String]) throws {
        self.program = program
        self.systems = systems
        terms = try Names(connection).allTerms()
        adjustments = systems.first { $0.value == "adjustments" }?.key
        order = try connection.prepare(
            """
            SELECT o.night, o.net, o.base, o.terms, f.path, o.line, o.kind, o.state
            FROM orders o LEFT JOIN file f ON f.id = o.file WHERE o.system = ? AND o.id = ?
            """)
        adjustment = try connection.prepare(
            """
            SELECT a.reason, f.path, a.line FROM adjustment a LEFT JOIN file f ON f.id = a.file
            WHERE a.id = ?
            """)
        claim = try connection.prepare(
            """
            SELECT r.name, f.path, c.line FROM claim c LEFT JOIN reward r ON r.id = c.reward
            LEFT JOIN file f ON f.id = c.file WHERE c.id = ?
            """)
        burn = try connection.prepare(
            """
            SELECT s.name, f.path, b.line FROM burn b JOIN code_system s ON s.id = b.system
            LEFT JOIN file f ON f.id = b.file WHERE b.id = ? AND s.name = ?
            """)
        use = try connection.prepare(
            """
            SELECT r.name, f.path, e.line FROM code_event e
            JOIN code c ON c.code = e.code AND c.owner = e.owner
            LEFT JOIN reward r ON r.id = c.reward LEFT JOIN file f ON f.id = e.file
            WHERE e.code = ? AND e.after = \(CodeState.burned.rawValue) ORDER BY e.night LIMIT 1
            """)
        returns = try connection.prepare(
            "SELECT return_system, return_id FROM order_return WHERE system = ? AND id = ?")
    }

    /// Learns which returns name the orders of these postings.
    mutating func learnReturns(of postings: [Posting]) throws {
        for posting in postings where posting.kind == .accrue {
            returns.reset()
            returns.bind(Int64(posting.system), at: 1)
            returns.bind(posting.source, at: 2)
            while try returns.step() {
                let source = Source(
                    system: Int32(returns.integer(0)), id: returns.string(1))
                originals[source] = posting.source.string
            }
        }
    }

    /// One posting with all that is known of its origin.
    func line(_ past: PastPosting) throws -> CardExplanation.Line {
        let posting = past.posting
        var line = CardExplanation.Line(
            night: past.night, account: posting.account, kind: posting.kind,
            points: posting.points, date: posting.date, system: systems[posting.system] ?? "",
            source: posting.source.string, lot: posting.lot.string, file: nil, fileLine: 0,
            rule: rule(posting))
        if past.night < program.opensOn {
            line.rule = "open before the first night"
            return line
        }
        if posting.system == adjustments {
            adjustment.reset()
            adjustment.bind(posting.source, at: 1)
            if try adjustment.step() {
                line.rule = "by hand: \(adjustment.string(0))"
                line.file = adjustment.isNull(1) ? nil : adjustment.string(1)
                line.fileLine = adjustment.integer(2)
            }
            return line
        }
        guard posting.kind != .expire, posting.kind != .merge else { return line }
        if try fillCode(&line, posting) { return line }
        order.reset()
        order.bind(Int64(posting.system), at: 1)
        order.bind(posting.source, at: 2)
        guard try order.step() else { return line }
        line.file = order.isNull(4) ? nil : order.string(4)
        line.fileLine = order.integer(5)
        if posting.kind == .accrue { line.rule = arithmetic(posting) ?? line.rule }
        if past.night < order.date(0) {
            line.rule += "; the order came again on \(order.date(0))"
        }
        return line
    }

    /// What the register asked for: claims, charged burns and gift codes; false for all else.
    private func fillCode(_ line: inout CardExplanation.Line, _ posting: Posting) throws -> Bool {
        func fill(_ rows: Statement, _ words: String, _ rest: String) throws -> Bool {
            defer { rows.reset() }
            guard try rows.step() else { return false }
            if posting.kind == .accrue || posting.kind == .redeem
                || posting.kind == .redeemUncovered
            {
                line.rule = words + rows.string(0) + rest
            }
            line.file = rows.isNull(1) ? nil : rows.string(1)
            line.fileLine = rows.integer(2)
            return true
        }
        let order = ", " + spendOrder(posting.account)
        if line.system == "claims" {
            claim.bind(posting.source, at: 1)
            return try fill(claim, "claim of ", order)
        }
        if line.system == "gift-codes" {
            use.bind(posting.source, at: 1)
            return try fill(use, "gift code of ", "")
        }
        guard line.system.hasPrefix("burns:") else { return false }
        burn.bind(posting.source, at: 1)
        burn.bind(String(line.system.dropFirst("burns:".utf8.count)), at: 2)
        let rest = posting.kind == .redeem ? order : ", and no lot had the points"
        return try fill(burn, "charged for a burn of a code that nobody had, at ", rest)
    }

    // MARK: Rules

    private func rule(_ posting: Posting) -> String {
        let source = Source(system: posting.system, id: posting.source.string)
        let original = originals[source].map { " of order \($0)" } ?? ""
        switch posting.kind {
        case .accrue: return "earned by an earlier version of the order"
        case .adjust: return "given or taken by hand"
        case .adjustUncovered: return "taken by hand, and no lot had it"
        case .cap: return "above the account's max"
        case .expire: return "the lot's last day was over"
        case .extend: return "the lot is good for longer"
        case .merge: return "moved with a merge"
        case .redeem: return "points paid, \(spendOrder(posting.account))"
        case .redeemUncovered:
            let given = posting.points > 0 ? ", given back" : ""
            return "points paid that no lot had\(given)"
        case .refund: return "points paid and given back by a return\(original)"
        case .repay: return "a debt is repaid by what is earned next"
        case .return: return original.isEmpty ? "a return" : "return\(original)"
        case .returnUncovered: return "return\(original): the points were gone"
        case .reverse: return "taken back, because the order changed"
        }
    }

    private func spendOrder(_ account: Account.Kind) -> String {
        switch program.accounts.first(where: { $0.kind == account })?.spendOrder {
        case .fifo: "the oldest lot first"
        case .soonest, nil: "the lot that expires soonest first"
        }
    }

    /// The points of the order at its stored terms, where they are those of the posting.
    private func arithmetic(_ posting: Posting) -> String? {
        let index = Int(order.integer(3))
        let place = program.accounts.firstIndex { $0.kind == posting.account }
        guard !order.isNull(3), index < terms.count, let place,
            place < terms[index].earnings.count
        else { return nil }
        let earning = terms[index].earnings[place]
        let base = order.integer(2)
        let points = earning.points(of: base, scale: program.currency.scale)
        guard points == posting.points else { return nil }
        return "\(money(base)) × ratio \(earning.ratio) × tier \(earning.multiplier), "
            + "\(earning.rounding.rawValue) → \(points)"
    }

    private func money(_ amount: MinorUnits) -> String {
        let scale = program.currency.scale
        guard scale > 1 else { return "\(amount)" }
        let cents = String(amount.magnitude % UInt64(scale))
        let zeros = String(repeating: "0", count: program.currency.decimals - cents.utf8.count)
        return "\(amount < 0 ? "-" : "")\(amount.magnitude / UInt64(scale)).\(zeros)\(cents)"
    }
}
