import Loyalty
import Storage
import TestSupport
import Testing

/// Refused lines come back by file and line, whatever memory holds of them.
@Suite struct RefusedLinesTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func add(_ line: Int32, of file: Int32, to lines: RefusedLines) throws {
        let reason = Reason.allCases[Int(line) % Reason.allCases.count]
        try lines.add(
            RefusedLines.Line(file: file, line: line, verdict: .rejected, reason: reason))
    }

    /// `line reason`, of a file.
    private func lines(_ lines: RefusedLines, of file: Int32) throws -> [String] {
        let reader = try lines.reader(of: file)
        var read: [String] = []
        while let line = try reader.next() {
            #expect(line.file == file && line.verdict == .rejected)
            read.append("\(line.line) \(line.reason.name)")
        }
        return read
    }

    @Test(arguments: [0, 3, 100]) func `a file that is taken back leaves its index to another`(
        mostHeld: Int
    ) throws {
        let night = RefusedLines(folder: folder.path, mostHeld: mostHeld)
        try add(7, of: 0, to: night)
        let start = night.begin()
        for line in 1...5 { try add(Int32(line), of: 1, to: night) }
        night.withdraw(1, since: start)
        #expect(night.count(of: 1) == 0)
        try add(3, of: 1, to: night)
        #expect(night.count(of: 0) == 1 && night.count(of: 1) == 1)
        #expect(try lines(night, of: 1) == ["3 \(Reason.allCases[3].name)"])
        #expect(try lines(night, of: 0) == ["7 \(Reason.allCases[7].name)"])
        #expect(try lines(night, of: 2) == [])
    }

    @Test func `a line that is refused twice keeps its first reason`() throws {
        for mostHeld in [0, 100] {
            let night = RefusedLines(folder: folder.path, mostHeld: mostHeld)
            try add(5, of: 0, to: night)
            try night.add(
                Refusal(
                    file: 0, line: 4, lineCount: 3, verdict: .rejected, reason: .orderChanged))
            #expect(
                try lines(night, of: 0) == [
                    "4 order_changed", "5 \(Reason.allCases[5].name)", "6 order_changed",
                ])
        }
    }

    @Test(arguments: 1...30) func `memory may hold all of them or none`(seed: Int) throws {
        var read: [[[String]]] = []
        for mostHeld in [0, 1, 7, 100_000] {
            var random = SplitMix64(seed: seed)
            let night = RefusedLines(folder: folder.path, mostHeld: mostHeld)
            var file: Int32 = 0
            for _ in 0..<20 {
                let start = night.begin()
                for _ in 0..<random.int(0...40) {
                    try add(Int32(random.int(1...1_000_000)), of: file, to: night)
                }
                if random.oneIn(4) { night.withdraw(file, since: start) } else { file += 1 }
            }
            for _ in 0..<random.int(0...60) {
                try add(
                    Int32(random.int(1...1_000_000)), of: Int32(random.int(0...19)), to: night)
            }
            read.append(try (0..<20).map { try lines(night, of: $0) })
        }
        for other in read.dropFirst() { #expect(other == read[0], "seed \(seed)") }
        for lines in read[0] {
            let numbers = lines.compactMap { Int($0.split(separator: " ")[0]) }
            #expect(numbers == numbers.sorted(), "seed \(seed)")
        }
    }
}
