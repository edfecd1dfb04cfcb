import Loyalty
import Storage
import TestSupport
import Testing

/// What is sorted is read in the same order, whether memory holds it, or it lies in a few runs, or in so many
/// that some of them are merged before; bodies of any length come back whole.
@Suite struct SpilledRunsTests {
    private struct Record: Equatable {
        var key: [UInt8]
        var number: Int32
        var body: [UInt8]
    }

    private func records(_ random: inout SplitMix64) -> [Record] {
        let count = random.pick([0, 1, 500, 20_000])
        let longest = count > 500 ? [40, 40, 40, 6_000] : [40, 4_096, 4_097, 300_000]
        return (0..<Int32(count)).map { number in
            let key = (0..<random.int(0...12)).map { _ in UInt8(random.int(0...3)) }
            let most = random.oneIn(50) ? random.pick(longest) : 8
            let body = [UInt8](repeating: UInt8(number % 251), count: random.int(0...most))
            return Record(key: key, number: number, body: body)
        }
    }

    private func add(_ records: [Record], to runs: SortedRuns) throws {
        let texts = Texts()
        for record in records {
            try runs.add(texts(record.key), bodyBytes: 4 + record.body.count) { target in
                target.storeBytes(of: record.number, as: Int32.self)
                (target + 4).copyMemory(from: record.body, byteCount: record.body.count)
            }
        }
    }

    private func record(_ key: ByteText, _ body: UnsafeRawBufferPointer) -> Record {
        Record(
            key: key.array, number: body.loadUnaligned(as: Int32.self),
            body: Array(body.dropFirst(4)))
    }

    @Test(arguments: 0..<12) func `records are the same, wherever they were`(seed: Int) throws {
        var random = SplitMix64(seed: seed)
        let records = records(&random)
        let wanted = records.sorted { left, right in
            left.key != right.key
                ? left.key.lexicographicallyPrecedes(right.key) : left.number < right.number
        }
        let folder = try ScratchFolder()
        for memory in [0, 1 << 17, 1 << 28] {
            let once = SortedRuns(folder: folder.path, memory: memory)
            try add(records, to: once)
            let sorted = try once.sorted()
            var found: [Record] = []
            while try sorted.next() { found.append(record(sorted.key, sorted.body)) }
            #expect(found == wanted, "seed \(seed), \(memory) bytes")
            let kept = SortedRuns(folder: folder.path, memory: memory)
            try add(records, to: kept)
            let run = try kept.finish()
            for _ in 0..<2 {
                let reader = run.reader()
                var again: [Record] = []
                while try reader.next() { again.append(record(reader.key, reader.body)) }
                #expect(again == wanted, "seed \(seed), \(memory) bytes")
            }
            #expect(run.count == wanted.count)
        }
        #expect(try FolderContents(folder.path).files.isEmpty)
    }
}
