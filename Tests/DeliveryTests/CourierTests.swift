import Delivery
import Testing

@Suite struct CourierTests {
    @Test func `a host that nobody knows is said so`() throws {
        let courier = try Courier()
        courier.send(Request(.get, "https://nobody.invalid/"), tag: 7)
        var replies: [(tag: Int, reply: Reply)] = []
        while replies.isEmpty { replies = courier.wait(milliseconds: 1_000) }
        #expect(replies.map(\.tag) == [7])
        let failure = try #require(replies.first?.reply.failure)
        #expect(failure.kind == .resolve)
        #expect(courier.count == 0)
    }

    @Test func `a port that nobody listens on is said so`() throws {
        let courier = try Courier()
        courier.send(Request(.post, "http://127.0.0.1:1/"), tag: 1)
        var replies: [(tag: Int, reply: Reply)] = []
        while replies.isEmpty { replies = courier.wait(milliseconds: 1_000) }
        let reply = try #require(replies.first?.reply)
        #expect(reply.failure?.kind == .connect)
        #expect(!reply.mayHaveArrived)
    }
}
