import TestSupport
import Testing

@testable import Codes

@Suite struct CodeGeneratorTests {
    /// A generator that gives the same codes for the same seed.
    static func seeded(_ seed: Int) -> CodeGenerator {
        var random = SplitMix64(seed: seed)
        return CodeGenerator { bytes in
            for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        }
    }

    @Test func `codes have thirteen characters, none of which looks like another`() throws {
        var generator = CodeGenerator()
        for _ in 0..<1000 {
            let code = try generator.next()
            #expect(code.count == 13)
            #expect(Set(code).isDisjoint(with: Array("01OILSU".utf8)))
            #expect(CodeGenerator.isRight(code))
        }
    }

    @Test func `a wrong character and two that changed places are found`() throws {
        var generator = Self.seeded(1)
        for _ in 0..<200 {
            let code = try generator.next()
            for place in code.indices {
                for other in CodeGenerator.alphabet where other != code[place] {
                    var wrong = code
                    wrong[place] = other
                    #expect(!CodeGenerator.isRight(wrong))
                }
                for second in code.indices where code[second] != code[place] {
                    var wrong = code
                    wrong.swapAt(place, second)
                    #expect(!CodeGenerator.isRight(wrong))
                }
            }
        }
    }

    @Test func `all characters are equally likely`() throws {
        var generator = Self.seeded(2)
        var counts: [UInt8: Int] = [:]
        for _ in 0..<20_000 {
            for byte in try generator.next().dropLast() { counts[byte, default: 0] += 1 }
        }
        let mean = 20_000 * 12 / CodeGenerator.alphabet.count
        #expect(counts.count == CodeGenerator.alphabet.count)
        #expect(counts.values.allSatisfy { abs($0 - mean) < mean / 20 })
    }

    @Test func `a thousand codes of one night are a thousand`() throws {
        var generator = CodeGenerator()
        #expect(try Set((0..<1000).map { _ in try generator.next() }).count == 1000)
    }
}
