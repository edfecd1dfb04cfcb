import TestSupport
import Testing

@testable import Delivery

@Suite struct LaneTests {
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
