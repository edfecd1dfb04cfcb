internal import Loyalty
internal import Storage

/// The statements around the tables burn and burn_outcome: their only writer.
final class BurnTable {
    /// What the night made of a burn, as it is kept and listed.
    struct Entry {
        var burn: Burn
        var detail: String
        /// False for what the report of the night doesn't list.
        var isListed: Bool
    }

    private let night: CivilDate
    private let texts: TextArena
    private let byIdentity: Statement
    private let byCode: Statement
    private let connection: Connection

    private static let columns = [
        "system", "id", "night", "code", "burned_at", "store", "channel", "card", "receipt",
        "order_amount", "discount", "is_reversal", "state", "outcome", "owner", "reward", "charged",
        "awaits_order", "until", "file", "line",
    ]
    private static let list = columns.joined(separator: ", ")

    /// - Parameter texts: owns the texts of what is read.
    init(_ connection: Connection, night: CivilDate, texts: TextArena) throws {
        self.connection = connection
        self.night = night
        self.texts = texts
        byIdentity = try connection.prepare(
            "SELECT \(BurnTable.list) FROM burn WHERE system = ? AND id = ? AND is_reversal = ?")
        byCode = try connection.prepare(
            "SELECT \(BurnTable.list) FROM burn WHERE code = ? AND state = 0")
    }

    func find(_ system: Int32, _ id: ByteText, isReversal: Bool) throws -> Burn? {
        byIdentity.bind(Int64(system), at: 1)
        byIdentity.bind(id, at: 2)
        byIdentity.bind(isReversal ? 1 : 0, at: 3)
        defer { byIdentity.reset() }
        return try byIdentity.step() ? burn(byIdentity) : nil
    }

    /// The burns of a code that were judged on earlier nights.
    func burns(of code: ByteText) throws -> [Burn] {
        byCode.bind(code, at: 1)
        defer { byCode.reset() }
        var burns: [Burn] = []
        while try byCode.step() { burns.append(burn(byCode)) }
        return burns
    }

    /// What still waits of earlier nights.
    func waiting() throws -> [Burn] {
        var burns: [Burn] = []
        try connection.forEach(
            """
            SELECT \(BurnTable.list) FROM burn INDEXED BY burn_waiting WHERE state = 1
            ORDER BY system, id
            """
        ) { burns.append(burn($0)) }
        return burns
    }

    private func burn(_ row: Statement) -> Burn {
        Burn(
            system: Int32(row.integer(0)), id: texts.copy(row.text(1)),
            code: texts.copy(row.text(3)), burnedAt: row.integer(4),
            store: texts.copy(row.text(5)), channel: texts.copy(row.text(6)),
            card: texts.copy(row.text(7)), receipt: texts.copy(row.text(8)),
            orderAmount: row.isNull(9) ? nil : row.integer(9),
            discount: row.isNull(10) ? nil : row.integer(10), isReversal: row.integer(11) == 1,
            night: row.date(2), state: Burn.State(rawValue: row.integer(12)) ?? .judged,
            outcome: BurnOutcome(rawValue: row.string(13)) ?? .burned,
            owner: Int32(row.integer(14)), reward: Int32(row.integer(15)),
            charged: row.integer(16), awaitsOrder: row.integer(17) == 1, until: row.date(18),
            file: row.integer(19), line: Int32(row.integer(20)))
    }

    /// Burns of earlier nights whose order has come by now, with what it came to.
    func awaited() throws -> [(burn: Burn, amount: MinorUnits)] {
        var burns: [(burn: Burn, amount: MinorUnits)] = []
        let columns = BurnTable.columns.map { "b.\($0)" }.joined(separator: ", ")
        try connection.forEach(
            """
            SELECT \(columns), o.net FROM burn b INDEXED BY burn_awaiting
            JOIN code_system c ON c.id = b.system JOIN system s ON s.name = c.name
            JOIN orders o ON o.system = s.id AND o.id = b.receipt WHERE b.awaits_order = 1
            """
        ) { burns.append((burn($0), $0.integer(Int32(BurnTable.columns.count)))) }
        return burns
    }

    // MARK: Writing

    /// Ends the wait for orders: of burns whose order came, and of those that have waited for `park`.
    func endAwaiting(_ burns: [Burn]) throws {
        let one = try connection.prepare(
            """
            UPDATE burn SET awaits_order = 0 WHERE system = ? AND id = ? AND is_reversal = 0
            """)
        for burn in burns {
            one.bind(Int64(burn.system), at: 1)
            one.bind(burn.id, at: 2)
            try one.run()
        }
        try connection.execute(
            "UPDATE burn SET awaits_order = 0 WHERE awaits_order = 1 AND until <= ?", .date(night))
    }

    /// Keeps what the night made of burns, in the order of their keys.
    func write(_ entries: [Entry]) throws {
        let order = entries.indices.sorted { left, right in
            let one = entries[left].burn
            let other = entries[right].burn
            if one.system != other.system { return one.system < other.system }
            if one.id != other.id { return one.id < other.id }
            return !one.isReversal && other.isReversal
        }
        let rows = try BulkInsert(
            connection, "INSERT OR REPLACE", into: "burn", BurnTable.columns)
        try rows.rows(order.count) { row, statement, first in
            BurnTable.bind(entries[order[row]].burn, to: statement, first)
        }
        let listed = order.filter { entries[$0].isListed }
        let outcomes = try BulkInsert(
            connection, "INSERT OR REPLACE", into: "burn_outcome",
            [
                "night", "system", "id", "is_reversal", "outcome", "owner", "reward", "charged",
                "detail",
            ])
        try outcomes.rows(listed.count) { row, statement, first in
            let entry = entries[listed[row]]
            statement.bind(night, at: first + 1)
            statement.bind(Int64(entry.burn.system), at: first + 2)
            statement.bind(entry.burn.id, at: first + 3)
            statement.bind(entry.burn.isReversal ? 1 : 0, at: first + 4)
            statement.bind(entry.burn.outcome.rawValue, at: first + 5)
            statement.bindUnlessZero(Int64(entry.burn.owner), at: first + 6)
            statement.bindUnlessZero(Int64(entry.burn.reward), at: first + 7)
            statement.bindUnlessZero(entry.burn.charged, at: first + 8)
            if entry.detail.isEmpty {
                statement.bindNull(at: first + 9)
            } else {
                statement.bind(entry.detail, at: first + 9)
            }
        }
    }

    private static func bind(_ burn: Burn, to statement: Statement, _ first: Int32) {
        statement.bind(Int64(burn.system), at: first + 1)
        statement.bind(burn.id, at: first + 2)
        statement.bind(burn.night, at: first + 3)
        statement.bind(burn.code, at: first + 4)
        statement.bind(burn.burnedAt, at: first + 5)
        statement.bind(orNull: burn.store, at: first + 6)
        statement.bind(orNull: burn.channel, at: first + 7)
        statement.bind(orNull: burn.card, at: first + 8)
        statement.bind(orNull: burn.receipt, at: first + 9)
        statement.bind(orNull: burn.orderAmount, at: first + 10)
        statement.bind(orNull: burn.discount, at: first + 11)
        statement.bind(burn.isReversal ? 1 : 0, at: first + 12)
        statement.bind(burn.state.rawValue, at: first + 13)
        statement.bind(burn.outcome.rawValue, at: first + 14)
        statement.bindUnlessZero(Int64(burn.owner), at: first + 15)
        statement.bindUnlessZero(Int64(burn.reward), at: first + 16)
        statement.bindUnlessZero(burn.charged, at: first + 17)
        statement.bind(burn.awaitsOrder ? 1 : 0, at: first + 18)
        statement.bind(burn.until, at: first + 19)
        statement.bind(burn.file, at: first + 20)
        statement.bind(Int64(burn.line), at: first + 21)
    }
}
