internal import Loyalty
internal import Storage

/// Writes what the fold did to a slice of members, each table in its own key order.
final class StateWriter {
    private let night: CivilDate
    private let insertLots: BulkInsert
    private let replaceLot: Statement
    private let insertPostings: BulkInsert
    private let insertBalances: BulkInsert
    private let insertExpiring: BulkInsert
    private let updateLot: Statement
    private let deleteLot: Statement
    private let setDebt: Statement
    private let deleteDebt: Statement
    private let connection: Connection
    /// Whose the last posting is; nil before the first.
    private var lastMember: Int32?

    init(_ connection: Connection, night: CivilDate) throws {
        self.connection = connection
        self.night = night
        let lotColumns = [
            "member", "account", "id", "system", "points", "remaining", "earned_on", "active_on",
            "expires_on",
        ]
        insertLots = try BulkInsert(connection, "INSERT OR IGNORE", into: "lot", lotColumns)
        let columns = lotColumns.joined(separator: ", ")
        replaceLot = try connection.prepare(
            "INSERT OR REPLACE INTO lot (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        insertPostings = try BulkInsert(
            connection, into: "posting",
            [
                "night", "member", "account", "kind", "system", "source", "lot_system", "lot",
                "points", "date", "active_on", "expires_on",
            ])
        insertBalances = try BulkInsert(
            connection, into: "balance",
            [
                "night", "member", "account", "available", "pending", "debt", "next_expires_on",
                "next_expiring_points", "tier",
            ])
        insertExpiring = try BulkInsert(
            connection, "INSERT OR IGNORE", into: "expiring", ["expires_on", "member"])
        let key = "WHERE member = ? AND account = ? AND id = ? AND system = ?"
        updateLot = try connection.prepare("UPDATE lot SET remaining = ? \(key)")
        deleteLot = try connection.prepare("DELETE FROM lot \(key)")
        setDebt = try connection.prepare(
            "INSERT OR REPLACE INTO debt (points, member, account) VALUES (?, ?, ?)")
        deleteDebt = try connection.prepare("DELETE FROM debt WHERE member = ? AND account = ?")
    }

    func write(_ changes: StateChanges) throws {
        try writeLots(changes)
        try writePostings(changes)
        let balances = changes.balances
        let expiring = changes.expiring
        try insertBalances.rows(balances.count) { row, statement, first in
            let held = balances[row]
            statement.bind(night, at: first + 1)
            statement.bind(Int64(held.member), at: first + 2)
            statement.bind(Int64(held.account.rawValue), at: first + 3)
            statement.bind(held.balance.available, at: first + 4)
            statement.bind(held.balance.pending, at: first + 5)
            statement.bind(held.balance.debt, at: first + 6)
            statement.bindUnlessNever(held.balance.nextExpiresOn, at: first + 7)
            statement.bind(held.balance.nextExpiringPoints, at: first + 8)
            statement.bind(Int64(held.tier), at: first + 9)
        }
        try insertExpiring.rows(expiring.count) { row, statement, first in
            statement.bind(expiring[row].expiresOn, at: first + 1)
            statement.bind(Int64(expiring[row].member), at: first + 2)
        }
        for debt in changes.debts {
            if debt.points == 0 {
                deleteDebt.bind(Int64(debt.member), at: 1)
                deleteDebt.bind(Int64(debt.account), at: 2)
                try deleteDebt.run()
            } else {
                setDebt.bind(debt.points, at: 1)
                setDebt.bind(Int64(debt.member), at: 2)
                setDebt.bind(Int64(debt.account), at: 3)
                try setDebt.run()
            }
        }
    }

    private func writeLots(_ changes: StateChanges) throws {
        let created = changes.created
        for (member, lot) in changes.changed {
            let statement = lot.remaining == 0 ? deleteLot : updateLot
            var first: Int32 = 0
            if lot.remaining > 0 {
                statement.bind(lot.remaining, at: 1)
                first = 1
            }
            statement.bind(Int64(member), at: first + 1)
            statement.bind(Int64(lot.account.rawValue), at: first + 2)
            statement.bind(lot.id, at: first + 3)
            statement.bind(Int64(lot.system), at: first + 4)
            try statement.run()
        }
        func bind(_ row: Int, _ statement: Statement, _ first: Int32) {
            let (member, lot) = created[row]
            statement.bind(Int64(member), at: first + 1)
            statement.bind(Int64(lot.account.rawValue), at: first + 2)
            statement.bind(lot.id, at: first + 3)
            statement.bind(Int64(lot.system), at: first + 4)
            statement.bind(lot.points, at: first + 5)
            statement.bind(lot.remaining, at: first + 6)
            statement.bind(lot.earnedOn, at: first + 7)
            statement.bind(lot.activeOn, at: first + 8)
            statement.bindUnlessNever(lot.expiresOn, at: first + 9)
        }
        try insertLots.rows(created.count, bind: bind) { rows, changes in
            // A correction makes a lot anew that may be in the store.
            guard changes < rows.count else { return }
            for row in rows {
                bind(row, replaceLot, 0)
                try replaceLot.run()
            }
        }
    }

    private func writePostings(_ changes: StateChanges) throws {
        let postings = changes.postings
        try insertPostings.rows(postings.count) { row, statement, first in
            let (member, posting) = postings[row]
            statement.bind(night, at: first + 1)
            statement.bind(Int64(member), at: first + 2)
            statement.bind(Int64(posting.account.rawValue), at: first + 3)
            statement.bind(Int64(posting.kind.rawValue), at: first + 4)
            statement.bind(Int64(posting.system), at: first + 5)
            statement.bind(posting.source, at: first + 6)
            if posting.lot.isEmpty {
                statement.bindNull(at: first + 7)
                statement.bindNull(at: first + 8)
            } else {
                statement.bind(Int64(posting.lotSystem), at: first + 7)
                statement.bind(posting.lot, at: first + 8)
            }
            statement.bind(posting.points, at: first + 9)
            statement.bind(posting.date, at: first + 10)
            if posting.fillsLot {
                statement.bind(posting.activeOn, at: first + 11)
                statement.bindUnlessNever(posting.expiresOn, at: first + 12)
            } else {
                statement.bindNull(at: first + 11)
                statement.bindNull(at: first + 12)
            }
        }
        guard let first = postings.first, let last = postings.last else { return }
        if lastMember == nil {
            try connection.execute(
                "INSERT INTO posting_range (first, night) VALUES (?, ?)",
                .integer(connection.lastInsertedRow - Int64(postings.count) + 1), .date(night))
        }
        precondition(lastMember ?? first.member <= first.member, "postings out of member order")
        lastMember = last.member
    }
}

extension Statement {
    /// Binds a date, or NULL for the one that is no date.
    func bindUnlessNever(_ date: CivilDate, at index: Int32) {
        if date == Lot.never { bindNull(at: index) } else { bind(date, at: index) }
    }
}
