import Foundation
import Loyalty
import Settings
import Storage
import TestSupport
import Testing

@testable import Delivery

/// A store with an outbox, a wire whose other side is a script, and processes that are broken off.
final class OutboxHistory {
    let folder: ScratchFolder
    let store: Store
    let server: ScriptedWire
    var generator: SplitMix64
    var told: [String] = []
    private var written = 0

    init(seed: Int = 1) throws {
        folder = try ScratchFolder()
        store = try Store(path: folder.path + "/nightjar.db")
        generator = SplitMix64(seed: seed)
        server = ScriptedWire(generator: SplitMix64(seed: seed + 1))
        try post(1)
    }

    static let firstNight = CivilDate(days: 20_000)

    /// Lets the nights up to the nth be posted.
    func post(_ count: Int) throws {
        try store.write { connection in
            for day in 0..<count {
                try RunLog(connection).setState(.posted, of: Self.firstNight.adding(days: day))
            }
        }
    }

    /// Writes a row of a night, its payload being what the server will see: `subject number`.
    @discardableResult
    func write(
        _ subject: String, kind: String = "code-add", to endpoint: String = "shop", night: Int = 0
    ) throws -> String {
        written += 1
        let key = EffectKey.key([endpoint, subject, "\(written)"])
        try store.write { connection in
            let night = Self.firstNight.adding(days: night)
            if try RunLog(connection).state(of: night) == nil {
                try RunLog(connection).setState(.open, of: night)
            }
            let lastRow = try DeliveryTotals.lastRow(connection)
            let outbox = try Outbox(connection, night: night)
            let texts = TextArena()
            defer { withExtendedLifetime(texts) {} }
            try outbox.enqueue(
                endpoint: endpoint, kind: kind, subject: texts.copy(subject), key: key,
                payload: "{\"key\":\"\(key)\",\"number\":\(written),\"subject\":\"\(subject)\"}")
            try DeliveryTotals.count(connection, night: night, after: lastRow)
        }
        return key
    }

    // MARK: Delivering

    static func terms(_ name: String = "shop", _ more: String = "") throws -> EndpointTerms {
        let text = """
            version: 1
            endpoints:
              \(name): { kind: http, url: "http://127.0.0.1/", send: [grants]\(more) }
            """
        return try #require(
            EndpointTerms.file(SettingsSource(name: "endpoints.yaml", text: text)).first)
    }

    func dispatch(
        _ terms: EndpointTerms? = nil, capacity: Int = 1, fragile: FragileStore? = nil,
        isRetry: Bool = false, endpoint: ScriptedEndpoint? = nil, hasThread: Bool = false
    ) throws -> Dispatch {
        let terms = try terms ?? Self.terms()
        let endpoint = endpoint ?? ScriptedEndpoint(name: terms.name, capacity: capacity)
        return try Dispatch(
            [ReadyEndpoint(terms, endpoint)], store: fragile ?? FragileStore(store),
            carrier: server, clock: server.clock, random: generator, isRetry: isRetry,
            hasThread: hasThread,
            observer: DeliveryObserver(tell: { self.told.append($0) }, progress: { _, _ in }))
    }

    /// Delivers until nothing is due.
    @discardableResult
    func deliver(
        _ terms: EndpointTerms? = nil, capacity: Int = 1, isRetry: Bool = false,
        endpoint: ScriptedEndpoint? = nil
    ) throws -> DeliveryResult {
        let dispatch = try dispatch(
            terms, capacity: capacity, isRetry: isRetry, endpoint: endpoint)
        let result = try #require(try dispatch.run().first)
        #expect(server.count == 0)
        return result
    }

    // MARK: What the store says

    /// How many rows are in each state.
    func states(_ endpoint: String = "shop") throws -> [String: Int] {
        var states: [String: Int] = [:]
        try store.read { connection in
            try connection.forEach(
                "SELECT state, count(*) FROM outbox WHERE endpoint = ? GROUP BY state",
                .text(endpoint)
            ) { states[$0.string(0)] = Int($0.integer(1)) }
        }
        return states
    }

    func value(_ sql: String) throws -> Int {
        try Int(store.read { try $0.integer(sql) } ?? -1)
    }

    /// What the totals say waits, which must be what the rows say.
    func checkTotals() throws {
        let waiting = try value(
            "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')")
        let counted = try value(
            """
            SELECT coalesce(sum(written - acknowledged - superseded - refused - given_up), 0)
            FROM delivery_total
            """)
        #expect(waiting == counted)
        for state in ["acknowledged", "superseded", "refused", "given_up"] {
            let rows = try value("SELECT count(*) FROM outbox WHERE state = '\(state)'")
            let total = try value("SELECT coalesce(sum(\(state)), 0) FROM delivery_total")
            #expect(rows == total, "\(state)")
        }
    }
}

/// What a process dies of in a test.
struct Killed: Error {}

/// A store whose transactions are broken off, before or after they commit.
final class FragileStore: StoreWriting {
    private let store: Store
    /// Transactions until it breaks; nil for never.
    var breaksAfter: Int?
    /// Whether that transaction is committed before.
    var commitsFirst = false
    private var isBroken = false
    /// How long each transaction waits before it begins; microseconds.
    var delay: UInt32 = 0
    /// Hears of each transaction that did not break.
    var committed: () throws -> Void = {}

    init(_ store: Store) { self.store = store }

    func checkpointBeside() throws { try store.checkpointBeside() }

    func write<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        if isBroken { throw Killed() }
        usleep(delay)
        if breaksAfter != 0 {
            breaksAfter = breaksAfter.map { $0 - 1 }
            let value = try store.write(body)
            try committed()
            return value
        }
        isBroken = true
        if commitsFirst { _ = try store.write(body) }
        throw Killed()
    }
}

/// An endpoint whose parcels are one request each, answered as HTTP is.
final class ScriptedEndpoint: Endpoint {
    let name: String
    let rowsAParcel: Int
    /// Whether a token is needed, and asked for.
    var needsLogin = false
    private(set) var token: Int?
    private(set) var logins = 0

    init(name: String, capacity: Int) {
        self.name = name
        rowsAParcel = capacity
    }

    func capacity(of kind: String) -> Int { rowsAParcel }

    func login(now: Int) -> (any Errand)? {
        guard needsLogin else { return nil }
        return ScriptedErrand(endpoint: self, parcel: nil)
    }

    func errand(for parcel: Parcel) -> any Errand {
        ScriptedErrand(endpoint: self, parcel: parcel)
    }

    fileprivate func take(token: Int) {
        self.token = token
        logins += 1
    }
}

private struct ScriptedErrand: Errand {
    let endpoint: ScriptedEndpoint
    let parcel: Parcel?

    func next(_ reply: Reply?, now: Int) -> Step {
        guard let reply else {
            var request = Request(.post, endpoint.name)
            if let parcel {
                request.headers = [("key", parcel.key), ("token", "\(endpoint.token ?? 0)")]
                request.body = .bytes(
                    Array(parcel.rows.map(\.payload).joined(separator: [UInt8(ascii: "\n")])))
            }
            return .ask(request)
        }
        guard parcel != nil else {
            guard reply.status == 200, let token = Int(reply.text) else {
                return .end(reply.verdict(now: now))
            }
            endpoint.take(token: token)
            return .end(.acknowledged())
        }
        if reply.status == 401, endpoint.needsLogin { return .login }
        if reply.status == 400, (parcel?.rows.count ?? 0) > 1 { return .apart }
        if reply.status == 207 {
            return .endEach(
                reply.text.split(separator: " ").map { word in
                    switch word {
                    case "ok": .acknowledged()
                    case "bad": .refused("answered bad")
                    default: .later(Trouble("answered later"))
                    }
                })
        }
        return .end(reply.verdict(now: now))
    }
}
