import Loyalty
import Settings
import TestSupport
import Testing

@testable import Intake

/// The regular expressions of cards and codes.
@Suite struct TextPatternTests {
    private func matches(_ pattern: String, _ text: String) throws -> Bool {
        let pattern = try TextPattern(pattern)
        // A byte more, so that an empty text has a place too.
        return Array((text + "!").utf8).withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map {
                pattern.matches(ByteText(start: $0, count: text.utf8.count))
            } ?? false
        }
    }

    private func problem(_ pattern: String) -> String {
        do throws(SettingsProblem) {
            _ = try TextPattern(pattern)
            return ""
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        ("[A-Z]{4}-[0-9]{4}", ["ABCD-1234"], ["ABC-1234", "ABCD-12345", "abcd-1234", ""]),
        ("C[.][a-z-]+", ["C.a-b"], ["C.", "Cxa"]),
        ("(ab|c)*d?", ["", "d", "ababcd", "c"], ["a", "abab d", "dd"]),
        ("a{2,}", ["aa", "aaaaa"], ["a"]),
        ("a{0,2}b", ["b", "ab", "aab"], ["aaab"]),
        (#"\d+\.\w\s"#, ["12.x "], ["12xx ", "12.-\t"]),
        (#"[^\d-]\D"#, ["ab", "é漢"], ["1b", "-b", "a1", "a"]),
        ("é+.", ["éé漢", "éx"], ["e", "é"]),
        ("^(?:x|)$", ["x", ""], ["xx"]),
        (#"[\]a\-z]"#, ["]", "a", "-", "z"], ["b"]),
        ("()*", [""], ["a"]),
    ])
    func `the whole of a text matches or not`(pattern: String, good: [String], bad: [String]) throws
    {
        for text in good { #expect(try matches(pattern, text), "\(pattern) \(text)") }
        for text in bad { #expect(try !matches(pattern, text), "\(pattern) \(text)") }
    }

    @Test(arguments: ["([A-Z0-9]+-?)+", "([A-Z]+)*[0-9]", "(A|AA)+b?", "(A?){100}A{100}"])
    func `a long text that nearly matches is judged at once`(pattern: String) throws {
        // One that tries all ways would not end in a lifetime.
        #expect(try !matches(pattern, String(repeating: "A", count: 254) + "!"))
    }

    @Test func `what is no expression, or none that is known, is told`() {
        #expect(problem("[") == "a [ without its ] in the regular expression '['")
        #expect(problem("(a") == "a ( without its ) in the regular expression '(a'")
        #expect(problem("a)") == "a ) without its ( in the regular expression 'a)'")
        #expect(problem("+a") == "a count of nothing in the regular expression '+a'")
        #expect(problem("a+?") == "a count behind another one in the regular expression 'a+?'")
        #expect(problem("a{3,1}").hasPrefix("a count that ends before it begins"))
        #expect(problem("[z-a]").hasPrefix("a range that ends before it begins"))
        #expect(problem("a^b") == "a ^ amid in the regular expression 'a^b'")
        for pattern in ["(?=a)", #"(a)\1"#, #"\bx"#, "[é]", #"\p{L}"#] {
            #expect(problem(pattern).contains("is not in this version"), "\(pattern)")
        }
        #expect(problem("((a{255}){255}){255}").contains("too long"))
        #expect(problem("((){255}){255}").contains("too long"))
        #expect(problem(String(repeating: "(", count: 100_000)).contains("groups in groups"))
        #expect(problem("a\\").hasPrefix("a backslash at the end"))
    }

    @Test(arguments: 0..<20) func `random texts match as Swift's own expressions match them`(
        seed: Int
    ) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let pattern = expression(&random, depth: 3)
            let regex = try Regex("(?:\(pattern))")
            for _ in 0..<20 {
                let text = (0..<random.int(0...6)).map { _ in random.pick(["a", "b", "1", "-"]) }
                    .joined()
                #expect(
                    try matches(pattern, text) == ((try regex.wholeMatch(in: text)) != nil),
                    "seed \(seed): \(pattern) \(text)")
            }
        }
    }

    /// An expression that takes no long time whoever reads it: no star stands in a star.
    private func expression(_ random: inout SplitMix64, depth: Int) -> String {
        let atoms = ["a", "b", "1", "-", ".", "[a-b]", "[^a]", #"\d"#, #"[\d-]"#]
        guard depth > 0 else { return random.pick(atoms) }
        func part() -> String { expression(&random, depth: depth - 1) }
        switch random.int(0...5) {
        case 0: return part() + part()
        case 1: return "(\(part())|\(part()))"
        case 2: return "(?:\(part()))" + random.pick(["?", "{2}", "{0,2}"])
        case 3: return random.pick(atoms) + "*"
        case 4: return random.pick(atoms) + "+"
        default: return part()
        }
    }
}
