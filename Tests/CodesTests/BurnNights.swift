import Loyalty
import Storage
import TestSupport

@testable import Codes

/// A register in a scratch folder, and nights of burns and gift codes written as text.
///
/// A burn is `B1 K1 18:22` with, behind it, `at 2024-03-09T22:00`, `system ecom`, `card C1`, `store PAR01`,
/// `channel kiosk`, `order T5`, `amount 60.00`, `discount 25.00`, `reverse`; an id of `-` is none. The use of
/// a gift code is `G1 C1 18:22`.
final class BurnNights {
    /// What a night came to.
    struct Night {
        /// `B1 burned`, by (burn, system).
        var outcomes: [String] = []
        /// `double_burn B2 25.00 at WEB on T6`, sorted.
        var exceptions: [String] = []
        /// `charge B1 100 of C1`, `gift G1 50 of C1`, in no order that counts.
        var points: [String] = []
        /// `accepted 2`, by verdict.
        var verdicts: [String] = []
        /// `2 conflict double_burn`, by line.
        var refusals: [String] = []
    }

    let scratch: ScratchFolder
    let store: Store
    var terms = CodeTerms()
    var onChange = OnChange.correct
    var parkDays = 30
    private(set) var day: CivilDate
    private var lastFile: Int64 = 0

    /// - Parameter first: the first night.
    init(first: String = "2024-03-14", change: (inout CodeTerms) -> Void = { _ in }) throws {
        scratch = try ScratchFolder()
        store = try Store(path: scratch.path + "/nightjar.db")
        day = BurnNights.date(first)
        terms.rewards = BurnNights.rewards
        change(&terms)
        try store.write { connection in
            try connection.execute("INSERT INTO tier (id, name) VALUES (1, 'bronze'), (2, 'gold')")
            // A second card of the first member.
            try connection.execute("INSERT INTO card VALUES ('C1b', 1, NULL)")
        }
        for (index, card) in cards.enumerated() { try enter(card, as: index + 1) }
    }

    /// A member who was unknown until now.
    func member(_ card: String) throws {
        cards.append(card)
        try enter(card, as: cards.count)
    }

    private func enter(_ card: String, as member: Int) throws {
        let tier = card == "C3" ? 2 : 1
        let status = card == "C5" ? 1 : 0
        try store.write { connection in
            try connection.execute(
                """
                INSERT INTO member (id, card, tier, status, since)
                VALUES (\(member), '\(card)', \(tier), \(status), 0)
                """)
            try connection.execute("INSERT INTO card VALUES ('\(card)', \(member), NULL)")
        }
    }

    /// C3 is gold, C5 blocked; C1b is of the member of C1.
    private var cards = ["C1", "C2", "C3", "C4", "C5"]

    /// R25 as in the study (100 points, 80 for gold, € 25, from € 50), and one of each trouble's kind.
    static let rewards: [Reward] = {
        var r25 = Reward(id: "r25", name: "R25", kind: .value)
        r25.owner = "pos"
        r25.mirrors = ["ecom"]
        r25.cost = 100
        r25.costByTier = ["gold": 80]
        r25.value = 2500
        r25.minPurchase = 5000
        var free = Reward(id: "free", name: "Free", kind: .value)
        free.owner = "pos"
        free.value = 1000
        var till = free
        till.id = "till"
        till.channels = ["pos"]
        var gift = Reward(id: "gift", name: "Gift", kind: .giftCode)
        gift.owner = "ecom"
        gift.points = 50
        gift.holdDays = 3
        var web = free
        web.id = "web"
        web.owner = "ecom"
        return [r25, free, till, gift, web]
    }()

    static func date(_ text: String) -> CivilDate {
        guard let date = CivilDate(text) else { fatalError("no date: \(text)") }
        return date
    }

    // MARK: Codes

    /// Takes codes over: `K1 r25` with `state assigned`, `card C1`, `until 2024-03-31`, `from 2024-03-20`,
    /// `points 70`.
    func codes(_ lines: [String]) throws {
        let batch = CodeBatch()
        for (index, line) in lines.enumerated() {
            let words = line.split(separator: " ").map(String.init)
            let states: [String: CodeLine.State] = [
                "available": .available, "assigned": .assigned, "burned": .burned,
                "expired": .expired, "voided": .voided,
            ]
            batch.codes.append(
                CodeLine(
                    code: batch.texts.copy(words[0]),
                    reward: batch.names.intern(batch.texts.copy(words[1])),
                    expiresOn: words.value(behind: "until").map(BurnNights.date) ?? Lot.never,
                    validFrom: words.value(behind: "from").map(BurnNights.date),
                    points: words.value(behind: "points").flatMap { Points($0) },
                    state: words.value(behind: "state").flatMap { states[$0] },
                    card: batch.texts.copy(words.value(behind: "card") ?? ""),
                    store: batch.texts.copy(""), file: 0, line: Int32(index + 1)))
        }
        lastFile += 1
        try store.write { connection in
            try RewardBook(connection, night: day).enter(terms.rewards)
            _ = try CodeBook(connection, night: day).post(
                batch, files: [CodeFile(id: lastFile, onChange: .correct, parkDays: 30)])
        }
    }

    /// `burned C1 pos B1`: state, card, and the burn that stands; absent parts are `-`.
    func state(of code: String) throws -> String {
        try store.read { connection in
            var text = "unknown"
            try connection.forEach(
                """
                SELECT c.state, c.card, s.name, c.burn FROM code c
                LEFT JOIN code_system s ON s.id = c.burned_in WHERE c.code = ?
                """, .text(code)
            ) { row in
                let state = CodeState(rawValue: UInt8(row.integer(0)))?.name ?? "?"
                let parts = [1, 2, 3].map { row.isNull($0) ? "-" : row.string($0) }
                text = ([state] + parts).joined(separator: " ")
            }
            return text
        }
    }

    /// `available > burned by burn`, oldest first.
    func history(of code: String) throws -> [String] {
        try store.read { connection in
            var events: [String] = []
            try connection.forEach(
                "SELECT before, after, reason FROM code_event WHERE code = ? ORDER BY night, seq",
                .text(code)
            ) { row in
                let names = [0, 1].map {
                    CodeState(rawValue: UInt8(row.integer($0)))?.name ?? "?"
                }
                events.append("\(names[0]) > \(names[1]) by \(row.string(2))")
            }
            return events
        }
    }

    /// An order of the ledger: what it came to, in minor units.
    func order(_ id: String, system: String = "pos", net: Int) throws {
        try store.write { connection in
            try connection.execute("INSERT OR IGNORE INTO system (name) VALUES ('\(system)')")
            try connection.execute(
                """
                INSERT INTO orders (system, id, night, ordered_on, kind, state, net, base, returned)
                SELECT id, '\(id)', \(day.days), \(day.days), 0, 0, \(net), \(net), 0
                FROM system WHERE name = '\(system)'
                """)
        }
    }

    // MARK: Nights

    /// Runs the next night with these files of burns, and of uses of gift codes.
    @discardableResult
    func night(_ files: [[String]] = [], gifts: [[String]] = []) throws -> Night {
        let batch = CodeBatch()
        for (file, lines) in files.enumerated() {
            for (index, line) in lines.enumerated() {
                batch.burns.append(burn(line, batch, Int32(file), Int32(index + 1)))
            }
        }
        for (file, lines) in gifts.enumerated() {
            for (index, line) in lines.enumerated() {
                let words = line.split(separator: " ").map(String.init)
                batch.giftUses.append(
                    GiftUse(
                        code: batch.texts.copy(words[0]), card: batch.texts.copy(words[1]),
                        usedAt: time(words), file: Int32(files.count + file),
                        line: Int32(index + 1)))
            }
        }
        let places = (files + gifts).map { _ in
            lastFile += 1
            return CodeFile(id: lastFile, onChange: onChange, parkDays: parkDays)
        }
        let result = try store.write { connection in
            try RewardBook(connection, night: day).enter(terms.rewards)
            let night = try CodeNight(
                connection, program: BurnNights.program, terms: terms, day: day, batch: batch,
                files: places)
            let points = try night.decide()
            try night.end()
            return try read(points, night.verdicts, connection)
        }
        day = day.adding(days: 1)
        return result
    }

    /// Nights in which nothing comes.
    func nights(_ count: Int) throws { for _ in 0..<count { try night() } }

    private static let program = Program(
        name: "p", timezone: "Europe/Paris", currency: Currency(code: "EUR", decimals: 2),
        status: .running, opensOn: BurnNights.date("2024-01-01"), earnsFrom: nil, earnsTo: nil,
        earnOn: .gross, returnsBy: .earner, missingOrder: .park,
        accounts: [Account(kind: .spend)],
        tiers: [
            Tier(name: "bronze", multipliers: [.one, .one]),
            Tier(name: "gold", multipliers: [.one, .one]),
        ])

    private func burn(_ line: String, _ batch: CodeBatch, _ file: Int32, _ number: Int32)
        -> BurnLine
    {
        let words = line.split(separator: " ").map(String.init)
        func text(_ key: String) -> ByteText { batch.texts.copy(words.value(behind: key) ?? "") }
        func cents(_ key: String) -> MinorUnits? {
            words.value(behind: key).flatMap { MinorUnits($0.filter { $0 != "." }) }
        }
        return BurnLine(
            system: batch.names.intern(batch.texts.copy(words.value(behind: "system") ?? "pos")),
            id: batch.texts.copy(words[0] == "-" ? "" : words[0]), burnedAt: time(words),
            store: text("store"), channel: text("channel"), card: text("card"),
            code: batch.texts.copy(words[1]), order: text("order"), orderAmount: cents("amount"),
            discount: cents("discount"), isReversal: words.contains("reverse"), file: file,
            line: number)
    }

    private func time(_ words: [String]) -> LocalSeconds {
        let parts = words.value(behind: "at").map { $0.split(separator: "T").map(String.init) }
        let date = parts.map { BurnNights.date($0[0]) } ?? day
        let clock = (parts?[1] ?? words[2]).split(separator: ":").compactMap { Int64($0) }
        return date.midnight + clock[0] * 3600 + clock[1] * 60
    }

    private func read(
        _ points: [CodePoints], _ verdicts: CodeVerdicts, _ connection: Connection
    ) throws -> Night {
        var night = Night()
        try connection.forEach(
            """
            SELECT o.id, o.outcome, o.detail FROM burn_outcome o
            JOIN code_system s ON s.id = o.system
            WHERE o.night = ? ORDER BY o.id, s.name, o.is_reversal
            """, .date(day)
        ) { row in
            let detail = row.isNull(2) ? "" : ": \(row.string(2))"
            night.outcomes.append("\(row.string(0)) \(row.string(1))\(detail)")
        }
        try connection.forEach(
            """
            SELECT kind, source, amount, store, receipt, points, detail FROM code_exception
            WHERE night = ?
            """, .date(day)
        ) { row in
            var text = "\(row.string(0)) \(row.string(1))"
            if !row.isNull(2) { text += " \(BurnNights.money(row.integer(2)))" }
            if !row.isNull(3) { text += " at \(row.string(3))" }
            if !row.isNull(4) { text += " on \(row.string(4))" }
            if !row.isNull(5) { text += " for \(row.integer(5))" }
            if !row.isNull(6) { text += ": \(row.string(6))" }
            night.exceptions.append(text)
        }
        night.exceptions.sort()
        for entry in points {
            night.points.append(
                "\(entry.kind) \(entry.id.string) \(entry.points) "
                    + "of \(cards[Int(entry.member) - 1])")
        }
        var sum = VerdictCounts()
        for counts in verdicts.counts { sum += counts }
        for verdict in Verdict.allCases where sum[verdict] > 0 {
            night.verdicts.append("\(verdict) \(sum[verdict])")
        }
        night.refusals = verdicts.refusals.map { "\($0.line) \($0.verdict) \($0.reason.name)" }
        return night
    }

    private static func money(_ amount: MinorUnits) -> String {
        let cents = amount % 100
        return "\(amount / 100).\(cents < 10 ? "0" : "")\(cents)"
    }
}
