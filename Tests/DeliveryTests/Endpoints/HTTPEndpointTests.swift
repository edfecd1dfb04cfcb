import Delivery
import TestSupport
import Testing

@Suite struct HTTPEndpointTests {
    @Test func `an endpoint of HTTP gets everything right that can go wrong`() throws {
        try exercise(HTTPPeer())
    }
}
