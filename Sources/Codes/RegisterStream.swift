internal import Loyalty
internal import Storage

/// The register in the order of its codes, as reconciliation looks at it.
///
/// Read a few thousand rows at a time, so that codes may be written while it is read: what is written
/// stands behind or is never met again.
final class RegisterStream {
    /// What of a code is compared.
    struct Row {
        var code: ByteText
        var owner: Int32
        var reward: Int32
        var state: CodeState
        var expiresOn: CivilDate
        /// Of one that is assigned.
        var card: ByteText
        /// Of one that is burned: the system.
        var burnedIn: Int32
    }

    private let query: Statement
    /// Those of the rows, and those of the rows before: the next query begins with one of them.
    private var texts = TextArena(blockBytes: 1 << 18)
    private var textsBefore = TextArena(blockBytes: 1 << 18)
    private var from: ByteText
    private var isEnded = false
    /// Rows of which those from `at` on are still to come.
    private(set) var rows: [Row] = []
    private(set) var at = 0
    /// Where the rows of another code begin than that at `at`.
    private(set) var end = 0

    private static let rowsAtOnce = 4096

    init(_ connection: Connection) throws {
        query = try connection.prepare(
            """
            SELECT code, owner, reward, state, expires_on, card, burned_in FROM code
            WHERE code >= ? ORDER BY code, owner LIMIT \(RegisterStream.rowsAtOnce)
            """)
        from = texts.copy("")
        try fill()
    }

    /// The code that comes next, of one row or of several namespaces; nil at the end.
    var code: ByteText? { at < rows.count ? rows[at].code : nil }

    /// The rows of that code.
    var group: Range<Int> { at..<end }

    /// Goes to the next code.
    func next() throws {
        at = end
        if at == rows.count, !isEnded { try fill() } else { findEnd() }
    }

    private func findEnd() {
        end = at
        guard at < rows.count else { return }
        let code = rows[at].code
        repeat { end += 1 } while end < rows.count && rows[end].code == code
    }

    private func fill() throws {
        query.bind(from, at: 1)
        swap(&texts, &textsBefore)
        texts.removeAll()
        var found: [Row] = []
        found.reserveCapacity(RegisterStream.rowsAtOnce)
        while try query.step() {
            let state = CodeState(rawValue: UInt8(query.integer(3))) ?? .voided
            let code = texts.copy(query.text(0))
            found.append(
                Row(
                    code: code, owner: Int32(query.integer(1)), reward: Int32(query.integer(2)),
                    state: state, expiresOn: query.date(4),
                    card: state == .assigned
                        ? texts.copy(query.text(5)) : ByteText(start: code.start, count: 0),
                    burnedIn: state == .burned ? Int32(query.integer(6)) : 0))
        }
        query.reset()
        rows = found
        at = 0
        isEnded = rows.count < RegisterStream.rowsAtOnce
        if !isEnded, let last = rows.last?.code {
            // More rows of the last code may follow: it comes with the next ones.
            while rows.count > 1, rows.last?.code == last { rows.removeLast() }
            from = last
        }
        findEnd()
    }
}
