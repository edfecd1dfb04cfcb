import Testing

@testable import Delivery

/// What is read of the XML that S3 writes.
@Suite struct XMLElementTests {
    @Test func `a text may begin with a mark that would join the character before it`() throws {
        let mark = "\u{0657}"
        let list = try #require(XMLElement("<List><Key>\(mark)a</Key><Key>b</Key></List>"))
        #expect(list.all("Key").map(\.text) == ["\(mark)a", "b"])
        #expect(XMLElement("<a>&amp;\(mark)</a>")?.text == "&\(mark)")
    }

    @Test(arguments: ["", "<a> & 'b' \"c\"", "&\u{0657}<\u{0657}>\u{0657}", "\r\n", "&amp;", "é"])
    func `what is escaped is read as it was`(text: String) {
        let written = XMLElement.escaped(text)
        #expect(!written.unicodeScalars.contains("<"), "\(written)")
        #expect(
            XMLElement("<a><b>\(written)</b></a>")?["b"].map { Array($0.utf8) } == Array(text.utf8))
    }

    @Test func `declarations, comments and attributes are passed over`() throws {
        let root = try #require(
            XMLElement(
                "<?xml version=\"1.0\"?><!-- x --><a b=\"c\"><d/><e >&#x41;&#66;&no;</e ></a>"))
        #expect(root.children.map(\.name) == ["d", "e"])
        #expect(root["e"] == "AB&no;")
    }

    @Test(arguments: ["", "a", "<a>", "<a></b>", "<a><b></a>", "<a", "<>", "</a>"])
    func `what is no document is none`(text: String) {
        #expect(XMLElement(text) == nil)
    }
}
