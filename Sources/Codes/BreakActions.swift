internal import Loyalty
internal import Storage

/// Does what the spec's table says about a break: in the register at once, elsewhere by messages.
///
/// What ends a code is written before what adds one, so that no system has two codes for one right.
final class BreakActions {
    /// A code that was another member's after all, and the card that lost it.
    private struct Lost {
        var code: ByteText
        var reward: Int32
        var card: ByteText

        init(_ row: CodeRow, _ code: ByteText, _ card: ByteText) {
            self.code = code
            reward = row.reward
            self.card = card
        }
    }

    let connection: Connection
    let day: CivilDate
    let terms: CodeTerms
    let register: Register
    private let exceptions: CodeExceptionBook
    let messages: CodeMessages
    private let night: CodeNight
    let lastTeller: Statement
    private let texts = TextArena()
    /// Owns the texts of the row at hand.
    let scratch = TextArena()
    /// Codes that another member got.
    private var lost: [Lost] = []

    init(_ night: CodeNight) throws {
        connection = night.connection
        day = night.day
        terms = night.terms
        register = night.register
        exceptions = night.exceptions
        messages = try CodeMessages(
            night.connection, night.terms, night.program.currency, night.register)
        self.night = night
        lastTeller = try connection.prepare(
            """
            SELECT system FROM code_event WHERE code = ? AND owner = ? AND night = ?
            ORDER BY seq DESC LIMIT 1
            """)
    }

    // MARK: One break

    /// - Parameter isNew: whether tonight is the first night of it; a person is told once.
    func act(
        _ found: Break, _ row: RegisterStream.Row, _ facts: Reconciliation.Facts,
        _ listings: [Listing?], _ sides: [StockSide], _ judge: BreakJudge, isNew: Bool
    ) throws {
        scratch.removeAll()
        guard let full = try register.find(row.code, owner: row.owner, into: scratch) else {
            return
        }
        switch found.kind {
        case .burnedTwice:
            try burnHere(full, facts, listings, sides)
            if isNew { try noteLoss(full, facts, listings, sides, judge) }
        case .openButBurned:
            try burnHere(full, facts, listings, sides)
        case .burnedButOpen, .expiredButOpen:
            try endElsewhere(full, listings, sides)
        case .assignedElsewhere:
            try settleCards(full, row, facts, listings, sides, judge, isNew: isNew)
        case .rewardMismatch:
            if isNew { try noteMismatch(full, listings, sides, judge) }
        case .stateMismatch:
            try takeOver(full, listings, sides)
        // What is sent again is sent behind all that is deleted.
        case .missing, .unknownToRegister: break
        }
    }

    /// A code that some systems can still use, and nobody should.
    private func endElsewhere(
        _ row: CodeRow, _ listings: [Listing?], _ sides: [StockSide]
    ) throws {
        for side in listings.indices where listings[side]?.isOpen ?? false {
            try messages.end(sides[side].name, row)
        }
    }

    /// A system burned a code, and no burn report came: its owner's word counts first.
    private func burnHere(
        _ before: CodeRow, _ facts: Reconciliation.Facts, _ listings: [Listing?],
        _ sides: [StockSide]
    ) throws {
        guard before.state.isOpen else { return try endElsewhere(before, listings, sides) }
        let burning = listings.indices.filter { listings[$0]?.status == .burned }
        guard
            let side = burning.first(where: { sides[$0].id == before.owner }) ?? burning.first,
            let listing = listings[side]
        else { return }
        var row = before
        row.state = .burned
        row.burnedAt = listing.asOf
        row.burnedIn = sides[side].id
        if row.card.isEmpty { row.card = listing.card }
        night.keep(row)
        try register.change(
            row, from: before.state,
            CodeTransition(
                at: listing.asOf, system: sides[side].id, file: listing.file, line: listing.line,
                reason: "open_but_burned", source: none))
        var entry = CodeExceptionBook.Entry(
            .burnedUnreported, system: sides[side].id, source: row.code, code: row.code)
        entry.reward = row.reward
        entry.card = row.card
        entry.amount = facts.reward.value
        try exceptions.note(entry)
        try endElsewhere(row, listings, sides)
    }

    /// A code was used in two systems: what is lost, at each but the one whose burn stands, unless a burn
    /// report has told of it.
    private func noteLoss(
        _ before: CodeRow, _ facts: Reconciliation.Facts, _ listings: [Listing?],
        _ sides: [StockSide], _ judge: BreakJudge
    ) throws {
        guard !judge.isReported(before.code),
            let row = try register.find(before.code, owner: before.owner, into: scratch)
        else { return }
        for side in sides.indices
        where judge.isInvolved[side] && sides[side].id != row.burnedIn {
            var entry = CodeExceptionBook.Entry(
                .doubleBurn, system: sides[side].id, source: row.code, code: row.code)
            entry.reward = row.reward
            entry.card = listings[side]?.card ?? none
            entry.amount = facts.reward.value
            try exceptions.note(entry)
        }
    }

    /// Two members have one code: it is the one's whom the winner names, the others get another one.
    private func settleCards(
        _ before: CodeRow, _ compared: RegisterStream.Row, _ facts: Reconciliation.Facts,
        _ listings: [Listing?], _ sides: [StockSide], _ judge: BreakJudge, isNew: Bool
    ) throws {
        guard let winner = try judge.winner(compared, facts, listings, sides) else { return }
        var row = before
        var losers: [(card: ByteText, system: Int32)] = []
        if !before.card.isEmpty, try !judge.isOfOne(before.card, winner) {
            losers.append((before.card, 0))
        }
        for side in sides.indices where judge.isInvolved[side] {
            if let card = listings[side]?.card { losers.append((card, sides[side].id)) }
        }
        if row.state != .assigned || !losers.isEmpty && losers[0].system == 0 {
            try assign(&row, to: winner, by: row.owner, reason: "assigned_elsewhere")
        }
        for side in sides.indices where judge.isInvolved[side] {
            try messages.tell(sides[side].name, .assign, row)
        }
        for loser in losers {
            lost.append(Lost(row, texts.copy(row.code), texts.copy(loser.card)))
            guard isNew else { continue }
            var entry = CodeExceptionBook.Entry(
                .assignedElsewhere, system: loser.system, source: row.code, code: row.code)
            entry.reward = row.reward
            entry.card = loser.card
            try exceptions.note(entry)
        }
    }

    /// Gives who lost a code another one of the same reward, once for ever; where none is in stock, he waits.
    ///
    /// Once all is compared: what turned out to be used must not be handed out.
    func replaceLost() throws {
        for lost in lost {
            let owner = register.rewards[lost.reward]?.owner ?? ""
            let id = EffectKey.key(["replacement", owner, lost.code.string, lost.card.string])
            guard
                let given = try night.replace(
                    texts.copy(id), card: lost.card, reward: lost.reward),
                let new = try register.find(given.code, owner: given.owner)
            else { continue }
            for system in register.rewards[new.reward]?.systems ?? [] {
                try messages.tell(system, .assign, new)
            }
        }
    }

    private func noteMismatch(
        _ row: CodeRow, _ listings: [Listing?], _ sides: [StockSide], _ judge: BreakJudge
    ) throws {
        for side in sides.indices where judge.isInvolved[side] {
            var entry = CodeExceptionBook.Entry(
                .rewardMismatch, system: sides[side].id, source: row.code, code: row.code)
            entry.reward = row.reward
            entry.detail = listings[side].flatMap { register.rewards[$0.reward]?.id } ?? ""
            try exceptions.note(entry)
        }
    }

    /// What its owner has assigned is assigned; the others are told later.
    private func takeOver(
        _ row: CodeRow, _ listings: [Listing?], _ sides: [StockSide]
    ) throws {
        guard row.state == .available,
            let side = sides.firstIndex(where: { $0.id == row.owner }),
            let listing = listings[side], listing.status == .assigned
        else { return }
        var row = row
        try assign(&row, to: listing.card, by: row.owner, reason: "state_mismatch", listing)
    }

    private func assign(
        _ row: inout CodeRow, to card: ByteText, by system: Int32, reason: String,
        _ listing: Listing? = nil
    ) throws {
        let before = row.state
        row.state = .assigned
        row.card = card
        row.assignedAt = listing?.asOf ?? day.adding(days: 1).midnight
        night.keep(row)
        try register.change(
            row, from: before,
            CodeTransition(
                at: row.assignedAt ?? 0, system: system, file: listing?.file ?? 0,
                line: listing?.line ?? 0, reason: reason, source: none))
    }

    // MARK: Codes that only systems know

    /// Adds a code that its owner lists: imports add.
    func bringIn(_ code: ByteText, _ listing: Listing, owner: Int32) throws {
        let isAssigned = listing.status == .assigned
        try register.add(
            CodeRow(
                code: code, owner: owner, reward: listing.reward, state: listing.status,
                card: listing.card, validFrom: nil, expiresOn: listing.expiresOn, points: nil,
                file: listing.file, line: listing.line, addedOn: day,
                assignedAt: isAssigned ? listing.asOf : nil,
                // Burned before it came here.
                burnedAt: listing.status == .burned ? 0 : nil,
                burnedIn: listing.status == .burned ? owner : 0, burn: none))
    }

    /// Tells a person of a code that a system lists and its owner doesn't.
    func quarantine(
        _ code: ByteText, reward: Int32, _ listings: [Listing?], _ sides: [StockSide]
    ) throws {
        for side in sides.indices {
            guard let listing = listings[side] else { continue }
            var entry = CodeExceptionBook.Entry(
                .quarantined, system: sides[side].id, source: code, code: code)
            if reward > 0 { entry.reward = reward }
            entry.card = listing.card
            try exceptions.note(entry)
        }
    }

    // MARK: What is told once all is compared

    /// Sends again what systems miss, and tells them how the register has what they have otherwise.
    func tellAgain() throws {
        let found = try connection.prepare(
            """
            SELECT code, owner, statuses FROM code_break
            WHERE night = ? AND action IN ('send', 'tell') ORDER BY code, owner
            """)
        found.bind(day, at: 1)
        while try found.step() {
            scratch.removeAll()
            guard
                let row = try register.find(
                    found.text(0), owner: Int32(found.integer(1)), into: scratch)
            else { continue }
            for entry in found.string(2).split(separator: ";") {
                let parts = entry.split(separator: "=", omittingEmptySubsequences: false)
                guard parts.count == 2, parts[1] != row.state.name else { continue }
                let kind: CodeMessages.Kind =
                    parts[1].isEmpty || row.state == .available ? .add : .assign
                try messages.tell(String(parts[0]), kind, row)
            }
        }
    }

    private lazy var none = texts.copy("")
}
