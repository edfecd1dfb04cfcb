/// What goes out of lots: returns, charges, and what is taken by hand.
extension Fold {
    // MARK: Returns

    func takeBack(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let wanted =
            if let sale = event.sale, program.accounts[account].returnRounding == .cumulative {
                pointsTaken(of: sale, by: event, account, state)
            } else {
                // `each`: alone, at the tier of the day, whatever the sale was.
                points(event.base, event.terms, account)
            }
        guard wanted > 0 else { return }
        take(wanted, .return, event, account, &state, &postings)
    }

    /// Points of all that has come back after the return, less those of what had come back before it.
    ///
    /// So several small returns take exactly what one large one would, and what exceeds the sale has
    /// no points. What the account's `max` took of the sale's points counts as returned first: nobody
    /// has it.
    private func pointsTaken(
        of sale: OrderEvent.Sale, by event: OrderEvent, _ account: Int, _ state: MemberState
    ) -> Points {
        let rules = program.accounts[account]
        var capped = sale.capped[Int(rules.kind.rawValue)]
        if rules.max != nil,
            let own = state.lot(event.originalSystem, event.original, rules.kind)
        {
            capped += state.lots[own].capped
        }
        let before = max(0, sale.base - sale.returned)
        let after = max(0, before - event.base)
        if let terms = sale.terms {
            let all = points(sale.base, terms, account)
            return max(0, all - points(after, terms, account) - capped)
                - max(0, all - points(before, terms, account) - capped)
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
    func take(
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

    /// Takes active lots; what none covers is recorded.
    ///
    /// - Parameter isAgain: whether it was charged before and is only re-stated: it may then use what
    ///   that has given back to lots whose last day is past.
    func spend(
        _ event: OrderEvent, _ account: Int, isAgain: Bool = false, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let rules = program.accounts[account]
        let lots = lotsToSpend(rules, state, from: isAgain ? nil : day)
        let left = event.base - take(event.base, from: lots, .redeem, event, &state, &postings)
        guard left > 0 else { return }
        postings.append(posting(.redeemUncovered, event, nil, -left, account: rules.kind))
    }

    /// Takes all of a reward's cost, or nothing: a claim without postings was refused.
    func claim(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let lots = lotsToSpend(program.accounts[account], state, from: day)
        guard lots.reduce(0, { $0 + state.lots[$1].remaining }) >= event.base else { return }
        _ = take(event.base, from: lots, .redeem, event, &state, &postings)
    }

    /// Active lots that are good on a day: soonest last day first (`spend_order: fifo`: oldest first),
    /// then lot id.
    private func lotsToSpend(
        _ rules: Account, _ state: MemberState, from day: CivilDate?
    ) -> [Int] {
        let open = state.lots.indices.filter {
            let lot = state.lots[$0]
            return lot.account == rules.kind && lot.remaining > 0 && lot.activeOn <= self.day
                && day.map { $0 <= lot.expiresOn } ?? true
        }
        return open.sorted { rules.spends(state.lots[$0], before: state.lots[$1]) }
    }

    private func take(
        _ wanted: Points, from lots: [Int], _ kind: Posting.Kind, _ event: OrderEvent,
        _ state: inout MemberState, _ postings: inout [Posting]
    ) -> Points {
        var left = wanted
        for index in lots where left > 0 {
            let taken = state.lots[index].take(left)
            left -= taken
            postings.append(posting(kind, event, state.lots[index], -taken))
        }
        return wanted - left
    }

    // MARK: Gift codes and adjustments

    /// Points of a gift code: a lot of their own, which repays a debt first.
    func receive(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let index = state.put(
            newLot(
                event, program.accounts[account], event.base, holdDays: Int(event.holdDays)))
        postings.append(posting(.accrue, event, state.lots[index], event.base))
        repay(event, index, &state, &postings)
        cap(event, account, index, &state, &postings)
    }

    /// Points by hand: a lot without a hold, or taken as a charge would, then from what is pending.
    func adjust(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let rules = program.accounts[account]
        guard event.base < 0 else {
            guard event.base > 0 else { return }
            let index = state.put(newLot(event, rules, event.base, holdDays: 0))
            postings.append(posting(.adjust, event, state.lots[index], event.base))
            repay(event, index, &state, &postings)
            cap(event, account, index, &state, &postings)
            return
        }
        let pending = state.lots.indices.filter {
            let lot = state.lots[$0]
            return lot.account == rules.kind && lot.remaining > 0 && lot.activeOn > day
        }
        let soonest = pending.sorted { left, right in
            let left = state.lots[left]
            let right = state.lots[right]
            if left.activeOn != right.activeOn { return left.activeOn < right.activeOn }
            return left.precedesById(right)
        }
        let lots = lotsToSpend(rules, state, from: day) + soonest
        let left = -event.base - take(-event.base, from: lots, .adjust, event, &state, &postings)
        guard left > 0 else { return }
        if rules.returns == .debit {
            state.debts[Int(rules.kind.rawValue)] += left
            postings.append(posting(.adjust, event, nil, -left, account: rules.kind))
        } else {
            postings.append(posting(.adjustUncovered, event, nil, -left, account: rules.kind))
        }
    }
}

extension Account {
    /// The order in which lots are spent.
    func spends(_ left: Lot, before right: Lot) -> Bool {
        switch spendOrder {
        case .soonest where left.expiresOn != right.expiresOn: left.expiresOn < right.expiresOn
        case .fifo where left.earnedOn != right.earnedOn: left.earnedOn < right.earnedOn
        case .soonest, .fifo: left.precedesById(right)
        }
    }
}

extension Lot {
    func precedesById(_ other: Lot) -> Bool {
        id == other.id ? system < other.system : id < other.id
    }
}

extension MemberState {
    /// The lot of an order: of its own system, else one that came without a system, as opening lots may.
    package func lot(_ system: Int32, _ id: ByteText, _ account: Account.Kind) -> Int? {
        ownLot(system, id, account) ?? ownLot(0, id, account)
    }

    /// The lot that bears just this name.
    func ownLot(_ system: Int32, _ id: ByteText, _ account: Account.Kind) -> Int? {
        lots.firstIndex { $0.account == account && $0.system == system && $0.id == id }
    }

    /// Adds a lot, to the one of its name where there is one, which then has the dates of the new.
    mutating func put(_ lot: Lot) -> Int {
        guard let own = ownLot(lot.system, lot.id, lot.account) else {
            lots.append(lot)
            return lots.count - 1
        }
        let before = lots[own].remaining
        lots[own] = lot
        lots[own].give(before)
        return own
    }
}
