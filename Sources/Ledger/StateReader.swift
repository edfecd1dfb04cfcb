internal import Loyalty
internal import Storage

/// Reads members' states before the night, a slice of members at a time, in member order.
final class StateReader {
    private let oneMember: Statement
    private let range: Statement
    private let debts: Statement
    private let hasDebts: Bool

    private var lots: [(member: Int32, lot: Lot)] = []
    private var owed: [(member: Int32, account: Int, points: Points)] = []
    private var nextLot = 0
    private var nextDebt = 0

    init(_ connection: Connection) throws {
        let columns =
            "member, account, id, system, points, remaining, earned_on, active_on, expires_on"
        oneMember = try connection.prepare("SELECT \(columns) FROM lot WHERE member = ?")
        range = try connection.prepare(
            "SELECT \(columns) FROM lot WHERE member BETWEEN ? AND ? ORDER BY member")
        debts = try connection.prepare(
            "SELECT member, account, points FROM debt WHERE member BETWEEN ? AND ? ORDER BY member")
        hasDebts = try connection.integer("SELECT 1 FROM debt LIMIT 1") != nil
    }

    /// Loads the lots and debts of members that are in ascending order.
    ///
    /// Where the members lie close together the table is read through; a look-up costs about as
    /// much as five rows.
    func load(_ members: ArraySlice<Int32>, texts: TextArena) throws {
        lots.removeAll(keepingCapacity: true)
        owed.removeAll(keepingCapacity: true)
        (nextLot, nextDebt) = (0, 0)
        guard let first = members.first, let last = members.last else { return }
        if Int(last - first) < members.count * 4 {
            try readLots(first, last, of: members, texts)
        } else {
            oneMember.reset()
            for member in members {
                oneMember.bind(Int64(member), at: 1)
                while try oneMember.step() { lots.append((member, lot(oneMember, texts))) }
                oneMember.reset()
            }
        }
        guard hasDebts else { return }
        debts.bind(Int64(first), at: 1)
        debts.bind(Int64(last), at: 2)
        while try debts.step() {
            owed.append((Int32(debts.integer(0)), Int(debts.integer(1)), debts.integer(2)))
        }
        debts.reset()
    }

    /// Reads the lots of a range, but for those of members between the wanted ones.
    private func readLots(
        _ first: Int32, _ last: Int32, of wanted: ArraySlice<Int32>, _ texts: TextArena
    ) throws {
        range.bind(Int64(first), at: 1)
        range.bind(Int64(last), at: 2)
        var at = wanted.startIndex
        while try range.step() {
            let member = Int32(range.integer(0))
            while at < wanted.endIndex, wanted[at] < member { at += 1 }
            guard at < wanted.endIndex else { break }
            if wanted[at] == member { lots.append((member, lot(range, texts))) }
        }
        range.reset()
    }

    private func lot(_ row: Statement, _ texts: TextArena) -> Lot {
        Lot(
            account: row.integer(1) == 0 ? .spend : .status, system: Int32(row.integer(3)),
            id: texts.copy(row.text(2)), points: row.integer(4), remaining: row.integer(5),
            earnedOn: row.date(6), activeOn: row.date(7),
            expiresOn: row.isNull(8) ? Lot.never : row.date(8))
    }

    /// Moves one member's state out; members must be asked for in order.
    func take(_ member: Int32, into state: inout MemberState) {
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
    }
}
