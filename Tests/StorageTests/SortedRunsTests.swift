import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

/// More records than memory should hold, against a plain stable sort.
@Suite struct SortedRunsTests {
    private func body(_ number: Int32, _ write: (UnsafeRawBufferPointer) -> Void) {
        withUnsafeBytes(of: number, write)
    }

    @Test(arguments: 0..<20) func `records come in the order of their keys, the first of each`(
        seed: Int
    ) throws {
        var random = SplitMix64(seed: seed)
        let folder = try ScratchFolder()
        let texts = Texts()
        // The least memory holds some hundreds of them: mostly there are several runs.
        let runs = SortedRuns(folder: folder.path, memory: 1 << 15)
        let letters = random.pick(
            [[97, 98], [48, 49, 50, 51, 52, 53, 54, 55, 56, 57]] as [[UInt8]])
        let count = random.pick([0, 1, 300, 8000])
        var wanted: [[UInt8]: Int32] = [:]
        var again: [[UInt8]: [Int32]] = [:]
        for number in 0..<Int32(count) {
            let key = (0..<random.int(0...random.pick([3, 30]))).map { _ in random.pick(letters) }
            if wanted[key] == nil {
                wanted[key] = number
            } else {
                again[key, default: []].append(number)
            }
            try runs.add(texts(key), bodyBytes: 4) {
                $0.storeBytes(of: number, as: Int32.self)
            }
        }
        var heard: [(kept: Int32, other: Int32)] = []
        let run = try runs.finish { kept, other in
            heard.append(
                (kept.loadUnaligned(as: Int32.self), other.loadUnaligned(as: Int32.self)))
        }
        let reader = run.reader()
        var found: [(key: [UInt8], number: Int32)] = []
        while try reader.next() {
            found.append((reader.key.array, reader.body.loadUnaligned(as: Int32.self)))
        }
        let sorted = wanted.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        #expect(found.map(\.key) == sorted.map(\.key), "seed \(seed)")
        #expect(found.map(\.number) == sorted.map(\.value), "seed \(seed)")
        #expect(run.count == sorted.count)
        let others = sorted.flatMap { key, first in (again[key] ?? []).map { (first, $0) } }
        #expect(heard.map(\.kept) == others.map(\.0), "seed \(seed)")
        #expect(heard.map(\.other) == others.map(\.1), "seed \(seed)")
    }

    @Test func `nothing of them can be seen in the folder`() throws {
        let folder = try ScratchFolder()
        let texts = Texts()
        let runs = SortedRuns(folder: folder.path, memory: 1 << 15)
        for number in 0..<8000 { try runs.add(texts("code \(number)"), bodyBytes: 0) { _ in } }
        let run = try runs.finish { _, _ in }
        #expect(run.count == 8000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func `a folder that can't be written is said so`() throws {
        let texts = Texts()
        let runs = SortedRuns(folder: "/nowhere")
        try runs.add(texts("code"), bodyBytes: 0) { _ in }
        #expect {
            try runs.finish { _, _ in }
        } throws: {
            "\($0)".hasPrefix("/nowhere: no temporary file: ")
        }
    }
}
