import Foundation
import Intake
import Loyalty
import TestSupport
import Testing

/// The damaged and the strange files that Tests/Corpus/make writes, fed to the program night by night:
/// each must get just the verdict that stands beside it.
@Suite struct CorpusTests {
    private static let run = Result { try CorpusRun() }

    private let nights: [CorpusRun.Night]

    init() throws { nights = try Self.run.get().nights }

    /// The hard cases that the files are of; those of no case have no label.
    private static let labels =
        [""]
        + (Array(1...17) + [19, 23, 24, 25, 29, 31, 32, 34, 35, 36, 37, 45, 46, 50] + [
            63, 64, 65, 67, 68, 69, 70, 71,
        ]).map {
            "D-\($0)"
        }

    /// Why a line is refused that is right by itself.
    private static let knownByNight: [Reason] = [
        .unknownMember, .alreadyExpired, .alreadyBurned, .codeVoided, .unknownCode, .notGiftCode,
    ]

    @Test func `there are hundreds of cases, most of them damaged`() {
        let cases = nights.flatMap(\.expected)
        #expect(cases.count { $0.verdict != "ingested" || !$0.refused.isEmpty } >= 350)
        #expect(Set(nights.flatMap(\.labels)) == Set(Self.labels))
    }

    @Test func `every reason occurs for which a line or a file is refused`() {
        let cases = nights.flatMap(\.expected)
        let lines = Set(cases.flatMap(\.refused).compactMap { $0.split(separator: ":").last })
        for reason in Reason.allCases {
            #expect(lines.contains(reason.name[...]), "\(reason.name)")
        }
        let files = Set(cases.map(\.verdict))
        // Whoever runs the tests may be allowed to read every file.
        for reason in FileReason.allCases where reason != .unreadable {
            #expect(files.contains(reason.rawValue), "\(reason.rawValue)")
        }
    }

    @Test func `every night closes, and closes once, and leaves a sound store`() {
        for night in nights {
            #expect(night.failure == "", "\(night.date)")
            #expect(night.findings == "", "\(night.date)")
            #expect(night.changes == [], "\(night.date): what a second run changed")
        }
    }

    @Test(arguments: labels)
    func `every file and every line of a case gets its verdict, in the reports and in the store`(
        label: String
    ) {
        for night in nights {
            for wanted in night.expected where wanted.label == label {
                let file = "\(night.date) \(wanted)"
                let judged = CorpusRun.Judged(
                    verdict: wanted.verdict, counts: wanted.counts, refused: wanted.refused)
                #expect(night.stored[wanted.file] == judged, "\(file)")
                #expect(night.files[wanted.file]?.verdict == wanted.verdict, "\(file)")
                #expect(night.files[wanted.file]?.counts == wanted.counts, "\(file)")
                #expect(night.rejects[wanted.name] ?? [] == wanted.refused, "\(file)")
            }
        }
    }

    @Test func `the reports and the store have these files, and no others`() {
        for night in nights {
            let names = Set(night.expected.map(\.file))
            #expect(Set(night.files.keys) == names, "\(night.date)")
            #expect(Set(night.stored.keys) == names, "\(night.date)")
            #expect(Set(night.rejects.keys).isSubset(of: night.expected.map(\.name)))
            #expect(night.inbox == night.left, "\(night.date): what stays in the inbox")
        }
    }

    @Test func `the good lines among them are posted, and no others`() {
        for night in nights {
            let cards = Set(night.points.keys).union(night.posted.keys)
            for card in cards.sorted() {
                #expect(
                    night.posted[card, default: 0] == night.points[card, default: 0],
                    "\(night.date): the points of \(card)")
            }
        }
    }

    @Test func `every refused file lies in quarantine beside its reason, and no other`() {
        for night in nights {
            // What is no file stays where it is.
            let wanted = night.expected.filter {
                !["ingested", "duplicate_file", "not_a_file"].contains($0.verdict)
            }
            for file in wanted {
                let reason = night.quarantine[file.file] ?? ""
                #expect(reason.hasPrefix(file.verdict), "\(night.date) \(file): \(reason)")
            }
            #expect(Set(night.quarantine.keys) == Set(wanted.map(\.file)))
        }
    }

    @Test func `check says before the night what the night will say`() {
        for night in nights {
            for wanted in night.expected {
                let file = "\(night.date) \(wanted)"
                let checked = night.checked[wanted.file]
                // The first of several equal files is not there yet when the others are looked at.
                let isFirstNight = night.date == nights[0].date
                let verdict =
                    wanted.verdict == "duplicate_file" && isFirstNight
                    ? "ingested" : wanted.verdict
                #expect(checked?.verdict == verdict, "\(file)")
                // Only the night knows who is a member, what was accepted before, what the register holds,
                // and what two files say of each other.
                let lines = wanted.refused.filter { line in
                    line.contains(":rejected:")
                        && !Self.knownByNight.contains { line.hasSuffix(":" + $0.name) }
                }
                if ["heads-", "goods-", "lists-badge-"].contains(where: {
                    wanted.name.hasPrefix($0)
                }) {
                    continue
                }
                #expect(checked?.refused ?? [] == lines, "\(file)")
            }
        }
    }
}

/// The nights of the corpus, run once by the built program, and what came of them.
private struct CorpusRun: Sendable {
    /// A file of the table.
    struct Expected: Sendable, CustomStringConvertible {
        var file: String
        var label: String
        var wrong: String
        /// `ingested`, `duplicate_file`, or why the file is refused.
        var verdict: String
        /// Lines by verdict.
        var counts: [String: Int] = [:]
        /// `line:verdict:reason` of refused lines.
        var refused: [String] = []

        var name: String { file.split(separator: "/").last.map(String.init) ?? "" }
        var description: String { "\(file) (\(label.isEmpty ? "" : label + ", ")\(wrong))" }
    }

    /// What the program made of a file.
    struct Judged: Sendable, Equatable {
        var verdict: String
        var counts: [String: Int] = [:]
        var refused: [String] = []
    }

    struct Night: Sendable {
        var date: String
        var expected: [Expected] = []
        /// Which of the collected hard cases there are.
        var labels: Set<String> = []
        /// What must stay in the inbox, and what did.
        var left: Set<String> = []
        var inbox: Set<String> = []
        /// Points by card: what the table says, and what was posted.
        var points: [String: Int] = [:]
        var posted: [String: Int] = [:]
        /// What the program said where it failed.
        var failure = ""
        /// What `verify` found wrong in the store.
        var findings = ""
        /// What a second run changed.
        var changes: [String] = []
        /// By path in the inbox; rejects by name, as the report has them.
        var checked: [String: Judged] = [:]
        var files: [String: Judged] = [:]
        var rejects: [String: [String]] = [:]
        var stored: [String: Judged] = [:]
        var quarantine: [String: String] = [:]
    }

    private(set) var nights: [Night] = []

    init() throws {
        let scratch = try ScratchFolder()
        let folder = scratch.path
        try Self.make(folder)
        let table = try CSVText.rows(scratch.read("expected.csv"))
        for date in Set(table.compactMap { $0["night"] }).sorted() {
            var night = Night(date: date)
            for row in table where row["night"] == date { night.expect(row) }
            nights.append(night)
        }
        for index in nights.indices {
            if index == nights.indices.last { try Self.make("--correct", folder) }
            try nights[index].run(scratch)
        }
    }

    /// Runs the script that makes the corpus.
    private static func make(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Repository.folder + "Tests/Corpus/make"] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "Tests/Corpus/make \(arguments)")
    }
}

extension CorpusRun.Night {
    /// Enters a row of the table; one without a file says what a card gets besides.
    mutating func expect(_ row: [String: String]) {
        points[row["card"] ?? "", default: 0] += Int(row["points"] ?? "") ?? 0
        guard let file = row["file"], !file.isEmpty else { return }
        labels.insert(row["case"] ?? "")
        if ["left", "not_a_file"].contains(row["verdict"]) { left.insert(file) }
        guard row["verdict"] != "left" else { return }
        var wanted = CorpusRun.Expected(
            file: file, label: row["case"] ?? "", wrong: row["wrong"] ?? "",
            verdict: row["verdict"] ?? "")
        for part in (row["lines"] ?? "").split(separator: " ") {
            let words = part.split(separator: ":").map(String.init)
            let range = words[0].split(separator: "-").compactMap { Int($0) }
            for line in range[0]...range[range.count - 1] {
                wanted.counts[words[1], default: 0] += 1
                if words.count == 3 { wanted.refused.append("\(line):\(words[1]):\(words[2])") }
            }
        }
        expected.append(wanted)
    }

    mutating func run(_ scratch: ScratchFolder) throws {
        let folder = scratch.path
        try Self.move(folder + "/drops/\(date)", to: folder + "/inbox")
        try check(folder)
        let arguments = ["run", "--workspace", folder, "--date", date, "--quiet"]
        let first = try BuiltProgram.run(arguments)
        failure = first.status == 0 ? "" : "exit \(first.status): \(first.errors)"
        let before = try Self.state(folder)
        let second = try BuiltProgram.run(arguments)
        if second.status != 0 { failure += "again: exit \(second.status): \(second.errors)" }
        let after = try Self.state(folder)
        changes = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
        let verified = try BuiltProgram.run(["verify", "--workspace", folder])
        findings = verified.status == 0 ? "" : verified.output + verified.errors
        try read(scratch)
    }

    /// Moves what lies in a folder, folders by what lies in them.
    private static func move(_ source: String, to target: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: source) {
            let (from, to) = (source + "/" + name, target + "/" + name)
            if rename(from, to) != 0 { try move(from, to: to) }
        }
    }

    /// What a run may have changed: the ledger, and the bytes of the files that it made or moved.
    private static func state(_ folder: String) throws -> [String: Data] {
        var state: [String: Data] = [:]
        for row in try LedgerDump.rows(of: folder + "/nightjar.db") { state[row] = Data() }
        for name in ["archive", "claimed", "quarantine", "rejects", "reports"] {
            for path in FileManager.default.enumerator(atPath: folder + "/" + name) ?? .init() {
                let full = "\(folder)/\(name)/\(path)"
                state["\(name)/\(path)"] = FileManager.default.contents(atPath: full)
            }
        }
        return state
    }

    private mutating func check(_ folder: String) throws {
        struct File: Decodable {
            struct Line: Decodable {
                var line: Int
                var reason: String
            }
            var file: String
            var verdict: String
            var reason: String?
            var refused: [Line]
        }
        let inbox = folder + "/inbox/"
        let result = try BuiltProgram.run(
            ["check", "--workspace", folder, "--json"] + expected.map { inbox + $0.file })
        for file in try JSONDecoder().decode([File].self, from: Data(result.output.utf8)) {
            checked[String(file.file.dropFirst(inbox.count))] = CorpusRun.Judged(
                verdict: file.reason ?? file.verdict,
                refused: file.refused.map { "\($0.line):rejected:\($0.reason)" })
        }
    }

    // MARK: What came of it

    private mutating func read(_ scratch: ScratchFolder) throws {
        let reports = "reports/\(date)/"
        for row in try CSVText.rows(scratch.read(reports + "files.csv")) {
            files[row["path"] ?? ""] = CorpusRun.Judged(
                verdict: Self.verdict(row), counts: Self.counts(row))
        }
        for row in try CSVText.rows(scratch.read(reports + "rejects.csv")) {
            rejects[row["file"] ?? "", default: []].append(Self.line(row))
        }
        for row in try CSVText.rows(scratch.read(reports + "postings.csv"))
        where row["kind"]?.hasSuffix("_uncovered") == false {
            posted[row["card_code"] ?? "", default: 0] += Int(row["points"] ?? "") ?? 0
        }
        try readStore(scratch.path + "/nightjar.db")
        inbox = Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/inbox"))
        // A folder that files came in stays.
        inbox.remove("deep")
        var kept = try FolderContents(scratch.path + "/quarantine/\(date)")
        // Manifests lie beside their files.
        kept.files = kept.files.filter { !$0.key.hasSuffix(".manifest") }
        for path in kept.files.keys where kept.files[path + Self.reason] != nil {
            quarantine[path] = kept.files[path + Self.reason]
        }
        // A name that is as long as names can be is cut for its reason.
        #expect(kept.files.count == quarantine.count * 2, "\(date): \(kept)")
    }

    private static let reason = ".reason.txt"

    private mutating func readStore(_ store: String) throws {
        let verdicts = ["accepted", "duplicate", "correction", "parked", "rejected", "conflict"]
        let columns = verdicts.map { "lines_\($0)" }.joined(separator: ", ")
        let night = "(SELECT max(night) FROM file)"
        let rows = try LedgerDump.rows(
            of: store,
            "SELECT \(columns), coalesce(reason, verdict), path FROM file WHERE night = \(night)")
        for row in rows {
            let words = row.split(separator: "|", maxSplits: 7, omittingEmptySubsequences: false)
            var counts: [String: Int] = [:]
            for (verdict, count) in zip(verdicts, words) where count != "0" {
                counts[verdict] = Int(count)
            }
            stored[String(words[7])] = CorpusRun.Judged(verdict: String(words[6]), counts: counts)
        }
        let lines = try LedgerDump.rows(
            of: store,
            """
            SELECT r.line || ':' || r.verdict || ':' || r.reason, f.path FROM file f
                JOIN reject r ON r.file = f.id WHERE f.night = \(night) ORDER BY f.id, r.line
            """)
        for row in lines {
            let words = row.split(separator: "|", maxSplits: 1)
            stored[String(words[1])]?.refused.append(String(words[0]))
        }
    }

    private static func verdict(_ row: [String: String]) -> String {
        row["reason"].flatMap { $0.isEmpty ? nil : $0 } ?? row["verdict"] ?? ""
    }

    private static func counts(_ row: [String: String]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (key, value) in row where key.hasPrefix("lines_") && key != "lines_read" {
            if let count = Int(value), count != 0 { counts[String(key.dropFirst(6))] = count }
        }
        return counts
    }

    private static func line(_ row: [String: String]) -> String {
        ["line", "verdict", "reason"].map { row[$0] ?? "" }.joined(separator: ":")
    }
}

/// CSV as a report has it, quotes and line breaks included.
private enum CSVText {
    /// The rows by the names of their columns.
    static func rows(_ text: String) throws -> [[String: String]] {
        let (quote, comma, lineFeed) = (UInt8(34), UInt8(44), UInt8(10))
        var rows: [[String]] = [[]]
        var cell: [UInt8] = []
        var isQuoted = false
        var hasJustClosed = false
        for byte in Array(text.utf8) {
            if byte == quote {
                if hasJustClosed { cell.append(quote) }
                hasJustClosed = isQuoted
                isQuoted.toggle()
                continue
            }
            hasJustClosed = false
            if isQuoted || (byte != comma && byte != lineFeed) {
                cell.append(byte)
                continue
            }
            rows[rows.count - 1].append(String(decoding: cell, as: UTF8.self))
            cell.removeAll(keepingCapacity: true)
            if byte == lineFeed { rows.append([]) }
        }
        let header = try #require(rows.first)
        return rows.dropFirst().filter { !$0.isEmpty }.map {
            Dictionary(zip(header, $0), uniquingKeysWith: { first, _ in first })
        }
    }
}
