import Foundation
import Loyalty
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Delivery

/// A night's rows on their whole way: outbox, dispatch, wire and Splio.
@Suite struct SplioDispatchTests {
    private static let seeds =
        ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 3

    @Test(arguments: 1...SplioDispatchTests.seeds)
    func `rows of every kind arrive once, though processes are broken off and answers lost`(
        seed: Int
    ) throws {
        let way = try Way(seed: seed)
        let rows = way.rows()
        try way.write(rows)
        // One request in eight meets something, and every third process ends in the middle.
        let luck = Mutex(SplitMix64(seed: seed))
        way.server.setLuck { _ in
            luck.withLock { random in
                switch random.int(1...40) {
                case 1: .init(isDone: true, way: .resetUnanswered)
                case 2: .init(isDone: true, answer: .status(502))
                case 3: .init(isDone: false, answer: .status(500))
                case 4: .init(isDone: true, way: .truncated)
                case 5: .init(isDone: false, answer: .status(429))
                default: nil
                }
            }
        }
        for process in 1...5 {
            try way.deliver(steps: process % 3 == 0 ? Int.max : 30 * process)
            way.server.expireTokens()
        }
        way.server.setLuck { _ in nil }
        for _ in 1...50 where try way.isWaiting() { try way.deliver(steps: Int.max) }

        #expect(try way.states() == ["acknowledged": rows.count], "seed \(seed)")
        let books = way.server.books { $0 }
        #expect(books.doubles == [], "seed \(seed)")
        #expect(books.orders.count == 20 && books.orders.values.allSatisfy { $0.made == 1 })
        // Of an order and its correction the correction came last.
        #expect(books.orders.values.allSatisfy { $0.fields["total_price"] == "2" })
        #expect(books.credits.count == 20)
        #expect(books.attributions.count == 30)
        #expect(books.attributions.values.count { $0.burned != nil } == 15)
        #expect(books.instances.count == 40 && books.instances.values.allSatisfy { $0 == 1 })
    }
}

/// An outbox before a Splio.
private final class Way {
    let server: SplioServer
    private let folder: ScratchFolder
    private let store: Store
    private let terms: EndpointTerms
    private var random: SplitMix64
    private let start = ContinuousClock.now
    /// What the dispatch believes to have slept; milliseconds.
    private var slept = 0
    private var processes = 0

    init(seed: Int) throws {
        server = try SplioServer()
        folder = try ScratchFolder()
        store = try Store(path: folder.path + "/nightjar.db")
        terms = try EndpointText.splio(
            server.url, "timeout: 20 seconds", "rate: none", "batch: 7", "breaker: 1000"
        ).terms()
        random = SplitMix64(seed: seed)
    }

    func rows() -> [OutboxRow] {
        var rows: [OutboxRow] = []
        func add(_ make: (Int) -> OutboxRow) { rows.append(make(rows.count + 1)) }
        for number in 1...20 {
            let card = "21717079620\(number)"
            add { SplioRows.order($0, order: "T-\(number)", amount: "1", card: card) }
            add { SplioRows.points($0, card: card, source: "T-\(number)") }
            add {
                SplioRows.order(
                    $0, order: "T-\(number)", state: "corrected", amount: "2", card: card)
            }
        }
        for number in 1...40 { add { SplioRows.code($0, code: "C-\(number)") } }
        for number in 1...30 { add { SplioRows.grant($0, code: "C-\(number)") } }
        for number in 1...15 { add { SplioRows.burn($0, code: "C-\(number)") } }
        return rows
    }

    func write(_ rows: [OutboxRow]) throws {
        try store.write { connection in
            try RunLog(connection).setState(.posted, of: SplioRows.night)
            let outbox = try Outbox(connection, night: SplioRows.night)
            let texts = TextArena()
            defer { withExtendedLifetime(texts) {} }
            for row in rows {
                try outbox.enqueue(
                    endpoint: terms.name, kind: row.kind, subject: texts.copy(row.subject),
                    key: row.key, payload: String(decoding: row.payload, as: UTF8.self))
            }
            try DeliveryTotals.count(connection, night: SplioRows.night, after: 0)
        }
    }

    /// One process, a quarter of an hour after the last; where it sleeps, a hundred seconds pass in one.
    func deliver(steps: Int) throws {
        processes += 1
        let today = Drive.today + processes * 900
        // What is not sleep passes as it does: else a busy machine would let days go by.
        let elapsed = { [self] in
            let passed = start.duration(to: .now).components
            return Int(passed.seconds) * 1_000 + Int(passed.attoseconds / 1_000_000_000_000_000)
                + slept
        }
        let clock = DeliveryClock(
            now: { today + elapsed() / 1_000 }, elapsed: elapsed,
            sleep: { [self] milliseconds in
                Thread.sleep(forTimeInterval: Double(milliseconds) / 100_000)
                slept += milliseconds
            })
        let endpoint = try terms.endpoint(folder: folder.path) { _ in SplioServer.apiKey }
        let dispatch = try Dispatch(
            [ReadyEndpoint(terms, endpoint)], store: store, carrier: Courier(), clock: clock,
            random: random, hasThread: false,
            observer: DeliveryObserver(tell: { _ in }, progress: { _, _ in }))
        random = SplitMix64(seed: random.int(1...1_000_000))
        var step = 0
        while step < steps, try dispatch.step() { step += 1 }
    }

    func isWaiting() throws -> Bool {
        try store.read { connection in
            try connection.integer(
                "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending') LIMIT 1") != nil
        }
    }

    func states() throws -> [String: Int] {
        var states: [String: Int] = [:]
        try store.read { connection in
            try connection.forEach("SELECT state, count(*) FROM outbox GROUP BY state") {
                states[$0.string(0)] = Int($0.integer(1))
            }
        }
        return states
    }
}
