package import Storage

/// Where transactions run: the store, or in tests one that breaks.
package protocol StoreWriting {
    func write<Value>(_ body: (Connection) throws -> Value) throws -> Value
    /// Copies what it can of the write-ahead log into the file.
    func checkpointBeside() throws
}

extension Store: StoreWriting {}

/// An endpoint of the settings, ready to be sent to.
package struct ReadyEndpoint {
    package var terms: EndpointTerms
    package var endpoint: any Endpoint

    package init(_ terms: EndpointTerms, _ endpoint: any Endpoint) {
        self.terms = terms
        self.endpoint = endpoint
    }
}

/// What a delivery tells whoever started it, while it runs.
package struct DeliveryObserver {
    /// Something that a person should know.
    package var tell: (String) -> Void
    /// Rows that ended, of how many.
    package var progress: (Int, Int) -> Void

    package init(tell: @escaping (String) -> Void, progress: @escaping (Int, Int) -> Void) {
        self.tell = tell
        self.progress = progress
    }
}

/// Sends what waits in the outbox to its endpoints, all at once over one wire.
///
/// One thread moves the wire and asks errands what comes next; a clerk on another one claims rows and writes
/// what became of them. A row is `sending` in the store before its first byte leaves, and what became of it is
/// written after its last answer came: so whatever is killed, the next process finds what may have arrived
/// and repeats it under the same key.
package final class Dispatch {
    /// What a request under way belongs to.
    final class Slot {
        let lane: Lane
        var errand: any Errand
        /// Nil for a login.
        let claimed: ClaimedParcel?
        /// Whether a login held it up.
        let isAgain: Bool
        /// Which login let it in.
        let login: Int

        init(_ lane: Lane, _ errand: any Errand, _ claimed: ClaimedParcel?, isAgain: Bool = false) {
            self.lane = lane
            self.errand = errand
            self.claimed = claimed
            self.isAgain = isAgain
            login = lane.logins
        }
    }

    let lanes: [Lane]
    let carrier: any Carrier
    let clock: DeliveryClock
    var random: any RandomNumberGenerator
    private let began: (now: Int, elapsed: Int)
    /// The time by which rows grow old: no run adds more to it than it lasted, wherever the clock jumps meanwhile.
    private(set) var agedNow = 0
    private let store: any StoreWriting
    let clerk: Clerk
    let observer: DeliveryObserver
    /// Seconds that a lane waits for something to be due when nothing ends.
    let patience: Int
    private var slots: [Slot?] = []
    private var freeSlots: [Int] = []
    private var total = 0
    private(set) var endedCount = 0
    /// When the oldest outcome that isn't written came; milliseconds.
    private var unwrittenSince: Int?

    static let claimCount = 2_048
    /// Outcomes that are written together: with the next claim, where there is one, and at the latest after a second.
    private static let settleCount = 2 * claimCount
    /// So often are outcomes written before the log is copied into the store's file, lest it grows for ever.
    private static let settlesACheckpoint = 8
    private var settles = 0

    /// - Parameters:
    ///   - isRetry: whether nothing waits for its time, and what was refused or given up is taken up again.
    ///   - hasThread: whether the clerk has a thread of its own.
    package init(
        _ endpoints: [ReadyEndpoint], store: any StoreWriting, carrier: any Carrier,
        clock: DeliveryClock, random: any RandomNumberGenerator, patience: Int = 60,
        isRetry: Bool = false, hasThread: Bool = true, observer: DeliveryObserver
    ) throws {
        self.store = store
        self.carrier = carrier
        self.clock = clock
        began = (clock.now(), clock.elapsed())
        self.random = random
        self.patience = patience
        self.observer = observer
        var lanes: [Lane] = []
        for ready in endpoints {
            let capacities = MessageKind.rowKinds.map { ($0, ready.endpoint.capacity(of: $0)) }
            let book = OutboxBook(
                endpoint: ready.terms.name, isOfFiles: ready.terms.kind.takesFiles,
                capacities: Dictionary(uniqueKeysWithValues: capacities))
            let opened = try store.write { connection in
                if isRetry {
                    try OutboxChanges(connection, ready.terms.name).takeUp(
                        ready.terms.kind.takesFiles)
                }
                let rows = try book.open(connection, now: clock.now())
                let breaker = try Breaker.load(
                    connection, ready.terms.name, limit: ready.terms.breaker)
                let hasTaken = try DeliveryTotals.hasTaken(connection, ready.terms.name)
                return (rows: rows, breaker: breaker, hasTaken: hasTaken)
            }
            let lane = Lane(
                ready.terms, ready.endpoint, book, opened.breaker, hasTaken: opened.hasTaken,
                now: clock.now(), elapsed: clock.elapsed())
            lane.result.superseded = opened.rows.superseded
            total += opened.rows.waiting
            lanes.append(lane)
        }
        self.lanes = lanes
        clerk = Clerk(hasThread: hasThread)
    }

    /// Sends until nothing is left that is due soon.
    package func run() throws -> [DeliveryResult] {
        defer { clerk.end() }
        while try step() {}
        return lanes.map(\.result)
    }

    /// Does what can be done now, and waits for what comes next; false once all is done.
    func step() throws -> Bool {
        try clerk.collect()
        let now = readClock()
        for lane in lanes where !lane.isDone { advance(lane, now) }
        settleIfDue()
        if lanes.allSatisfy(\.isDone) { return false }
        let milliseconds = waitMilliseconds(now)
        if carrier.count > 0 {
            let ended = carrier.wait(milliseconds: milliseconds)
            let now = readClock()
            for (tag, reply) in ended {
                guard let slot = slots[tag] else { continue }
                go(on: tag, slot, reply, now)
            }
        } else if clerk.count > 0 {
            try clerk.collect(waiting: milliseconds)
        } else if milliseconds > 0 {
            clock.sleep(milliseconds)
        }
        return true
    }

    // MARK: Beginning

    private func advance(_ lane: Lane, _ now: Int) {
        if lane.halt != nil { lane.release() }
        while let ask = lane.asks.first, lane.pace.take(elapsed: clock.elapsed()) {
            lane.asks.removeFirst()
            carrier.send(ask.request, tag: ask.tag)
        }
        claimIfNeeded(lane, now)
        while lane.halt == nil, lane.running < lane.breaker.room(of: lane.terms.inFlight, at: now),
            lane.queueCount > 0 || !lane.again.isEmpty,
            lane.pace.wait(elapsed: clock.elapsed()) == nil
        {
            if lane.login == .needed { beginLogin(lane, now) }
            guard lane.login == .done, lane.halt == nil, let next = lane.takeNext() else { break }
            begin(next.claimed, lane, isAgain: next.isAgain, now)
        }
        endIfOver(lane, now)
    }

    private func begin(_ claimed: ClaimedParcel, _ lane: Lane, isAgain: Bool, _ now: Int) {
        lane.running += 1
        var parcel = claimed.parcel
        parcel.isFirst = !lane.hasTaken
        let slot = Slot(lane, lane.endpoint.errand(for: parcel), claimed, isAgain: isAgain)
        go(on: place(slot), slot, nil, now)
    }

    private func beginLogin(_ lane: Lane, _ now: Int) {
        guard let errand = lane.endpoint.login(now: now) else {
            lane.login = .done
            lane.logins += 1
            return
        }
        lane.login = .underWay
        let slot = Slot(lane, errand, nil)
        go(on: place(slot), slot, nil, now)
    }

    private func place(_ slot: Slot) -> Int {
        if let free = freeSlots.popLast() {
            slots[free] = slot
            return free
        }
        slots.append(slot)
        return slots.count - 1
    }

    /// Asks an errand what comes next, and does it.
    private func go(on tag: Int, _ slot: Slot, _ reply: Reply?, _ now: Int) {
        let step = slot.errand.next(reply, now: now)
        let lane = slot.lane
        if case .ask(let request) = step {
            if lane.asks.isEmpty, lane.pace.take(elapsed: clock.elapsed()) {
                carrier.send(request, tag: tag)
            } else {
                lane.asks.append((tag, request))
            }
            return
        }
        slots[tag] = nil
        freeSlots.append(tag)
        guard let claimed = slot.claimed else { return endLogin(lane, step, now) }
        lane.running -= 1
        switch step {
        case .ask: break
        case .login: loginAgain(lane, slot, claimed, now)
        case .end(let verdict): end(lane, claimed, [verdict], now)
        case .endEach(let verdicts):
            precondition(
                verdicts.count == claimed.parcel.rows.count, "not one verdict a row of the parcel")
            end(lane, claimed, verdicts, now)
        case .apart: takeApart(lane, claimed, now)
        }
    }

    // MARK: Claiming and settling

    private func claimIfNeeded(_ lane: Lane, _ now: Int) {
        guard lane.halt == nil, !lane.isClaiming, lane.queueCount < Self.claimCount / 2,
            lane.breaker.room(of: 1, at: now) > 0
        else { return }
        if lane.isPassOver {
            let isDue = lane.nextDue.map { $0 <= now } ?? false
            guard isDue || lane.hasBlocked && lane.hasSettled else { return }
            lane.hasBlocked = false
            lane.nextDue = nil
        }
        let startsPass = lane.isPassOver
        lane.isPassOver = false
        lane.isClaiming = true
        lane.hasSettled = false
        // While it isn't known whether the endpoint is well, there is no use in many.
        let count = lane.breaker.isOnTrial ? 64 : lane.claimCount
        lane.claimCount = min(2 * lane.claimCount, Self.claimCount)
        let book = lane.book
        settle { connection in
            if startsPass { book.startPass() }
            let claim = try book.claim(connection, rows: count, now: now)
            return {
                lane.isClaiming = false
                lane.isPassOver = claim.isPassOver
                lane.hasBlocked = lane.hasBlocked || claim.isBlocked || claim.wasCut
                lane.notice(due: claim.nextDue)
                lane.append(claim.parcels)
            }
        }
    }

    /// Has outcomes written where many have gathered, where they are a second old, and where something waits
    /// for them.
    private func settleIfDue() {
        let count = lanes.reduce(0) { $0 + $1.outcomes.count }
        let elapsed = clock.elapsed()
        let isWanted = lanes.contains { lane in
            lane.wantsSettling
                || (!lane.outcomes.isEmpty || lane.isBreakerChanged) && lane.running == 0
                    && lane.queueCount == 0 && lane.again.isEmpty && !lane.isClaiming
        }
        if count == 0, !isWanted {
            unwrittenSince = nil
            return
        }
        let since = unwrittenSince ?? elapsed
        unwrittenSince = since
        guard isWanted || count >= Self.settleCount || elapsed - since >= 1_000 else { return }
        settle()
    }

    /// Has all outcomes written, and what follows in the same transaction: each waits for the disk.
    private func settle(then follow: @escaping (Connection) throws -> () -> Void = { _ in {} }) {
        let open = lanes.filter { !$0.outcomes.isEmpty || $0.isBreakerChanged }
        let settled = open.map { lane in
            let outcomes = lane.outcomes
            let breaker = lane.isBreakerChanged ? lane.breaker : nil
            lane.outcomes = []
            lane.outcomes.reserveCapacity(Self.settleCount)
            lane.isBreakerChanged = false
            lane.wantsSettling = false
            lane.settling += 1
            return (lane: lane, outcomes: outcomes, breaker: breaker)
        }
        unwrittenSince = nil
        let store = store
        clerk.submit {
            let (freed, finish) = try store.write { connection in
                // Of a transaction that fails nobody asks again: let go of what it writes, so that what follows sees it.
                let freed = try settled.map { lane, outcomes, breaker in
                    try lane.book.settle(connection, outcomes, breaker)
                    return (lane, lane.book.letGo(outcomes), outcomes.flatMap(\.halves))
                }
                return (freed, try follow(connection))
            }
            return {
                for (lane, due, halves) in freed {
                    lane.settling -= 1
                    lane.hasSettled = true
                    lane.notice(due: due)
                    lane.prepend(halves)
                }
                finish()
            }
        }
        settles += 1
        guard settles % Self.settlesACheckpoint == 0 else { return }
        clerk.submit {
            try store.checkpointBeside()
            return {}
        }
    }

    // MARK: Ending

    /// Ends a lane that has nothing to do in the time that it has.
    private func endIfOver(_ lane: Lane, _ now: Int) {
        let limit = lane.progressAt + patience
        if lane.halt == nil, let wakesAt = lane.wakesAt(now), wakesAt <= limit { return }
        guard lane.running == 0 else { return }
        // What can't begin in time goes back.
        lane.release()
        guard lane.isIdle, !lane.isBreakerChanged else { return }
        lane.isDone = true
        lane.result.closedUntil = lane.breaker.isClosed(at: now) ? lane.breaker.closedUntil : nil
        lane.result.trouble = lane.breaker.detail
    }

    /// Counts a row that ended.
    func countEnded(_ lane: Lane, _ now: Int) {
        endedCount += 1
        lane.progressAt = now
        if endedCount % 64 == 0 { observer.progress(min(endedCount, total), total) }
    }

    /// Reads the clock, once for all that ended together.
    private func readClock() -> Int {
        let now = clock.now()
        agedNow = min(now, began.now + (clock.elapsed() - began.elapsed) / 1_000)
        return now
    }

    /// Milliseconds until something may begin, or must be written.
    private func waitMilliseconds(_ now: Int) -> Int {
        var milliseconds = 1_000
        let elapsed = clock.elapsed()
        if let unwrittenSince { milliseconds = max(0, unwrittenSince + 1_000 - elapsed) }
        for lane in lanes where !lane.isDone {
            if !lane.asks.isEmpty || lane.queueCount > 0,
                let wait = lane.pace.wait(elapsed: elapsed)
            {
                milliseconds = min(milliseconds, wait)
            }
            if let wakesAt = lane.wakesAt(now), wakesAt > now {
                milliseconds = min(milliseconds, (wakesAt - now) * 1_000)
            }
            // The clerk can't wake the wire.
            let isWaitingForClerk =
                clerk.count > 0 && lane.queueCount == 0 && lane.running < lane.terms.inFlight
            if isWaitingForClerk || lane.halt != nil { milliseconds = min(milliseconds, 2) }
        }
        return milliseconds
    }
}
