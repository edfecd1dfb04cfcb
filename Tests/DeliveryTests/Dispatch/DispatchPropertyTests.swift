import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

@testable import Delivery

/// Random histories: whatever fails, hangs, gets lost or is killed, nothing is lost, nothing counts twice, and
/// each subject's effects count in their order.
@Suite struct DispatchPropertyTests {
    private static let seeds =
        1...(ProcessInfo.processInfo.environment["NIGHTJAR_SEEDS"].flatMap { Int($0) } ?? 40)

    private static func fate(_ generator: inout SplitMix64, _ faults: Int) -> ScriptedWire.Fate {
        guard generator.oneIn(faults) else { return .answer(200) }
        switch generator.int(0...5) {
        case 0: return .answer(500)
        case 1: return .lostAnswer
        case 2: return .lost
        case 3: return .refusedConnection
        case 4: return .retryAfter(generator.int(0...5))
        default: return .wrongCertificate
        }
    }

    @Test(arguments: seeds)
    func `nothing lost, nothing counted twice, in order`(seed: Int) throws {
        let history = try OutboxHistory(seed: seed)
        var generator = SplitMix64(seed: seed * 7_919)
        let subjects = generator.int(1...40)
        let capacity = generator.pick([1, 1, 3, 10])
        let faults = generator.pick([2, 5, 20])
        var faultGenerator = SplitMix64(seed: seed * 104_729)
        let badIn = generator.pick([3, 20, 1_000])
        let isBad = { (number: Int) in number * 7_919 % badIn == 1 }
        let isRefused = { (request: Request) in
            ScriptedWire.numbers(of: request).contains(where: isBad)
        }
        history.server.fate = { _, request in
            let fate = Self.fate(&faultGenerator, faults)
            guard isRefused(request) else { return fate }
            switch fate {
            case .answer(200, _): return .answer(400)
            case .lostAnswer: return .lost
            default: return fate
            }
        }
        history.server.slowest = generator.pick([1, 50, 5_000])
        var written: [String: [Int]] = [:]
        var keys: [String] = []
        var count = 0
        func write(_ night: Int) throws {
            for _ in 1...generator.int(1...60) {
                let subject = generator.oneIn(10) ? "" : "K\(generator.int(1...subjects))"
                keys.append(try history.write(subject, night: night))
                count += 1
                written[subject, default: []].append(count)
            }
        }
        let terms = try OutboxHistory.terms(
            "shop", ", in_flight: \(generator.pick([1, 3, 16])), breaker: \(generator.int(2...20))")
        for night in 0..<4 {
            try write(night)
            try history.post(night + 1)
            for _ in 1...generator.int(1...3) {
                try life(history, terms, capacity, &generator)
                try history.checkTotals()
                history.server.pass(seconds: generator.int(0...1_000))
            }
        }
        // In the end all is well.
        history.server.fate = { _, request in .answer(isRefused(request) ? 400 : 200) }
        for _ in 1...50
        where try history.value(
            "SELECT count(*) FROM outbox WHERE state IN ('pending', 'sending')") > 0
        {
            history.server.pass(seconds: 1_000)
            try history.deliver(terms, capacity: capacity)
        }
        let good = (1...count).filter { !isBad($0) }
        let states = try history.states()
        #expect(states["acknowledged", default: 0] == good.count, "seed \(seed)")
        // What was refused, and is taken up when a later change of its code has arrived, goes no more.
        #expect(
            states["refused", default: 0] + states["superseded", default: 0] == count - good.count,
            "seed \(seed)")
        let odd = Set(history.server.counted.keys).symmetricDifference(good.map { keys[$0 - 1] })
        #expect(odd == [], "seed \(seed)")
        #expect(history.server.doubles == 0, "seed \(seed)")
        #expect(history.server.changedParcels == 0, "seed \(seed)")
        for (subject, numbers) in written where !subject.isEmpty {
            #expect(
                history.server.orders[subject, default: []] == numbers.filter { !isBad($0) },
                "seed \(seed), subject \(subject)")
        }
        try history.checkTotals()
    }

    /// A process that ends by itself, or is killed before, at or behind a commit, or between two steps.
    private func life(
        _ history: OutboxHistory, _ terms: EndpointTerms, _ capacity: Int,
        _ generator: inout SplitMix64
    ) throws {
        let fragile = FragileStore(history.store)
        if generator.oneIn(2) {
            fragile.breaksAfter = generator.int(0...12)
            fragile.commitsFirst = generator.oneIn(2)
        }
        var steps = generator.oneIn(2) ? generator.int(1...40) : 100_000
        do {
            let dispatch = try history.dispatch(
                terms, capacity: capacity, fragile: fragile, isRetry: generator.oneIn(8))
            while steps > 0, try dispatch.step() { steps -= 1 }
        } catch is Killed {}
        #expect(steps >= 0)
        history.server.abandon()
    }
}
