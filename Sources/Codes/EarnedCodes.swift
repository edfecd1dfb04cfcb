internal import Loyalty
internal import Storage

/// Takes back the codes that orders earned, once nothing of these orders is left.
struct EarnedCodes {
    private let tools: CodeTools
    private let find: Statement
    private let order: Statement

    init(_ tools: CodeTools) throws {
        self.tools = tools
        order = try tools.connection.prepare(
            """
            SELECT o.state, o.net, o.base, o.returned, o.member FROM orders o
            JOIN system s ON s.id = o.system WHERE s.name = ? AND o.id = ?
            """)
        find = try tools.connection.prepare(
            """
            SELECT id, code, owner, card FROM claim
            WHERE order_system = ? AND order_id = ? AND state = 0 AND code IS NOT NULL ORDER BY id
            """)
    }

    /// Whether a grant that waits has lost the order that earned it: it came back whole, became another
    /// member's, or comes to too little by now.
    func isLost(_ claim: Claim) throws -> Bool {
        guard !claim.order.isEmpty else { return false }
        order.bind(claim.orderSystem, at: 1)
        order.bind(claim.order, at: 2)
        defer { order.reset() }
        guard try order.step() else { return false }
        if order.integer(0) != 0 { return true }
        let (net, base, returned) = (order.integer(1), order.integer(2), order.integer(3))
        if base > 0, returned >= base { return true }
        let holder = try tools.holders.holder(of: claim.card)
        guard Int64(holder?.member ?? 0) == order.integer(4) else { return true }
        let reward = tools.register.rewards[claim.reward]?.id
        return !tools.terms.workflows.contains {
            $0.assign == reward && net > ($0.amountOver ?? 0)
        }
    }

    /// Whether any order has earned a code by now.
    func isThere() throws -> Bool {
        try tools.connection.integer("SELECT 1 FROM claim WHERE order_id IS NOT NULL LIMIT 1")
            != nil
    }

    func run(_ returns: [LedgerNews.Return]) throws {
        for back in returns {
            find.bind(back.system, at: 1)
            find.bind(back.id, at: 2)
            var claims: [(id: ByteText, key: CodeStock.Key, card: ByteText)] = []
            let texts = tools.register.texts
            while try find.step() {
                claims.append(
                    (
                        texts.copy(find.text(0)),
                        CodeStock.Key(
                            code: texts.copy(find.text(1)), owner: Int32(find.integer(2))),
                        texts.copy(find.text(3))
                    ))
            }
            find.reset()
            for claim in claims { try takeBack(claim.key, of: claim.id, claim.card, back) }
        }
    }

    /// Voids a code that nobody used; of one that was used a person should know the value.
    private func takeBack(
        _ key: CodeStock.Key, of claim: ByteText, _ card: ByteText, _ back: LedgerNews.Return
    ) throws {
        guard var row = try tools.register.find(key.code, owner: key.owner) else { return }
        let before = row.state
        let outcome = CodeMachine.outcome(of: .orderReturned, in: before, tools.terms.burns)
        if let state = outcome.state {
            row.state = state
            try tools.register.change(
                row, from: before,
                CodeTransition(
                    at: tools.day.midnight, system: 0, file: 0, line: 0, reason: "returned",
                    source: back.id))
        }
        for exception in outcome.exceptions {
            var entry = CodeExceptionBook.Entry(
                exception, system: row.burnedIn, source: claim, code: row.code)
            entry.reward = row.reward
            entry.card = card
            entry.receipt = back.id
            entry.amount = tools.register.rewards[row.reward]?.value
            try tools.exceptions.note(entry)
        }
    }
}
