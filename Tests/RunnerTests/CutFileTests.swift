import Foundation
import Intake
import Runner
import TestSupport
import Testing

/// Files that end too early, at each of their bytes.
@Suite struct CutFileTests {
    private static let text =
        BadNight.header + line("A") + "\n" + line("A", "5.00") + "\n"
        + "\"B\",2026-11-16T10:00:00,\"S\n\"\"1\"\"\",C2,1,7.00\n" + line("C", card: "C3") + "\n"

    /// Reads bytes as a night would.
    private func check(_ bytes: some Collection<UInt8>, in night: BadNight) throws
        -> FileCheck.Outcome
    {
        let path = try night.scratch.write(Data(bytes), to: "orders-pos-2026-11-16.csv")
        return try FileCheck(try night.workspace()).check(path, kind: nil, layout: nil)
    }

    /// Spec 2 refuses a last line that is short; D-5 would refuse each that lacks its line end.
    @Test func `D-5: a file cut at any byte is refused, or its lines are all whole`() throws {
        let night = try BadNight()
        let bytes = Array(Self.text.utf8)
        let fieldsOfALine = 6
        for count in 0...bytes.count {
            let outcome = try check(bytes[..<count], in: night)
            let rows = Self.rows(Array(bytes[..<count]))
            let last = rows.last ?? (fields: 0, isQuoted: false)
            let hasWholeHeader = count >= BadNight.header.utf8.count - 1
            let isWhole = hasWholeHeader && last.fields == fieldsOfALine && !last.isQuoted
            #expect((outcome.refusal == nil) == isWhole, "\(count) bytes: \(outcome)")
            #expect(outcome.linesRead == (isWhole ? rows.count - 1 : 0), "\(count) bytes")
        }
    }

    /// Fields of each row, and whether it ends inside quotes.
    private static func rows(_ bytes: [UInt8]) -> [(fields: Int, isQuoted: Bool)] {
        var rows: [(fields: Int, isQuoted: Bool)] = []
        var isQuoted = false
        var isNew = true
        for byte in bytes {
            if isNew { rows.append((1, false)) }
            isNew = false
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted: rows[rows.count - 1].fields += 1
            case UInt8(ascii: "\n") where !isQuoted: isNew = true
            default: break
            }
            rows[rows.count - 1].isQuoted = isQuoted
        }
        return rows
    }

    @Test func `a packed file cut at any byte is refused`() throws {
        let night = try BadNight()
        let packed = Data(Self.text.utf8).gzipped
        for count in 0..<packed.count {
            let outcome = try check(packed.prefix(count), in: night)
            #expect(outcome.refusal != nil, "\(count) bytes")
        }
        #expect(try check(packed, in: night).isGood)
    }

    @Test func `a packed file with any byte of its content damaged is refused`() throws {
        let night = try BadNight()
        let packed = Array(Data(Self.text.utf8).gzipped)
        // The ten bytes of its header say nothing of the content.
        for index in 10..<packed.count {
            var damaged = packed
            damaged[index] ^= 0x55
            #expect(try check(damaged, in: night).refusal != nil, "byte \(index)")
        }
    }

    @Test func `a file that was cut posts nothing, and the whole one of the next night all`() throws
    {
        let night = try BadNight()
        try night.drop(Data(Self.text.utf8.dropLast(20)), as: "orders-pos-2026-11-16.csv")
        #expect(try night.close() == [])
        #expect(try night.postings() == [])
        try night.drop(Self.text, as: "orders-pos-2026-11-16.csv")
        #expect(try night.close(BadNight.second) == [])
        #expect(
            try night.postings(BadNight.second) == [
                "C1 accrue A 15", "C2 accrue B 7", "C3 accrue C 10",
            ])
    }
}
