import Foundation
import Intake
import Loyalty
import TestSupport
import Testing

/// Files that somebody changes while they are read: longer than what is read ahead.
@Suite struct ChangedFileTests {
    private static let header = "order_id,ordered_at,store_id,quantity,line_amount,note\n"
    private static let line =
        "A,2026-11-16T10:00:00,S1,1,10.00," + String(repeating: "n", count: 1000) + "\n"
    private static let text = header + String(repeating: line, count: 7500)

    /// Reads a file and does something to it as soon as its header is read.
    private func read(_ change: @escaping (_ path: String) -> Void) throws -> (
        IngestedFile, OrderBatch
    ) {
        let scratch = try ScratchFolder()
        let path = try scratch.write(Self.text, to: "orders.csv")
        let batches = Batches(tiers: [])
        let context = FileContext(
            file: 0, layout: .canonical(.orders), constants: [["system": "pos"]], program: .plain,
            systemZone: { _ in
                change(path)
                return nil
            }, day: try #require(CivilDate("2026-11-16")), isStrict: false)
        let ingest = FileIngest(
            limits: FileIngest.Limits(
                expansion: ExpansionLimits(bytes: .max, ratio: .max), lineBytes: 1 << 20,
                fieldCount: 512), maxRejectsPercent: 5, maxRejectsLines: 100)
        let entry = try ingest.read(
            InboxFile(checking: path), job: "orders", context: context, into: batches
        ) { _ in false }
        return (entry, batches.orders)
    }

    private static let changes: [(name: String, make: @Sendable (_ path: String) -> Void)] = [
        ("cut in the middle of a line", { truncate($0, off_t(text.utf8.count - 500)) }),
        ("cut between two lines", { truncate($0, off_t(text.utf8.count - line.utf8.count)) }),
        ("emptied", { truncate($0, 0) }),
        (
            "written on",
            {
                let file = FileHandle(forWritingAtPath: $0)
                _ = try? file?.seekToEnd()
                try? file?.write(contentsOf: Data(line.utf8))
                try? file?.close()
            }
        ),
        ("given another time", { utimes($0, [timeval(), timeval()]) }),
    ]

    @Test(arguments: changes.indices)
    func `a file that is changed while it is read is put back, whatever was read of it`(
        _ index: Int
    ) {
        #expect(throws: ChangedWhileRead.self, "\(Self.changes[index].name)") {
            _ = try read(Self.changes[index].make)
        }
    }

    @Test func `a file that is replaced while it is read is read as it was`() throws {
        let (entry, orders) = try read { path in
            try? FileManager.default.removeItem(atPath: path)
            try? Data("x".utf8).write(to: URL(filePath: path))
        }
        #expect(entry.linesRead == 7500)
        #expect(orders.orders.count == 1)
    }
}
