import Codes
import Loyalty
import Storage
import TestSupport

/// A register in a scratch folder, with the fold's part of each night played by a purse for each card.
///
/// A claim is a line: `claim A C1 r25`, `grant G C1 r25`; behind it may stand `names K1`, `by pos`,
/// `on 2026-11-14` and `at 3600`. An event is `E1 goal_completed C1 first-10`.
final class ClaimNights {
    struct Night {
        /// `id outcome code points` of the night's outcomes, sorted.
        var outcomes: [String]
        /// Of each line in turn, claims first.
        var verdicts: [String]
        /// `kind source code card`, sorted.
        var exceptions: [String]
    }

    let scratch: ScratchFolder
    let store: Store
    private(set) var day: CivilDate
    var terms = CodeTerms()
    var program: Program
    /// What cards can spend; a claim that the purse can't pay in full is not paid.
    var purses: [String: Points] = [:]
    var parkDays = 30
    var onChange = OnChange.correct
    private var codes: Int64 = 0

    init(
        _ rewards: [Reward], members: [String] = ["C1", "C2", "C3"], first: String = "2026-11-16"
    ) throws {
        scratch = try ScratchFolder()
        store = try Store(path: scratch.path + "/nightjar.db")
        day = ClaimNights.date(first)
        program = Program(
            name: "p", timezone: "UTC", currency: Currency(code: "EUR", decimals: 2),
            status: .running, opensOn: day, earnsFrom: nil, earnsTo: nil, earnOn: .gross,
            returnsBy: .earner, missingOrder: .park, accounts: [Account(kind: .spend)],
            tiers: [
                Tier(name: "bronze", multipliers: [.one]), Tier(name: "gold", multipliers: [.one]),
            ])
        terms.rewards = rewards
        try store.write { connection in
            try connection.execute("INSERT INTO tier (id, name) VALUES (1, 'bronze'), (2, 'gold')")
        }
        for member in members { try add(member) }
    }

    static func date(_ text: String) -> CivilDate {
        guard let date = CivilDate(text) else { fatalError("no date: \(text)") }
        return date
    }

    /// A reward with codes of the till's.
    static func reward(_ id: String = "r25", change: (inout Reward) -> Void = { _ in }) -> Reward {
        var reward = Reward(id: id, name: id, kind: .value)
        reward.owner = "pos"
        reward.value = 2500
        change(&reward)
        return reward
    }

    // MARK: What there is

    /// Adds a member: `C1` with `tier gold`, `status blocked`, `segment vip`, `born 229`.
    func add(_ line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        let tier = words.value(behind: "tier") == "gold" ? 2 : 1
        let status = words.value(behind: "status") == nil ? 0 : 1
        try store.write { connection in
            let id = (try connection.integer("SELECT max(id) FROM member") ?? 0) + 1
            try connection.execute(
                """
                INSERT INTO member (id, card, tier, status, since, birthday)
                VALUES (?, ?, ?, ?, ?, ?)
                """, .integer(id), .text(words[0]), .integer(tier), .integer(status), .date(day),
                .integer(words.value(behind: "born").flatMap { Int($0) }))
            try connection.execute(
                "INSERT INTO card (card, member) VALUES (?, ?)", .text(words[0]), .integer(id))
            try connection.execute(
                "INSERT INTO member_tier (member, since, tier) VALUES (?, ?, ?)", .integer(id),
                .date(day), .integer(tier))
            if let segment = words.value(behind: "segment") {
                try connection.execute(
                    "INSERT INTO member_segment (member, segment) VALUES (?, ?)", .integer(id),
                    .text(segment))
            }
        }
    }

    /// Puts codes on the shelf: `K1` with `of r25`, `until 2026-12-31`, `from D`, `state 1`, `card C1`.
    func stock(_ lines: String...) throws {
        try store.write { connection in
            let rewards = RewardBook(connection, night: day)
            try rewards.enter(terms.rewards)
            let list = try rewards.list()
            try connection.execute("INSERT OR IGNORE INTO code_system (name) VALUES ('pos')")
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                codes += 1
                let state = words.value(behind: "state").flatMap { Int($0) } ?? 0
                try connection.execute(
                    """
                    INSERT INTO code (code, owner, reward, state, card, valid_from, expires_on, file,
                        line, added_on, burned_at)
                    VALUES (?, (SELECT id FROM code_system WHERE name = 'pos'), ?, ?, ?, ?, ?, 1, ?, ?,
                        ?)
                    """, .text(words[0]),
                    .integer(list.id(of: words.value(behind: "of") ?? "r25").map { Int($0) }),
                    .integer(state), .text(orNull: words.value(behind: "card")),
                    words.value(behind: "from").map { .date(ClaimNights.date($0)) } ?? .null,
                    .date(words.value(behind: "until").map(ClaimNights.date) ?? Lot.never),
                    .integer(codes), .date(day), state == 2 ? .integer(Int64(0)) : .null)
            }
            try connection.execute(
                """
                INSERT OR REPLACE INTO code_count SELECT reward, file, \(day.days), sum(state = 0),
                    sum(state = 1), sum(state = 2), sum(state = 3), sum(state = 4)
                FROM code GROUP BY reward, file
                """)
        }
    }

    // MARK: Nights

    /// Runs the register's part of a night and goes on to the next one.
    @discardableResult
    func close(
        _ claims: [String] = [], events: [String] = [], news: LedgerNews = LedgerNews(),
        failing: Bool = false
    ) throws -> Night {
        let batch = CodeBatch()
        for (index, line) in claims.enumerated() { add(line, index, to: batch) }
        for (index, line) in events.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            batch.events.append(
                EventLine(
                    id: batch.texts.copy(words[0]), occurredAt: time(words),
                    card: batch.texts.copy(words[2]), event: batch.texts.copy(words[1]),
                    subject: batch.texts.copy(words.count > 3 ? words[3] : ""),
                    file: Int32(claims.count + index), line: 1))
        }
        let files = (0..<claims.count + events.count).map {
            CodeFile(id: Int64($0) + 1, onChange: onChange, parkDays: parkDays)
        }
        let night = day
        let verdicts = try store.write { connection in
            try RewardBook(connection, night: night).enter(terms.rewards)
            let codes = try CodeNight(
                connection, program: program, terms: terms, day: night, batch: batch, files: files)
            let paid = try pay(codes.decide(), connection)
            try codes.apply(paid: paid, news: news)
            try codes.end()
            if failing { throw Killed() }
            return codes.verdicts
        }
        day = day.adding(days: 1)
        return Night(
            outcomes: try rows(
                """
                SELECT o.id || ' ' || o.outcome || ' ' || coalesce(o.code, '-') || ' ' || o.points
                FROM claim_outcome o WHERE night = \(night.days) ORDER BY o.id
                """),
            verdicts: files.indices.map { index in
                verdicts.refusals.first { $0.file == index }?.reason.name
                    ?? Verdict.allCases.filter { verdicts.counts[index][$0] > 0 }
                    .map { "\($0)" }.joined(separator: " ")
            },
            exceptions: try rows(
                """
                SELECT kind || ' ' || source || ' ' || coalesce(nullif(code, ''), '-') || ' '
                    || coalesce(card, '-') FROM code_exception WHERE night = \(night.days) ORDER BY 1
                """))
    }

    struct Killed: Error {}

    /// What a night of nothing would ask of the ledger.
    func questions() throws -> LedgerQuestions {
        try store.write { connection in
            try RewardBook(connection, night: day).enter(terms.rewards)
            return try CodeNight(
                connection, program: program, terms: terms, day: day, batch: CodeBatch(), files: []
            ).questions()
        }
    }

    private func time(_ words: [String]) -> LocalSeconds {
        (words.value(behind: "on").map(ClaimNights.date) ?? day).midnight
            + (words.value(behind: "at").flatMap { LocalSeconds($0) } ?? 0)
    }

    private func add(_ line: String, _ index: Int, to batch: CodeBatch) {
        let words = line.split(separator: " ").map(String.init)
        let texts = batch.texts
        batch.claims.append(
            ClaimLine(
                id: texts.copy(words[1]), claimedAt: time(words), card: texts.copy(words[2]),
                reward: batch.names.intern(texts.copy(words[3])), isGrant: words[0] == "grant",
                code: texts.copy(words.value(behind: "names") ?? ""), store: texts.copy(""),
                event: texts.copy(""), reason: texts.copy(""), file: Int32(index), line: 1,
                system: words.value(behind: "by").map { batch.names.intern(texts.copy($0)) } ?? -1))
    }

    /// All of a claim's cost, or nothing, in the order of the fold.
    private func pay(_ points: [CodePoints], _ connection: Connection) throws -> Set<ByteText> {
        var paid: Set<ByteText> = []
        for entry in points.sorted(by: {
            CivilDate(local: $0.at) == CivilDate(local: $1.at)
                ? $0.id < $1.id : CivilDate(local: $0.at) < CivilDate(local: $1.at)
        }) {
            let card =
                try connection.string(
                    "SELECT card FROM member WHERE id = ?", .integer(Int(entry.member))) ?? ""
            guard purses[card, default: 0] >= entry.points else { continue }
            purses[card, default: 0] -= entry.points
            paid.insert(entry.id)
        }
        return paid
    }

    // MARK: What it comes to

    func rows(_ sql: String) throws -> [String] {
        try store.read { connection in
            var rows: [String] = []
            try connection.forEach(sql) { rows.append($0.string(0)) }
            return rows
        }
    }

    /// `code state card from until`, sorted.
    func register() throws -> [String] {
        let states = CodeState.allCases.map(\.name)
        return try rows(
            """
            SELECT code || ' ' || state || ' ' || coalesce(card, '-') || ' '
                || coalesce(date(valid_from * 86400, 'unixepoch'), '-') || ' '
                || CASE expires_on WHEN 2147483647 THEN 'never'
                    ELSE date(expires_on * 86400, 'unixepoch') END
            FROM code ORDER BY code
            """
        ).map { row in
            var words = row.split(separator: " ").map(String.init)
            words[1] = states[Int(words[1]) ?? 0]
            return words.joined(separator: " ")
        }
    }
}

extension [String] {
    /// The word behind another one.
    func value(behind key: String) -> String? {
        guard let index = firstIndex(of: key), index + 1 < count else { return nil }
        return self[index + 1]
    }
}
