import Foundation
import Loyalty
import Runner
import TestSupport

/// A workspace with the jobs that ship, and its nights: the first is that of 2026-11-16.
///
/// Its members are C1 to C3; an order earns a point per 1.00, rounded down, spendable at once.
final class BadNight {
    static let first = "2026-11-16"
    static let second = "2026-11-17"
    static let third = "2026-11-18"
    static let header = "order_id,ordered_at,store_id,card_code,quantity,line_amount\n"
    static let returnsHeader =
        "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,original_order_id\n"

    private static let program = """
        version: 1
        program: maison-noir
        timezone: Europe/Paris
        currency: EUR
        opens_on: 2026-11-16
        accounts:
          spend: { ratio: 1, rounding: floor, hold_days: 0, expiry: { after: 1 year } }
        systems: { pos: {}, ecom: {} }

        """

    let scratch: ScratchFolder
    /// What the runs said, oldest first.
    private(set) var notes: [String] = []

    /// - Parameter edits: texts of program.yaml or of the orders job, and what takes their place.
    init(_ edits: [String: String] = [:]) throws {
        scratch = try ScratchFolder()
        _ = try WorkspaceTemplate.write(to: scratch.path + "/night")
        var program = Self.program
        var job = try scratch.read("night/Jobs/ingest-orders.yaml")
        for (old, new) in edits {
            program = program.replacingOccurrences(of: old, with: new)
            job = job.replacingOccurrences(of: old, with: new)
        }
        try write(program, to: "program.yaml")
        try write(job, to: "Jobs/ingest-orders.yaml")
        try drop("card_code\nC1\nC2\nC3\n", as: "members-first.csv")
    }

    var folder: String { scratch.path + "/night" }

    func write(_ text: String, to name: String) throws {
        try scratch.write(text, to: "night/" + name)
    }

    func drop(_ text: String, as name: String) throws { try drop(Data(text.utf8), as: name) }

    func drop(_ data: Data, as name: String) throws {
        try scratch.write(data, to: "night/inbox/" + name)
    }

    /// Drops an orders file of a night that has just these lines.
    func drop(
        _ lines: [String], night: String = BadNight.first, header: String = BadNight.header,
        system: String = "pos"
    ) throws {
        try drop(
            header + lines.map { $0 + "\n" }.joined(), as: "orders-\(system)-\(night).csv")
    }

    func workspace(inbox: String? = nil) throws -> Workspace {
        try Workspace(folder: folder, inbox: inbox)
    }

    /// Runs jobs, with a clock for which all nights are due and all files quiet.
    @discardableResult
    func run(
        _ night: String = BadNight.first, jobs: [String] = [], inbox: String? = nil
    ) throws -> [NightOutcome] {
        let observer = RunObserver {
            self.notes.append($0.text)
        } progress: { _, _, _ in
        }
        let runner = try WorkspaceRunner(try workspace(inbox: inbox), observer: observer) {
            Int(Date().timeIntervalSince1970) + 600_000_000
        }
        guard let day = CivilDate(night) else { fatalError("no date: \(night)") }
        var outcomes: [NightOutcome] = []
        try runner.close(jobs: jobs, date: day, through: nil) { outcomes.append($0) }
        return outcomes
    }

    /// Closes a night, then runs it again: the second run must leave every report as it is.
    ///
    /// - Returns: what is wrong; nothing where all is well.
    func close(_ night: String = BadNight.first) throws -> [String] {
        var wrong: [String] = []
        if try run(night).map(\.state) != [.closed] { wrong.append("\(night) is not closed") }
        let before = try published(night)
        if try run(night).map(\.state) != [.alreadyClosed] { wrong.append("\(night) closed twice") }
        if try published(night) != before { wrong.append("\(night): a repeat changes reports") }
        for file in try files(night) where file.lines != file.verdicts.values.reduce(0, +) {
            wrong.append("\(file.path): \(file.lines) lines read, judged \(file.verdicts)")
        }
        return wrong
    }

    private func published(_ night: String) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folder + "/reports/\(night)")
        return Dictionary(
            uniqueKeysWithValues: try names.map {
                ($0, try scratch.read("night/reports/\(night)/\($0)"))
            })
    }

    // MARK: What came of it

    /// One row of the files report.
    struct FileRow: Hashable {
        var path: String
        /// `ingested`, `duplicate_file`, or why the file was refused.
        var verdict: String
        var lines: Int
        /// Counts that are not zero.
        var verdicts: [String: Int]
    }

    func files(_ night: String = BadNight.first) throws -> [FileRow] {
        try rows("files", night).map { row in
            let counts = row.filter { $0.key.hasPrefix("lines_") && $0.key != "lines_read" }
            return FileRow(
                path: row["path"] ?? "",
                verdict: row["reason"].flatMap { $0.isEmpty ? nil : $0 }
                    ?? row["verdict"] ?? "", lines: Int(row["lines_read"] ?? "") ?? -1,
                verdicts: Dictionary(
                    uniqueKeysWithValues: counts.compactMap { key, value in
                        Int(value).flatMap { $0 == 0 ? nil : (String(key.dropFirst(6)), $0) }
                    }))
        }
    }

    /// The row of the only orders file.
    func orders(_ night: String = BadNight.first) throws -> FileRow? {
        try files(night).first { $0.path.hasPrefix("orders-") }
    }

    /// `line reason` of every refused line.
    func rejects(_ night: String = BadNight.first) throws -> [String] {
        try rows("rejects", night).map { "\($0["line"] ?? "") \($0["reason"] ?? "")" }
    }

    /// `card kind source points` of every posting.
    func postings(_ night: String = BadNight.first) throws -> [String] {
        try rows("postings", night).map { row in
            ["card_code", "kind", "source", "points"].map { row[$0] ?? "" }.joined(separator: " ")
        }
    }

    /// `card order reason` of what waits for a member.
    func unmatched(_ night: String = BadNight.first) throws -> [String] {
        try rows("unmatched", night).map { row in
            ["card_code", "order_id", "reason"].map { row[$0] ?? "" }.joined(separator: " ")
        }
    }

    /// The rows of a report; cells with quotes are not understood.
    func rows(_ report: String, _ night: String) throws -> [[String: String]] {
        let text = try scratch.read("night/reports/\(night)/\(report).csv")
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map {
            Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first })
        }
    }

    func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/" + name)
    }
}

/// One line of an order, of the first night unless it says so.
func line(
    _ id: String, at time: String = "2026-11-16T10:00:00", card: String = "C1",
    _ amount: String = "10.00", quantity: String = "1", store: String = "S1"
) -> String {
    [id, time, store, card, quantity, amount].joined(separator: ",")
}

/// A line of a file with the columns of returns.
func line(return id: String, of original: String, card: String = "C1", _ amount: String) -> String {
    line(id, at: "2026-11-16T18:00:00", card: card, amount, quantity: "-1") + ",return,\(original)"
}

func line(sale id: String, card: String = "C1", _ amount: String) -> String {
    line(id, card: card, amount) + ",sale,"
}

extension Data {
    /// The bytes as a zstd frame that stores them as they are.
    var zstd: Data {
        // Magic, a frame whose size stands in eight bytes, then blocks of 64 KiB.
        var frame = Data([0x28, 0xB5, 0x2F, 0xFD, 0b1110_0000])
        frame.append(contentsOf: (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
        var at = startIndex
        repeat {
            let block = self[at..<Swift.min(at + 65_536, endIndex)]
            at = block.endIndex
            let head = block.count << 3 | (at == endIndex ? 1 : 0)
            frame.append(contentsOf: (0..<3).map { UInt8(truncatingIfNeeded: head >> (8 * $0)) })
            frame.append(block)
        } while at < endIndex
        return frame
    }

    /// The bytes as a gzip file that stores them as they are.
    var gzipped: Data {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in self {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
            (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let size = UInt32(count)
        return Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(size, 2) + little(~size, 2))
            + self + Data(little(~crc, 4) + little(size, 4))
    }
}
