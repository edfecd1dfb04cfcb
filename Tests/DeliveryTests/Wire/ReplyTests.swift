import Delivery
import Testing

/// What is read in the head of an answer.
@Suite struct ReplyTests {
    @Test func `a header has no control character, which would end a line where it goes back`() {
        var reply = Reply()
        reply.head = Array("HTTP/1.1 200 OK\r\nETag: \"a\rX-Mine: 1\u{1B}\"\t\r\n\r\n".utf8)
        #expect(reply.header("etag") == "\"a X-Mine: 1 \"")
    }
}
