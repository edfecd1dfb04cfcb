import Delivery
import Testing

/// A tiny engine: takes one parcel through an endpoint, over a courier.
struct Drive {
    let courier: Courier
    let endpoint: any Endpoint
    /// Seconds since 1970.
    let now: Int
    /// Requests that were carried out.
    private(set) var asked = 0
    /// The process ends behind so many requests: their last reply is never heard.
    var endsAfter = Int.max

    /// - Parameter now: what errands are told the time is.
    init(_ endpoint: any Endpoint, now: Int = Drive.today) throws {
        courier = try Courier()
        self.endpoint = endpoint
        self.now = now
    }

    /// A moment like any other.
    static let today = 1_768_521_600

    /// Takes a parcel to its end: one verdict a row.
    ///
    /// - Returns: nil where the process ended before.
    mutating func deliver(_ parcel: Parcel) -> [Verdict]? {
        if let login = endpoint.login(now: now) {
            guard let verdict = run(login) else { return nil }
            guard case .acknowledged = verdict[0] else {
                return Array(repeating: verdict[0], count: parcel.rows.count)
            }
        }
        var errand = endpoint.errand(for: parcel)
        for _ in 0..<3 {
            switch walk(&errand) {
            case nil: return nil
            case .each(let verdicts):
                #expect(verdicts.count == parcel.rows.count)
                return verdicts
            case .all(let verdict): return Array(repeating: verdict, count: parcel.rows.count)
            case .login:
                // Another parcel may have logged in meanwhile.
                guard let login = endpoint.login(now: now) else { continue }
                guard let verdict = run(login) else { return nil }
                guard case .acknowledged = verdict[0] else {
                    return Array(repeating: verdict[0], count: parcel.rows.count)
                }
            }
        }
        Issue.record("asks for a login again and again")
        return nil
    }

    private enum End {
        case all(Verdict)
        case each([Verdict])
        case login
    }

    private mutating func run(_ login: any Errand) -> [Verdict]? {
        var login = login
        switch walk(&login) {
        case .all(let verdict)?: return [verdict]
        case nil: return nil
        default:
            Issue.record("a login ends with one verdict")
            return nil
        }
    }

    private mutating func walk(_ errand: inout any Errand) -> End? {
        var reply: Reply?
        for _ in 0..<200 {
            switch errand.next(reply, now: now) {
            case .ask(let request):
                reply = carry(request)
                if asked >= endsAfter { return nil }
            case .login: return .login
            case .end(let verdict): return .all(verdict)
            case .endEach(let verdicts): return .each(verdicts)
            case .apart:
                Issue.record("taken apart")
                return nil
            }
        }
        Issue.record("an errand without end")
        return nil
    }

    /// Carries one request out.
    mutating func carry(_ request: Request) -> Reply {
        asked += 1
        courier.send(request, tag: asked)
        // Longer than any request here is allowed to take.
        for _ in 0..<900 {
            if let ended = courier.wait(milliseconds: 100).first { return ended.reply }
        }
        Issue.record("a request without end: \(request.method) \(request.url)")
        courier.drop(tag: asked)
        return Reply()
    }
}
