import Loyalty
import TestSupport
import Testing

/// Texts by reference: equality, order, interning.
@Suite struct TextTests {
    private func random(_ random: inout SplitMix64, upTo count: Int) -> [UInt8] {
        let letters: [UInt8] = random.pick([[0, 1], [97, 98], [0, 127, 128, 255]])
        return (0..<random.int(0...count)).map { _ in random.pick(letters) }
    }

    @Test(arguments: 0..<300) func `texts compare as their bytes do`(seed: Int) {
        var generator = SplitMix64(seed: seed)
        let texts = Texts()
        let shared = random(&generator, upTo: 20)
        let one = shared + random(&generator, upTo: 10)
        let two = generator.oneIn(4) ? one : shared + random(&generator, upTo: 10)
        let (left, right) = (texts(one), texts(two))
        #expect((left == right) == (one == two), "seed \(seed): \(one) \(two)")
        #expect(
            (left < right) == one.lexicographicallyPrecedes(two), "seed \(seed): \(one) \(two)")
        let common = zip(one, two).prefix { $0 == $1 }.count
        #expect(left.commonPrefix(with: right) == common, "seed \(seed): \(one) \(two)")
        if one == two { #expect(left.hashValue == right.hashValue) }
    }

    @Test func `composed and decomposed letters are different texts`() {
        let texts = Texts()
        #expect(texts("Jos\u{E9}") != texts("Jose\u{301}"))
        #expect(texts("").isEmpty)
        #expect(texts("") < texts("\u{0}"))
    }

    @Test func `a table gives each text one integer, however many there are`() {
        let table = TextTable()
        let arena = TextArena(blockBytes: 64)
        var known: [[UInt8]: Int32] = [:]
        var generator = SplitMix64(seed: 7)
        for number in 0..<40_000 {
            var bytes = random(&generator, upTo: 12)
            if generator.oneIn(2) { bytes += Array("\(number)".utf8) }
            let text = Texts()
            let index = table.intern(text(bytes))
            #expect(index == known[bytes] ?? Int32(known.count))
            known[bytes] = index
        }
        #expect(table.count == known.count)
        #expect(known.count > 10_000)
        for (bytes, index) in known {
            #expect(table.texts[Int(index)].array == bytes)
            #expect(table.intern(arena.copy(table.texts[Int(index)])) == index)
        }
        #expect(table.count == known.count)
    }

    @Test func `an arena keeps its texts apart, and forgets them all at once`() {
        let arena = TextArena(blockBytes: 16)
        let texts = ["", "a", "sixteen bytes...", "longer than a block of sixteen", "é"]
        for _ in 0..<3 {
            let copies = texts.map { arena.copy($0) }
            #expect(copies.map(\.string) == texts)
            arena.removeAll()
        }
    }
}
