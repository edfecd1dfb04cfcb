internal import Foundation
package import Loyalty
package import Storage

/// The definitions of rewards, night by night: the only writer of their tables.
///
/// Program.yaml's own stand over those of files.
package struct RewardBook {
    private let connection: Connection
    private let night: CivilDate

    package init(_ connection: Connection, night: CivilDate) {
        self.connection = connection
        self.night = night
    }

    /// Enters what program.yaml says by now, where it differs from what it said before.
    package func enter(_ rewards: [Reward]) throws {
        for reward in rewards { _ = try enter(reward, file: nil, line: nil) }
    }

    /// Takes over a night's reward lines.
    ///
    /// A line about a reward of program.yaml is a conflict: the file of the operator stands.
    ///
    /// - Parameter files: the store's integers of the files that the lines point at.
    package func post(
        _ lines: [RewardLine], files: [Int64], program: Set<String>
    ) throws -> (counts: [VerdictCounts], refusals: [Refusal]) {
        var counts = [VerdictCounts](repeating: VerdictCounts(), count: files.count)
        var refusals: [Refusal] = []
        for line in lines {
            var verdict = Verdict.conflict
            if program.contains(line.reward.id) {
                refusals.append(
                    Refusal(
                        file: line.file, line: line.line, lineCount: 1, verdict: .conflict,
                        reason: .rewardInProgram))
            } else {
                verdict = try enter(
                    line.reward, file: files[Int(line.file)], line: Int64(line.line))
            }
            counts[Int(line.file)][verdict] += 1
        }
        return (counts, refusals)
    }

    /// All rewards that were ever defined, as they stand.
    package func list() throws -> RewardList {
        var rewards: [(id: Int32, reward: Reward)] = []
        let decoder = JSONDecoder()
        var failure: (any Error)?
        try connection.forEach(
            """
            SELECT reward, definition, max(night) FROM reward_terms GROUP BY reward ORDER BY reward
            """
        ) { row in
            do {
                let reward = try decoder.decode(Reward.self, from: Data(row.string(1).utf8))
                rewards.append((Int32(row.integer(0)), reward))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return RewardList(rewards)
    }

    private func enter(_ reward: Reward, file: Int64?, line: Int64?) throws -> Verdict {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(reward), as: UTF8.self)
        try connection.execute(
            "INSERT OR IGNORE INTO reward (name) VALUES (?)", .text(reward.id))
        guard
            let id = try connection.integer(
                "SELECT id FROM reward WHERE name = ?", .text(reward.id))
        else { return .rejected }
        var known: String?
        try connection.forEach(
            """
            SELECT definition FROM reward_terms WHERE reward = ? ORDER BY night DESC LIMIT 1
            """, .integer(Int(id))
        ) { known = $0.string(0) }
        if known == text { return .duplicate }
        try connection.execute(
            """
            INSERT OR REPLACE INTO reward_terms (reward, night, definition, file, line)
            VALUES (?, ?, ?, ?, ?)
            """, .integer(Int(id)), .date(night), .text(text),
            file.map { .integer(Int($0)) } ?? .null, line.map { .integer(Int($0)) } ?? .null)
        return known == nil ? .accepted : .correction
    }
}
