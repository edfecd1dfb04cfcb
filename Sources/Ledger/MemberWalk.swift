internal import Loyalty
internal import Storage

/// Walks postings, balances, lots and debts side by side, a member at a time.
///
/// SQLite sorts what doesn't lie in member order, on disk where it is much: memory holds one member.
struct MemberWalk {
    private(set) var postingsRead = 0
    private let replay: MemberReplay
    private let findings: Findings
    private let program: Program
    private var postings: Cursor
    private var balances: Cursor
    private var lots: Cursor
    private var debts: Cursor
    private let lastNight: CivilDate

    /// A query whose first column is the member.
    private struct Cursor {
        let row: Statement
        var member: Int64?

        init(_ connection: Connection, _ sql: String) throws {
            row = try connection.prepare(sql)
            try step()
        }

        mutating func step() throws { member = try row.step() ? row.integer(0) : nil }
    }

    init(
        _ connection: Connection, replay: MemberReplay, findings: Findings, program: Program
    ) throws {
        self.replay = replay
        self.findings = findings
        self.program = program
        postings = try Cursor(
            connection,
            """
            SELECT member, night, account, kind, system, source, lot_system, lot, points, date,
                active_on, expires_on
            FROM posting ORDER BY member, night, id
            """)
        balances = try Cursor(
            connection,
            """
            SELECT member, night, account, available, pending, debt, next_expires_on,
                next_expiring_points
            FROM balance ORDER BY member, night, account
            """)
        lots = try Cursor(
            connection,
            """
            SELECT member, account, id, system, remaining, active_on, expires_on FROM lot
            ORDER BY member, account, id, system
            """)
        debts = try Cursor(connection, "SELECT member, account, points FROM debt ORDER BY member")
        let closed = try connection.integer("SELECT max(day) FROM night WHERE state <> 'open'")
        lastNight = CivilDate(days: Int32(closed ?? Int64(Int32.min)))
    }

    /// Checks one member; false after the last.
    mutating func next() throws -> Bool {
        let here = [postings.member, balances.member, lots.member, debts.member].compactMap(\.self)
        guard let member = here.min() else { return false }
        replay.begin(member)
        while postings.member == member || balances.member == member {
            try runNight(member)
        }
        try checkLots(member)
        try checkDebts(member)
        return true
    }

    // MARK: Nights

    /// One night's postings, then the balances that stand for it.
    private mutating func runNight(_ member: Int64) throws {
        let nights = [postings, balances].filter { $0.member == member }.map { $0.row.date(1) }
        guard let night = nights.min() else { return }
        var tonight: [Posting] = []
        while postings.member == member, postings.row.date(1) == night {
            tonight.append(posting(postings.row))
            postingsRead += 1
            try postings.step()
        }
        try replay.run(night, tonight)
        var seen: Set<Account.Kind> = []
        while balances.member == member, balances.row.date(1) == night {
            seen.insert(try checkBalance(member, night))
            try balances.step()
        }
        guard night >= program.opensOn else { return }
        for account in program.accounts.map(\.kind)
        where !seen.contains(account) && tonight.contains(where: { $0.account == account }) {
            try findings.add(
                .balances, night: night, member: member,
                "there are postings of \(account), and no balance")
        }
    }

    private func posting(_ row: Statement) -> Posting {
        let date = row.date(9)
        let makesLot = !row.isNull(10)
        return Posting(
            account: row.integer(2) == 0 ? .spend : .status,
            kind: Posting.Kind(rawValue: UInt8(truncatingIfNeeded: row.integer(3))) ?? .accrue,
            system: Int32(row.integer(4)), source: replay.keep(row.text(5)),
            lotSystem: Int32(row.integer(6)), lot: replay.keep(row.text(7)), points: row.integer(8),
            date: date, activeOn: makesLot ? row.date(10) : date,
            expiresOn: !makesLot ? date : row.isNull(11) ? Lot.never : row.date(11))
    }

    private func checkBalance(_ member: Int64, _ night: CivilDate) throws -> Account.Kind {
        let row = balances.row
        let account: Account.Kind = row.integer(2) == 0 ? .spend : .status
        var stored = Balance()
        stored.available = row.integer(3)
        stored.pending = row.integer(4)
        stored.debt = row.integer(5)
        stored.nextExpiresOn = row.isNull(6) ? Lot.never : row.date(6)
        stored.nextExpiringPoints = row.integer(7)
        let posted = replay.state.balance(of: account, on: night)
        if stored != posted {
            try findings.add(
                .balances, night: night, member: member,
                "the balance of \(account) is \(stored.words), postings sum to \(posted.words)")
        }
        return account
    }

    // MARK: What is open

    private mutating func checkLots(_ member: Int64) throws {
        var open = 0
        while lots.member == member {
            let row = lots.row
            let key = MemberReplay.LotKey(
                account: row.integer(1) == 0 ? .spend : .status, system: Int32(row.integer(3)),
                id: replay.keep(row.text(2)))
            let posted = replay.lot(key)
            let expiresOn = row.isNull(6) ? Lot.never : row.date(6)
            if posted?.remaining != row.integer(4) {
                try findings.add(
                    .lots, member: member,
                    "lot \(key.id.string) holds \(row.integer(4)) points, its postings leave "
                        + "\(posted?.remaining ?? 0)")
            } else if let posted,
                posted.activeOn != row.date(5) || posted.expiresOn != expiresOn
            {
                try findings.add(
                    .lots, member: member,
                    "lot \(key.id.string) is good from \(row.date(5)) to \(expiresOn.orNever), its "
                        + "postings say \(posted.activeOn) to \(posted.expiresOn.orNever)")
            } else if expiresOn <= lastNight {
                try findings.add(
                    .lots, night: lastNight, member: member,
                    "lot \(key.id.string) still holds \(row.integer(4)) points, its last day was "
                        + "\(expiresOn)")
            }
            open += 1
            try lots.step()
        }
        let left = replay.state.lots.filter { $0.remaining > 0 }
        guard left.count != open else { return }
        try findings.add(
            .lots, member: member,
            "\(open) lots are open, postings leave \(left.count)")
    }

    private mutating func checkDebts(_ member: Int64) throws {
        var owed: [Points] = [0, 0]
        while debts.member == member {
            owed[debts.row.integer(1) == 0 ? 0 : 1] = debts.row.integer(2)
            try debts.step()
        }
        for account in Account.Kind.allCases {
            let posted = replay.state.debts[Int(account.rawValue)]
            guard owed[Int(account.rawValue)] != posted else { continue }
            try findings.add(
                .lots, member: member,
                "the debt of \(account) is \(owed[Int(account.rawValue)]) points, postings leave "
                    + "\(posted)")
        }
    }
}

extension Balance {
    fileprivate var words: String {
        "\(available) available, \(pending) pending, \(debt) owed, \(nextExpiringPoints) until "
            + nextExpiresOn.orNever
    }
}

extension CivilDate {
    fileprivate var orNever: String { self == Lot.never ? "never" : "\(self)" }
}
