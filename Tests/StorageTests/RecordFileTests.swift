import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

/// Records that are kept on disk in the order in which they came.
@Suite struct RecordFileTests {
    @Test func `records come as they were added, and what is added later behind them`() throws {
        let folder = try ScratchFolder()
        let texts = Texts()
        let file = try RecordFile(in: folder.path)
        func read() throws -> [String] {
            let reader = try file.reader()
            var found: [String] = []
            while try reader.next() {
                found.append("\(reader.key.string) \(reader.body.loadUnaligned(as: Int32.self))")
            }
            return found
        }
        #expect(try read() == [])
        // More than is written at once.
        let wanted = (0..<20_000).map { "card \($0 % 700) \($0)" }
        for number in 0..<20_000 {
            try file.add(texts("card \(number % 700)"), bodyBytes: 4) {
                $0.storeBytes(of: Int32(number), as: Int32.self)
            }
            if number == 9 { #expect(try read() == Array(wanted.prefix(10))) }
        }
        #expect(try read() == wanted)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }
}
