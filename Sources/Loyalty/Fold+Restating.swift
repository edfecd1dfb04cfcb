/// What was posted before and is posted anew: restatements, voids, refunds, merges.
extension Fold {
    // MARK: Restatements

    /// All that the order and its returns did goes out, all of their new version comes in.
    ///
    /// What others spent of a lot stays spent: until the end a lot may lack points, and what it lacks
    /// then is taken like a return.
    func restate(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let rules = program.accounts[account]
        let detail = details[Int(event.detail)]
        let first = postings.count
        for effect in detail.effects where effect.account == rules.kind && effect.points != 0 {
            undo(effect, event, rules, &state, &postings)
        }
        for part in detail.parts {
            switch part.kind {
            // What earned before earns on while the program pauses.
            case .accrual where detail.hasEarned(part, rules.kind) || program.earns(on: part.date):
                accrueAgain(part, account, &state, &postings)
            case .return: takeBack(part, account, &state, &postings)
            case .charge where rules.kind == .spend:
                spend(part, account, isAgain: part.oldBase > 0, &state, &postings)
            case .adjustment where rules.kind == part.account:
                adjust(part, account, &state, &postings)
            default: break
            }
        }
        let missing = settle(rules.kind, first, &state, &postings)
        if missing > 0 { take(missing, .reverse, event, account, &state, &postings) }
    }

    /// Takes back what one source did to one place.
    private func undo(
        _ effect: EventDetail.Effect, _ event: OrderEvent, _ rules: Account,
        _ state: inout MemberState, _ postings: inout [Posting]
    ) {
        var points = -effect.points
        func post(_ kind: Posting.Kind, _ lot: Lot?, _ points: Points) {
            var source = event
            source.system = effect.system
            source.id = effect.source
            postings.append(posting(kind, source, lot, points, account: rules.kind))
        }
        switch effect.place {
        case .uncovered: post(effect.uncoveredKind, nil, points)
        case .lot:
            let index = open(effect, &state)
            state.lots[index].give(points)
            post(.reverse, state.lots[index], points)
        case .debt:
            let lowered = max(0, min(points, state.debts[Int(rules.kind.rawValue)]))
            if lowered > 0 {
                state.debts[Int(rules.kind.rawValue)] -= lowered
                post(.reverse, nil, lowered)
                points -= lowered
            }
            guard points != 0 else { return }
            // Repaid by others meanwhile, it is the member's again; what the source's lot repaid of a
            // debt stays repaid, as what others spent stays spent.
            var owner = event
            if points < 0 { (owner.system, owner.id) = (effect.system, effect.source) }
            let index = ownLot(owner, rules, &state)
            state.lots[index].give(points)
            post(.reverse, state.lots[index], points)
        }
    }

    /// The lot of an effect, opened again where it is closed.
    private func open(_ effect: EventDetail.Effect, _ state: inout MemberState) -> Int {
        if let open = state.ownLot(effect.lotSystem, effect.lot, effect.account) { return open }
        state.lots.append(
            Lot(
                account: effect.account, system: effect.lotSystem, id: effect.lot, points: 0,
                remaining: 0, earnedOn: effect.earnedOn, activeOn: effect.activeOn,
                expiresOn: effect.expiresOn, change: .created))
        return state.lots.count - 1
    }

    /// The lot of what is restated.
    private func ownLot(
        _ event: OrderEvent, _ rules: Account, _ state: inout MemberState
    ) -> Int {
        if let own = state.ownLot(event.system, event.id, rules.kind) { return own }
        let effect = details[Int(event.detail)].effects.first {
            $0.place == .lot && $0.account == rules.kind && $0.lotSystem == event.system
                && $0.lot == event.id
        }
        if let effect { return open(effect, &state) }
        state.lots.append(newLot(event, rules, 0))
        return state.lots.count - 1
    }

    private func accrueAgain(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let points = points(event.base, event.terms, account)
        guard points > 0 else { return }
        let index = state.put(newLot(event, program.accounts[account], points))
        postings.append(posting(.accrue, event, state.lots[index], points))
        repay(event, index, &state, &postings)
        cap(event, account, index, &state, &postings)
    }

    /// What lots lack is no longer reversed, so that none is below zero; gives the sum.
    ///
    /// - Parameter first: the first posting of the restatement.
    private func settle(
        _ account: Account.Kind, _ first: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) -> Points {
        var missing: Points = 0
        for lot in state.lots where lot.account == account && lot.remaining < 0 {
            var lacks = -lot.remaining
            missing += lacks
            for index in first..<postings.count
            where postings[index].kind == .reverse && postings[index].points < 0 {
                let posting = postings[index]
                guard posting.lot == lot.id, posting.lotSystem == lot.system,
                    posting.account == account
                else { continue }
                let less = min(lacks, -posting.points)
                postings[index].points += less
                lacks -= less
            }
        }
        guard missing > 0 else { return 0 }
        for index in state.lots.indices
        where state.lots[index].account == account && state.lots[index].remaining < 0 {
            state.lots[index].remaining = 0
        }
        postings.removeAll { $0.points == 0 }
        return missing
    }

    // MARK: Refunds

    /// The last that was taken is given back first: what no lot covered, then the last lot in spend
    /// order.
    func refund(
        _ event: OrderEvent, _ account: Int, _ state: inout MemberState,
        _ postings: inout [Posting]
    ) {
        let effects = details[Int(event.detail)].effects
        let rules = program.accounts[account]
        let taken = effects.indices.filter {
            effects[$0].account == rules.kind && effects[$0].points < 0
                && effects[$0].place != .debt
        }
        let lastFirst = taken.sorted { left, right in
            if effects[left].place != effects[right].place {
                return effects[left].place == .uncovered
            }
            return rules.spends(effects[right].asLot, before: effects[left].asLot)
        }
        var left = event.base
        for index in lastFirst where left > 0 {
            let given = min(left, -effects[index].points)
            left -= given
            guard effects[index].place == .lot else {
                // It bears the name of the order: an exchange may leave points of its own uncovered.
                var paid = event
                paid.system = event.originalSystem
                paid.id = event.original
                postings.append(posting(.redeemUncovered, paid, nil, given, account: rules.kind))
                continue
            }
            let lot = open(effects[index], &state)
            if case .grace(let days) = rules.refundExpired, state.lots[lot].expiresOn < day {
                // Grace is for what is given back, not for what the lot may still hold.
                if state.lots[lot].remaining > 0 { expire(lot, &state, &postings) }
                state.lots[lot].expiresOn = day.adding(days: days)
                state.lots[lot].change = .created
            }
            state.lots[lot].give(given)
            postings.append(posting(.refund, event, state.lots[lot], given))
        }
    }

    // MARK: Merges

    /// All that is open leaves, each lot and debt for itself.
    func mergeOut(
        _ event: OrderEvent, _ state: inout MemberState, _ postings: inout [Posting]
    ) {
        for index in state.lots.indices where state.lots[index].remaining > 0 {
            let points = state.lots[index].take(state.lots[index].remaining)
            postings.append(posting(.merge, event, state.lots[index], -points))
        }
        for account in Account.Kind.allCases where state.debts[Int(account.rawValue)] > 0 {
            let debt = state.debts[Int(account.rawValue)]
            postings.append(posting(.merge, event, nil, debt, account: account))
            state.debts[Int(account.rawValue)] = 0
        }
    }

    /// It arrives with its dates.
    ///
    /// Lots and debts may stand beside each other afterwards: a debt is repaid by points that are earned
    /// later, not by those that were earned before it.
    func mergeIn(
        _ event: OrderEvent, _ state: inout MemberState, _ postings: inout [Posting]
    ) {
        let detail = details[Int(event.detail)]
        for arriving in detail.lots where arriving.remaining > 0 {
            var lot = arriving
            lot.change = .created
            if let own = state.ownLot(lot.system, lot.id, lot.account) {
                // One name is one lot: it keeps its own dates.
                state.lots[own].points += lot.points
                state.lots[own].remaining += lot.remaining
                state.lots[own].change = .created
                lot = state.lots[own]
            } else {
                state.lots.append(lot)
            }
            postings.append(posting(.merge, event, lot, arriving.remaining))
        }
        for account in Account.Kind.allCases where detail.debts[Int(account.rawValue)] > 0 {
            let debt = detail.debts[Int(account.rawValue)]
            postings.append(posting(.merge, event, nil, -debt, account: account))
            state.debts[Int(account.rawValue)] += debt
        }
    }
}

extension EventDetail {
    /// Whether an order has earned before: what its lot got and has not given back since, whatever `max`
    /// or points paid then took of it.
    fileprivate func hasEarned(_ order: OrderEvent, _ account: Account.Kind) -> Bool {
        effects.contains { effect in
            effect.place == .lot && effect.points > 0 && effect.account == account
                && effect.source == order.id && effect.system == order.system
                && effect.lot == order.id && effect.lotSystem == order.system
        }
    }
}

extension EventDetail.Effect {
    /// Its lot, as far as it is known.
    fileprivate var asLot: Lot {
        Lot(
            account: account, system: lotSystem, id: lot, points: 0, remaining: 0,
            earnedOn: earnedOn, activeOn: activeOn, expiresOn: expiresOn)
    }
}
