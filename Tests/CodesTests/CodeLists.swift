import Codes
import Loyalty
import Storage
import TestSupport
import Testing

/// Files of codes written as text, and the register that they make.
///
/// A line is `CODE [reward=R] [until=DATE] [from=DATE] [state=S] [card=C] [assigned=DAY] [burned=DAY]
/// [points=N]`; its reward is r25 unless it says so.
final class CodeLists {
    let scratch: ScratchFolder
    let store: Store
    private var lastFile: Int64 = 0

    /// - Parameter rewards: those of program.yaml.
    init(_ rewards: [Reward] = CodeLists.rewards) throws {
        scratch = try ScratchFolder()
        store = try Store(path: scratch.path + "/nightjar.db")
        try store.write {
            try RewardBook($0, night: day("2026-01-01")).enter(rewards)
        }
    }

    /// r25 and r10 of the tills, web of the web shop, gift (50 points) and bare (none) gift codes, ended in
    /// January, a badge.
    static let rewards: [Reward] = [
        reward("r25", .value, "pos"), reward("r10", .value, "pos"), reward("web", .value, "ecom"),
        reward("gift", .giftCode, "ecom") { $0.points = 50 }, reward("bare", .giftCode, "ecom"),
        reward("ended", .value, "pos") {
            $0.validity = .window(from: nil, to: CivilDate("2026-01-31"))
        },
        reward("badge", .badge, ""),
    ]

    static func reward(
        _ id: String, _ kind: Reward.Kind, _ owner: String,
        _ more: (inout Reward) -> Void = { _ in }
    ) -> Reward {
        var reward = Reward(id: id, name: id, kind: kind)
        reward.owner = owner
        more(&reward)
        return reward
    }

    /// Takes files over in a night: each is an array of lines.
    ///
    /// - Returns: of each file, how many lines got each verdict, and which were refused with what reason.
    @discardableResult
    func post(_ night: String, _ files: [String]...) throws -> [String] {
        try post(day(night), files)
    }

    func post(_ night: CivilDate, _ files: [[String]]) throws -> [String] {
        let batch = CodeBatch()
        for (file, lines) in files.enumerated() {
            for (index, line) in lines.enumerated() {
                batch.codes.append(
                    try parse(line, batch, file: Int32(file), line: Int32(index + 1)))
            }
        }
        let places = files.map { _ in
            lastFile += 1
            return CodeFile(id: lastFile, onChange: .correct, parkDays: 30)
        }
        let verdicts = try store.write {
            try CodeBook($0, night: night).post(batch, files: places)
        }
        return files.indices.map { file in
            let counts = verdicts.counts[file]
            let sums = Verdict.allCases.filter { counts[$0] > 0 }.map { "\(counts[$0]) \($0)" }
            let refusals = verdicts.refusals.filter { Int($0.file) == file }
                .sorted { $0.line < $1.line }.map { "\($0.line): \($0.reason.name)" }
            return (sums + refusals).joined(separator: ", ")
        }
    }

    private func parse(
        _ text: String, _ batch: CodeBatch, file: Int32, line: Int32
    ) throws -> CodeLine {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        var fields: [String: String] = [:]
        for word in words.dropFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            fields[parts[0]] = parts[1]
        }
        let states: [String: CodeLine.State] = [
            "available": .available, "assigned": .assigned, "burned": .burned, "expired": .expired,
            "voided": .voided, "delete": .delete,
        ]
        let reward = batch.texts.copy(fields["reward"] ?? "r25")
        return CodeLine(
            code: batch.texts.copy(words[0]), reward: batch.names.intern(reward),
            expiresOn: try fields["until"].map { try day($0) } ?? Lot.never,
            validFrom: try fields["from"].map { try day($0) },
            points: fields["points"].flatMap { Points($0) },
            state: fields["state"].flatMap { states[$0] },
            card: batch.texts.copy(fields["card"] ?? ""),
            assignedAt: try fields["assigned"].map { try day($0).midnight },
            burnedAt: try fields["burned"].map { try day($0).midnight },
            store: batch.texts.copy(""), file: file, line: line)
    }

    // MARK: What is there

    func rows(_ sql: String) throws -> [String] {
        try LedgerDump.rows(of: scratch.path + "/nightjar.db", sql)
    }

    /// The register by code and owner: reward, state, card, last day.
    func register() throws -> [String] {
        try rows(
            """
            SELECT code, s.name, r.name, state, card,
                CASE expires_on WHEN 2147483647 THEN '' ELSE date(expires_on * 86400, 'unixepoch') END
            FROM code c JOIN reward r ON r.id = c.reward JOIN code_system s ON s.id = c.owner
            ORDER BY code, s.name
            """
        ).map { line in
            var parts = line.split(separator: "|", omittingEmptySubsequences: false).map(
                String.init)
            parts[3] = CodeState(rawValue: UInt8(parts[3]) ?? 9)?.name ?? "?"
            return parts.filter { !$0.isEmpty }.joined(separator: " ")
        }
    }
}

/// A day as the spec writes it.
func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }
