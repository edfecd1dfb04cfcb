import Delivery

/// The other side of an endpoint in the conformance suite: a server that can be made to fail, and knows what it got.
///
/// An endpoint kind passes the suite by one peer and one test that calls `exercise`.
protocol Peer: AnyObject {
    /// The faults that it can play; the suite leaves the others out.
    var faults: Set<Fault> { get }

    /// Texts that must never be seen: passwords, tokens, keys.
    var secrets: [String] { get }

    /// Makes what comes next meet a fault, nil for none, and gives an endpoint that will meet it.
    ///
    /// Every call gives a new endpoint, as a new process would make it, with a timeout of one second. What was
    /// injected before is over.
    func endpoint(meeting fault: Fault?) throws -> any Endpoint

    /// A parcel of so many rows that has never been sent: for endpoints of files it writes the files.
    func parcel(rows: Int) throws -> Parcel

    /// How often a row counted at the other side; more than once is an error that the suite will find.
    func count(of row: OutboxRow) throws -> Int

    /// What must not have happened, in words: a stray request at a redirect's target, a half file left behind.
    func strays() throws -> [String]
}

extension Peer {
    func strays() throws -> [String] { [] }
}
