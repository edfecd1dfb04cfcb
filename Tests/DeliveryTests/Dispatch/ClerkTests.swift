import Testing

@testable import Delivery

/// What only shows where the store is written on a thread of its own.
@Suite struct ClerkTests {
    @Test func `halves go on in the same run, however slow the store is`() throws {
        let history = try OutboxHistory()
        for number in 1...16 { try history.write("K\(number)") }
        history.server.fate = { _, request in
            .answer(ScriptedWire.numbers(of: request).contains(7) ? 400 : 200)
        }
        let slow = FragileStore(history.store)
        slow.delay = 20_000
        _ = try history.dispatch(capacity: 16, fragile: slow, hasThread: true).run()
        #expect(try history.states() == ["acknowledged": 15, "refused": 1])
    }
}
