internal import Loyalty
internal import Storage

/// Reads members' states before the night, a slice of members at a time, in member order.
final class StateReader {
    private let oneMember: Statement
    private let range: Statement
    private let debts: Statement
    private let manyHolders: Statement
    private let oneHolder: Statement
    private let hasDebts: Bool

    private var lots: [(member: Int32, lot: Lot)] = []
    private var owed: [(member: Int32, account: Int, points: Points)] = []
    private var holders: [(member: Int32, tier: Int32, identity: ByteText)] = []
    private var nextLot = 0
    private var nextDebt = 0
    private var nextHolder = 0
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
        let holder = "SELECT id, tier, \(MemberIdentity.sql) FROM member"
        manyHolders = try connection.prepare("\(holder) WHERE id BETWEEN ? AND ? ORDER BY id")
        oneHolder = try connection.prepare("\(holder) WHERE id = ?")
        hasDebts = try connection.integer("SELECT 1 FROM debt LIMIT 1") != nil
    }

    /// Loads the lots, debts, tiers and identities of members that are in ascending order.
    ///
    /// Where the members lie close together the table is read through; a look-up costs about as
    /// much as five rows.
    func load(_ members: ArraySlice<Int32>, texts: TextArena) throws {
        lots.removeAll(keepingCapacity: true)
        owed.removeAll(keepingCapacity: true)
        holders.removeAll(keepingCapacity: true)
        self.texts = texts
        (nextLot, nextDebt, nextHolder) = (0, 0, 0)
        guard let first = members.first, let last = members.last else { return }
        if Int(last - first) < members.count * 4 {
            try rows(range, first, last, of: members, readLot)
            try rows(manyHolders, first, last, of: members, readHolder)
        } else {
            for member in members {
                try rows(oneMember, member, nil, readLot)
                try rows(oneHolder, member, nil, readHolder)
            }
        }
        guard hasDebts else { return }
        try rows(debts, first, last) {
            self.owed.append((Int32($0.integer(0)), Int($0.integer(1)), $0.integer(2)))
        }
    }

    /// Hands out the rows of a range, but for those between the wanted members.
    private func rows(
        _ statement: Statement, _ first: Int32, _ last: Int32, of wanted: ArraySlice<Int32>,
        _ body: (Statement) -> Void
    ) throws {
        var at = wanted.startIndex
        try rows(statement, first, last) { row in
            let member = Int32(row.integer(0))
            while at < wanted.endIndex, wanted[at] < member { at += 1 }
            if at < wanted.endIndex, wanted[at] == member { body(row) }
        }
    }

    private func rows(
        _ statement: Statement, _ first: Int32, _ last: Int32?, _ body: (Statement) -> Void
    ) throws {
        statement.bind(Int64(first), at: 1)
        if let last { statement.bind(Int64(last), at: 2) }
        while try statement.step() { body(statement) }
        statement.reset()
    }

    private func readHolder(_ row: Statement) {
        holders.append(
            (Int32(row.integer(0)), Int32(row.integer(1)), texts.copy(row.text(2))))
    }

    private func readLot(_ row: Statement) {
        let lot = Lot(
            account: row.integer(1) == 0 ? .spend : .status, system: Int32(row.integer(3)),
            id: texts.copy(row.text(2)), points: row.integer(4), remaining: row.integer(5),
            earnedOn: row.date(6), activeOn: row.date(7),
            expiresOn: row.isNull(8) ? Lot.never : row.date(8))
        lots.append((Int32(row.integer(0)), lot))
    }

    /// Moves one member's state out; members must be asked for in order.
    ///
    /// Gives his tier and his identity.
    func take(
        _ member: Int32, into state: inout MemberState
    ) -> (tier: Int32, identity: ByteText) {
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
        while nextHolder < holders.count, holders[nextHolder].member < member { nextHolder += 1 }
        guard nextHolder < holders.count, holders[nextHolder].member == member else {
            return (0, texts.copy(""))
        }
        return (holders[nextHolder].tier, holders[nextHolder].identity)
    }
}
