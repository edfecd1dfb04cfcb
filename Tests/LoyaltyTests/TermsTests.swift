import Foundation
import Loyalty
import TestSupport
import Testing

/// Points of a base: exact, rounded once, last.
@Suite struct TermsTests {
    private func points(
        _ base: MinorUnits, ratio: String = "1", times: String = "1",
        _ rounding: Account.Rounding = .floor, scale: Int64 = 100
    ) throws -> Points {
        let earning = Terms.Earning(
            ratio: try #require(Rate(ratio)), multiplier: try #require(Rate(times)),
            rounding: rounding)
        return earning.points(of: base, scale: scale)
    }

    @Test func `multipliers of 1.25 and 1.5 are exact`() throws {
        #expect(try points(8000, times: "1.25") == 100)
        #expect(try points(7999, times: "1.25") == 99)
        #expect(try points(1000, times: "1.5") == 15)
        #expect(try points(6667, times: "1.5") == 100)
        #expect(try points(6666, times: "1.5") == 99)
        #expect(try points(6666, times: "1.5", .ceil) == 100)
        // A tenth is no binary fraction: 0.1 x 3 is 0.30000000000000004 in floating point.
        #expect(try points(1000, ratio: "0.1", .ceil) == 1)
        #expect(try points(300_000_000, ratio: "0.1", times: "3", .ceil) == 900_000)
    }

    @Test func `half a point is rounded up where nearest, and only then`() throws {
        #expect(try points(250, .nearest) == 3)
        #expect(try points(249, .nearest) == 2)
        #expect(try points(250, .floor) == 2)
        #expect(try points(201, .ceil) == 3)
        #expect(try points(200, .ceil) == 2)
    }

    @Test func `nothing and less earns nothing`() throws {
        for rounding in Account.Rounding.allCases {
            for base in [0, -1, -100, MinorUnits.min] {
                #expect(try points(base, rounding) == 0)
            }
            #expect(try points(100, times: "0", rounding) == 0)
        }
    }

    @Test func `currencies of no and of three decimals`() throws {
        #expect(try points(150, scale: 1) == 150)
        #expect(try points(1999, scale: 1000) == 1)
    }

    @Test func `amounts near the limits of 64 bits stay exact`() throws {
        #expect(try points(.max, scale: 1) == .max)
        #expect(try points(.max, .nearest) == 92_233_720_368_547_758)
        #expect(try points(.max, .ceil) == 92_233_720_368_547_759)
        #expect(try points(99_999_999_999_999_999, ratio: "9.2") == 9_199_999_999_999_999)
        #expect(
            try points(99_999_999_999_999_999, ratio: "92.233720", times: "99.999999")
                == 9_223_371_907_766_279_907)
    }

    @Test(arguments: 0..<300) func `points are those of exact decimals`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let base = MinorUnits(random.int(0...random.pick([100, 1_000_000, 1 << 40])))
        let ratio = Rate(millionths: Int64(random.int(0...random.pick([100, 20_000_000]))))
        let times = Rate(millionths: Int64(random.int(0...random.pick([2, 10_000_000]))))
        let exact =
            try #require(Decimal(string: ratio.description))
            * #require(Decimal(string: times.description)) * Decimal(base) / 100
        for (rounding, mode) in [
            (Account.Rounding.floor, NSDecimalNumber.RoundingMode.down), (.ceil, .up),
            (.nearest, .plain),
        ] {
            var value = exact
            var rounded = Decimal()
            NSDecimalRound(&rounded, &value, 0, mode)
            let found = try points(
                base, ratio: ratio.description, times: times.description, rounding)
            #expect(Decimal(found) == rounded, "seed \(seed): \(base) \(ratio) \(times)")
        }
    }
}
