internal import Loyalty
internal import Storage

/// Takes back the codes that orders earned, once nothing of these orders is left.
struct EarnedCodes {
    private let tools: CodeTools
    private let find: Statement

    init(_ tools: CodeTools) throws {
        self.tools = tools
        find = try tools.connection.prepare(
            """
            SELECT id, code, owner, card FROM claim
            WHERE order_system = ? AND order_id = ? AND state = 0 AND code IS NOT NULL ORDER BY id
            """)
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
