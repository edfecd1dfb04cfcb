package import Loyalty

/// One row of the outbox on its way.
package struct OutboxRow: Sendable {
    package var id: Int64
    package var night: CivilDate
    /// What it is: a name of `Message`.
    package var kind: String
    /// The code or card within which effects keep their order; empty for none.
    package var subject: String
    /// A UUID derived from the effect, the same in every repetition.
    package var key: String
    /// One JSON object, keys sorted.
    package var payload: [UInt8]

    package init(
        id: Int64, night: CivilDate, kind: String, subject: String, key: String, payload: [UInt8]
    ) {
        self.id = id
        self.night = night
        self.kind = kind
        self.subject = subject
        self.key = key
        self.payload = payload
    }
}

/// Rows of one kind that travel together, always the same ones under the same key.
package struct Parcel: Sendable {
    /// The key of its only row, or one derived from those of all.
    package var key: String
    package var rows: [OutboxRow]
    /// Whether it may have arrived already: an earlier attempt broke off, or its answer was lost.
    package var isRepeated: Bool
    /// Whether the endpoint never took anything before it.
    package var isFirst = false

    package init(key: String, rows: [OutboxRow], isRepeated: Bool) {
        self.key = key
        self.rows = rows
        self.isRepeated = isRepeated
    }

    package var kind: String { rows.first?.kind ?? "" }
}

/// What stands in the way of a parcel, for now.
package struct Trouble: Hashable, Sendable {
    /// A sentence: what, why, and what to do; no secret, no card, no code.
    package var text: String
    /// Seconds after which the other side wants to be asked again; nil: it didn't say.
    package var waitSeconds: Int?
    /// Whether the other side may have acted on it nevertheless.
    package var mayHaveArrived: Bool

    package init(_ text: String, waitSeconds: Int? = nil, mayHaveArrived: Bool = false) {
        self.text = text
        self.waitSeconds = waitSeconds
        self.mayHaveArrived = mayHaveArrived
    }
}

/// What became of a row.
package enum Verdict: Hashable, Sendable {
    /// It has arrived and counts; with what is worth knowing of it.
    case acknowledged(String? = nil)
    /// It will never be taken: a person must look.
    case refused(String)
    /// It is to be tried again, later.
    case later(Trouble)
    /// Nothing can go to this endpoint before a person has looked: wrong certificate, login refused.
    case halted(Trouble)
}

/// What to do next.
package enum Step: Sendable {
    /// Carry this out, and come back with the reply.
    case ask(Request)
    /// What lets us in is missing or no longer valid: log in, and start again.
    case login
    /// The same for all rows of the parcel.
    case end(Verdict)
    /// One verdict a row, in the parcel's order.
    case endEach([Verdict])
    /// None of several rows was taken, and together they never will be: each half may be, under a key of its own.
    case apart
}

/// One parcel, or a login, on its way: knows what to ask next from what was answered, and does nothing
/// itself, so that it can be tested without a network.
package protocol Errand {
    /// - Parameters:
    ///   - reply: the answer to the request before; nil at the start, and after a login.
    ///   - now: seconds since 1970.
    mutating func next(_ reply: Reply?, now: Int) -> Step
}

/// A place that things are sent to, one file a kind.
package protocol Endpoint: AnyObject {
    /// How many rows of a kind go in one parcel; 1 or more.
    func capacity(of kind: String) -> Int

    /// What must be done before parcels can go: fetching a token, removing what a broken upload left.
    ///
    /// Asked for at the start and after `Step.login`; what it learns it keeps. Nil where nothing is needed. Ends
    /// with `acknowledged` or `halted`, or `later`.
    func login(now: Int) -> (any Errand)?

    /// The way of one parcel.
    func errand(for parcel: Parcel) -> any Errand
}

extension Endpoint {
    package func login(now: Int) -> (any Errand)? { nil }
}

/// The way of a parcel that can't be sent at all.
struct Refusal: Errand {
    private let text: String

    init(_ text: String) { self.text = text }

    mutating func next(_ reply: Reply?, now: Int) -> Step { .end(.refused(text)) }
}
