internal import Loyalty
internal import Storage

/// What a night does to the number of codes in each state, by reward and file, and to the roll-forward of
/// each reward: the only writer of the tables code_count and code_flow.
final class CodeCounts {
    private struct Key: Hashable {
        var reward: Int32
        var file: Int64
    }

    /// A night's flow of open codes.
    private struct Flow {
        var imported: Int64 = 0
        var generated: Int64 = 0
        var burned: Int64 = 0
        var expired: Int64 = 0
        var voided: Int64 = 0
    }

    private let connection: Connection
    private let night: CivilDate
    private var changes: [Key: [Int64]] = [:]
    private var flows: [Int32: Flow] = [:]

    init(_ connection: Connection, night: CivilDate) {
        self.connection = connection
        self.night = night
    }

    /// A code came in, whatever its state.
    func add(_ state: CodeState, reward: Int32, file: Int64, isGenerated: Bool, count: Int64 = 1) {
        changes[Key(reward: reward, file: file), default: CodeCounts.none][Int(state.rawValue)] +=
            count
        if isGenerated {
            flows[reward, default: Flow()].generated += count
        } else {
            flows[reward, default: Flow()].imported += count
        }
        flow(state, reward, count)
    }

    func move(_ before: CodeState, to after: CodeState, reward: Int32, file: Int64) {
        guard before != after else { return }
        let key = Key(reward: reward, file: file)
        changes[key, default: CodeCounts.none][Int(before.rawValue)] -= 1
        changes[key, default: CodeCounts.none][Int(after.rawValue)] += 1
        flow(before, reward, -1)
        flow(after, reward, 1)
    }

    /// Codes that left or came back to those that somebody can use.
    private func flow(_ state: CodeState, _ reward: Int32, _ count: Int64) {
        switch state {
        case .available, .assigned: break
        case .burned: flows[reward, default: Flow()].burned += count
        case .expired: flows[reward, default: Flow()].expired += count
        case .voided: flows[reward, default: Flow()].voided += count
        }
    }

    private static let none = [Int64](repeating: 0, count: CodeState.allCases.count)

    /// Writes what has gathered; what is written again the same night adds up.
    func write() throws {
        try writeCounts()
        try writeFlows()
        changes.removeAll()
        flows.removeAll()
    }

    private func writeCounts() throws {
        let before = try connection.prepare(
            """
            SELECT available, assigned, burned, expired, voided FROM code_count
            WHERE reward = ? AND file = ? ORDER BY night DESC LIMIT 1
            """)
        let insert = try connection.prepare(
            """
            INSERT OR REPLACE INTO code_count (reward, file, night, available, assigned, burned, expired,
                voided) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for (key, delta) in changes.sorted(by: {
            ($0.key.reward, $0.key.file) < ($1.key.reward, $1.key.file)
        }) {
            before.bind(Int64(key.reward), at: 1)
            before.bind(key.file, at: 2)
            var counts = delta
            if try before.step() {
                for index in counts.indices { counts[index] += before.integer(Int32(index)) }
            }
            before.reset()
            insert.bind(Int64(key.reward), at: 1)
            insert.bind(key.file, at: 2)
            insert.bind(night, at: 3)
            for index in counts.indices { insert.bind(counts[index], at: Int32(index) + 4) }
            try insert.run()
        }
    }

    private func writeFlows() throws {
        let before = try connection.prepare(
            """
            SELECT night, opening, imported, generated, burned, expired, voided, closing FROM code_flow
            WHERE reward = ? ORDER BY night DESC LIMIT 1
            """)
        let insert = try connection.prepare(
            """
            INSERT OR REPLACE INTO code_flow (reward, night, opening, imported, generated, burned,
                expired, voided, closing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        for (reward, flow) in flows.sorted(by: { $0.key < $1.key }) {
            var opening: Int64 = 0
            var flow = flow
            before.bind(Int64(reward), at: 1)
            if try before.step() {
                opening = before.integer(7)
                if before.date(0) == night {
                    opening = before.integer(1)
                    flow.imported += before.integer(2)
                    flow.generated += before.integer(3)
                    flow.burned += before.integer(4)
                    flow.expired += before.integer(5)
                    flow.voided += before.integer(6)
                }
            }
            before.reset()
            let closing =
                opening + flow.imported + flow.generated - flow.burned - flow.expired - flow.voided
            let values = [
                opening, flow.imported, flow.generated, flow.burned, flow.expired, flow.voided,
                closing,
            ]
            insert.bind(Int64(reward), at: 1)
            insert.bind(night, at: 2)
            for (index, value) in values.enumerated() { insert.bind(value, at: Int32(index) + 3) }
            try insert.run()
        }
    }
}
