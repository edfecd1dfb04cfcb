import Loyalty
import Storage
import TestSupport

@testable import Codes

/// A register in a scratch folder that is held against stocks, night after night.
///
/// A code of the register is a line `K1 r25 available`, behind which may stand `C1` (its card), `until
/// 2026-12-31`, `at 2026-11-20T18:00:00` and `in ecom` (where it was burned). A line of a stock is
/// `K1 available`, behind which may stand `r25` and `C1`.
final class StockNights {
    let scratch: ScratchFolder
    var terms = CodeTerms()
    var job = ReconcileTerms()
    /// Seconds before the end of the day that the stocks show.
    var early: [String: LocalSeconds] = [:]
    private(set) var day: CivilDate
    private let store: Store
    private let texts = Texts()
    private let program: Program
    private var lines: Int32 = 0

    var path: String { scratch.path + "/nightjar.db" }

    /// - Parameter rewards: those of the program; r25 of pos, mirrored by ecom and worth 25.00, without.
    init(rewards: [Reward]? = nil, change: (inout CodeTerms) -> Void = { _ in }) throws {
        scratch = try ScratchFolder()
        store = try Store(path: scratch.path + "/nightjar.db")
        guard let first = CivilDate("2026-11-20") else { fatalError("no date") }
        day = first
        program = Program(
            name: "p", timezone: "UTC", currency: Currency(code: "EUR", decimals: 2),
            status: .running, opensOn: day, earnsFrom: nil, earnsTo: nil, earnOn: .gross,
            returnsBy: .earner, missingOrder: .park, accounts: [Account(kind: .spend)],
            tiers: [Tier.nameless])
        terms.systems = ["pos", "ecom"].map { name in
            var system = CodeTerms.System(name: name)
            system.endpoint = name
            system.told = StockNights.allChanges
            return system
        }
        terms.rewards = rewards ?? [StockNights.reward("r25")]
        change(&terms)
        try store.write { connection in
            try connection.execute("INSERT INTO tier (id, name) VALUES (1, '')")
            // The members of the cards C1 to C3.
            for member in 1...3 {
                try connection.execute(
                    "INSERT INTO member (id, card, tier, status, since) VALUES (?, ?, 1, 0, 0)",
                    .integer(member), .text("C\(member)"))
                try connection.execute(
                    "INSERT INTO card (card, member) VALUES (?, ?)", .text("C\(member)"),
                    .integer(member))
            }
        }
    }

    /// What an endpoint is sent whose `send` names code-changes and replenishment.
    static let allChanges: Set = [
        "code-add", "code-assign", "code-burn", "code-delete", "replenishment",
    ]

    static func reward(
        _ id: String, owner: String = "pos", mirrors: [String] = ["ecom"],
        change: (inout Reward) -> Void = { _ in }
    ) -> Reward {
        var reward = Reward(id: id, name: id, kind: .value)
        reward.value = 2500
        reward.owner = owner
        reward.mirrors = mirrors
        change(&reward)
        return reward
    }

    /// Adds codes to the register, then compares it with the stocks; says what doesn't add up.
    ///
    /// - Parameters:
    ///   - stocks: by system; the one of a single reward is `pos/r25`.
    ///   - replenish: fills up stocks that run low, with this generator.
    ///   - before: does something else with the register first.
    @discardableResult
    func night(
        _ codes: [String] = [], _ stocks: [String: [String]] = [:], replenish: Bool = false,
        generator: CodeGenerator = CodeGenerator(),
        before: (Connection, Register) throws -> Void = { _, _ in }
    ) throws -> [String] {
        let night = day
        let batch = CodeBatch()
        let files = try stocks.sorted { $0.key < $1.key }.enumerated().map { index, stock in
            try self.stock(stock.key, stock.value, file: Int64(index + 1), batch)
        }
        let differences = try store.write { connection in
            try RunLog(connection).setState(.open, of: night)
            try RewardBook(connection, night: night).enter(terms.rewards)
            let work = try CodeNight(
                connection, program: program, terms: terms, day: night, batch: batch, files: [])
            for code in codes { try work.register.add(row(code, work.register)) }
            try before(connection, work.register)
            let differences = try work.reconcile(job, files)
            if replenish { try Replenishment(work, generator: generator).run() }
            try work.end()
            try RunLog(connection).setState(.closed, of: night)
            return differences
        }
        day = day.adding(days: 1)
        return differences
    }

    private func row(_ line: String, _ register: Register) throws -> CodeRow {
        let words = line.split(separator: " ").map(String.init)
        func value(_ key: String) -> String? {
            words.firstIndex(of: key).map { words[$0 + 1] }
        }
        let state = CodeState.allCases.first { $0.name == words[2] } ?? .available
        let reward = register.rewards.id(of: words[1]) ?? 0
        let card = words.dropFirst(3).first { $0.hasPrefix("C") } ?? ""
        let at = value("at").map(StockNights.time)
        lines += 1
        return CodeRow(
            code: texts(words[0]), owner: try register.owner(of: reward), reward: reward,
            state: state, card: texts(card), validFrom: nil,
            expiresOn: value("until").flatMap { CivilDate($0) } ?? Lot.never, points: nil, file: 9,
            line: lines, addedOn: day.adding(days: -1),
            assignedAt: state == .assigned ? at ?? 0 : nil,
            burnedAt: state == .burned ? at ?? 0 : nil,
            burnedIn: state == .burned ? try register.system(value("in") ?? "pos") : 0,
            burn: texts(""))
    }

    static func time(_ text: String) -> LocalSeconds {
        let parts = text.split(separator: "T")
        let clock = parts[1].split(separator: ":").compactMap { LocalSeconds($0) }
        return (CivilDate(String(parts[0]))?.midnight ?? 0) + clock[0] * 3600 + clock[1] * 60
            + clock[2]
    }

    private func stock(
        _ name: String, _ lines: [String], file: Int64, _ batch: CodeBatch
    ) throws -> Stock {
        let runs = SortedRuns(folder: scratch.path, memory: 1 << 16)
        for (number, line) in lines.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            let rest = words.dropFirst(2)
            let reward = rest.first { $0.hasPrefix("r") }
            let entry = StockLine(
                code: texts(words[0]),
                status: (CodeState.allCases.first { $0.name == words[1] } ?? .available).rawValue,
                reward: reward.map { batch.names.intern(texts($0)) } ?? -1,
                card: texts(rest.first { $0.hasPrefix("C") } ?? ""), expiresOn: Lot.never.days,
                line: Int32(number + 2))
            try runs.add(entry.code, bodyBytes: entry.packedBytes) { entry.pack(into: $0) }
        }
        let parts = name.split(separator: "/").map(String.init)
        return Stock(
            system: parts[0], reward: parts.count > 1 ? parts[1] : nil,
            asOf: day.adding(days: 1).midnight - (early[parts[0]] ?? 0), file: file,
            lines: try runs.finish { _, _ in })
    }

    // MARK: What is in the store

    func rows(_ sql: String) throws -> [String] { try LedgerDump.rows(of: path, sql) }

    /// `K1 burned_but_open burned pos=burned;ecom=available delete`, of the last night.
    func breaks() throws -> [String] {
        try rows(
            """
            SELECT code || ' ' || class || ' ' || coalesce(register_state, '-') || ' ' || statuses || ' '
                || coalesce(action, '-')
            FROM code_break WHERE night = (SELECT max(day) FROM night) ORDER BY code, owner
            """)
    }

    /// `ecom code-delete K1`, of the last night, in the order in which they are sent.
    func messages() throws -> [String] {
        try rows(
            """
            SELECT endpoint || ' ' || kind || ' ' || subject FROM outbox
            WHERE night = (SELECT max(day) FROM night) ORDER BY id
            """)
    }

    /// `K1 burned`, of the register.
    func states() throws -> [String] {
        try rows(
            """
            SELECT code || ' ' || state || ' ' || coalesce(card, '-') FROM code ORDER BY code, owner
            """)
    }

    /// `burned_unreported ecom K1 2500`, of the last night.
    func exceptions() throws -> [String] {
        try rows(
            """
            SELECT kind || ' ' || coalesce(name, '-') || ' ' || code || ' ' || coalesce(amount, '-')
            FROM code_exception LEFT JOIN code_system ON id = system
            WHERE night = (SELECT max(day) FROM night) ORDER BY 1
            """)
    }

    /// `pos r25 reconciled 3 + 0 = 2 + 1 + 0`: register, unknown; in sync, breaks, in transit; of the last night.
    func sums() throws -> [String] {
        try rows(
            """
            SELECT s.name || ' ' || coalesce(r.name, '-') || ' ' || state || ' ' || registered || ' + '
                || unknown || ' = ' || in_sync || ' + ' || breaks || ' + ' || in_transit
            FROM reconciliation n JOIN code_system s ON s.id = n.system
                LEFT JOIN reward r ON r.id = n.reward
            WHERE night = (SELECT max(day) FROM night) ORDER BY 1
            """)
    }
}
