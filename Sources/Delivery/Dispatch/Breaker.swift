/// Stops an endpoint that fails again and again, for longer each time; then one request shows whether it is
/// well.
///
/// A value that is kept in the store, because the processes of a scheduler live shortly.
package struct Breaker: Hashable, Sendable {
    /// Failures in a row that stop the endpoint.
    let limit: Int
    private(set) var failures = 0
    /// How often it was stopped since it was last well.
    private(set) var openings = 0
    private(set) var openUntil: Int?
    /// Until when the endpoint itself asked for patience.
    private(set) var pausedUntil: Int?
    /// What went wrong last; of an endpoint that is well nothing.
    private(set) var detail: String?
    private(set) var failedAt: Int?

    init(limit: Int) { self.limit = limit }

    /// As it was kept.
    init(
        limit: Int, failures: Int, openings: Int, closedUntil: Int?, detail: String?, failedAt: Int?
    ) {
        self.limit = limit
        self.failures = failures
        self.openings = openings
        self.detail = detail
        self.failedAt = failedAt
        if failures >= limit { openUntil = closedUntil } else { pausedUntil = closedUntil }
    }

    /// Until when nothing goes to the endpoint; seconds since 1970.
    var closedUntil: Int? {
        guard let openUntil, let pausedUntil else { return openUntil ?? pausedUntil }
        return max(openUntil, pausedUntil)
    }

    func isClosed(at now: Int) -> Bool { closedUntil.map { $0 > now } ?? false }

    /// Whether one request must show whether the endpoint is well again.
    var isOnTrial: Bool { failures >= limit }

    /// How many requests may be under way: all, one that shows whether the endpoint is well again, or none.
    func room(of inFlight: Int, at now: Int) -> Int {
        if isClosed(at: now) { return 0 }
        return isOnTrial ? 1 : inFlight
    }

    /// The endpoint answered as it should.
    mutating func succeed(at now: Int) {
        self = Breaker(limit: limit, pausedUntil: pausedUntil.flatMap { $0 > now ? $0 : nil })
    }

    private init(limit: Int, pausedUntil: Int?) {
        self.limit = limit
        self.pausedUntil = pausedUntil
    }

    /// The endpoint didn't answer, or said that it can't.
    mutating func fail(_ detail: String, at now: Int) {
        failures += 1
        note(detail, now)
        guard failures >= limit, openUntil.map({ $0 <= now }) ?? true else { return }
        openUntil = now + min(30 << min(openings, 5), 15 * 60)
        openings += 1
    }

    /// The endpoint said when it wants to be asked again.
    mutating func pause(_ detail: String, until: Int, at now: Int) {
        note(detail, now)
        pausedUntil = max(pausedUntil ?? until, until)
    }

    /// A person must look: trying again is of no use, and waiting neither.
    ///
    /// What is kept then has a detail and no failures.
    mutating func halt(_ detail: String, at now: Int) {
        self = Breaker(limit: limit)
        note(detail, now)
    }

    private mutating func note(_ detail: String, _ now: Int) {
        self.detail = detail
        failedAt = now
    }
}
