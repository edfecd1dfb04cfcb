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

    let scale: Int64

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
            switch event.kind {
            case .mergeOut: mergeOut(event, &state, &postings)
            case .mergeIn: mergeIn(event, &state, &postings)
            default: break
            }
            for index in program.accounts.indices {
                let kind = program.accounts[index].kind
                switch event.kind {
                case .accrual: accrue(event, index, &state, &postings)
                case .correction: correct(event, index, &state, &postings)
                case .return: takeBack(event, index, &state, &postings)
                case .restatement, .void: restate(event, index, &state, &postings)
                case .refund where kind == .spend: refund(event, index, &state, &postings)
                case .charge where kind == .spend: spend(event, index, &state, &postings)
                case .claim where kind == .spend: claim(event, index, &state, &postings)
                case .gift where kind == .spend: receive(event, index, &state, &postings)
                case .adjustment where kind == event.account:
                    adjust(event, index, &state, &postings)
                case .refund, .charge, .claim, .gift, .adjustment, .mergeOut, .mergeIn: break
                }
            }
        }
        expire(&state, &postings)
    }

    // MARK: Earning

    /// The points of a base; 0 where the terms are older than the account.
    func points(_ base: MinorUnits, _ terms: Int, _ account: Int) -> Points {
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
        cap(event, account, state.lots.count - 1, &state, &postings)
    }

    func newLot(
        _ event: OrderEvent, _ account: Account, _ points: Points, holdDays: Int? = nil
    ) -> Lot {
        let activeOn = event.date.adding(days: holdDays ?? account.holdDays)
        return Lot(
            account: account.kind, system: event.system, id: event.id, points: points,
            remaining: points, earnedOn: event.date, activeOn: activeOn,
            expiresOn: account.expiry.lastDay(earnedOn: event.date, activeOn: activeOn),
            change: .created)
    }

    /// A debt is repaid by the next points that are earned, before they can be used.
    func repay(
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

    /// What the account then holds beyond its `max` goes out of the new lot again, on record; a debt that
    /// made room has taken it before.
    func cap(
        _ event: OrderEvent, _ account: Int, _ lot: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        guard let max = program.accounts[account].max else { return }
        let kind = program.accounts[account].kind
        var total: Points = 0
        for lot in state.lots where lot.account == kind { total += lot.remaining }
        let capped = state.lots[lot].take(total - max)
        guard capped > 0 else { return }
        state.lots[lot].capped += capped
        postings.append(posting(.cap, event, state.lots[lot], -capped))
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
        let found = state.ownLot(event.system, event.id, kind)
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
            cap(event, account, index, &state, &postings)
        } else if let found, reversed > 0 {
            _ = state.lots[found].take(reversed)
            postings.append(posting(.reverse, event, state.lots[found], -reversed))
        }
        let missing = old - reversed
        guard missing > 0 else { return }
        take(missing, .reverse, event, account, &state, &postings)
    }

    // MARK: Expiry

    /// What has its last day on the business date or before is good no longer, after that day's spends.
    private func expire(_ state: inout MemberState, _ postings: inout [Posting]) {
        for index in state.lots.indices
        where state.lots[index].expiresOn <= day && state.lots[index].remaining > 0 {
            expire(index, &state, &postings)
        }
    }

    func expire(_ index: Int, _ state: inout MemberState, _ postings: inout [Posting]) {
        let points = state.lots[index].take(state.lots[index].remaining)
        let lot = state.lots[index]
        postings.append(
            Posting(
                account: lot.account, kind: .expire, system: lot.system, source: lot.id,
                lotSystem: lot.system, lot: lot.id, points: -points, date: day, activeOn: day,
                expiresOn: day))
    }

    // MARK: Postings

    func posting(
        _ kind: Posting.Kind, _ event: OrderEvent, _ lot: Lot?, _ points: Points,
        account: Account.Kind = .spend
    ) -> Posting {
        let makesLot = lot != nil && points > 0
        return Posting(
            account: lot?.account ?? account, kind: kind, system: event.system, source: event.id,
            lotSystem: lot?.system ?? 0, lot: lot?.id ?? ByteText(start: event.id.start, count: 0),
            points: points, date: event.date,
            activeOn: makesLot ? lot?.activeOn ?? event.date : event.date,
            expiresOn: makesLot ? lot?.expiresOn ?? event.date : event.date)
    }
}
