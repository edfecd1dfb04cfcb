internal import Loyalty
internal import Storage

/// Reads members' states before the night, a slice of members at a time, in member order.
final class StateReader {
    private let oneMember: Statement
    private let range: Statement
    private let debts: Statement
    private let tiers: Statement
    private let oneTier: Statement
    private let hasDebts: Bool

    private var lots: [(member: Int32, lot: Lot)] = []
    private var owed: [(member: Int32, account: Int, points: Points)] = []
    private var tierOf: [(member: Int32, tier: Int32)] = []
    private var nextLot = 0
    private var nextDebt = 0
    private var nextTier = 0
    private var wantedAt = 0
    /// Where the ids of the lots go.
    private var texts = TextArena(blockBytes: 1)

    init(_ connection: Connection) throws {
        let columns =
            "member, account, id, system, points, remaining, earned_on, active_on, expires_on"
        oneMember = try connection.prepare("SELECT \(columns) FROM lot WHERE member = ?")
        range = try connection.prepare(
            "SELECT \(columns) FROM lot WHERE member BETWEEN ? AND ? ORDER BY member")
        debts = try connection.prepare(
            "SELECT member, account, points FROM debt WHERE member BETWEEN ? AND ? ORDER BY member")
        tiers = try connection.prepare(
            "SELECT id, tier FROM member WHERE id BETWEEN ? AND ? ORDER BY id")
        oneTier = try connection.prepare("SELECT id, tier FROM member WHERE id = ?")
        hasDebts = try connection.integer("SELECT 1 FROM debt LIMIT 1") != nil
    }

    /// Loads the lots, debts and tiers of members that are in ascending order.
    ///
    /// Where the members lie close together the table is read through; a look-up costs about as
    /// much as five rows.
    func load(_ members: ArraySlice<Int32>, texts: TextArena) throws {
        lots.removeAll(keepingCapacity: true)
        owed.removeAll(keepingCapacity: true)
        tierOf.removeAll(keepingCapacity: true)
        self.texts = texts
        (nextLot, nextDebt, nextTier) = (0, 0, 0)
        wantedAt = members.startIndex
        guard let first = members.first, let last = members.last else { return }
        if Int(last - first) < members.count * 4 {
            try rows(range, first, last) { read($0, wanted: members) }
            try rows(tiers, first, last) {
                self.tierOf.append((Int32($0.integer(0)), Int32($0.integer(1))))
            }
        } else {
            for member in members {
                try rows(oneMember, member, nil) { read($0, wanted: nil) }
                try rows(oneTier, member, nil) {
                    self.tierOf.append((Int32($0.integer(0)), Int32($0.integer(1))))
                }
            }
        }
        guard hasDebts else { return }
        try rows(debts, first, last) {
            self.owed.append((Int32($0.integer(0)), Int($0.integer(1)), $0.integer(2)))
        }
    }

    private func rows(
        _ statement: Statement, _ first: Int32, _ last: Int32?, body: (Statement) -> Void
    ) throws {
        statement.bind(Int64(first), at: 1)
        if let last { statement.bind(Int64(last), at: 2) }
        while try statement.step() { body(statement) }
        statement.reset()
    }

    /// Keeps a row, unless it is between the wanted members.
    private func read(_ row: Statement, wanted: ArraySlice<Int32>?) {
        let member = Int32(row.integer(0))
        if let wanted {
            while wantedAt < wanted.endIndex, wanted[wantedAt] < member { wantedAt += 1 }
            guard wantedAt < wanted.endIndex, wanted[wantedAt] == member else { return }
        }
        let lot = Lot(
            account: row.integer(1) == 0 ? .spend : .status, system: Int32(row.integer(3)),
            id: texts.copy(row.text(2)), points: row.integer(4), remaining: row.integer(5),
            earnedOn: row.date(6), activeOn: row.date(7),
            expiresOn: row.isNull(8) ? Lot.never : row.date(8))
        lots.append((member, lot))
    }

    /// Moves one member's state out; members must be asked for in order.
    ///
    /// Gives his tier.
    func take(_ member: Int32, into state: inout MemberState) -> Int32 {
        while nextLot < lots.count, lots[nextLot].member < member { nextLot += 1 }
        while nextLot < lots.count, lots[nextLot].member == member {
            state.lots.append(lots[nextLot].lot)
            nextLot += 1
        }
        while nextDebt < owed.count, owed[nextDebt].member < member { nextDebt += 1 }
        while nextDebt < owed.count, owed[nextDebt].member == member {
            state.debts[owed[nextDebt].account] = owed[nextDebt].points
            nextDebt += 1
        }
        while nextTier < tierOf.count, tierOf[nextTier].member < member { nextTier += 1 }
        guard nextTier < tierOf.count, tierOf[nextTier].member == member else { return 0 }
        return tierOf[nextTier].tier
    }
}
