import Loyalty
import Tabular
import TestSupport
import Testing

/// What the writer writes, the reader reads.
@Suite struct CSVWriterTests {
    private func write(_ rows: [[[UInt8]]], delimiter: UInt8 = 44) -> [UInt8] {
        var writer = CSVWriter(delimiter: delimiter, capacity: 16)
        let texts = Texts()
        for row in rows {
            for field in row { writer.text(texts(field)) }
            writer.endRecord()
        }
        return Array(writer.bytes)
    }

    private func text(_ write: (inout CSVWriter) -> Void) -> String {
        var writer = CSVWriter(capacity: 1)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: 0..<200) func `reading what was written gives the fields`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let delimiter = random.pick([UInt8(44), 59, 9])
        let pieces: [[UInt8]] = [
            [34], [10], [13], [13, 10], [delimiter], [97], [98, 99], Array("é".utf8), [32], [39],
        ]
        let rows = (0..<random.int(1...12)).map { _ in
            (0..<random.int(1...5)).map { _ in
                (0..<random.int(0...6)).flatMap { _ in random.pick(pieces) }
            }
        }
        let size = random.int(1...9)
        let bytes = write(rows, delimiter: delimiter)
        let (records, _) = try readAll(bytes, delimiter: delimiter) { size }
        #expect(records.map(\.fields) == rows, "seed \(seed)")
        #expect(records.allSatisfy { $0.flaw == .none }, "seed \(seed)")
    }

    @Test(arguments: 0..<200) func `writing what was read and reading it again`(seed: Int) throws {
        var random = SplitMix64(seed: 5000 + seed)
        let file = randomFile(&random, count: 300, delimiter: 44)
        let (records, _) = try readAll(file)
        let rows = records.filter { $0.flaw == .none }.map(\.fields)
        let (again, _) = try readAll(write(rows))
        #expect(again.map(\.fields) == rows, "seed \(5000 + seed): \(file)")
    }

    @Test func `a record of one empty field is no blank line`() throws {
        #expect(
            text {
                $0.empty()
                $0.endRecord()
            } == "\"\"\n")
        #expect(
            text {
                $0.text("")
                $0.endRecord()
            } == "\"\"\n")
        #expect(
            text {
                $0.empty()
                $0.empty()
                $0.endRecord()
            } == ",\n")
        #expect(
            text {
                $0.number(7)
                $0.endRecord()
                $0.empty()
                $0.endRecord()
            } == "7\n\"\"\n")
    }

    @Test func `numbers, money and dates`() throws {
        let day = try #require(CivilDate("2024-02-29"))
        #expect(text { $0.number(.min) } == "-9223372036854775808")
        #expect(text { $0.number(0) } == "0")
        #expect(text { $0.money(-5, decimals: 2) } == "-0.05")
        #expect(text { $0.money(123_456, decimals: 3) } == "123.456")
        #expect(text { $0.money(-7, decimals: 0) } == "-7")
        #expect(text { $0.money(.min, decimals: 2) } == "-92233720368547758.08")
        #expect(text { $0.date(day) } == "2024-02-29")
    }

    @Test(arguments: 0..<100) func `money that is written is read again`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let texts = Texts()
        let magnitude = Int64(1) << random.int(0...49)
        let value = Int64.random(in: -magnitude...magnitude, using: &random)
        for decimals in 0...4 {
            let written = text { $0.money(value, decimals: decimals) }
            let read = NumberFormat(fraction: .exact).money(texts(written), decimals: decimals)
            #expect(read == value, "seed \(seed): \(written)")
        }
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
    func `a text that a spreadsheet would run is defused where asked`(field: String) {
        let plain = text { $0.text(field) }
        let defused = text { $0.text(field, defused: true) }
        #expect(defused == (plain.hasPrefix("\"") ? "\"'" + plain.dropFirst() : "'" + plain))
        #expect(text { $0.text("a=1", defused: true) } == "a=1")
        #expect(CSVWriter.isFormula(field))
    }

    @Test(arguments: [
        ("'=1+1", "''=1+1"), ("''=1+1", "'''=1+1"), ("\"=1+1\"", "\"'\"\"=1+1\"\"\""),
        ("'tis", "'tis"), ("'", "'"), ("\"", "\"\"\"\""), ("12-3", "12-3"),
    ]) func `quotes before a formula don't hide it`(field: String, written: String) {
        #expect(text { $0.text(field, defused: true) } == written)
    }
}
