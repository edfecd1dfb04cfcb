internal import Loyalty
internal import Storage

/// What became of a code before, where its row doesn't tell.
final class CodeHistory {
    private let expiry: Statement
    private let burn: Statement

    init(_ connection: Connection) throws {
        expiry = try connection.prepare(
            "SELECT 1 FROM code_event WHERE code = ? AND owner = ? AND after = 3 LIMIT 1")
        burn = try connection.prepare(
            """
            SELECT before FROM code_event WHERE code = ? AND owner = ? AND after = 2 AND before != 2
            ORDER BY night DESC, seq DESC LIMIT 1
            """)
    }

    /// Whether it expired here, by its day; else a file said so.
    func hasExpired(_ row: CodeRow) throws -> Bool {
        expiry.bind(row.code, at: 1)
        expiry.bind(Int64(row.owner), at: 2)
        defer { expiry.reset() }
        return try expiry.step()
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
