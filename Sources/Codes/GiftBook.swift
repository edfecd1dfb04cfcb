internal import Loyalty
internal import Storage

/// Judges uses of gift codes: the only writer of the table gift_use.
///
/// A code gives its points once for ever, to whoever used it first.
final class GiftBook {
    private struct Use {
        var use: GiftUse
        var file: Int64
        var until: CivilDate
        /// Whether it waited until tonight.
        var hasWaited: Bool
    }

    private enum Judgement {
        case used(CodePoints)
        case duplicate
        case waits
        case refused(Reason)
    }

    private let tools: CodeTools
    private let history: CodeHistory
    private let keep: Statement
    private let drop: Statement

    init(_ tools: CodeTools) throws {
        self.tools = tools
        history = try CodeHistory(tools.connection)
        keep = try tools.connection.prepare(
            """
            INSERT OR IGNORE INTO gift_use (code, card, used_at, night, until, file, line)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        drop = try tools.connection.prepare(
            "DELETE FROM gift_use WHERE code = ? AND card = ? AND used_at = ?")
    }

    func run(_ verdicts: inout CodeVerdicts, _ points: inout [CodePoints]) throws {
        let waiting = try waiting()
        let isKnown = Set(waiting.map { GiftBook.key($0.use) })
        let tonight = tools.batch.giftUses.map { use in
            let file = tools.files[Int(use.file)]
            let from = max(tools.day, CivilDate(local: use.usedAt))
            return Use(
                use: use, file: file.id, until: from.adding(days: file.parkDays), hasWaited: false)
        }
        let uses = waiting + tonight
        // Those that waited come first, then files and lines in their order: the sort is by these last.
        let order = uses.indices.sorted { left, right in
            let one = uses[left].use
            let other = uses[right].use
            if one.code != other.code { return one.code < other.code }
            return one.usedAt == other.usedAt ? left < right : one.usedAt < other.usedAt
        }
        for index in order {
            let use = uses[index]
            if !use.hasWaited, isKnown.contains(GiftBook.key(use.use)) {
                verdicts.count(use.use.file, use.use.line, .duplicate)
                continue
            }
            let judgement = try judge(use)
            if case .used(let given) = judgement { points.append(given) }
            if use.hasWaited {
                try settle(use, judgement)
            } else {
                try count(use, judgement, &verdicts)
            }
        }
    }

    private func judge(_ use: Use) throws -> Judgement {
        let day = CivilDate(local: use.use.usedAt)
        guard day <= tools.day else { return .waits }
        let rows = try tools.register.find(use.use.code)
        guard !rows.isEmpty else { return .refused(.unknownCode) }
        guard let (row, reward) = gift(rows) else { return .refused(.notGiftCode) }
        guard let worth = row.points ?? reward.points, worth > 0 else {
            return .refused(.notGiftCode)
        }
        switch row.state {
        case .voided: return .refused(.codeVoided)
        case .burned:
            let isSame = row.burnedAt == use.use.usedAt && row.card == use.use.card
            return isSame ? .duplicate : .refused(.alreadyBurned)
        case .expired where try !history.hasExpired(row): return .refused(.alreadyExpired)
        case .available, .assigned, .expired: break
        }
        guard day <= min(row.expiresOn, reward.lastDay) else { return .refused(.alreadyExpired) }
        // One who is blocked may come back: he waits as long as one whom nobody knows yet.
        guard let holder = try tools.holders.holder(of: use.use.card), holder.isActive else {
            return .waits
        }
        try burn(row, use)
        return .used(
            CodePoints(
                kind: .gift, member: holder.member, at: use.use.usedAt, id: row.code,
                points: worth, holdDays: reward.holdDays))
    }

    /// The gift code among the codes of one text; of several, that of the first owner by name.
    private func gift(_ rows: [CodeRow]) -> (CodeRow, Reward)? {
        var gifts: [(CodeRow, Reward)] = []
        for row in rows {
            guard let reward = tools.register.rewards[row.reward], reward.kind == .giftCode else {
                continue
            }
            gifts.append((row, reward))
        }
        return gifts.min { $0.1.owner < $1.1.owner }
    }

    private func burn(_ row: CodeRow, _ use: Use) throws {
        let system = try tools.register.system("gift-codes")
        var used = row
        used.state = .burned
        used.card = use.use.card
        used.burnedAt = use.use.usedAt
        used.burnedIn = system
        used.burn = row.code
        try tools.register.change(
            used, from: row.state,
            CodeTransition(
                at: use.use.usedAt, system: system, file: use.file, line: use.use.line,
                reason: "gift", source: row.code))
    }

    /// Counts a line of tonight.
    private func count(
        _ use: Use, _ judgement: Judgement, _ verdicts: inout CodeVerdicts
    ) throws {
        let line = use.use
        switch judgement {
        case .used: verdicts.count(line.file, line.line, .accepted)
        case .duplicate: verdicts.count(line.file, line.line, .duplicate)
        case .refused(let reason): verdicts.count(line.file, line.line, .rejected, reason)
        case .waits:
            bind(line, to: keep)
            keep.bind(tools.day, at: 4)
            keep.bind(use.until, at: 5)
            keep.bind(use.file, at: 6)
            keep.bind(Int64(line.line), at: 7)
            try keep.run()
            // The same use in a second file of the night.
            let isNew = keep.changes > 0
            verdicts.count(line.file, line.line, isNew ? .parked : .duplicate)
        }
    }

    /// Ends the wait of one of an earlier night, or goes on with it.
    private func settle(_ use: Use, _ judgement: Judgement) throws {
        var detail = ""
        switch judgement {
        case .waits where use.until > tools.day: return
        case .used, .duplicate: break
        case .refused(let reason): detail = reason.name
        case .waits: detail = Reason.unknownMember.name
        }
        bind(use.use, to: drop)
        try drop.run()
        guard !detail.isEmpty else { return }
        var exception = CodeExceptionBook.Entry(
            .givenUp, system: try tools.register.system("gift-codes"), source: use.use.code,
            code: use.use.code)
        exception.card = use.use.card
        exception.detail = detail
        try tools.exceptions.note(exception)
    }

    private func waiting() throws -> [Use] {
        var uses: [Use] = []
        let texts = tools.register.texts
        try tools.connection.forEach(
            "SELECT code, card, used_at, until, file, line FROM gift_use ORDER BY night, file, line"
        ) { row in
            let use = GiftUse(
                code: texts.copy(row.text(0)), card: texts.copy(row.text(1)),
                usedAt: row.integer(2), file: 0, line: Int32(row.integer(5)))
            uses.append(
                Use(use: use, file: row.integer(4), until: row.date(3), hasWaited: true))
        }
        return uses
    }

    private struct Key: Hashable {
        var code: ByteText
        var card: ByteText
        var usedAt: LocalSeconds
    }

    private static func key(_ use: GiftUse) -> Key {
        Key(code: use.code, card: use.card, usedAt: use.usedAt)
    }

    private func bind(_ use: GiftUse, to statement: Statement) {
        statement.bind(use.code, at: 1)
        statement.bind(use.card, at: 2)
        statement.bind(use.usedAt, at: 3)
    }
}
