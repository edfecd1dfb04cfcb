import Tabular
import TestSupport
import Testing

/// The reader against the plain model of its rules.
@Suite struct CSVReaderModelTests {
    private func compare(
        _ bytes: [UInt8], delimiter: UInt8 = 44, limits: CSVReader.Limits = .init(),
        _ note: String, block: @escaping () -> Int
    ) throws {
        let model = CSVModel(bytes, delimiter: delimiter, limits: limits)
        let (records, lineCount) = try readAll(
            bytes, delimiter: delimiter, limits: limits, block: block)
        let text = bytes.count > 2000 ? "\(bytes.count) bytes" : "\(bytes.map { Int($0) })"
        #expect(lineCount == model.lineCount, "\(note): \(text)")
        #expect(records.count == model.records.count, "\(note): \(text)")
        for (found, wanted) in zip(records, model.records) where found != wanted {
            Issue.record("\(note): read \(found), wanted \(wanted), of \(text)")
            return
        }
    }

    @Test(arguments: 0..<60) func `small files read as the model reads them`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        for number in 0..<20 {
            let delimiter = random.pick([UInt8(44), 59, 9, 124])
            let bytes = randomFile(&random, count: random.int(0...400), delimiter: delimiter)
            let limits = CSVReader.Limits(
                line: random.pick([1 << 20, 200, 60, 17]), fields: random.pick([512, 512, 4]))
            let size = random.pick([1, 2, 7, 64, 1 << 20])
            try compare(
                bytes, delimiter: delimiter, limits: limits,
                "seed \(seed), file \(number), delimiter \(delimiter), \(limits), blocks of \(size)"
            ) { size }
        }
    }

    @Test(arguments: 0..<8) func `files larger than a batch read alike`(seed: Int) throws {
        var random = SplitMix64(seed: 1000 + seed)
        let limits = CSVReader.Limits(line: random.pick([1 << 20, 400, 70, 3000]))
        var bytes: [UInt8] = []
        let size = random.int(290...560) * 1000
        while bytes.count < size {
            bytes += randomFile(&random, count: 5000, delimiter: 44).filter { $0 != 13 }
            bytes += Array("\n\"closed\",x\n".utf8)
        }
        var blocks = SplitMix64(seed: seed)
        try compare(bytes, limits: limits, "seed \(seed), \(limits)") {
            blocks.oneIn(2) ? blocks.int(1...1 << 20) : blocks.int(1...40_000)
        }
    }

    @Test(arguments: 0..<40) func `a record at every place of the batch's edge`(shift: Int) throws {
        for record in ["ab,\"c\"\"d\",e\r\n", "ab,\"c\nd\",é\n", "a,b\r\n", "\"\"\"\"\n"] {
            var bytes = Array(repeating: UInt8(120), count: 256 * 1024 - 30)
            for at in stride(from: 80, to: bytes.count, by: 80) { bytes[at] = 10 }
            bytes[bytes.count - 1] = 10
            bytes = Array(bytes.dropFirst(40 - shift)) + Array(record.utf8)
            bytes += Array("\(record)last,line\n".utf8)
            bytes += Array(repeating: 121, count: 80) + [10]
            try compare(bytes, "shift \(shift) of \(record)") { 1 << 20 }
        }
    }
}
