import Tabular
import TestSupport
import Testing

/// What the reader makes of files, one rule a test.
@Suite struct CSVReaderTests {
    private func lines(_ records: [ReadRecord]) -> [Int] { records.map(\.line) }

    private func first(_ record: ReadRecord) -> String? {
        record.fields.first.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `fields, quotes, doubled quotes and line breaks inside quotes`() throws {
        #expect(
            try texts("a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"two\r\nlines\",\r\n")
                == [["a", "b"], ["x,y", "say \"hi\""], ["two\r\nlines", ""]])
        #expect(try texts("a b\tc\n\t\n", delimiter: 9) == [["a b", "c"], ["", ""]])
        #expect(try texts("5\" pipe,x\n") == [["5\" pipe", "x"]])
    }

    @Test func `blank lines are skipped and counted`() throws {
        let (records, lineCount) = try readAll(Array("\n\na\n\r\n\nb\n\n".utf8))
        #expect(lines(records) == [3, 6])
        #expect(lineCount == 7)
    }

    @Test func `a file of nothing, of a byte order mark, of a line end`() throws {
        for (text, count) in [("", 0), ("\u{FEFF}", 0), ("\n", 1), ("\r", 1), ("\r\n", 1)] {
            let (records, lineCount) = try readAll(Array(text.utf8))
            #expect(records.isEmpty, "\(text.utf8.map { $0 })")
            #expect(lineCount == count, "\(text.utf8.map { $0 })")
        }
    }

    @Test(arguments: [1, 2, 3, 4, 1 << 20])
    func `a byte order mark is dropped in blocks of any size`(size: Int) throws {
        let (records, _) = try readAll(Array("\u{FEFF}id,x\n".utf8)) { size }
        #expect(records.map(\.offset) == [3])
        #expect(first(try #require(records.first)) == "id")
    }

    @Test func `a lone CR ends lines where it is the first line end outside quotes`() throws {
        #expect(try texts("a,b\rc,d\r") == [["a", "b"], ["c", "d"]])
        #expect(try texts("\"a\rb\",c\nd,e\n") == [["a\rb", "c"], ["d", "e"]])
        #expect(try texts("a,b\nc\rd,e\n") == [["a", "b"], ["c\rd", "e"]])
    }

    @Test func `the last line may lack its line end, and is marked`() throws {
        let (records, lineCount) = try readAll(Array("a,b\nc,d".utf8))
        #expect(records.map(\.isUnterminated) == [false, true])
        #expect(records.map(\.flaw) == [.none, .none])
        #expect(lineCount == 2)
    }

    @Test(arguments: 1...3)
    func `a last line that is too long is counted wherever a batch ends`(batches: Int) throws {
        for count in 16 * batches - 3...16 * batches + 3 {
            let bytes = Array("id\n".utf8) + Array(repeating: 120, count: count - 3)
            let (records, lineCount) = try readAll(bytes, limits: .init(line: 8), batchBytes: 16)
            #expect(records.map(\.flaw) == [.none, .tooLong], "\(count) bytes")
            #expect(lineCount == 2, "\(count) bytes")
        }
    }

    @Test func `an open quote that swallows the rest is marked, and its lines are counted`() throws
    {
        let (records, lineCount) = try readAll(Array("a,b\nc,\"d\ne,f\ng,h\n".utf8))
        let last = try #require(records.last)
        #expect(records.count == 2)
        #expect(last.hasOpenQuote && last.isUnterminated)
        #expect(last.flaw == .badQuote)
        #expect(last.fields.count == 1)
        #expect(first(last) == "c")
        #expect(lineCount == 5)
    }

    @Test func `a quoted record's length is without CR and LF`() throws {
        let (records, _) = try readAll(Array("\"a\"\r\nb\r\n".utf8))
        #expect(records.map(\.length) == [3, 1])
    }

    @Test func `an unclosed quote costs its own line only`() throws {
        let limits = CSVReader.Limits(line: 40)
        let rest = (0..<20).map { "r\($0),\($0)\n" }.joined()
        let (records, lineCount) = try readAll(
            Array("id,n\nbad,\"open\n\(rest)".utf8), limits: limits)
        #expect(lines(records) == Array(1...22))
        #expect(lineCount == 22)
        #expect(records[1].flaw == .badQuote)
        #expect(records[1].fields.count == 1)
        #expect(first(records[1]) == "bad")
        #expect(records[2...].allSatisfy { $0.flaw == .none && $0.fields.count == 2 })
    }

    @Test func `a line too long keeps its first field, and the next line is read`() throws {
        let limits = CSVReader.Limits(line: 30)
        let long = String(repeating: "x", count: 31)
        for line in ["o1,\(long)", "o1,\"\(long)\"", "\"o1\",\(long)", "o1,a\"b,\(long)"] {
            let (records, lineCount) = try readAll(
                Array("h,i\n\(line)\r\no2,y\r\n".utf8), limits: limits)
            #expect(lines(records) == [1, 2, 3], "\(line)")
            #expect(records.map(\.flaw) == [.none, .tooLong, .none], "\(line)")
            #expect(first(records[1]) == "o1", "\(line)")
            #expect(records[1].length == 30, "\(line)")
            #expect(lineCount == 3, "\(line)")
        }
        let (records, _) = try readAll(Array("\(long),o1\n".utf8), limits: limits)
        #expect(records.map(\.fields.count) == [0])
    }

    @Test(arguments: ["", "\"", "\r"])
    func `a line of just the limit is good, one byte more is not`(extra: String) throws {
        let quote = extra == "\"" ? extra : ""
        let end = extra == "\r" ? "\r\n" : "\n"
        for (count, flaw) in [(20, CSVRecord.Flaw.none), (21, .tooLong)] {
            let inside = String(repeating: "x", count: count - 2 * quote.utf8.count)
            let text = "\(quote)\(inside)\(quote)\(end)y\(end)"
            let (records, _) = try readAll(Array(text.utf8), limits: .init(line: 20))
            #expect(records.map(\.flaw) == [flaw, .none], "\(text)")
            #expect(lines(records) == [1, 2], "\(text)")
        }
    }

    @Test(arguments: [false, true])
    func `a line of 3 MiB is dropped as it comes`(hasLineEnd: Bool) throws {
        let line = "o1,\"" + String(repeating: "long,", count: 3 << 18)
        let text = "h,i\n\(line)\(hasLineEnd ? "\no2,x\n" : "")"
        let (records, lineCount) = try readAll(Array(text.utf8)) { 70_000 }
        #expect(records.map(\.flaw) == [.none, .tooLong] + (hasLineEnd ? [.none] : []))
        #expect(lines(records) == Array(1...(hasLineEnd ? 3 : 2)))
        #expect(first(records[1]) == "o1")
        #expect(lineCount == (hasLineEnd ? 3 : 2))
    }

    @Test(arguments: ["\r", "\r\n", "\n"])
    func `the first line end of the file at a batch's edge ends a line too long`(end: String) throws
    {
        let long = String(repeating: "x", count: 256 * 1024 - 1)
        let (records, lineCount) = try readAll(
            Array("\(long)\(end)b\(end)c\(end)".utf8), limits: .init(line: 100))
        #expect(records.map(\.flaw) == [.tooLong, .none, .none])
        #expect(records.dropFirst().map { first($0) } == ["b", "c"])
        #expect(lineCount == 3)
    }

    @Test func `a line of just the limit may have its CR and its LF in two batches`() throws {
        let head = String(repeating: "x\n", count: (256 * 1024 - 42) / 2)
        let line = String(repeating: "y", count: 41)
        let (records, _) = try readAll(
            Array("\(head)\(line)\r\nz\n".utf8), limits: .init(line: 41))
        #expect(records.suffix(2).map(\.flaw) == [.none, .none])
        #expect(records.last.flatMap { first($0) } == "z")
    }

    @Test func `too many fields are said, whatever else is wrong`() throws {
        let (records, _) = try readAll(
            Array("a,b\nc,d,e\n\"c\",d,e\nf,g\n".utf8), limits: .init(fields: 2))
        #expect(records.map(\.flaw) == [.none, .tooManyFields, .tooManyFields, .none])
        #expect(records.map(\.fields.count) == [2, 3, 3, 2])
    }

    @Test func `text after a closing quote is a bad quote`() throws {
        let (records, _) = try readAll(Array("o1,\"a\"b,c\no2,d,e\n".utf8))
        #expect(records.map(\.flaw) == [.badQuote, .none])
        #expect(records[0].fields.map { String(decoding: $0, as: UTF8.self) } == ["o1", "ab", "c"])
    }

    @Test func `a file of nothing but unclosed quotes ends in time and loses no line`() throws {
        let line = "a\",\"b\n"
        let count = 40_000
        let bytes = Array(String(repeating: line, count: count).utf8)
        let (records, lineCount) = try readAll(bytes, limits: .init(line: 1 << 16))
        #expect(lineCount == count)
        // The last of them open a quote together that the end of the file finds open.
        let refused = records.filter { $0.flaw == .badQuote }
        #expect(refused.count == records.count)
        #expect(refused.allSatisfy { first($0) == "a\"" })
    }
}
