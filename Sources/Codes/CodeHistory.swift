internal import Loyalty
internal import Storage

/// What became of a code before, where its row doesn't tell.
final class CodeHistory {
    private let any: Statement
    private let burn: Statement

    init(_ connection: Connection) throws {
        any = try connection.prepare(
            "SELECT 1 FROM code_event WHERE code = ? AND owner = ? LIMIT 1")
        burn = try connection.prepare(
            """
            SELECT before FROM code_event WHERE code = ? AND owner = ? AND after = 2 AND before != 2
            ORDER BY night DESC, seq DESC LIMIT 1
            """)
    }

    /// Whether anything happened to it since it was added.
    func hasEvents(_ row: CodeRow) throws -> Bool {
        any.bind(row.code, at: 1)
        any.bind(Int64(row.owner), at: 2)
        defer { any.reset() }
        return try any.step()
    }

    /// The state that it was burned in.
    func stateBeforeBurn(_ row: CodeRow) throws -> CodeState {
        burn.bind(row.code, at: 1)
        burn.bind(Int64(row.owner), at: 2)
        defer { burn.reset() }
        guard try burn.step() else { return row.card.isEmpty ? .available : .assigned }
        return CodeState(rawValue: UInt8(burn.integer(0))) ?? .available
    }
}
