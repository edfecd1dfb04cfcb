internal import Loyalty
internal import Storage

/// What orders have done to their members' lots and debts, read from the ledger.
final class PostedEffects {
    private struct Key: Hashable {
        var account: Account.Kind
        var place: EventDetail.Effect.Place
        var source: OrderIdentity
        var lot: OrderIdentity
        /// What recorded it, where no lot covered it.
        var uncovered: Posting.Kind?
        /// What its own lot lost by it (a cap, points paid): undone apart from what the lot gained, so
        /// that the ledger shows both.
        var isLoss = false
    }

    private let connection: Connection
    private let texts: TextArena
    private var ledger: LedgerHistory?
    /// Postings of the members who were asked for last; it owns their texts.
    private var known: [Int32: [PastPosting]] = [:]
    private let knownTexts = TextArena()
    private static let membersAtOnce = 1024

    /// - Parameter texts: owns the texts of what is read.
    init(_ connection: Connection, texts: TextArena) {
        self.connection = connection
        self.texts = texts
    }

    /// What some sources did to members who are one by now, netted over all their postings.
    func effects(
        of sources: Set<OrderIdentity>, on selves: [Int32]
    ) throws -> [EventDetail.Effect] {
        forgetMany()
        return try net(selves) { past in
            switch past.posting.kind {
            // A lot expires and moves whatever made it.
            case .expire, .extend, .merge: false
            default: sources.contains(past.posting.by)
            }
        }
    }

    /// What an order's points came from, lots or none, as far as its returns have not given them back.
    func spent(
        by order: OrderIdentity, returns: Set<OrderIdentity>, on selves: [Int32]
    ) throws -> [EventDetail.Effect] {
        forgetMany()
        func isCharge(_ posting: Posting) -> Bool {
            guard posting.by == order, posting.points < 0 else { return false }
            return posting.kind == .redeem || posting.kind == .redeemUncovered
        }
        // A restatement charges anew whatever is still paid: what was before it is undone.
        let nights = try selves.flatMap { try postings(of: $0) }.filter { isCharge($0.posting) }
        guard let last = nights.map(\.night).max() else { return [] }
        let all = try net(selves, perSource: false) { past in
            let posting = past.posting
            guard past.night > last else { return past.night == last && isCharge(posting) }
            if posting.kind == .redeemUncovered { return posting.by == order }
            return posting.kind == .refund && returns.contains(posting.by)
        }
        return all.filter { $0.points < 0 }
    }

    /// What each account's `max` took out of an order's own lot, as it was posted last.
    func capped(of order: OrderIdentity, on selves: [Int32]) throws -> InlineArray<2, Points> {
        forgetMany()
        var capped: InlineArray<2, Points> = [0, 0]
        // Ids rise from night to night, whichever of the selves it was, and a cap follows its accrual.
        let all = try selves.flatMap { try postings(of: $0) }.sorted { $0.id < $1.id }
        for posting in all.map(\.posting) where posting.by == order {
            switch posting.kind {
            case .accrue: capped[Int(posting.account.rawValue)] = 0
            case .cap: capped[Int(posting.account.rawValue)] -= posting.points
            default: break
            }
        }
        return capped
    }

    private func net(
        _ selves: [Int32], perSource: Bool = true, where isWanted: (PastPosting) -> Bool
    ) throws -> [EventDetail.Effect] {
        var effects: [Key: EventDetail.Effect] = [:]
        var makers: [Key: Posting] = [:]
        for member in selves {
            for past in try postings(of: member) {
                let posting = past.posting
                let lot = OrderIdentity(system: posting.lotSystem, id: posting.lot)
                if posting.fillsLot {
                    let key = Key(
                        account: posting.account, place: .lot, source: lot, lot: lot)
                    var maker = posting
                    // What moves or fills a lot again bears its dates, but not when it was earned.
                    switch posting.kind {
                    case .accrue, .adjust: break
                    default: maker.date = makers[key]?.date ?? posting.date
                    }
                    makers[key] = maker
                }
                guard isWanted(past) else { continue }
                let place: EventDetail.Effect.Place =
                    !posting.lot.isEmpty ? .lot : posting.kind.isUncovered ? .uncovered : .debt
                let source = perSource ? posting.by : lot
                let key = Key(
                    account: posting.account, place: place, source: source, lot: lot,
                    uncovered: place == .uncovered ? posting.kind : nil,
                    isLoss: perSource && lot == posting.by && posting.isLoss)
                effects[key, default: EventDetail.Effect(posting, place)].points += posting.points
            }
        }
        return effects.values.filter { $0.points != 0 }.map { effect in
            var effect = effect
            let lot = OrderIdentity(system: effect.lotSystem, id: effect.lot)
            let key = Key(account: effect.account, place: .lot, source: lot, lot: lot)
            if effect.place == .lot, let maker = makers[key] {
                effect.earnedOn = maker.date
                effect.activeOn = maker.activeOn
                effect.expiresOn = maker.expiresOn
            }
            effect.source = texts.copy(effect.source)
            effect.lot = texts.copy(effect.lot)
            return effect
        }.sorted(by: EventDetail.Effect.precedes)
    }

    /// A night may ask for very many members.
    private func forgetMany() {
        guard known.count > PostedEffects.membersAtOnce else { return }
        known = [:]
        knownTexts.removeAll()
    }

    private func postings(of member: Int32) throws -> [PastPosting] {
        if let found = known[member] { return found }
        let ledger = try self.ledger ?? LedgerHistory(connection)
        self.ledger = ledger
        let found = try ledger.postings(of: member, into: knownTexts)
        known[member] = found
        return found
    }
}

extension Posting {
    /// Whose posting it is.
    fileprivate var by: OrderIdentity { OrderIdentity(system: system, id: source) }

    /// Whether points come into a lot: such a posting bears the lot's dates.
    var fillsLot: Bool { points > 0 && !lot.isEmpty }
}

extension Posting {
    /// Whether it takes points from a lot, or undoes what took them.
    fileprivate var isLoss: Bool { (points < 0) != (kind == .reverse) }
}

extension EventDetail.Effect {
    fileprivate init(_ posting: Posting, _ place: Place) {
        self.init(
            account: posting.account, place: place, system: posting.system, source: posting.source,
            lotSystem: posting.lotSystem, lot: posting.lot, earnedOn: posting.date,
            activeOn: posting.activeOn, expiresOn: posting.expiresOn, points: 0,
            uncoveredKind: posting.kind.isUncovered ? posting.kind : .returnUncovered)
    }

    fileprivate static func precedes(
        _ left: EventDetail.Effect, _ right: EventDetail.Effect
    ) -> Bool {
        if left.account != right.account { return left.account.rawValue < right.account.rawValue }
        if left.place != right.place { return left.place.rawValue < right.place.rawValue }
        if left.source != right.source { return left.source < right.source }
        if left.system != right.system { return left.system < right.system }
        if left.lot != right.lot { return left.lot < right.lot }
        if left.lotSystem != right.lotSystem { return left.lotSystem < right.lotSystem }
        if (left.points < 0) != (right.points < 0) { return left.points > 0 }
        return left.uncoveredKind.rawValue < right.uncoveredKind.rawValue
    }
}
