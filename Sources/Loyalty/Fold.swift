/// The night of one member: a pure function of the state before it, tonight's events and the program.
///
/// Source: spec, part 3 'The fold' and part 0 'Returns'. A value, made once a night, because program,
/// terms and day are the same for every member; `run` keeps nothing between members.
package struct Fold {
    package let program: Program
    /// The business date that the night closes.
    package let day: CivilDate
    /// What `OrderEvent.terms` points into.
    package var terms: [Terms]
    /// What `OrderEvent.detail` points into.
    package var details: [EventDetail]

    private let scale: Int64

    package init(program: Program, day: CivilDate, terms: [Terms], details: [EventDetail] = []) {
        self.program = program
        self.day = day
        self.terms = terms
        self.details = details
        scale = program.currency.scale
    }

    /// Runs a member's events, which must be sorted by `OrderEvent.precedes`, and the night's expiry.
    ///
    /// - Parameters:
    ///   - state: before the night; after it, lots with nothing left are still there.
    ///   - events: tonight's events of this member.
    ///   - postings: what the night posts is appended, in no particular order.
    package func run(
        _ state: inout MemberState, _ events: [OrderEvent],
        into postings: inout [Posting]
    ) {
        for event in events {
            for index in program.accounts.indices {
                switch event.kind {
                case .accrual: accrue(event, index, &state, &postings)
                case .correction: correct(event, index, &state, &postings)
                case .return: takeBack(event, index, &state, &postings)
                case .charge where program.accounts[index].kind == .spend:
                    spend(event, index, &state, &postings)
                case .charge: break
                case .restatement, .void, .refund, .adjustment, .mergeOut, .mergeIn: break
                }
            }
        }
        expire(&state, &postings)
    }

    // MARK: Earning

    /// The points of a base; 0 where the terms are older than the account.
    private func points(_ base: MinorUnits, _ terms: Int, _ account: Int) -> Points {
        let earnings = self.terms[terms].earnings
        return account < earnings.count ? earnings[account].points(of: base, scale: scale) : 0
    }

    private func accrue(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        guard program.earns(on: event.date) else { return }
        let points = points(event.base, event.terms, account)
        guard points > 0 else { return }
        let lot = newLot(event, program.accounts[account], points)
        postings.append(posting(.accrue, event, lot, points))
        state.lots.append(lot)
        repay(event, state.lots.count - 1, &state, &postings)
    }

    private func newLot(_ event: OrderEvent, _ account: Account, _ points: Points) -> Lot {
        let expiresOn =
            switch account.expiry {
            case .never: Lot.never
            case .after(let period, _, _): period.after(event.date)
            case .fixed, .windows: Lot.never
            }
        return Lot(
            account: account.kind, system: event.system, id: event.id, points: points,
            remaining: points, earnedOn: event.date,
            activeOn: event.date.adding(days: account.holdDays), expiresOn: expiresOn,
            change: .created)
    }

    /// A debt is repaid by the next points that are earned, before they can be used.
    private func repay(
        _ event: OrderEvent, _ lot: Int, _ state: inout MemberState, _ postings: inout [Posting]
    ) {
        let account = Int(state.lots[lot].account.rawValue)
        guard state.debts[account] > 0 else { return }
        let repaid = state.lots[lot].take(state.debts[account])
        guard repaid > 0 else { return }
        state.debts[account] -= repaid
        postings.append(posting(.repay, event, state.lots[lot], -repaid))
        postings.append(posting(.repay, event, nil, repaid, account: state.lots[lot].account))
    }

    // MARK: Corrections

    /// The old points go out of their own lot, which the new ones refill, so that what was spent of
    /// the old stays spent once; what the lot then lacks is taken like a return.
    private func correct(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let kind = program.accounts[account].kind
        let old = event.oldTerms.map { points(event.oldBase, $0, account) } ?? 0
        // What earned before earns on while the program pauses: a correction takes nothing away.
        let earns = old > 0 || program.earns(on: event.date)
        let new = earns ? points(event.base, event.terms, account) : 0
        let found = state.lot(event.system, event.id, kind)
        let before = found.map { state.lots[$0].remaining } ?? 0
        let reversed = min(old, before + new)
        if new > 0 {
            var lot = newLot(event, program.accounts[account], new)
            lot.remaining = before - reversed + new
            let index = found ?? state.lots.count
            if found == nil { state.lots.append(lot) } else { state.lots[index] = lot }
            if reversed > 0 { postings.append(posting(.reverse, event, lot, -reversed)) }
            postings.append(posting(.accrue, event, lot, new))
            repay(event, index, &state, &postings)
        } else if let found, reversed > 0 {
            _ = state.lots[found].take(reversed)
            postings.append(posting(.reverse, event, state.lots[found], -reversed))
        }
        let missing = old - reversed
        guard missing > 0 else { return }
        take(missing, .reverse, event, account, &state, &postings)
    }

    // MARK: Returns

    private func takeBack(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let wanted =
            if let sale = event.sale, program.accounts[account].returnRounding == .cumulative {
                pointsTaken(of: sale, by: event, account)
            } else {
                // `each`: alone, at the tier of the day, whatever the sale was.
                points(event.base, event.terms, account)
            }
        guard wanted > 0 else { return }
        take(wanted, .return, event, account, &state, &postings)
    }

    /// Points of what was kept before the return, less those of what is kept after it.
    ///
    /// So several small returns take exactly what one large one would, and what exceeds the sale has
    /// no points.
    private func pointsTaken(
        of sale: OrderEvent.Sale, by event: OrderEvent, _ account: Int
    ) -> Points {
        let rules = program.accounts[account]
        let before = max(0, sale.base - sale.returned)
        let after = max(0, before - event.base)
        if let terms = sale.terms {
            return points(before, terms, account) - points(after, terms, account)
        }
        // Opening orders know one number of points, those of the spend account.
        guard sale.base > 0, rules.kind == .spend else { return 0 }
        func kept(_ amount: MinorUnits) -> Points {
            Points(Int128(sale.openingPoints) * Int128(amount) / Int128(sale.base))
        }
        return kept(before) - kept(after)
    }

    /// Takes points: from the lot of the order first, then from the member's others by
    /// `returns_take`; what none covers is a debt or uncovered, by `returns`.
    private func take(
        _ wanted: Points, _ kind: Posting.Kind, _ event: OrderEvent, _ account: Int,
        _ state: inout MemberState, _ postings: inout [Posting]
    ) {
        let rules = program.accounts[account]
        var left = wanted
        let isLinked = !event.original.isEmpty
        if isLinked,
            let own = state.lot(event.originalSystem, event.original, rules.kind)
        {
            left -= take(left, fromLot: own, kind, event, rules, &state, &postings)
        }
        // Only-pending takes no other lot where there is one of its own: that of the order that was
        // returned or corrected.
        let hasOwn = isLinked || kind == .reverse
        if left > 0, rules.returns != .onlyPending || !hasOwn {
            for lot in lotsToTake(rules, state) where left > 0 {
                left -= take(left, fromLot: lot, kind, event, rules, &state, &postings)
            }
        }
        guard left > 0 else { return }
        if rules.returns == .debit {
            state.debts[Int(rules.kind.rawValue)] += left
            postings.append(posting(kind, event, nil, -left, account: rules.kind))
        } else {
            postings.append(posting(.returnUncovered, event, nil, -left, account: rules.kind))
        }
    }

    private func take(
        _ wanted: Points, fromLot index: Int, _ kind: Posting.Kind, _ event: OrderEvent,
        _ rules: Account, _ state: inout MemberState, _ postings: inout [Posting]
    ) -> Points {
        if rules.returns == .onlyPending, state.lots[index].activeOn <= day { return 0 }
        let taken = state.lots[index].take(wanted)
        if taken > 0 { postings.append(posting(kind, event, state.lots[index], -taken)) }
        return taken
    }

    /// The open lots of an account in the order in which a return takes them.
    private func lotsToTake(_ rules: Account, _ state: MemberState) -> [Int] {
        let open = state.lots.indices.filter {
            state.lots[$0].account == rules.kind && state.lots[$0].remaining > 0
        }
        return open.sorted { left, right in
            let left = state.lots[left]
            let right = state.lots[right]
            if rules.returnsTake == .pendingFirst {
                let leftPends = left.activeOn > day
                let rightPends = right.activeOn > day
                if leftPends != rightPends { return leftPends }
                if leftPends, left.earnedOn != right.earnedOn {
                    return left.earnedOn < right.earnedOn
                }
                if leftPends { return left.precedesById(right) }
            }
            if left.expiresOn != right.expiresOn { return left.expiresOn < right.expiresOn }
            return left.precedesById(right)
        }
    }

    // MARK: Spending

    /// Takes active lots, soonest last day first (`spend_order: fifo`: oldest first), then lot id.
    private func spend(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let rules = program.accounts[account]
        let open = state.lots.indices.filter {
            let lot = state.lots[$0]
            return lot.account == rules.kind && lot.remaining > 0 && lot.activeOn <= day
        }
        let ordered = open.sorted { left, right in
            let left = state.lots[left]
            let right = state.lots[right]
            switch rules.spendOrder {
            case .soonest where left.expiresOn != right.expiresOn:
                return left.expiresOn < right.expiresOn
            case .fifo where left.earnedOn != right.earnedOn: return left.earnedOn < right.earnedOn
            case .soonest, .fifo: return left.precedesById(right)
            }
        }
        var left = event.base
        for index in ordered where left > 0 {
            let taken = state.lots[index].take(left)
            left -= taken
            postings.append(posting(.redeem, event, state.lots[index], -taken))
        }
        guard left > 0 else { return }
        postings.append(posting(.redeemUncovered, event, nil, -left, account: rules.kind))
    }

    // MARK: Expiry

    /// What has its last day on the business date or before is good no longer, after that day's spends.
    private func expire(_ state: inout MemberState, _ postings: inout [Posting]) {
        for index in state.lots.indices
        where state.lots[index].expiresOn <= day && state.lots[index].remaining > 0 {
            let points = state.lots[index].take(state.lots[index].remaining)
            let lot = state.lots[index]
            postings.append(
                Posting(
                    account: lot.account, kind: .expire, system: lot.system, source: lot.id,
                    lotSystem: lot.system, lot: lot.id, points: -points, date: day, activeOn: day,
                    expiresOn: day))
        }
    }

    // MARK: Postings

    private func posting(
        _ kind: Posting.Kind, _ event: OrderEvent, _ lot: Lot?, _ points: Points,
        account: Account.Kind = .spend
    ) -> Posting {
        let makesLot = kind == .accrue
        return Posting(
            account: lot?.account ?? account, kind: kind, system: event.system, source: event.id,
            lotSystem: lot?.system ?? 0, lot: lot?.id ?? ByteText(start: event.id.start, count: 0),
            points: points, date: event.date,
            activeOn: makesLot ? lot?.activeOn ?? event.date : event.date,
            expiresOn: makesLot ? lot?.expiresOn ?? event.date : event.date)
    }
}

extension Lot {
    fileprivate func precedesById(_ other: Lot) -> Bool {
        id == other.id ? system < other.system : id < other.id
    }
}

extension MemberState {
    /// The lot of an order: of its own system, else one that came without a system, as opening lots may.
    fileprivate func lot(_ system: Int32, _ id: ByteText, _ account: Account.Kind) -> Int? {
        func find(_ system: Int32) -> Int? {
            lots.firstIndex { $0.account == account && $0.system == system && $0.id == id }
        }
        return find(system) ?? find(0)
    }
}
