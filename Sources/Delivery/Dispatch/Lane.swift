/// What goes to one endpoint: parcels in hand, and when the next may begin.
final class Lane {
    enum Login { case needed, underWay, done }

    let terms: EndpointTerms
    let endpoint: any Endpoint
    let book: OutboxBook
    var pace: Pace
    var breaker: Breaker {
        didSet { isBreakerChanged = isBreakerChanged || breaker != oldValue }
    }
    var isBreakerChanged = false

    /// Parcels in hand that have not begun, the next one last.
    private var queue: [ClaimedParcel] = []
    /// Parcels to begin anew after a login.
    var again: [ClaimedParcel] = []
    /// Requests that wait for their turn.
    var asks: [(tag: Int, request: Request)] = []
    /// Parcels under way.
    var running = 0
    var login = Login.needed
    /// How many logins there were.
    var logins = 0
    var loginFailures = 0
    /// Why nothing goes there any more in this process.
    var halt: String?

    /// What became of parcels and is not written yet.
    var outcomes: [Outcome] = []
    /// How often outcomes of it are being written: several wait their turn where the store is slow.
    var settling = 0
    /// Whether parcels wait for them to be written.
    var wantsSettling = false
    var isClaiming = false
    /// How many rows to take in hand next: few at first, so that the wire has something to do soon.
    var claimCount: Int
    var isPassOver = false
    /// Whether the look through the outbox left out rows that something in hand stood in the way of.
    var hasBlocked = false
    /// Whether something was settled since then.
    var hasSettled = false
    var nextDue: Int?
    /// When a row last ended, or a parcel was taken apart.
    var progressAt: Int
    /// Whether the endpoint ever took anything.
    var hasTaken: Bool
    var isDone = false
    var result: DeliveryResult

    init(
        _ terms: EndpointTerms, _ endpoint: any Endpoint, _ book: OutboxBook, _ breaker: Breaker,
        hasTaken: Bool, now: Int, elapsed: Int
    ) {
        self.terms = terms
        self.endpoint = endpoint
        self.book = book
        self.breaker = breaker
        self.hasTaken = hasTaken
        pace = Pace(rate: terms.rate, elapsed: elapsed)
        progressAt = now
        claimCount = min(256 * book.largestParcel, Dispatch.claimCount)
        result = DeliveryResult(endpoint: terms.name)
    }

    // MARK: Queue

    var queueCount: Int { queue.count }

    func append(_ parcels: [ClaimedParcel]) { queue.insert(contentsOf: parcels.reversed(), at: 0) }

    /// Puts parcels before all that wait: what is taken apart comes to its end before the next is begun.
    func prepend(_ parcels: [ClaimedParcel]) { queue += parcels.reversed() }

    /// The parcel to begin next; those that a login held up come first.
    func takeNext() -> (claimed: ClaimedParcel, isAgain: Bool)? {
        if let claimed = again.popLast() { return (claimed, true) }
        return queue.popLast().map { ($0, false) }
    }

    /// Gives back all that has not begun.
    func release() {
        for claimed in again + queue.reversed() {
            outcomes.append(Outcome(claimed: claimed, ends: .all(.released)))
        }
        again = []
        queue = []
    }

    /// Whether nothing of it is in hand, on its way, or to be written.
    var isIdle: Bool {
        running == 0 && queueCount == 0 && again.isEmpty && outcomes.isEmpty && !isClaiming
            && settling == 0 && login != .underWay
    }

    // MARK: Time

    func notice(due: Int?) {
        if let due { nextDue = min(nextDue ?? due, due) }
    }

    /// When something may begin: what is due, unless the endpoint is stopped until later; nil for never.
    func wakesAt(_ now: Int) -> Int? {
        let due: Int
        if queueCount > 0 || !again.isEmpty || !isPassOver || hasBlocked && hasSettled {
            due = now
        } else if let nextDue {
            due = nextDue
        } else {
            return nil
        }
        return max(due, breaker.closedUntil ?? due)
    }
}

/// What a delivery did for one endpoint.
package struct DeliveryResult: Hashable, Sendable {
    package var endpoint: String
    package var acknowledged = 0
    package var superseded = 0
    package var refused = 0
    package var givenUp = 0
    /// Why nothing more went there.
    package var trouble: String?
    /// Until when it is left alone; seconds since 1970.
    package var closedUntil: Int?

    package init(endpoint: String) { self.endpoint = endpoint }
}
