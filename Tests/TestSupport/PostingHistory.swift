package import Loyalty

/// What was posted in earlier nights, and what that did.
package struct PostingHistory {
    private var postings: [Posting] = []
    /// Every lot that ever was, as it was last.
    private var lots: [Lot] = []

    package init() {}

    /// Adds a night's postings and the state after it, lots with nothing left included.
    package mutating func add(_ posted: [Posting], _ state: MemberState) {
        postings += posted
        for lot in state.lots {
            lots.removeAll {
                $0.account == lot.account && $0.system == lot.system && $0.id == lot.id
            }
            lots.append(lot)
        }
    }

    /// What sources did, netted by account, source, and lot, debt or kind of what nothing covered.
    package func effects(of sources: [ByteText]) -> [EventDetail.Effect] {
        var effects: [EventDetail.Effect] = []
        for posting in postings
        where sources.contains(posting.source) && posting.kind != .expire && posting.kind != .merge
        {
            let place: EventDetail.Effect.Place =
                posting.kind.isUncovered ? .uncovered : posting.lot.isEmpty ? .debt : .lot
            let same = effects.firstIndex {
                $0.account == posting.account && $0.place == place && $0.source == posting.source
                    && $0.lot == posting.lot && $0.lotSystem == posting.lotSystem
                    && (place != .uncovered || $0.uncoveredKind == posting.kind)
            }
            if let same {
                effects[same].points += posting.points
                continue
            }
            let lot = lots.first {
                $0.account == posting.account && $0.system == posting.lotSystem
                    && $0.id == posting.lot
            }
            effects.append(
                EventDetail.Effect(
                    account: posting.account, place: place, system: posting.system,
                    source: posting.source, lotSystem: posting.lotSystem, lot: posting.lot,
                    earnedOn: lot?.earnedOn ?? posting.date,
                    activeOn: lot?.activeOn ?? posting.date,
                    expiresOn: lot?.expiresOn ?? posting.date, points: posting.points,
                    uncoveredKind: posting.kind.isUncovered ? posting.kind : .returnUncovered))
        }
        return effects
    }
}
