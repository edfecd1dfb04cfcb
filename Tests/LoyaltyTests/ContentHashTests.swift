import Loyalty
import TestSupport
import Testing

/// The hash that tells a re-sent order from a corrected one.
@Suite struct ContentHashTests {
    private let texts = Texts()

    private struct Line: Hashable {
        var numbers: [UInt64]
        var fields: [[UInt8]]
    }

    private func hash(_ lines: [Line]) -> ContentHash {
        var sum = ContentHash()
        for line in lines {
            var hasher = LineHasher()
            for index in stride(from: 0, to: line.numbers.count, by: 2) {
                hasher.combine(line.numbers[index], line.numbers[index + 1])
            }
            for field in line.fields { hasher.combine(texts(field)) }
            sum += hasher.hash
        }
        return sum
    }

    private func line(_ random: inout SplitMix64) -> Line {
        Line(
            numbers: (0..<4).map { _ in UInt64(random.int(0...3)) },
            fields: (0..<3).map { _ in
                (0..<random.int(0...20)).map { _ in UInt8(random.int(0...2)) }
            })
    }

    @Test(arguments: 0..<200) func `lines in another order are the same content`(seed: Int) {
        var random = SplitMix64(seed: seed)
        let lines = (0..<random.int(1...6)).map { _ in line(&random) }
        #expect(hash(lines) == hash(lines.shuffled(using: &random)), "seed \(seed)")
        #expect(hash(lines) != hash(lines + [lines[0]]), "seed \(seed)")
        #expect(hash(lines) != hash(Array(lines.dropLast())), "seed \(seed)")
    }

    @Test(arguments: 0..<200) func `a change of any field changes the hash`(seed: Int) {
        var random = SplitMix64(seed: seed)
        let lines = (0..<random.int(1...4)).map { _ in line(&random) }
        let index = random.int(0...lines.count - 1)
        for field in 0..<4 {
            var other = lines
            other[index].numbers[field] ^= 1 << UInt64(random.int(0...63))
            #expect(hash(lines) != hash(other), "seed \(seed), number \(field)")
        }
        for field in 0..<3 {
            var other = lines
            if other[index].fields[field].isEmpty || random.oneIn(3) {
                other[index].fields[field].append(0)
            } else {
                let at = random.int(0...other[index].fields[field].count - 1)
                other[index].fields[field][at] ^= 1 << UInt8(random.int(0...7))
            }
            #expect(hash(lines) != hash(other), "seed \(seed), field \(field)")
        }
    }

    @Test func `a byte that moves to the next field changes the hash`() {
        for (one, two) in [
            (["ab", "c"], ["a", "bc"]), (["", "x"], ["x", ""]), (["a", "b"], ["b", "a"]),
            (["12345678", "9"], ["123456789", ""]), (["", ""], ["", "\u{0}"]),
            (["0123456789abcdef", ""], ["0123456789abcde", "f"]),
        ] {
            func hash(_ fields: [String]) -> ContentHash {
                self.hash([Line(numbers: [], fields: fields.map { Array($0.utf8) })])
            }
            #expect(hash(one) != hash(two), "\(one) \(two)")
        }
    }

    @Test func `small lines don't collide`() {
        var seen: Set<ContentHash> = []
        var count = 0
        for number in UInt64(0)..<200 {
            for other in UInt64(0)..<50 {
                for field in [[], [0], [0, 0], [1]] as [[UInt8]] {
                    seen.insert(hash([Line(numbers: [number, other], fields: [field])]))
                    count += 1
                }
            }
        }
        #expect(seen.count == count)
    }
}
