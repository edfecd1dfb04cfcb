import Foundation
import Tabular
import TestSupport
import Testing

/// Text of other encodings, turned into UTF-8 and back.
@Suite struct TextEncodingTests {
    /// Decodes bytes in pieces of the sizes that a closure says; nil where they end in a character.
    private func decode(
        _ bytes: [UInt8], _ encoding: TextEncoding, piece: () -> Int = { 1 << 16 }
    ) -> [UInt8]? {
        var transcoder = Transcoder(encoding)
        var text: [UInt8] = []
        let room = UnsafeMutablePointer<UInt8>.allocate(capacity: Transcoder.room(bytes.count))
        defer { room.deallocate() }
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(max(1, piece())))
            rest = rest.dropFirst(part.count)
            let count = part.withUnsafeBytes { transcoder.decode($0, into: room) }
            text += UnsafeBufferPointer(start: room, count: count)
        }
        guard let count = transcoder.finish(into: room) else { return nil }
        return text + UnsafeBufferPointer(start: room, count: count)
    }

    private func encode(_ text: [UInt8], _ encoding: TextEncoding) -> [UInt8] {
        text.withUnsafeBytes { Transcoder.encode($0, as: encoding, isStart: false) }
    }

    private static let foundation: [TextEncoding: String.Encoding] = [
        .utf16: .utf16LittleEndian, .latin1: .isoLatin1, .windows1252: .windowsCP1252,
    ]

    @Test(arguments: [TextEncoding.utf16, .latin1, .windows1252])
    func `every character is the one that Foundation reads, and comes back as it was`(
        _ encoding: TextEncoding
    ) throws {
        let own = try #require(Self.foundation[encoding])
        let undefined: Set<UInt32> =
            encoding == .windows1252 ? [0x81, 0x8D, 0x8F, 0x90, 0x9D] : []
        let last: UInt32 = encoding == .utf16 ? 0xFFFF : 0xFF
        for value in 0...last {
            let bytes =
                encoding == .utf16
                ? [UInt8(value & 0xFF), UInt8(value >> 8)] : [UInt8(value)]
            // The two marks of UTF-16 at a start are no text.
            if encoding == .utf16, [0xFEFF, 0xFFFE].contains(value) { continue }
            let text = try #require(decode(bytes, encoding))
            #expect(encode(text, encoding) == bytes, "\(value)")
            let isText = String(validating: text, as: UTF8.self) != nil
            #expect(
                isText == !(undefined.contains(value) || (0xD800...0xDFFF).contains(value)),
                "\(value)")
            if isText {
                let expected = String(data: Data(bytes), encoding: own).map { Array($0.utf8) }
                #expect(text == expected, "\(value)")
            }
        }
    }

    @Test func `random UTF-16 in random pieces is what Foundation reads, and comes back`() throws {
        let seed = Int.random(in: 0...Int.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<random.int(0...40) {
                text += random.pick(["a", ",", "é", "漢", "🜚", "\n"])
            }
            let isBig = random.oneIn(2)
            let mark: [UInt8] = isBig ? [0xFE, 0xFF] : random.oneIn(2) ? [0xFF, 0xFE] : []
            let bytes =
                mark
                + text.utf16.flatMap { unit -> [UInt8] in
                    let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
                    return isBig ? pair.reversed() : pair
                }
            // A mark is looked for in the first piece, which is never so short.
            var isFirst = true
            let found = decode(bytes, .utf16) {
                defer { isFirst = false }
                return isFirst ? max(2, random.int(1...9)) : random.int(1...9)
            }
            #expect(found == Array(text.utf8), "seed \(seed)")
            let little = Array(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
            #expect(encode(Array(text.utf8), .utf16) == little, "seed \(seed)")
        }
    }

    @Test func `UTF-16 that ends within a unit has no end, a lone surrogate stays what it is`() {
        #expect(decode([0x41, 0, 0x42], .utf16) == nil)
        #expect(decode([0x41, 0, 0x3D, 0xD8], .utf16) == [0x41, 0xED, 0xA0, 0xBD])
        #expect(
            decode([0x3D, 0xD8, 0x41, 0], .utf16) == [0xED, 0xA0, 0xBD, 0x41])
        #expect(encode([0x41, 0xED, 0xA0, 0xBD], .utf16) == [0x41, 0, 0x3D, 0xD8])
    }

    @Test func `a rejects file of UTF-16 begins with its mark`() {
        let bytes = Array("a".utf8).withUnsafeBytes {
            Transcoder.encode($0, as: .utf16, isStart: true)
        }
        #expect(bytes == [0xFF, 0xFE, 0x61, 0])
    }
}
