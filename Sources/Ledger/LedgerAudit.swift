package import Loyalty
package import Storage

/// Holds the ledger against itself: postings against lots, debts, balances, totals, orders and the chain.
///
/// Source: spec, part 7 'Store'. Everything is read in an order that needs no memory but for one member.
package struct LedgerAudit {
    private let connection: Connection
    private let program: Program
    private let findings: Findings
    /// Hears how much is done, of how much.
    private let progress: (Int, Int) -> Void

    package init(
        _ connection: Connection, program: Program, findings: Findings,
        progress: @escaping (Int, Int) -> Void
    ) {
        self.connection = connection
        self.program = program
        self.findings = findings
        self.progress = progress
    }

    package func run() throws {
        try checkRanges()
        try checkChain()
        try checkMembers()
        try checkOpenPoints()
        try checkLotKeys()
        try checkOrders()
        try checkParked()
        try checkExpiring()
    }

    // MARK: Ranges and chain

    /// A night's postings are one range of ids, those of members in order.
    private func checkRanges() throws {
        var ranges: [(first: Int64, night: CivilDate)] = []
        try connection.forEach("SELECT first, night FROM posting_range ORDER BY first DESC") {
            ranges.append(($0.integer(0), $0.date(1)))
        }
        var night: CivilDate?
        var member = Int64.min
        try connection.forEach("SELECT id, night, member FROM posting ORDER BY id") { row in
            while let next = ranges.last, next.first <= row.integer(0) {
                night = next.night
                member = Int64.min
                ranges.removeLast()
            }
            if row.date(1) != night || row.integer(2) < member {
                try findings.add(
                    .nights, night: row.date(1), member: row.integer(2),
                    "posting \(row.integer(0)) does not lie among those of its night and member")
            }
            member = row.integer(2)
        }
        try connection.forEach(
            """
            SELECT p.night, min(p.id), max(p.id), n.first_posting, n.last_posting
            FROM posting p LEFT JOIN night n ON n.day = p.night
            WHERE p.night >= ?
            GROUP BY p.night
            HAVING min(p.id) IS NOT n.first_posting OR max(p.id) IS NOT n.last_posting
            """, .date(program.opensOn)
        ) { row in
            try findings.add(
                .nights, night: row.date(0),
                "its postings are \(row.integer(1)) to \(row.integer(2)), the night says "
                    + "\(row.integer(3)) to \(row.integer(4))")
        }
    }

    /// Computes every link anew; one that differs says which night was changed, and the next ones follow
    /// from what is stored, so that only it is named.
    private func checkChain() throws {
        var nights: [(day: CivilDate, chain: [UInt8])] = []
        try connection.forEach("SELECT day, chain FROM night WHERE state <> 'open' ORDER BY day") {
            nights.append(($0.date(0), Array($0.blob(1))))
        }
        var before: [UInt8] = []
        for (day, chain) in nights {
            let ranges = try postingRanges(of: day)
            guard !chain.isEmpty else {
                // Nights of a version without a chain, and opening files without lots, come first.
                if !before.isEmpty {
                    try findings.add(.chain, night: day, "the night has no hash")
                }
                continue
            }
            var hash = before
            for range in ranges {
                hash = try NightChain.hash(connection, of: range, after: hash)
            }
            if ranges.isEmpty { hash = try NightChain(connection, after: before).hash() }
            if hash != chain {
                try findings.add(
                    .chain, night: day,
                    "its postings and the hash before them give \(hash.hex), the night has "
                        + "\(chain.hex)")
            }
            before = chain
        }
    }

    private func postingRanges(of night: CivilDate) throws -> [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        try connection.forEach(
            """
            SELECT first, coalesce((SELECT min(n.first) - 1 FROM posting_range n
                WHERE n.first > r.first), (SELECT max(id) FROM posting))
            FROM posting_range r WHERE night = ? ORDER BY first
            """, .date(night)
        ) { row in
            if row.integer(1) >= row.integer(0) { ranges.append(row.integer(0)...row.integer(1)) }
        }
        return ranges
    }

    // MARK: Members

    private func checkMembers() throws {
        var spendOrders: [CivilDate: Account.SpendOrder] = [:]
        try connection.forEach("SELECT day, spend_order FROM night") {
            spendOrders[$0.date(0)] = Account.SpendOrder(rawValue: $0.string(1))
        }
        let total = Int(try connection.integer("SELECT max(id) FROM posting") ?? 0)
        var walk = try MemberWalk(
            connection, replay: MemberReplay(findings, spendOrders: spendOrders),
            findings: findings, program: program)
        while try walk.next() { progress(walk.postingsRead, total) }
    }

    /// What the program owes by month, which every night goes on from: the sum of all lots that are open.
    ///
    /// Lots that are wrong themselves have been found before.
    private func checkOpenPoints() throws {
        guard findings.counts[.lots] == nil,
            let night = try connection.integer("SELECT max(day) FROM night WHERE state <> 'open'")
        else { return }
        try connection.forEach(
            """
            SELECT account, date(month * 86400, 'unixepoch'), month, sum(held), sum(told) FROM (
                SELECT account, CASE WHEN expires_on IS NULL THEN 2147483647
                        ELSE unixepoch(expires_on * 86400, 'unixepoch', 'start of month') / 86400
                    END AS month, CASE WHEN active_on > ?1 THEN active_on ELSE 0 END AS active_on,
                    remaining AS held, 0 AS told FROM lot
                UNION ALL
                SELECT account, month, active_on, 0, points FROM liability WHERE night = ?1)
            GROUP BY account, month, active_on HAVING sum(held) <> sum(told)
            """, .integer(night)
        ) { row in
            let account = Account.Kind(rawValue: UInt8(row.integer(0))).map { "\($0)" } ?? ""
            let month = row.integer(2) == Int64(Lot.never.days) ? "never" : row.string(1).prefix(7)
            try findings.add(
                .balances, night: CivilDate(days: Int32(night)),
                "lots of \(account) that expire in \(month) hold \(row.integer(3)) points, the report "
                    + "liability goes by \(row.integer(4))")
        }
    }

    /// A lot that stands with two members: both can't have earned it, but points that were given back may
    /// have opened it again with one who was corrected away, and so may a debt of his that others repaid.
    private func checkLotKeys() throws {
        var twins: [(account: Int64, id: String, system: Int64)] = []
        try connection.forEach(
            "SELECT account, id, system FROM lot GROUP BY 1, 2, 3 HAVING count(*) > 1"
        ) { twins.append(($0.integer(0), $0.string(1), $0.integer(2))) }
        guard !twins.isEmpty else { return }
        let history = try LedgerHistory(connection)
        for twin in twins {
            var holders: [Int64] = []
            try connection.forEach(
                "SELECT member FROM lot WHERE account = ? AND id = ? AND system = ?",
                .integer(twin.account), .text(twin.id), .integer(twin.system)
            ) { holders.append($0.integer(0)) }
            let texts = TextArena()
            let earners = try holders.filter { holder in
                let postings = try history.postings(of: Int32(holder), into: texts)
                return postings.map(\.posting).filter {
                    $0.account.rawValue == UInt8(twin.account) && $0.source.string == twin.id
                        && $0.system == Int32(twin.system)
                        && [.accrue, .reverse, .return, .returnUncovered].contains($0.kind)
                }.reduce(0) { $0 + $1.points } > 0
            }
            guard earners.count > 1 else { continue }
            try findings.add(
                .lotKeys, member: earners[1],
                "lot \(twin.id) is \(earners.count) members'")
        }
    }

    // MARK: Orders

    /// Walks orders and accruals side by side, both by system and id: what earned has an accrual, and what
    /// accrued is known, or it would count again when it is sent again.
    private func checkOrders() throws {
        let terms = try Names(connection).allTerms()
        let orders = try connection.prepare(
            """
            SELECT system, id, night, member, base, terms,
                state = 0 AND kind IN (0, 3) AND terms IS NOT NULL AND member IS NOT NULL
            FROM orders ORDER BY system, id
            """)
        // Opening lots stand before the first night, and a gift code is no order.
        let accruals = try connection.prepare(
            """
            SELECT system, source, min(night), min(member) FROM posting
            WHERE kind = \(Posting.Kind.accrue.rawValue) AND night >= ?
                AND system NOT IN (SELECT id FROM system WHERE name = 'gift-codes')
            GROUP BY system, source ORDER BY system, source
            """)
        accruals.bind(program.opensOn, at: 1)
        var hasAccrual = try accruals.step()
        func missing() throws {
            try findings.add(
                .orders, night: accruals.date(2), member: accruals.integer(3),
                "points of order \(accruals.string(1)) are posted, the order is not known")
            hasAccrual = try accruals.step()
        }
        while try orders.step() {
            while hasAccrual,
                accruals.integer(0) < orders.integer(0)
                    || (accruals.integer(0) == orders.integer(0)
                        && accruals.text(1) < orders.text(1))
            {
                try missing()
            }
            if hasAccrual, accruals.integer(0) == orders.integer(0),
                accruals.text(1) == orders.text(1)
            {
                hasAccrual = try accruals.step()
                continue
            }
            guard orders.integer(6) != 0 else { continue }
            let base = orders.integer(4)
            let index = Int(orders.integer(5))
            let earnings = index < terms.count ? terms[index].earnings : []
            guard earnings.contains(where: { $0.points(of: base, scale: scale) > 0 }) else {
                continue
            }
            try findings.add(
                .orders, night: orders.date(2), member: orders.integer(3),
                "order \(orders.string(1)) earns "
                    + "\(earnings.map { $0.points(of: base, scale: scale) }.max() ?? 0) points, "
                    + "none are posted")
        }
        while hasAccrual { try missing() }
    }

    private var scale: Int64 { program.currency.scale }

    private func checkParked() throws {
        try connection.forEach(
            """
            SELECT o.id, o.night, 'parked' FROM orders o WHERE o.state = 2 AND NOT EXISTS (
                SELECT 1 FROM parked p WHERE p.system = o.system AND p.id = o.id
                    AND p.ended_on IS NULL)
            UNION ALL
            SELECT p.id, p.parked_on, 'not parked' FROM parked p
            LEFT JOIN orders o ON o.system = p.system AND o.id = p.id
            LEFT JOIN adjustment a ON a.id = p.id
                AND p.system = (SELECT id FROM system WHERE name = 'adjustments')
            WHERE p.ended_on IS NULL AND o.state IS NOT 2 AND a.state IS NOT 1
            UNION ALL
            SELECT a.id, a.night, 'adjustment' FROM adjustment a WHERE a.state = 1 AND NOT EXISTS (
                SELECT 1 FROM parked p WHERE p.id = a.id AND p.ended_on IS NULL
                    AND p.system = (SELECT id FROM system WHERE name = 'adjustments'))
            """
        ) { row in
            let text =
                switch row.string(2) {
                case "parked": "order \(row.string(0)) is parked and waits for nothing"
                case "adjustment": "adjustment \(row.string(0)) waits and is not parked"
                default: "order \(row.string(0)) waits and is not parked"
                }
            try findings.add(.parked, night: row.date(1), text)
        }
    }

    private func checkExpiring() throws {
        try connection.forEach(
            """
            SELECT l.member, l.id, l.expires_on, l.remaining FROM lot l
            WHERE l.expires_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM expiring e
                WHERE e.expires_on = l.expires_on AND e.member = l.member)
            """
        ) { row in
            try findings.add(
                .expiring, night: row.date(2), member: row.integer(0),
                "no night will expire the \(row.integer(3)) points of lot \(row.string(1))")
        }
    }
}

extension [UInt8] {
    /// The first bytes, as a person compares them.
    fileprivate var hex: String {
        let digits = [Character]("0123456789abcdef")
        return String(
            prefix(8).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }) + "…"
    }
}
