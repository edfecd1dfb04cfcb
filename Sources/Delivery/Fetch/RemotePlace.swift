/// A file that lies at a remote place.
struct RemoteItem: Hashable {
    var name: String
    /// Nil where the place doesn't say.
    var bytes: Int?
    /// Seconds since 1970; nil where the place doesn't say.
    var modifiedAt: Int?
    /// What changes when its bytes do: a tag, or size and time; empty where the place has nothing of the kind.
    var version: String
}

/// A place that files are fetched from, one file a kind.
protocol RemotePlace: AnyObject {
    /// The files there that are wanted, by name.
    func list(where isWanted: (String) -> Bool) throws(FetchTrouble) -> [RemoteItem]

    /// Files of the last list that are wanted, and of which the place doesn't say what is needed to fetch them.
    var unusable: [String] { get }

    /// What brings a file here.
    func download(_ item: RemoteItem, to sink: Request.Sink) -> Request

    /// What stands against a file that came.
    func objection(to item: RemoteItem, _ reply: Reply) -> FetchTrouble?

    /// Whether a file is still what it was when it was listed; asked behind its download.
    func isUnchanged(_ item: RemoteItem) throws(FetchTrouble) -> Bool

    func remove(_ item: RemoteItem) throws(FetchTrouble)

    /// Moves a file out of the way, never over another.
    func move(_ item: RemoteItem, to folder: String) throws(FetchTrouble)
}

extension RemotePlace {
    var unusable: [String] { [] }
}

/// Why a file can't be fetched, or none at all.
struct FetchTrouble: Error, Hashable {
    /// What, why, and what to do; no secret.
    var text: String
    /// Whether the other files would fare alike.
    var endsJob = false

    init(_ text: String, endsJob: Bool = false) {
        self.text = text
        self.endsJob = endsJob
    }

    /// Nil where the verdict is none of trouble.
    init?(_ verdict: Verdict) {
        switch verdict {
        case .acknowledged: return nil
        case .refused(let text): self.init(text)
        case .later(let trouble): self.init(trouble.text)
        case .halted(let trouble): self.init(trouble.text, endsJob: true)
        }
    }
}

/// Carries one request after the other out.
final class Wire {
    private let clock: () -> Int
    private let carry: (Request) -> Reply

    /// - Parameter carry: brings a request to its end.
    init(clock: @escaping () -> Int, carry: @escaping (Request) -> Reply) {
        self.clock = clock
        self.carry = carry
    }

    /// Over libcurl.
    convenience init(clock: @escaping () -> Int) throws {
        let courier = try Courier(connections: 4)
        self.init(clock: clock) { request in
            courier.send(request, tag: 0)
            while true {
                // Every request has its own end: by its time or by its pace.
                if let ended = courier.wait(milliseconds: 10_000).first { return ended.reply }
            }
        }
    }

    /// Seconds since 1970.
    var now: Int { clock() }

    func ask(_ request: Request) -> Reply { carry(request) }
}
