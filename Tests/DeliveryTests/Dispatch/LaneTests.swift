import Storage
import TestSupport
import Testing

@testable import Delivery

/// How rows are taken in hand.
@Suite struct LaneTests {
    @Test func `few are taken at first, and what became of them is written with the next`() throws {
        let history = try OutboxHistory()
        history.server.slowest = 1
        try history.store.write { connection in
            let night = OutboxHistory.firstNight
            let last = try DeliveryTotals.lastRow(connection)
            try connection.execute(
                """
                INSERT INTO outbox (night, endpoint, kind, subject, key, payload)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
                SELECT ?, 'shop', 'code-add', 'K' || i, 'key-' || i,
                    json_object('key', 'key-' || i, 'number', i, 'subject', 'K' || i) FROM n
                """, .date(night))
            try DeliveryTotals.count(connection, night: night, after: last)
        }
        let fragile = FragileStore(history.store)
        var pending: [Int] = []
        fragile.committed = {
            pending.append(
                try history.value("SELECT count(*) FROM outbox WHERE state = 'pending'"))
        }
        let terms = try OutboxHistory.terms("shop", ", in_flight: 64")
        _ = try history.dispatch(terms, fragile: fragile).run()
        // None that takes nothing in hand but the first, which looks what there is, and the last.
        #expect(pending == [6_000, 5_744, 5_232, 4_208, 2_160, 112, 0, 0])
        #expect(try history.states() == ["acknowledged": 6_000])
        try history.checkTotals()
    }

    @Test func `rows of an endpoint that lets nobody in wait, however long, and go when it does`()
        throws
    {
        let history = try OutboxHistory()
        for number in 1...30 { try history.write("K\(number)") }
        let terms = try OutboxHistory.terms("shop", ", give_up_after: 2 hours")
        let endpoint = ScriptedEndpoint(name: "shop", capacity: 1)
        endpoint.needsLogin = true
        for answer in [503, 403] {
            history.server.fate = { _, _ in .answer(answer) }
            for _ in 1...12 {
                let result = try history.deliver(terms, endpoint: endpoint)
                #expect(result.givenUp == 0 && result.trouble != nil)
                history.server.pass(seconds: 3_600)
            }
        }
        #expect(try history.states() == ["pending": 30])
        #expect(try history.value("SELECT count(*) FROM outbox WHERE tried_at IS NOT NULL") == 0)
        history.server.fate = { _, request in .answer(200, request.headers.isEmpty ? "1" : "") }
        #expect(try history.deliver(terms, endpoint: endpoint).acknowledged == 30)
    }
}
