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
        for (state, index) in [
            (CodeState.available, "code_available"), (.assigned, "code_assigned"),
        ] {
            let find = try connection.prepare(
                """
                SELECT \(Register.columns) FROM code INDEXED BY \(index)
                WHERE reward = ? AND state = \(state.rawValue) AND expires_on <= ?
                """)
            for (id, reward) in register.rewards.all {
                find.bind(Int64(id), at: 1)
                find.bind(reward.lastDay <= day ? Lot.never : day, at: 2)
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
