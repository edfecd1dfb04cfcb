import Ledger
import Loyalty
import Storage
import TestSupport

/// A ledger in a scratch folder, its nights settled and posted without files.
///
/// An order is a line: `sale A C1 10.00`, `return R C1 4.00 of A`, `void V of A`,
/// `exchange X C1 10.00 back 4.00 of A`, `other T C1 5.00`; a card of `-` is none. Behind it may stand
/// `paid 30` (points), `system ecom`, `on 2026-11-15` and, in a night that is the whole of a day, `in 1`: its
/// second file.
final class LedgerNights {
    /// What a night came to.
    struct Night {
        var settlement: Settlement
        /// `card kind source lot points`, sorted; a lot of `-` is none.
        var postings: [String]
        /// `kind source points amount` of the exceptions, sorted.
        var exceptions: [String]
        /// What the register hears of it.
        var news: LedgerNews
        /// The claims that were paid, sorted.
        var paid: [String]
    }

    let scratch: ScratchFolder
    var program: Program
    private(set) var day: CivilDate
    /// Whether memory holds no orders.
    var spills = false
    private let store: Store
    private let path: String
    private var fileIDs: Int64 = 0
    private let codeTexts = Texts()

    /// - Parameter first: the first night.
    init(
        first: String = "2026-11-16", accounts: [Account] = [Account(kind: .spend)],
        change: (inout Program) -> Void = { _ in }
    ) throws {
        scratch = try ScratchFolder()
        path = scratch.path + "/nightjar.db"
        store = try Store(path: path)
        day = LedgerNights.date(first)
        program = Program(
            name: "p", timezone: "UTC", currency: Currency(code: "EUR", decimals: 2),
            status: .running, opensOn: day, earnsFrom: nil, earnsTo: nil, earnOn: .gross,
            returnsBy: .earner, missingOrder: .park, accounts: accounts,
            tiers: [
                Tier(name: "bronze", multipliers: [.one, .one]),
                Tier(name: "gold", multipliers: [Rate("2") ?? .one, .one]),
            ])
        change(&program)
    }

    static func date(_ text: String) -> CivilDate {
        guard let date = CivilDate(text) else { fatalError("no date: \(text)") }
        return date
    }

    // MARK: Members

    /// Takes over member lines and gives the verdict or reason of each, by its card.
    ///
    /// A line is a `card` with `id M1`, `tier gold`, `since D`, `status closed`,
    /// `expires D`, `replaces C0`, `into C9`, `segments a;b` (`;` for none), `born 229`.
    @discardableResult
    func members(_ lines: [String]) throws -> [String: [String]] {
        let batch = MemberBatch()
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            func value(_ key: String) -> String? { words.value(behind: key) }
            let statuses: [String: MemberRecord.Status] = [
                "active": .active, "blocked": .blocked, "closed": .closed, "erased": .erased,
            ]
            batch.members.append(
                MemberRecord(
                    card: batch.texts.copy(words[0]),
                    memberID: batch.texts.copy(value("id") ?? ""),
                    tier: value("tier").map { $0 == "gold" ? 1 : 0 } ?? -1,
                    tierSince: value("since").map(LedgerNights.date), enrolledOn: nil,
                    status: statuses[value("status") ?? "active"] ?? .active,
                    cardExpiresOn: value("expires").map(LedgerNights.date),
                    replacesCard: batch.texts.copy(value("replaces") ?? ""),
                    mergedInto: batch.texts.copy(value("into") ?? ""),
                    segments: value("segments").map { batch.texts.copy($0) },
                    birthday: value("born").flatMap { Int32($0) }, file: Int32(index), line: 1))
        }
        let outcome = try store.write { connection in
            try MemberBook(connection, program: program, day: day).post(
                batch, tiers: ["bronze", "gold"], fileCount: lines.count)
        }
        var verdicts: [String: [String]] = [:]
        for (index, line) in batch.members.enumerated() {
            let reason = outcome.refusals.first { $0.file == index }?.reason.name
            verdicts[line.card.string, default: []].append(
                reason ?? outcome.counts[index].words.joined(separator: " "))
        }
        return verdicts
    }

    // MARK: Nights

    /// Settles and posts a night and goes on to the next one; each order comes in a file of its own.
    @discardableResult
    func close(
        _ orders: [String] = [], adjustments: [Adjustment] = [], codes: [String] = [],
        asking questions: LedgerQuestions = LedgerQuestions(),
        onChange: SettledFile.OnChange = .correct, parkDays: Int = 30, wholeDay: String? = nil
    ) throws -> Night {
        let batch = OrderBatch()
        for (index, line) in orders.enumerated() {
            // The whole of a day is one file, or says in which it is.
            add(line, file: wholeDay == nil ? index : LedgerNights.wholeFile(line), to: batch)
        }
        var files: [SettledFile] = []
        for index in 0..<max(1, orders.count + adjustments.count) {
            fileIDs += 1
            files.append(SettledFile(id: fileIDs, onChange: onChange, parkDays: parkDays))
            let last = orders.map(LedgerNights.wholeFile).max() ?? 0
            guard let wholeDay, index <= last else { continue }
            files[index].wholeDay = WholeDay(
                job: "orders", system: "pos", day: LedgerNights.date(wholeDay))
        }
        let runs = try runs(batch)
        let fullDays = files.compactMap { file in file.wholeDay.map { ($0, file.id) } }
        let night = day
        var news = LedgerNews()
        var paid: [String] = []
        let settlement = try store.write { connection in
            try RunLog(connection).setState(.open, of: night)
            let settler = try OrderSettler(
                connection, program: program, day: night, batch: batch, runs: runs, files: files,
                refused: RefusedLines(folder: scratch.path), salesOver: questions.salesOver,
                storePath: path)
            var settlement = try settler.run()
            try AdjustmentBook(connection, day: night, batch: adjustments, files: files)
                .run(&settlement)
            try settlement.add(
                codes.compactMap { try points($0, connection) }, connection)
            news = try settler.news(questions)
            let poster = try PointsPoster(
                connection, program: program, day: night, batch: batch, settlement: settlement,
                storePath: path, after: [], watching: questions.points)
            _ = try poster.run(opening: [])
            news.crossings = poster.crossings
            paid = poster.paidClaims.map(\.string).sorted()
            try RunLog(connection).setSpendOrder(
                program.accounts[0].spendOrder.rawValue, of: night)
            try RunLog(connection).setState(.posted, of: night)
            for (day, id) in fullDays {
                try connection.execute(
                    """
                    INSERT INTO file SELECT ?, ?, 'f', ?, 'orders', 0, 0, x'', x'', '', 'ingested',
                        NULL, 0, 0, 0, 0, 0, 0, 0, ?, ?, 1, NULL
                    """, .integer(id), .date(night), .text(day.job), .text(orNull: day.system),
                    .date(day.day))
            }
            return settlement
        }
        day = night.adding(days: 1)
        return Night(
            settlement: settlement,
            postings: try rows(
                """
                SELECT m.card || ' ' || k.name || ' ' || p.source || ' ' || coalesce(p.lot, '-')
                    || ' ' || p.points
                FROM posting p JOIN member m ON m.id = p.member
                JOIN posting_kind k ON k.id = p.kind WHERE p.night = \(night.days) ORDER BY 1
                """),
            exceptions: try rows(
                """
                SELECT kind || ' ' || source || ' ' || coalesce(points, '-') || ' '
                    || coalesce(amount, '-')
                FROM exception WHERE night = \(night.days) ORDER BY 1
                """), news: news, paid: paid)
    }

    /// The orders on disk, where this ledger's memory holds none.
    private func runs(_ batch: OrderBatch) throws -> OrderRuns? {
        guard spills else { return nil }
        let runs = OrderRuns(folder: scratch.path, memory: 0)
        try runs.relieve(batch)
        return try runs.finish(batch) ? runs : nil
    }

    /// `claim Q C1 30`, `charge B C1 30`, `gift G C1 30` with `hold 2`; nil for a card that nobody has.
    private func points(
        _ line: String, _ connection: Connection
    ) throws -> CodePoints? {
        let words = line.split(separator: " ").map(String.init)
        let kinds: [String: CodePoints.Kind] = ["claim": .claim, "charge": .charge, "gift": .gift]
        guard
            let member = try connection.integer(
                "SELECT member FROM card WHERE card = ?", .text(words[2]))
        else { return nil }
        return CodePoints(
            kind: kinds[words[0]] ?? .claim, member: Int32(member), at: day.midnight,
            id: codeTexts(words[1]), points: Points(words[3]) ?? 0,
            holdDays: words.value(behind: "hold").flatMap { Int($0) } ?? 0, system: codeTexts("pos")
        )
    }

    /// What `verify` would say of members, lots and postings.
    func faults() throws -> [String] {
        try store.read { connection in
            let findings = Findings(connection, limit: 20)
            try LedgerAudit(connection, program: program, findings: findings) { _, _ in }.run()
            // No night here has a hash, or says which postings are its own.
            return findings.list.filter { $0.invariant != .chain && $0.invariant != .nights }
                .map { "\($0.invariant): \($0.text)" }
        }
    }

    /// The file of a day that a line is in.
    private static func wholeFile(_ line: String) -> Int {
        line.split(separator: " ").map(String.init).value(behind: "in").flatMap { Int($0) } ?? 0
    }

    private func add(_ line: String, file: Int, to batch: OrderBatch) {
        let words = line.split(separator: " ").map(String.init)
        let kinds: [String: IncomingOrder.Kind] = [
            "sale": .sale, "return": .return, "void": .void, "exchange": .exchange, "other": .other,
        ]
        let kind = kinds[words[0]] ?? .sale
        let original = words.value(behind: "of") ?? ""
        let amount = kind == .void ? 0 : LedgerNights.cents(words[3])
        let back = words.value(behind: "back").map(LedgerNights.cents) ?? 0
        let text = batch.texts.copy(words[1] + original)
        let card =
            kind == .void || words[2] == "-" ? -1 : batch.cards.intern(batch.texts.copy(words[2]))
        let paid = words.value(behind: "paid").flatMap { Points($0) } ?? 0
        var content = LineHasher()
        // What it says, without the date that a later night must add.
        let said = line.split(separator: " on ")[0]
        content.combine(batch.texts.copy(String(said)))
        var extra: Int32 = -1
        if paid > 0 || back > 0 {
            extra = batch.add(OrderExtra(pointsPaid: paid, returnBase: back))
        }
        batch.orders.append(
            IncomingOrder(
                id: ByteText(start: text.start, count: words[1].utf8.count),
                originalCount: original.utf8.count, kind: kind,
                system: batch.system(named: words.value(behind: "system") ?? "pos"), card: card,
                file: Int32(file), line: 2, lineCount: 1,
                date: words.value(behind: "on").map(LedgerNights.date) ?? day,
                net: kind == .return ? -amount : amount - back,
                base: kind == .return ? -amount : amount, content: content.hash,
                extra: extra))
    }

    private static func cents(_ text: String) -> MinorUnits {
        let parts = text.split(separator: ".")
        return (MinorUnits(parts[0]) ?? 0) * 100 + (parts.count > 1 ? MinorUnits(parts[1]) ?? 0 : 0)
    }

    // MARK: What came of it

    func rows(_ sql: String) throws -> [String] { try LedgerDump.rows(of: path, sql) }

    /// Names of the sums that don't agree.
    func brokenSums() throws -> [String] {
        // No summary is written without files.
        try LedgerDump.sums.filter { !$0.sql.contains("night_total") }
            .filter { try !rows($0.sql).isEmpty }.map(\.name)
    }

    /// `card points` of the accounts that hold or owe anything.
    func balances() throws -> [String] {
        try rows(
            """
            SELECT m.card || ' ' || sum(p.points) FROM (
                SELECT member, remaining AS points FROM lot
                UNION ALL SELECT member, -points FROM debt) p
            JOIN member m ON m.id = p.member GROUP BY m.card ORDER BY 1
            """)
    }

    /// The state of an order, as its number.
    func state(of order: String) throws -> String? {
        try rows("SELECT state FROM orders WHERE id = '\(order)'").first
    }

    /// All that must be equal, whatever order files came in.
    func dump() throws -> [String] { try LedgerDump.rows(of: path) }
}

extension LedgerNights.Night {
    /// `verdict` or reason of each order, in the order in which they came.
    var verdicts: [String] {
        settlement.counts.enumerated().map { file, counts in
            (try? settlement.refused.reader(of: Int32(file)).next())?.reason.name
                ?? counts.words.joined(separator: " ")
        }
    }
}

extension VerdictCounts {
    /// The verdicts that were given.
    fileprivate var words: [String] {
        Verdict.allCases.filter { self[$0] > 0 }.map { "\($0)" }
    }
}

extension [String] {
    fileprivate func value(behind key: String) -> String? {
        firstIndex(of: key).flatMap { $0 + 1 < count ? self[$0 + 1] : nil }
    }
}
