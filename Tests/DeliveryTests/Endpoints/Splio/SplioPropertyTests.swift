import Delivery
import Foundation
import Synchronization
import TestSupport
import Testing

/// Whatever befalls the requests, and however often the process ends: each order, credit, grant, burn and code
/// counts once.
@Suite struct SplioPropertyTests {
    private static let seeds =
        ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 6

    @Test(arguments: 1...SplioPropertyTests.seeds)
    func `nothing is lost and nothing counts twice`(seed: Int) throws {
        var story = try Story(seed: seed)
        try story.tell()
        story.check()
    }
}

/// A night's rows for Splio, delivered through bad luck.
private struct Story {
    private let seed: Int
    private var random: SplitMix64
    private let server: SplioServer
    private var endpoint: any Endpoint
    private var orders: [String: String] = [:]
    private var points: [String: Int] = [:]
    private var burned: [String] = []
    private var granted: [String] = []
    private var added: [String] = []
    private var lastRow = 0
    private let card = "2171707962088"

    init(seed: Int) throws {
        self.seed = seed
        random = SplitMix64(seed: seed)
        server = try SplioServer()
        endpoint = try EndpointText.splio(server.url).endpoint(["KEY": SplioServer.apiKey])
        let luck = Mutex(SplitMix64(seed: seed &+ 1_000))
        server.setLuck { _ in luck.withLock { Story.mishap(&$0) } }
    }

    /// One request in four meets something.
    private static func mishap(_ random: inout SplitMix64) -> SplioServer.Mishap? {
        switch random.int(1...32) {
        case 1:
            .init(isDone: false, answer: .status(429, #"{"message":"API rate limit exceeded"}"#))
        case 2: .init(isDone: false, answer: .status(500, "oops"))
        case 3: .init(isDone: true, answer: .status(502, "<html>oops</html>"))
        case 4: .init(isDone: true, way: .resetUnanswered)
        case 5: .init(isDone: true, way: .truncated)
        case 6: .init(isDone: false, way: .resetUnanswered)
        case 7: .init(isDone: false, answer: .status(401, #""Authentication failed.""#))
        case 8: .init(isDone: true, answer: .status(200, "{\"half\":"))
        default: nil
        }
    }

    mutating func tell() throws {
        for _ in 0..<12 {
            switch random.int(1...5) {
            case 1: try tellOrder()
            case 2: try tellPoints()
            case 3: try tellGrants()
            case 4: try tellBurns()
            default: try tellCodes()
            }
        }
    }

    private mutating func next() -> Int {
        lastRow += 1
        return lastRow
    }

    private mutating func tellOrder() throws {
        let isCorrection = !orders.isEmpty && random.oneIn(3)
        let name = isCorrection ? random.pick(orders.keys.sorted()) : "T-\(next())"
        let amount = "\(random.int(-50...50)).25"
        orders[name] = amount
        try deliver([
            SplioRows.order(
                next(), order: name, state: isCorrection ? "corrected" : "new", amount: amount)
        ])
    }

    private mutating func tellPoints() throws {
        let row = SplioRows.points(next(), spend: random.int(0...9), status: random.int(1...9))
        points[row.key, default: 0] += 1
        try deliver([row])
    }

    private mutating func tellGrants() throws {
        var rows: [OutboxRow] = []
        for _ in 0..<random.int(1...6) {
            // Some are in stock there, some are new to it.
            let spare = added.filter { !granted.contains($0) }
            let code = !spare.isEmpty && random.oneIn(2) ? random.pick(spare) : "G-\(next())"
            granted.append(code)
            rows.append(SplioRows.grant(next(), code: code))
        }
        try deliver(rows)
    }

    private mutating func tellBurns() throws {
        let open = granted.filter { !burned.contains($0) }
        let rows = open.prefix(random.int(1...5)).map { code in
            SplioRows.burn(next(), code: code, card: random.oneIn(4) ? nil : card)
        }
        burned += rows.map(\.subject)
        if !rows.isEmpty { try deliver(Array(rows)) }
    }

    private mutating func tellCodes() throws {
        let rows = (0..<random.int(1...5)).map { _ in
            let id = next()
            return SplioRows.code(id, code: "C-\(id)")
        }
        added += rows.map(\.subject)
        try deliver(rows)
    }

    /// Again and again until every row is acknowledged.
    private mutating func deliver(_ rows: [OutboxRow]) throws {
        var parcel = SplioRows.parcel(rows)
        for _ in 0..<200 {
            var drive = try Drive(endpoint)
            if random.oneIn(3) { drive.endsAfter = random.int(1...4) }
            guard let verdicts = drive.deliver(parcel) else {
                // A new process, that knows no token.
                endpoint = try EndpointText.splio(server.url).endpoint([
                    "KEY": SplioServer.apiKey
                ])
                parcel.isRepeated = true
                continue
            }
            var left: [OutboxRow] = []
            var mayHaveArrived = false
            for (row, verdict) in zip(parcel.rows, verdicts) {
                switch verdict {
                case .acknowledged: break
                case .later(let trouble), .halted(let trouble):
                    left.append(row)
                    mayHaveArrived = mayHaveArrived || trouble.mayHaveArrived
                case .refused(let text):
                    Issue.record("seed \(seed), \(row.kind): \(text)")
                }
            }
            if left.isEmpty { return }
            parcel = SplioRows.parcel(left, isRepeated: mayHaveArrived)
        }
        Issue.record("seed \(seed): never done")
    }

    func check() {
        let books = server.books { $0 }
        let what = Comment(rawValue: "seed \(seed)")
        #expect(books.doubles == [], what)
        #expect(Set(books.orders.keys) == Set(orders.keys), what)
        for (name, amount) in orders {
            #expect(books.orders[name]?.made == 1, what)
            #expect(
                books.orders[name]?.fields["total_price"].flatMap { Decimal(string: $0) }
                    == Decimal(string: amount), what)
        }
        #expect(Set(books.credits.keys) == Set(points.keys), what)
        for code in granted { #expect(books.attributions[code]?.card == card, what) }
        #expect(books.attributions.count == granted.count, what)
        let burnedThere = books.attributions.filter { $0.value.burned != nil }.keys
        #expect(Set(burnedThere) == Set(burned), what)
        #expect(Set(books.instances.keys) == Set(added), what)
        #expect(books.instances.values.allSatisfy { $0 == 1 }, what)
    }
}
