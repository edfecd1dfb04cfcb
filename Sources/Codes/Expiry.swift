internal import Loyalty
internal import Storage

/// Writes `expired` for codes that nobody can use any more.
struct Expiry {
    private let register: Register
    private let connection: Connection

    init(_ register: Register, _ connection: Connection) {
        self.register = register
        self.connection = connection
    }

    /// Codes whose last good day, or whose reward's, is the business date or before.
    func run() throws {
        let day = register.night
        let find = try connection.prepare(
            """
            SELECT \(Register.columns) FROM code INDEXED BY code_open
            WHERE reward = ? AND state = ? AND expires_on <= ? AND state IN (0, 1)
            """)
        for (id, reward) in register.rewards.all {
            let limit = reward.lastDay <= day ? Lot.never : day
            for state in [CodeState.available, .assigned] {
                find.bind(Int64(id), at: 1)
                find.bind(Int64(state.rawValue), at: 2)
                find.bind(limit, at: 3)
                var rows: [CodeRow] = []
                while try find.step() { rows.append(register.row(find)) }
                find.reset()
                for var row in rows {
                    row.state = .expired
                    try register.change(
                        row, from: state,
                        CodeTransition(
                            at: day.midnight, system: 0, file: 0, line: 0, reason: "expired",
                            source: ByteText(start: row.code.start, count: 0)))
                }
            }
        }
    }
}
