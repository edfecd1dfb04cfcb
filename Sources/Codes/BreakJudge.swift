internal import Loyalty
internal import Storage

/// One code on which register and systems disagree.
struct Break {
    var kind: BreakClass
    /// The class in reports: of `missing` with the systems that miss it.
    var name: String

    init(kind: BreakClass, name: String? = nil) {
        self.kind = kind
        self.name = name ?? kind.rawValue
    }
}

extension BreakClass {
    /// What is done about it, in a word.
    var action: String {
        switch self {
        case .unknownToRegister: "import"
        case .burnedTwice: "loss"
        case .burnedButOpen, .expiredButOpen: "delete"
        case .openButBurned: "burn"
        case .assignedElsewhere: "replace"
        case .missing: "send"
        case .rewardMismatch: "exception"
        case .stateMismatch: "tell"
        }
    }
}

/// Says which class a code has: the first that applies, in the order of the spec's table.
///
/// A side lists a code as burned by its own doing unless it was told: by us where it is told to burn what was
/// used elsewhere, or by the other systems where they talk by day. Then only a reported double burn shows that
/// there were two.
struct BreakJudge {
    private let day: CivilDate
    private let integration: CodeTerms.Integration
    private let ignored: Set<BreakClass>
    private let holders: CardHolders
    private let register: Register
    private let lastEvent: Statement
    private let scratch = TextArena()
    private let reported: DoubleBurns
    /// By side: whether what the register did of the code may not have come there yet.
    private(set) var isInTransit: [Bool]
    /// By side: whether it is one that disagrees.
    private(set) var isInvolved: [Bool]

    init(_ night: CodeNight, _ job: ReconcileTerms, sides: Int) throws {
        day = night.day
        integration = night.terms.integration
        ignored = job.ignored
        holders = night.holders
        register = night.register
        lastEvent = try night.connection.prepare(
            "SELECT max(at) FROM code_event WHERE code = ? AND owner = ?")
        reported = try DoubleBurns(night.connection, night: night.day)
        isInTransit = Array(repeating: false, count: sides)
        isInvolved = Array(repeating: false, count: sides)
    }

    /// The class of a code of the register; nil where all agree.
    ///
    /// A side to which the register's last word may still be on its way is left out, and the others are
    /// judged without it.
    mutating func judge(
        _ row: RegisterStream.Row, _ facts: Reconciliation.Facts, _ listings: [Listing?],
        _ sides: [StockSide]
    ) throws -> Break? {
        for side in isInTransit.indices { isInTransit[side] = false }
        var lastEvent: LocalSeconds?
        while true {
            guard let found = try classify(row, facts, listings, sides) else { return nil }
            var isNews = false
            for side in sides.indices where isInvolved[side] {
                // The night itself is the last thing that can have happened.
                guard sides[side].transitSince < day.adding(days: 1).midnight else { continue }
                let at = try lastEvent ?? self.lastEvent(of: row)
                lastEvent = at
                guard at > sides[side].transitSince else { continue }
                isInTransit[side] = true
                isNews = true
            }
            if !isNews { return found }
        }
    }

    /// When the register last did something with a code; it was added at the end of its night.
    private func lastEvent(of row: RegisterStream.Row) throws -> LocalSeconds {
        scratch.removeAll()
        guard let full = try register.find(row.code, owner: row.owner, into: scratch) else {
            return 0
        }
        var at = max(
            full.addedOn.adding(days: 1).midnight, full.assignedAt ?? 0, full.burnedAt ?? 0)
        if full.expiresOn < day { at = max(at, full.expiresOn.adding(days: 1).midnight) }
        lastEvent.bind(row.code, at: 1)
        lastEvent.bind(Int64(row.owner), at: 2)
        defer { lastEvent.reset() }
        return try lastEvent.step() ? max(at, lastEvent.integer(0)) : at
    }

    private mutating func classify(
        _ row: RegisterStream.Row, _ facts: Reconciliation.Facts, _ listings: [Listing?],
        _ sides: [StockSide]
    ) throws -> Break? {
        var burned = 0
        var open = 0
        var missing = 0
        var expected = 0
        var otherReward = 0
        var otherState = 0
        for side in listings.indices where !isInTransit[side] {
            if facts.isExpected[side] { expected += 1 }
            guard let listing = listings[side] else {
                if facts.isExpected[side] { missing += 1 }
                continue
            }
            if listing.isOpen { open += 1 }
            if listing.status == .burned { burned += 1 }
            if listing.reward != 0, listing.reward != row.reward { otherReward += 1 }
            if listing.status != row.state { otherState += 1 }
        }
        let lastDay = min(row.expiresOn, facts.lastDay)
        let isGood = row.state.isOpen && lastDay >= day
        if burned > 1, !ignored.contains(.burnedTwice),
            isTwice(row, listings, sides)
        {
            involve(listings) { $0?.status == .burned }
            return Break(kind: .burnedTwice)
        }
        if row.state == .burned {
            if open > 0, !ignored.contains(.burnedButOpen) {
                involve(listings) { $0?.isOpen ?? false }
                return Break(kind: .burnedButOpen)
            }
        } else if row.state.isOpen, burned > 0, !ignored.contains(.openButBurned) {
            involve(listings) { $0?.status == .burned }
            return Break(kind: .openButBurned)
        }
        if !isGood, row.state != .burned, open > 0, !ignored.contains(.expiredButOpen) {
            involve(listings) { $0?.isOpen ?? false }
            return Break(kind: .expiredButOpen)
        }
        if isGood, !ignored.contains(.assignedElsewhere),
            let winner = try winner(row, facts, listings, sides)
        {
            try involve(listings, whoHas: winner)
            return Break(kind: .assignedElsewhere)
        }
        if isGood, missing > 0, !ignored.contains(.missing) {
            involve(listings, facts)
            return Break(kind: .missing, name: missingName(sides, all: missing == expected))
        }
        if otherReward > 0, !ignored.contains(.rewardMismatch) {
            involve(listings) { $0.map { $0.reward != 0 && $0.reward != row.reward } ?? false }
            return Break(kind: .rewardMismatch)
        }
        if isGood, otherState > 0, !ignored.contains(.stateMismatch) {
            // On its last day the register calls a code good, and others may already call it expired.
            let mayHaveExpired = lastDay <= day
            involve(listings) {
                $0.map { $0.status != row.state && !(mayHaveExpired && $0.status == .expired) }
                    ?? false
            }
            return isInvolved.contains(true) ? Break(kind: .stateMismatch) : nil
        }
        return nil
    }

    // MARK: Who disagrees

    private mutating func involve(_ listings: [Listing?], _ disagrees: (Listing?) -> Bool) {
        for side in listings.indices {
            isInvolved[side] = !isInTransit[side] && disagrees(listings[side])
        }
    }

    private mutating func involve(_ listings: [Listing?], _ facts: Reconciliation.Facts) {
        for side in listings.indices {
            isInvolved[side] =
                !isInTransit[side] && facts.isExpected[side] && listings[side] == nil
        }
    }

    private mutating func involve(_ listings: [Listing?], whoHas winner: ByteText) throws {
        for side in listings.indices {
            isInvolved[side] =
                try !isInTransit[side]
                && listings[side].map { try isOfAnother($0, than: winner) } ?? false
        }
    }

    /// `missing_at_pos`; `missing_at_both` where all of two or more miss it.
    private func missingName(_ sides: [StockSide], all: Bool) -> String {
        let names = sides.indices.filter { isInvolved[$0] }.map { sides[$0].name }
        return BreakClass.missing.rawValue + "_"
            + (all && names.count > 1 ? "both" : names.joined(separator: "_"))
    }

    // MARK: Cards and burns

    /// Whether a report told of two burns of a code.
    func isReported(_ code: ByteText) -> Bool { reported.contains(code) }

    func isOfOne(_ left: ByteText, _ right: ByteText) throws -> Bool {
        try holders.areOfOne(left, right)
    }

    /// Whether a side gave the code to another member.
    func isOfAnother(_ listing: Listing, than winner: ByteText) throws -> Bool {
        try listing.status == .assigned && !listing.card.isEmpty
            && !holders.areOfOne(listing.card, winner)
    }

    /// The card whose code it is, where two have it: the owner's word stands, else the register's, else
    /// that of the first side; nil where nobody else has it.
    func winner(
        _ row: RegisterStream.Row, _ facts: Reconciliation.Facts, _ listings: [Listing?],
        _ sides: [StockSide]
    ) throws -> ByteText? {
        var owners: ByteText?
        var first: ByteText?
        for side in listings.indices where !isInTransit[side] {
            guard let listing = listings[side], listing.status == .assigned, !listing.card.isEmpty
            else { continue }
            if sides[side].id == row.owner { owners = listing.card }
            first = first ?? listing.card
        }
        guard let first else { return nil }
        let winner = owners ?? (row.card.isEmpty ? first : row.card)
        if !row.card.isEmpty, try !holders.areOfOne(row.card, winner) { return winner }
        for side in listings.indices where !isInTransit[side] {
            if let listing = listings[side], try isOfAnother(listing, than: winner) {
                return winner
            }
        }
        return nil
    }

    /// Whether two systems burned a code each by itself.
    private func isTwice(
        _ row: RegisterStream.Row, _ listings: [Listing?], _ sides: [StockSide]
    ) -> Bool {
        if reported.contains(row.code) { return true }
        guard integration != .realTime else { return false }
        var own = 0
        for side in listings.indices where !isInTransit[side] {
            guard listings[side]?.status == .burned else { continue }
            // Nobody was told of a burn that we don't know.
            if row.state != .burned || row.burnedIn == sides[side].id
                || sides[side].terms.onBurn == .delete
            {
                own += 1
            }
        }
        return own > 1
    }
}

/// The codes whose burns were reported twice in the last four weeks.
struct DoubleBurns {
    private let texts = TextArena()
    private var codes: Set<ByteText> = []

    private static let nights = 28

    init(_ connection: Connection, night: CivilDate) throws {
        let texts = texts
        var codes: Set<ByteText> = []
        try connection.forEach(
            "SELECT code FROM code_exception WHERE night BETWEEN ? AND ? AND kind = ?",
            .date(night.adding(days: 1 - DoubleBurns.nights)), .date(night),
            .text(CodeException.doubleBurn.rawValue)
        ) { codes.insert(texts.copy($0.text(0))) }
        self.codes = codes
    }

    func contains(_ code: ByteText) -> Bool { codes.contains(code) }
}
