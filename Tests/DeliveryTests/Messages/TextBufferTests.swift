import Foundation
import Loyalty
import TestSupport
import Testing

@testable import Delivery

@Suite struct TextBufferTests {
    private let texts = Texts()

    @Test(arguments: ["", "a", "\"\\\n\r\t\u{1}\u{1F}", "Café 🂡", "trailing\\"])
    func `a quoted text is read back as it was`(_ text: String) throws {
        var buffer = TextBuffer()
        buffer.quote(texts(text))
        let read = try JSONSerialization.jsonObject(
            with: Data(buffer.bytes), options: .fragmentsAllowed)
        #expect(read as? String == text)
    }

    @Test func `numbers are written in full`() {
        func written(_ write: (inout TextBuffer) -> Void) -> String {
            var buffer = TextBuffer()
            write(&buffer)
            return String(decoding: buffer.bytes, as: UTF8.self)
        }
        #expect(written { $0.number(0) } == "0")
        #expect(written { $0.number(.min) } == "-9223372036854775808")
        #expect(written { $0.decimal(-5, places: 2) } == "-0.05")
        #expect(written { $0.decimal(12_345, places: 2, mark: UInt8(ascii: ",")) } == "123,45")
        #expect(written { $0.decimal(700, places: 0) } == "700")
        #expect(written { $0.decimal(1, places: 3) } == "0.001")
    }
}
