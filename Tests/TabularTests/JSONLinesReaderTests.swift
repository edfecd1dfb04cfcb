import Foundation
import Loyalty
import Tabular
import TestSupport
import Testing

/// JSON Lines as records.
@Suite struct JSONLinesReaderTests {
    /// `line flaw: field|field` of every record.
    private func read(
        _ bytes: [UInt8], _ columns: [String] = ["a", "b"], limits: CSVReader.Limits = .init(),
        block: @escaping () -> Int = { 1 << 16 }
    ) throws -> [String] {
        let reader = JSONLinesReader(
            columns: columns, limits: limits, source: source(bytes, block: block))
        var found: [String] = []
        while let records = try reader.next() {
            for record in records {
                let fields = (0..<record.fieldCount).map { record[$0].string }
                found.append("\(record.line) \(record.flaw): " + fields.joined(separator: "|"))
            }
        }
        return found
    }

    private func read(_ text: String, _ columns: [String] = ["a", "b"]) throws -> [String] {
        try read(Array(text.utf8), columns)
    }

    @Test func `values in the order of the columns, whatever the order of the keys`() throws {
        #expect(
            try read("{\"b\": 1.50, \"a\":\"x\"}\n\r\n{\"a\":true,\"c\":[1,{\"d\":null}]}\r\n{}")
                == [
                    "1 none: x|1.50", "3 none: true|", "4 none: |",
                ])
    }

    @Test func `null is no value, a number keeps its text`() throws {
        #expect(try read("{\"a\":null,\"b\":-0.10e+3}\n") == ["1 none: |-0.10e+3"])
    }

    @Test func `escapes, surrogate pairs and escaped keys`() throws {
        #expect(
            try read(#"{"\u0061":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00","b":"😀"}"#) == [
                "1 none: \"\\/\u{8}\u{C}\n\r\t\u{E9}\u{1F600}|\u{1F600}"
            ])
    }

    @Test(arguments: [
        "{\"a\":1", "{\"a\":01}", "{\"a\":1,}", "{a:1}", "{\"a\":'x'}", "[1]", "1", "{\"a\":1} x",
        "{\"a\":{}}", "{\"b\":[1]}", "{\"a\":1,\"a\":2}", "{\"c\":1,\"c\":2}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"\\udc00\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\t\"}",
        "{\"a\":NaN}", "{\"a\":1.}", "{\"a\":-}", "{\"a\":1e}", "{\"a\":tru}", "{\"c\":[1,]}",
        "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "{\"a\":\"x}",
    ])
    func `a damaged object, one with nested values or with a key twice is refused alone`(
        _ damaged: String
    ) throws {
        #expect(
            try read("{\"a\":1}\n\(damaged)\n{\"b\":2}\n") == [
                "1 none: 1|", "2 badJSON: ", "3 none: |2",
            ])
    }

    @Test func `nesting has an end`() throws {
        func nested(_ depth: Int) throws -> [String] {
            let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return try read("{\"c\":\(lists)}")
        }
        #expect(try nested(64) == ["1 none: |"])
        #expect(try nested(65) == ["1 badJSON: "])
        #expect(try nested(100_000) == ["1 badJSON: "])
    }

    @Test func `bytes that are no text, and NUL however it is written`() throws {
        let text = Array("{\"a\":\"".utf8)
        #expect(try read(text + [0xC3] + Array("\"}\n".utf8)) == ["1 badEncoding: "])
        #expect(try read(text + [0] + Array("\"}\n".utf8)) == ["1 badEncoding: "])
        #expect(try read(text + Array("\\u0000\"}\n".utf8)) == ["1 badEncoding: "])
    }

    @Test(arguments: [10, 300_000, 600_000])
    func `a line of more blanks than the limit is refused wherever a batch ends`(count: Int) throws
    {
        let text = String(repeating: " ", count: count) + "\n{\"a\":1}\n"
        #expect(
            try read(Array(text.utf8), limits: .init(line: 8)) == ["1 tooLong: ", "2 none: 1|"])
    }

    @Test func `long lines and many keys are refused, and the next line is read`() throws {
        let long = "{\"a\":\"" + String(repeating: "x", count: 600_000) + "\"}\n{\"a\":1}\n"
        let limits = CSVReader.Limits(line: 100, fields: 3)
        #expect(try read(Array(long.utf8), limits: limits) == ["1 tooLong: ", "2 none: 1|"])
        let many = "{\"a\":1,\"b\":1,\"c\":1,\"d\":1}\n{\"a\":1}\n"
        #expect(try read(Array(many.utf8), limits: limits) == ["1 tooManyFields: ", "2 none: 1|"])
        // One that is within the limit and larger than the buffer.
        let read = try read(Array(long.utf8))
        #expect(read.count == 2)
        #expect(read[0].utf8.count == 600_000 + "1 none: |".utf8.count)
    }

    @Test func `the keys of a rejects file are dropped where they stand first`() throws {
        let reject = "{\"line\":3,\"reason\":\"x\",\"hint\":\"y\","
        let reader = JSONLinesReader(
            columns: ["reason", "a"], source: source(Array("\(reject)\"a\":1}\n".utf8)) { 99 })
        let records = try #require(try reader.next())
        #expect(records[0][0].isEmpty)
        #expect(records[0][1].string == "1")
        #expect(reader.isCorrected)
        #expect(reader.unknown == nil)
        // Elsewhere they are keys like others.
        let other = JSONLinesReader(
            columns: ["reason", "a"],
            source: source(Array("{\"reason\":2,\"line\":1,\"hint\":3}\n".utf8)) { 99 })
        #expect(try other.next()?[0][0].string == "2")
        #expect(!other.isCorrected)
        #expect(other.unknown?.name == "line")
    }

    @Test func `a random object is read as Foundation reads it, in blocks of any size`() throws {
        let seed = Int.random(in: 0...Int.max)
        var random = SplitMix64(seed: seed)
        for _ in 0..<3000 {
            let text = randomObject(&random)
            let found = try read(Array(text.utf8) + [10], block: { random.int(1...20) })
            let object =
                (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
            // What is refused here and read there: nested values, keys that stand twice, NUL, a comma at the end.
            if found == ["1 badJSON: "] || found == ["1 badEncoding: "] {
                let values = object ?? [:]
                let isNested = ["a", "b"].contains {
                    values[$0] is [String: Any] || values[$0] is [Any]
                }
                let isRepeated = ["a", "b", "c"].contains {
                    text.components(separatedBy: "\"\($0)\":").count > 2
                }
                let isOurs =
                    object == nil || isNested || isRepeated || text.contains("\\u0000")
                    || text.contains(/,\s*\}/)
                #expect(isOurs, "seed \(seed): \(text)")
                continue
            }
            // A number beyond floating point is no number there; here its text is all that counts.
            if object == nil, text.contains(/[0-9][eE][+-]?[0-9]{3}/) { continue }
            let values = try #require(object, "seed \(seed): \(text) is read as \(found)")
            let expected = ["a", "b"].map { key in
                switch values[key] {
                case let text as String: text
                case nil, is NSNull: ""
                default: "?"
                }
            }
            let fields = found[0].dropFirst("1 none: ".count).split(
                separator: "|", omittingEmptySubsequences: false)
            for (field, expected) in zip(fields, expected) where expected != "?" {
                #expect(field.elementsEqual(expected), "seed \(seed): \(text)")
            }
        }
    }

    /// JSON, or nearly so.
    private func randomObject(_ random: inout SplitMix64) -> String {
        let strings = [
            "x", "", "é", "😀", #"\n"#, #"\u00e9"#, #"\ud83d\ude00"#, #"\""#, #"\\"#, #"\/"#, "{",
            "}",
        ]
        func string() -> String {
            var text = ""
            for _ in 0..<random.int(0...3) { text += random.pick(strings) }
            return "\"\(text)\""
        }
        let space = random.pick(["", " ", "\t"])
        var pairs: [String] = []
        for _ in 0..<random.int(0...4) {
            let value =
                switch random.int(0...9) {
                case 0: random.pick(["1", "-1.5", "0", "1e5", "12345678901234567890", "0.10"])
                case 1: random.pick(["true", "false", "null"])
                case 2: random.pick(["[]", "[1,\"x\"]", "{}", "{\"z\":1}"])
                default: string()
                }
            pairs.append("\"\(random.pick(["a", "b", "c"]))\":\(space)\(value)")
        }
        var text = Array("{\(space)\(pairs.joined(separator: space + ","))}".unicodeScalars)
        if random.oneIn(3), !text.isEmpty {
            let at = random.int(0...text.count - 1)
            if random.oneIn(2) {
                text.remove(at: at)
            } else {
                text[at] = random.pick([
                    "\"", "{", "}", ",", ":", "\\", "u", "0", "-", "e", " ", "[",
                ])
            }
        }
        return String(String.UnicodeScalarView(text)).replacing("\n", with: " ")
    }
}
