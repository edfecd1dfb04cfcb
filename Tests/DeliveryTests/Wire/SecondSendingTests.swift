import Delivery
import TestSupport
import Testing

/// A connection that was kept, and turns out to be broken when a request has gone out on it.
@Suite struct SecondSendingTests {
    @Test(arguments: [true, false])
    func `what may not repeat is not sent again behind our back`(mayRepeat: Bool) throws {
        let server = try ScriptedServer()
        server.script(.ok, .broken(.resetUnanswered))
        let courier = try Courier()
        var replies: [Reply] = []
        for tag in 1...2 {
            var request = Request(.post, server.url)
            request.body = .bytes(Array("{}".utf8))
            request.mayRepeat = mayRepeat
            courier.send(request, tag: tag)
            for _ in 0..<50 where replies.count < tag {
                replies += courier.wait(milliseconds: 100).map(\.reply)
            }
        }
        let reply = try #require(replies.last)
        if mayRepeat {
            #expect(reply.failure == nil)
            #expect(server.requests.count == 3)
        } else {
            #expect(reply.failure?.kind == .reset)
            #expect(reply.mayHaveArrived)
            #expect(server.requests.count == 2)
        }
    }
}
