/// What is made of verdicts.
extension Dispatch {
    /// The parcel's way has ended.
    func end(_ lane: Lane, _ claimed: ClaimedParcel, _ verdicts: [Verdict], _ now: Int) {
        judge(lane, claimed, verdicts, now)
        // Nearly all arrive, and a random number asks the system for one.
        let waits = verdicts.contains { if case .later = $0 { true } else { false } }
        let wait = waits ? Backoff.seconds(attempts: claimed.attempts, &random) : 0
        let rows = claimed.parcel.rows.indices
        let oldest = agedNow - lane.terms.giveUpSeconds
        let isOld = claimed.triedAts.contains { $0 <= oldest }
        if verdicts.count == 1, !isOld || rows.count == 1 {
            let end = end(lane, claimed, 0, verdicts[0], wait, now)
            for _ in rows { count(lane, end, now) }
            lane.outcomes.append(Outcome(claimed: claimed, ends: .all(end)))
            return
        }
        // One verdict may be for all.
        let ends = rows.map {
            end(lane, claimed, $0, verdicts[min($0, verdicts.count - 1)], wait, now)
        }
        for end in ends { count(lane, end, now) }
        lane.outcomes.append(Outcome(claimed: claimed, ends: .each(ends)))
    }

    private func end(
        _ lane: Lane, _ claimed: ClaimedParcel, _ row: Int, _ verdict: Verdict, _ wait: Int,
        _ now: Int
    ) -> RowEnd {
        switch verdict {
        case .acknowledged(let detail): return .acknowledged(detail)
        case .refused(let detail): return .refused(detail)
        case .later(let trouble):
            // What an earlier attempt did stays done.
            let mayHaveArrived = trouble.mayHaveArrived || claimed.parcel.isRepeated
            if agedNow - claimed.triedAts[row] >= lane.terms.giveUpSeconds {
                return .givenUp(trouble.text, mayHaveArrived: mayHaveArrived)
            }
            let until = now + min(trouble.waitSeconds ?? wait, 6 * 3_600)
            return .waits(until: until, trouble.text, mayHaveArrived: mayHaveArrived)
        case .halted(let trouble):
            return .waits(
                until: nil, trouble.text,
                mayHaveArrived: trouble.mayHaveArrived || claimed.parcel.isRepeated)
        }
    }

    /// Sends the halves of a parcel that is refused as one, each under a key of its own.
    ///
    /// The store knows of them before they go. So whoever is killed repeats the whole while nothing of it was
    /// sent by itself, and behind that the halves: no row is ever under way under two keys.
    func takeApart(_ lane: Lane, _ claimed: ClaimedParcel, _ now: Int) {
        precondition(claimed.parcel.rows.count > 1, "one row has no halves")
        if lane.breaker.detail != nil { lane.breaker.succeed(at: now) }
        lane.progressAt = now
        lane.wantsSettling = true
        lane.outcomes.append(Outcome(claimed: claimed, ends: .halves(claimed.halves)))
    }

    private func count(_ lane: Lane, _ end: RowEnd, _ now: Int) {
        switch end {
        case .acknowledged:
            lane.result.acknowledged += 1
            lane.hasTaken = true
        case .refused: lane.result.refused += 1
        case .givenUp: lane.result.givenUp += 1
        case .waits, .released, .parted: return
        }
        countEnded(lane, now)
    }

    /// What the verdicts say of the endpoint itself.
    private func judge(_ lane: Lane, _ claimed: ClaimedParcel, _ verdicts: [Verdict], _ now: Int) {
        var trouble: Trouble?
        var isWell = false
        for verdict in verdicts {
            switch verdict {
            case .acknowledged, .refused: isWell = true
            case .later(let later): trouble = trouble ?? later
            case .halted(let reason): return halt(lane, reason.text, now)
            }
        }
        if let seconds = trouble?.waitSeconds, let text = trouble?.text {
            if isWell { lane.breaker.succeed(at: now) }
            pause(lane, text, seconds, now)
        } else if isWell {
            if lane.breaker.detail != nil { lane.breaker.succeed(at: now) }
        } else if let trouble {
            fail(lane, trouble.text, now)
        }
    }

    private func pause(_ lane: Lane, _ text: String, _ seconds: Int, _ now: Int) {
        lane.breaker.pause(text, until: now + min(seconds, 6 * 3_600), at: now)
    }

    private func fail(_ lane: Lane, _ text: String, _ now: Int) {
        let before = lane.breaker.openings
        lane.breaker.fail(text, at: now)
        guard lane.breaker.openings > before, let until = lane.breaker.closedUntil else { return }
        observer.tell(
            "endpoint '\(lane.terms.name)': \(text); after \(lane.breaker.failures) failures it is "
                + "left alone for \(until - now) seconds")
    }

    /// Nothing goes there any more before a person has looked.
    func halt(_ lane: Lane, _ text: String, _ now: Int) {
        lane.breaker.halt(text, at: now)
        guard lane.halt == nil else { return }
        lane.halt = text
        observer.tell("endpoint '\(lane.terms.name)': \(text); what it should get waits")
    }

    // MARK: Logins

    /// What lets us in is missing: one login a parcel.
    func loginAgain(_ lane: Lane, _ slot: Slot, _ claimed: ClaimedParcel, _ now: Int) {
        let isOfThisLogin = slot.login == lane.logins
        guard !(slot.isAgain && isOfThisLogin) else {
            let text = "refuses our login, just after it was taken; check 'auth' and its rights"
            return end(lane, claimed, [.halted(Trouble(text))], now)
        }
        lane.again.append(claimed)
        if isOfThisLogin, lane.login == .done { lane.login = .needed }
    }

    func endLogin(_ lane: Lane, _ step: Step, _ now: Int) {
        lane.login = .needed
        switch step {
        case .end(.acknowledged), .endEach:
            lane.login = .done
            lane.logins += 1
            lane.loginFailures = 0
        case .end(.refused(let text)): halt(lane, "the login was refused: \(text)", now)
        case .end(.halted(let trouble)): halt(lane, trouble.text, now)
        case .end(.later(let trouble)):
            lane.loginFailures += 1
            let wait =
                trouble.waitSeconds ?? Backoff.seconds(attempts: lane.loginFailures, &random)
            fail(lane, trouble.text, now)
            pause(lane, trouble.text, max(1, wait), now)
        case .ask, .login, .apart:
            halt(lane, "the login asks for a login", now)
        }
    }
}
