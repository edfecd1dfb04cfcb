internal import Loyalty
internal import Storage

/// One member's ledger from its first posting on: every night's postings applied to the lots that they name.
///
/// Nothing but the postings is believed, so that what the store keeps beside them can be held against it.
final class MemberReplay {
    struct LotKey: Hashable {
        var account: Account.Kind
        var system: Int32
        var id: ByteText
    }

    /// What a lot's postings tell beside its state.
    private struct Trace {
        var hasMaker = false
        /// Whether a posting says the day on which it was earned: that of a merge doesn't.
        var knowsEarned = false
        var accruals = 0
        /// Nights that took back what its own source had posted.
        var reversals = 0
        var lastReversal: CivilDate?
        /// What tonight gave that may have come behind a spend, what it earned, and what expired.
        var late: Points = 0
        var accrued: Points = 0
        var expired: Points = 0
        /// What went out again because of a cap.
        var capped: Points = 0
        var night: CivilDate?
    }

    private(set) var state = MemberState()
    private var traces: [Trace] = []
    private var places: [LotKey: Int] = [:]
    /// Orders of earlier nights that were paid with points.
    private var charged: Set<LotKey> = []
    private let texts = TextArena()
    private let findings: Findings
    private let spendOrders: [CivilDate: Account.SpendOrder]
    private var member: Int64 = 0

    init(_ findings: Findings, spendOrders: [CivilDate: Account.SpendOrder]) {
        self.findings = findings
        self.spendOrders = spendOrders
    }

    /// Begins another member.
    func begin(_ member: Int64) {
        self.member = member
        state.removeAll()
        traces.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        charged.removeAll(keepingCapacity: true)
        texts.removeAll()
    }

    /// A text that lives as long as the member is at hand.
    func keep(_ text: ByteText) -> ByteText { texts.copy(text) }

    /// The lot of a key, as the postings left it.
    func lot(_ key: LotKey) -> Lot? { places[key].map { state.lots[$0] } }

    // MARK: A night

    /// Applies one night's postings: what fills lots before what takes from them.
    ///
    /// The ledger's order of kinds doesn't say which came first. What a merge brings comes before all, and what
    /// is taken back before what is posted anew or paid back, which may give its lot other dates.
    func run(_ night: CivilDate, _ postings: [Posting]) throws {
        let filling = postings.filter { $0.points > 0 }
        for posting in filling where posting.kind == .merge { try apply(posting, night) }
        for posting in filling where posting.kind == .reverse { try apply(posting, night) }
        for posting in filling where posting.kind != .merge && posting.kind != .reverse {
            try apply(posting, night)
        }
        for posting in postings where posting.points <= 0 { try apply(posting, night) }
        for posting in postings where posting.kind == .reverse || posting.kind == .returnUncovered {
            noteReversal(posting, night)
        }
        for index in state.lots.indices where traces[index].night == night {
            let lot = state.lots[index]
            if lot.remaining < 0 {
                try findings.add(
                    .lots, night: night, member: member,
                    "lot \(lot.id.string) is left with \(lot.remaining) points")
            }
            // What was capped whole leaves nothing that a later version would take back.
            if traces[index].accrued > 0, traces[index].accrued == traces[index].capped {
                traces[index].accruals -= 1
            }
            if traces[index].accrued > 0, traces[index].accruals > traces[index].reversals + 1 {
                try findings.add(
                    .accruals, night: night, member: member,
                    "\(lot.id.string) accrued \(traces[index].accruals) times and was reversed "
                        + "\(traces[index].reversals) times")
            }
        }
        for account in Account.Kind.allCases where state.debts[Int(account.rawValue)] < 0 {
            try findings.add(
                .lots, night: night, member: member,
                "the debt of \(account) is \(state.debts[Int(account.rawValue)]) points")
        }
        for posting in postings where posting.kind == .redeem && !posting.lot.isEmpty {
            try checkSpend(posting, night, among: postings)
        }
        for posting in postings where posting.kind == .redeem || posting.kind == .redeemUncovered {
            charged.insert(source(of: posting))
        }
    }

    private func source(of posting: Posting) -> LotKey {
        LotKey(account: posting.account, system: posting.system, id: posting.source)
    }

    private func apply(_ posting: Posting, _ night: CivilDate) throws {
        guard posting.changesBalance else { return }
        guard !posting.lot.isEmpty else {
            state.debts[Int(posting.account.rawValue)] -= posting.points
            return
        }
        let key = LotKey(account: posting.account, system: posting.lotSystem, id: posting.lot)
        let index = places[key] ?? open(key, posting)
        if traces[index].night != night {
            traces[index].night = night
            (traces[index].late, traces[index].accrued, traces[index].expired) = (0, 0, 0)
            traces[index].capped = 0
        }
        state.lots[index].remaining += posting.points
        if posting.points > 0 {
            // Only what makes a lot carries its dates; the date alone stands in both otherwise.
            traces[index].hasMaker = true
            if posting.stampsItsOwnLot {
                traces[index].knowsEarned = true
                state.lots[index].earnedOn = posting.date
            }
            state.lots[index].activeOn = posting.activeOn
            state.lots[index].expiresOn = posting.expiresOn
        }
        switch posting.kind {
        case .accrue:
            traces[index].accruals += 1
            traces[index].accrued += posting.points
            try checkPlace(posting, night)
        case .adjust, .refund, .reverse: traces[index].late += max(0, posting.points)
        case .expire: traces[index].expired -= posting.points
        case .cap: traces[index].capped -= posting.points
        default: break
        }
        if !traces[index].hasMaker {
            try findings.add(
                .lots, night: night, member: member,
                "\(posting.kind.name) of \(posting.points) points from lot \(key.id.string), which nothing made"
            )
        }
    }

    private func open(_ key: LotKey, _ posting: Posting) -> Int {
        let lot = Lot(
            account: key.account, system: key.system, id: key.id, points: 0, remaining: 0,
            earnedOn: posting.date, activeOn: posting.activeOn, expiresOn: posting.expiresOn)
        state.lots.append(lot)
        traces.append(Trace())
        places[key] = state.lots.count - 1
        return state.lots.count - 1
    }

    // MARK: Accruals

    private func checkPlace(_ posting: Posting, _ night: CivilDate) throws {
        guard posting.source != posting.lot || posting.system != posting.lotSystem else { return }
        try findings.add(
            .accruals, night: night, member: member,
            "the \(posting.points) points of \(posting.source.string) went into lot "
                + "\(posting.lot.string)")
    }

    /// Whatever it was taken from, what a source had accrued was taken back.
    private func noteReversal(_ posting: Posting, _ night: CivilDate) {
        let own = LotKey(account: posting.account, system: posting.system, id: posting.source)
        guard let index = places[own], traces[index].lastReversal != night else { return }
        traces[index].reversals += 1
        traces[index].lastReversal = night
    }

    // MARK: Spends

    private func checkSpend(
        _ posting: Posting, _ night: CivilDate, among postings: [Posting]
    ) throws {
        let key = LotKey(account: posting.account, system: posting.lotSystem, id: posting.lot)
        guard let place = places[key] else { return }
        let spent = state.lots[place]
        if spent.activeOn > night {
            try findings.add(
                .spends, night: night, member: member,
                "\(posting.source.string) spent \(-posting.points) points of lot \(key.id.string), "
                    + "which is active from \(spent.activeOn) on")
        }
        // A restated order spends before the night's other orders have earned, and may use what it has
        // given back itself to lots whose last day is past.
        let isRestated =
            charged.contains(source(of: posting))
            || postings.contains { $0.kind == .reverse && $0.source == posting.source }
        if spent.expiresOn < night, !isRestated {
            try findings.add(
                .spends, night: night, member: member,
                "\(posting.source.string) spent \(-posting.points) points of lot \(key.id.string), "
                    + "whose last day was \(spent.expiresOn)")
        }
        // What came back to the lot behind such a spend may have given it later dates.
        let isMoved =
            isRestated
            && postings.contains {
                $0.kind == .refund && $0.lot == posting.lot && $0.lotSystem == posting.lotSystem
            }
        guard let order = spendOrders[night], !isMoved else { return }
        for index in state.lots.indices where index != place {
            let lot = state.lots[index]
            guard lot.account == posting.account, lot.activeOn <= night, lot.expiresOn >= night,
                precedes(index, place, order)
            else { continue }
            var left = lot.remaining
            if traces[index].night == night {
                left -= traces[index].late + (isRestated ? traces[index].accrued : 0)
                if lot.expiresOn == night { left += traces[index].expired }
            }
            guard left > 0 else { continue }
            try findings.add(
                .spendOrder, night: night, member: member,
                "\(posting.source.string) spent \(-posting.points) points of lot \(key.id.string) while "
                    + "lot \(lot.id.string), which comes first (\(order.rawValue)), had \(left)")
            return
        }
    }

    private func precedes(_ left: Int, _ right: Int, _ order: Account.SpendOrder) -> Bool {
        let (one, other) = (state.lots[left], state.lots[right])
        switch order {
        case .soonest where one.expiresOn != other.expiresOn: return one.expiresOn < other.expiresOn
        case .fifo where !traces[left].knowsEarned || !traces[right].knowsEarned: return false
        case .fifo where one.earnedOn != other.earnedOn: return one.earnedOn < other.earnedOn
        case .soonest, .fifo: return one.id < other.id
        }
    }
}

extension Posting {
    /// Whether it makes the lot of its own source: then it says on which day that was earned.
    var stampsItsOwnLot: Bool {
        points > 0 && (kind == .accrue || kind == .adjust) && source == lot && system == lotSystem
    }
}
