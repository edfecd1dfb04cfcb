import Loyalty
import TestSupport
import Testing

/// The sort by eight bytes at a time, against a plain stable sort of byte arrays.
@Suite struct SortedTextsTests {
    private func expectSorted(_ arrays: [[UInt8]], _ note: String) {
        let texts = Texts()
        let refs = arrays.map { texts($0) }
        let wanted = arrays.indices.sorted { left, right in
            if arrays[left] == arrays[right] { return left < right }
            return arrays[left].lexicographicallyPrecedes(arrays[right])
        }
        #expect(
            sortedTexts(refs.count) { refs[$0] } == wanted.map { Int32($0) }, "\(note): \(arrays)")
    }

    @Test(arguments: 0..<200) func `texts sort as their bytes do, equal ones stay`(seed: Int) {
        var random = SplitMix64(seed: seed)
        let alphabets: [[UInt8]] = [[0, 1], [0, 255], [97, 98], [0, 97, 128, 255]]
        let letters = random.pick(alphabets)
        let prefix = (0..<random.int(0...20)).map { _ in random.pick(letters) }
        let arrays = (0..<random.int(0...120)).map { _ -> [UInt8] in
            let own = (0..<random.int(0...random.pick([2, 9, 18]))).map { _ in
                random.pick(letters)
            }
            return random.oneIn(5) ? own : prefix + own
        }
        expectSorted(arrays, "seed \(seed)")
    }

    @Test(arguments: 0..<4) func `so many texts that they are sorted by digits`(seed: Int) {
        var random = SplitMix64(seed: seed)
        let arrays = (0..<9_000).map { _ -> [UInt8] in
            let number = Array(String(random.int(0...20_000)).utf8)
            return random.oneIn(3) ? number : Array("P2611200".utf8) + number
        }
        expectSorted(arrays, "seed \(seed)")
    }

    @Test func `zero bytes behind the end of a text are not the text's`() {
        let arrays: [[UInt8]] = [
            [97, 0, 0], [97], [97, 0], [], [0], Array(repeating: 0, count: 9), [97],
            Array(repeating: 0, count: 8), [97, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            Array(repeating: 0, count: 16), Array(repeating: 0, count: 17), [],
        ]
        expectSorted(arrays, "zeros")
    }

    @Test func `no texts and one text`() {
        expectSorted([], "none")
        expectSorted([[1, 2, 3]], "one")
    }

    @Test func `the longest identities that differ in the last byte`() {
        let shared = [UInt8](repeating: 120, count: 254)
        expectSorted([shared + [2], shared + [1], shared, shared + [2]], "255 bytes")
    }
}
