internal import Loyalty
internal import Storage

/// Meets the register with codes that come in the order of their bytes.
///
/// It reads on from code to code while that is cheaper than looking the next one up, so that a file of many
/// codes costs one walk and a file of a few costs their look-ups.
final class RegisterWalk {
    /// What of a code tells what may happen to it.
    struct Row {
        var owner: Int32
        var reward: Int32
        var state: CodeState
    }

    /// A look-up costs about as much as so many rows.
    private static let rowsPerSeek = 8

    private let query: Statement
    private var isOpen = false
    private var hasRow = false

    init(_ connection: Connection) throws {
        query = try connection.prepare(
            "SELECT code, owner, reward, state FROM code WHERE code >= ? ORDER BY code, owner")
    }

    /// The rows of a code, of each namespace that has it; codes are asked for in ascending order.
    func rows(of code: ByteText) throws -> [Row] {
        var rows: [Row] = []
        if !isOpen { try seek(code) }
        var steps = 0
        while hasRow, query.text(0) < code {
            steps += 1
            if steps < RegisterWalk.rowsPerSeek {
                hasRow = try query.step()
            } else {
                try seek(code)
            }
        }
        while hasRow, query.text(0) == code {
            rows.append(
                Row(
                    owner: Int32(query.integer(1)), reward: Int32(query.integer(2)),
                    state: CodeState(rawValue: UInt8(query.integer(3))) ?? .voided))
            hasRow = try query.step()
        }
        return rows
    }

    /// Lets go of the table before it is written.
    func pause() {
        query.reset()
        isOpen = false
    }

    private func seek(_ code: ByteText) throws {
        query.reset()
        query.bind(code, at: 1)
        isOpen = true
        hasRow = try query.step()
    }
}
