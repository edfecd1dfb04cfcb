internal import Loyalty
internal import Storage

/// The codes that can be handed out tonight: of each reward the soonest expiry first, then in order of import.
///
/// It reads on as codes are taken, so that a night looks at what it hands out and little more.
final class CodeStock {
    /// A code of a namespace.
    struct Key: Hashable {
        var code: ByteText
        var owner: Int32

        init(_ row: CodeRow) {
            code = row.code
            owner = row.owner
        }

        init(code: ByteText, owner: Int32) {
            self.code = code
            self.owner = owner
        }
    }

    private struct Shelf {
        var rows: [CodeRow] = []
        var next = 0
        var isEmpty = false
    }

    private let register: Register
    private let read: Statement
    private var shelves: [Int32: Shelf] = [:]
    /// Codes that tonight's lines name, or that are taken: nobody else gets them.
    private var kept: Set<Key> = []

    private static let rowsAtOnce = 256

    init(_ register: Register, _ connection: Connection) throws {
        self.register = register
        read = try connection.prepare(
            """
            SELECT \(Register.columns) FROM code INDEXED BY code_available
            WHERE reward = ?1 AND state = 0
                AND (expires_on, file, line, code, owner) > (?2, ?3, ?4, ?5, ?6)
            ORDER BY expires_on, file, line, code, owner LIMIT ?7
            """)
    }

    /// Sets a code aside.
    func keep(_ key: Key) { kept.insert(key) }

    /// The next code of a reward that is good when it is granted tonight; nil where there is none.
    func take(_ id: Int32, _ reward: Reward) throws -> (CodeRow, ClosedRange<CivilDate>)? {
        var shelf = shelves[id] ?? Shelf()
        defer { shelves[id] = shelf }
        while true {
            if shelf.next == shelf.rows.count {
                guard !shelf.isEmpty, try fill(&shelf, id) else { return nil }
            }
            let row = shelf.rows[shelf.next]
            shelf.next += 1
            guard
                let days = reward.goodDays(
                    grantedOn: register.night, from: row.validFrom, to: row.expiresOn),
                days.upperBound >= register.night, kept.insert(Key(row)).inserted
            else { continue }
            return (row, days)
        }
    }

    private func fill(_ shelf: inout Shelf, _ reward: Int32) throws -> Bool {
        let last = shelf.rows.last
        read.bind(Int64(reward), at: 1)
        read.bind(last?.expiresOn ?? register.night.adding(days: -1), at: 2)
        // Behind all that has this last day.
        read.bind(last?.file ?? Int64.max, at: 3)
        read.bind(Int64(last?.line ?? Int32.max), at: 4)
        if let last { read.bind(last.code, at: 5) } else { read.bind("", at: 5) }
        read.bind(Int64(last?.owner ?? Int32.max), at: 6)
        read.bind(Int64(CodeStock.rowsAtOnce), at: 7)
        defer { read.reset() }
        shelf.rows.removeAll(keepingCapacity: true)
        shelf.next = 0
        while try read.step() { shelf.rows.append(register.row(read)) }
        shelf.isEmpty = shelf.rows.count < CodeStock.rowsAtOnce
        return !shelf.rows.isEmpty
    }
}
