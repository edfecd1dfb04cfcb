import Storage
import Testing

@Suite struct ReadAheadTests {
    private struct Broken: Error {}

    @Test func `elements come in the order in which they were made`() throws {
        let ahead = ReadAhead<Int>(depth: 3) { hand in
            for number in 0..<1_000 { guard hand(number) else { return } }
        }
        var taken: [Int] = []
        while let number = try ahead.next() { taken.append(number) }
        #expect(taken == Array(0..<1_000))
        #expect(try ahead.next() == nil)
    }

    @Test func `an error comes behind what was made before it`() throws {
        let ahead = ReadAhead<Int>(depth: 8) { hand in
            _ = hand(1)
            throw Broken()
        }
        #expect(try ahead.next() == 1)
        #expect(throws: Broken.self) { try ahead.next() }
        #expect(throws: Broken.self) { try ahead.next() }
    }

    @Test func `who is abandoned stops making`() {
        let ahead = ReadAhead<Int>(depth: 1) { hand in
            var number = 0
            while hand(number) { number += 1 }
        }
        ahead.abandon()
        #expect((try? ahead.next()) == .some(nil))
    }

    @Test func `a value made beside is there when it is asked for`() throws {
        #expect(try Background { 6 * 7 }.value() == 42)
        #expect(throws: Broken.self) { try Background<Int> { throw Broken() }.value() }
    }
}
