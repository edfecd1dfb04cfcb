internal import Loyalty
internal import Storage

/// Asks for more codes of the rewards of which few are left: the only writer of the tables refill_request and
/// low_stock.
///
/// Source: spec, part 4 'Replenishment'.
struct Replenishment {
    /// What there is of a reward.
    private struct Stock {
        var available: Int64 = 0
        /// Asked for and not come yet.
        var outstanding: Int64 = 0
        /// Grants that wait for a code.
        var waiting: Int64 = 0

        var count: Int64 { available + outstanding - waiting }
    }

    private let night: CodeNight
    private let connection: Connection
    private let day: CivilDate
    private let register: Register
    private let messages: CodeMessages
    private let maker: CodeMaker
    private let texts = TextArena()

    /// Nights that the forecast looks back on.
    private static let nights = 28

    init(_ night: CodeNight, generator: CodeGenerator = CodeGenerator()) throws {
        self.night = night
        connection = night.connection
        day = night.day
        register = night.register
        messages = try CodeMessages(
            night.connection, night.terms, night.program.currency, night.register)
        maker = CodeMaker(register, generator: generator)
    }

    func run() throws {
        // What came tonight answers what was asked for.
        try register.counts.write()
        for (id, reward) in register.rewards.all {
            guard let threshold = reward.threshold, reward.isRefilled, reward.lastDay >= day else {
                continue
            }
            try answer(id)
            var stock = try stock(of: id)
            guard stock.available < threshold else { continue }
            var asked: Int64 = 0
            if stock.outstanding == 0, stock.count < threshold {
                asked = max(0, Int64(reward.refill) - stock.count)
            }
            let action = try ask(for: asked, id, reward)
            if reward.renewal == .program { stock.outstanding = 0 }
            try note(id, stock, threshold, asked, action)
        }
    }

    // MARK: What there is

    private func stock(of reward: Int32) throws -> Stock {
        Stock(
            available: try connection.integer(
                """
                SELECT count(*) FROM code INDEXED BY code_available
                WHERE reward = ? AND state = 0 AND expires_on >= ?
                """, .integer(Int(reward)), .date(day)) ?? 0,
            outstanding: try connection.integer(
                """
                SELECT sum(max(0, asked - came)) FROM refill_request WHERE reward = ? AND state = 0
                """, .integer(Int(reward))) ?? 0,
            waiting: try connection.integer(
                """
                SELECT count(*) FROM claim INDEXED BY claim_waiting
                WHERE state = 2 AND reward = ? AND reason = 'sold_out'
                """, .integer(Int(reward))) ?? 0)
    }

    /// Counts what has come of a request: all of it answers it; with too little it lapses in the end.
    private func answer(_ reward: Int32) throws {
        try connection.execute(
            """
            UPDATE refill_request SET came = (SELECT coalesce(sum(imported + generated), 0)
                FROM code_flow f WHERE f.reward = refill_request.reward AND f.night > asked_on
                AND f.night <= ?2)
            WHERE reward = ?1 AND state = 0
            """, .integer(Int(reward)), .date(day))
        try connection.execute(
            """
            UPDATE refill_request SET state = CASE WHEN came >= asked THEN 1 ELSE 2 END
            WHERE reward = ?1 AND state = 0 AND (came >= asked OR until <= ?2)
            """, .integer(Int(reward)), .date(day))
    }

    /// The days until the stock is used up, as the last nights went; nil where nothing was used.
    private func daysLeft(_ reward: Int32, _ stock: Stock) throws -> Int64? {
        var days: Int64?
        // The first night brought in what was used long before.
        try connection.forEach(
            """
            SELECT sum(burned), ?2 - max(?2 - ?3, (SELECT min(night) FROM code_flow WHERE reward = ?1))
            FROM code_flow WHERE reward = ?1 AND night > ?2 - ?3
                AND night > (SELECT min(night) FROM code_flow WHERE reward = ?1)
            """, .integer(Int(reward)), .date(day), .integer(Replenishment.nights)
        ) { row in
            let (used, nights) = (row.integer(0), row.integer(1))
            if used > 0 { days = max(0, stock.available) * nights / used }
        }
        return days
    }

    // MARK: Asking

    /// Asks for so many codes whoever makes them, and says what was done in a word.
    private func ask(
        for quantity: Int64, _ id: Int32, _ reward: Reward
    ) throws -> String {
        guard quantity > 0 else { return "outstanding" }
        switch reward.renewal {
        case .program:
            try generate(quantity, id, reward)
            return "generated"
        case .generated:
            try messages.request(
                reward.owner, reward, quantity: quantity, subject: texts.copy(reward.id))
            try keep(quantity, id, reward)
            return "requested"
        case .manual, .atGrant:
            var entry = CodeExceptionBook.Entry(
                .lowStock, system: try register.owner(of: id), source: texts.copy(reward.id),
                code: texts.copy(""))
            entry.reward = id
            try night.exceptions.note(entry)
            try keep(quantity, id, reward)
            return "manual"
        }
    }

    private func keep(_ quantity: Int64, _ id: Int32, _ reward: Reward) throws {
        let days = night.terms.system(reward.owner)?.renewAfterDays ?? reward.renewAfterDays
        try connection.execute(
            "INSERT INTO refill_request (reward, asked_on, asked, until, state) VALUES (?, ?, ?, ?, 0)",
            .integer(Int(id)), .date(day), .integer(quantity), .date(day.adding(days: days)))
    }

    /// Makes codes and sends them to every system.
    private func generate(_ quantity: Int64, _ id: Int32, _ reward: Reward) throws {
        for _ in 0..<quantity {
            let row = try maker.make(id, reward)
            for system in reward.systems { try messages.tell(system, .add, row) }
        }
    }

    private func note(
        _ id: Int32, _ stock: Stock, _ threshold: Int, _ asked: Int64, _ action: String
    ) throws {
        try connection.execute(
            """
            INSERT INTO low_stock (night, reward, available, outstanding, waiting, threshold,
                quantity, action, days_left) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .date(day), .integer(Int(id)), .integer(stock.available),
            .integer(stock.outstanding), .integer(stock.waiting), .integer(threshold),
            .integer(asked), .text(action), .integer(try daysLeft(id, stock).map { Int($0) }))
    }
}

extension Reward {
    /// Whether its stock of codes runs low and can be filled up.
    fileprivate var isRefilled: Bool {
        status == .active && renewal != .atGrant && kind != .badge && kind != .giftCode
    }
}
