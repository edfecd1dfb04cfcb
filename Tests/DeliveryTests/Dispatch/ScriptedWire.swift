import Foundation
import TestSupport

@testable import Delivery

/// A wire without a network: its other side counts by key, as a server does that honours keys, and answers as
/// it is told.
///
/// Its time goes on only when somebody waits.
final class ScriptedWire: Carrier {
    /// What happens to a request.
    enum Fate {
        case answer(Int, String = "")
        /// Taken, and the answer lost.
        case lostAnswer
        /// Never taken, and nobody knows.
        case lost
        /// Nobody there.
        case refusedConnection
        case wrongCertificate
        case retryAfter(Int)
    }

    private struct UnderWay {
        var request: Request
        var endsAt: Int
    }

    /// Milliseconds since it began.
    private(set) var milliseconds = 0
    private var underWay: [Int: UnderWay] = [:]
    private var generator: SplitMix64
    /// What becomes of the nth request, from 0 on.
    var fate: (Int, Request) -> Fate = { _, _ in .answer(200) }
    /// Milliseconds that a request takes, at most.
    var slowest = 50
    private(set) var requestCount = 0
    private(set) var mostUnderWay = 0
    /// Effects by their keys, as often as they counted: once.
    private(set) var counted: [String: Int] = [:]
    /// The numbers of a subject's effects in the order in which they counted first.
    private(set) var orders: [String: [Int]] = [:]
    /// Parcels by key, with what was in them.
    private(set) var parcels: [String: String] = [:]
    /// Parcels that came with other rows under the same key.
    private(set) var changedParcels = 0
    private(set) var repeatCount = 0
    /// Effects that counted and came again under a key that is not the one they counted under.
    private(set) var doubles = 0
    /// When each request came; milliseconds.
    private(set) var times: [Int] = []

    init(generator: SplitMix64) { self.generator = generator }

    static let start = 1_800_000_000

    /// Seconds by which the clock is ahead of what has passed.
    var jump = 0

    var now: Int { Self.start + jump + milliseconds / 1_000 }

    var clock: DeliveryClock {
        DeliveryClock(
            now: { self.now }, elapsed: { self.milliseconds },
            sleep: { self.milliseconds += max(1, $0) })
    }

    /// Lets time pass between two processes.
    func pass(seconds: Int) { milliseconds += seconds * 1_000 }

    var count: Int { underWay.count }

    func send(_ request: Request, tag: Int) {
        precondition(underWay[tag] == nil)
        underWay[tag] = UnderWay(
            request: request, endsAt: milliseconds + generator.int(1...max(1, slowest)))
        mostUnderWay = max(mostUnderWay, underWay.count)
        times.append(milliseconds)
    }

    func wait(milliseconds limit: Int) -> [(tag: Int, reply: Reply)] {
        guard let next = underWay.values.map(\.endsAt).min() else { return [] }
        guard next <= milliseconds + limit else {
            milliseconds += max(1, limit)
            return []
        }
        milliseconds = max(milliseconds, next)
        var ended: [(tag: Int, reply: Reply)] = []
        for (tag, entry) in underWay.sorted(by: {
            ($0.value.endsAt, $0.key) < ($1.value.endsAt, $1.key)
        })
        where entry.endsAt <= milliseconds {
            underWay[tag] = nil
            ended.append((tag, reply(to: entry.request)))
        }
        return ended
    }

    /// The process is gone: of what was under way some arrives, and nobody hears the answers.
    func abandon() {
        for (_, entry) in underWay.sorted(by: { $0.key < $1.key }) where generator.oneIn(2) {
            if case .answer(200, _) = fate(requestCount, entry.request) { take(entry.request) }
            requestCount += 1
        }
        underWay.removeAll()
    }

    private func reply(to request: Request) -> Reply {
        let fate = fate(requestCount, request)
        requestCount += 1
        var reply = Reply()
        switch fate {
        case .answer(let status, let text):
            if status == 200 || status == 207 { take(request, text) }
            reply.status = status
            reply.body = Array(text.utf8)
            reply.mayHaveArrived = true
        case .lostAnswer:
            take(request)
            reply.mayHaveArrived = true
            reply.failure = WireFailure(.reset, code: 56, "the connection was reset")
        case .lost:
            reply.mayHaveArrived = true
            reply.failure = WireFailure(.timeout, code: 28, "it timed out")
        case .refusedConnection:
            reply.failure = WireFailure(.connect, code: 7, "nobody answers there")
        case .wrongCertificate:
            reply.failure = WireFailure(.certificate, code: 60, "it is for another name")
        case .retryAfter(let seconds):
            reply.status = 429
            reply.head = Array("HTTP/1.1 429 Slow\r\nRetry-After: \(seconds)\r\n".utf8)
        }
        return reply
    }

    /// The numbers of a request's rows.
    static func numbers(of request: Request) -> [Int] {
        guard case .bytes(let bytes) = request.body else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let row = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            return row?["number"] as? Int
        }
    }

    private func take(_ request: Request, _ verdicts: String = "") {
        guard case .bytes(let bytes) = request.body, let key = request.headers.first?.value else {
            return
        }
        let words = verdicts.split(separator: " ")
        let text = String(decoding: bytes, as: UTF8.self)
        let isNew = parcels[key] == nil
        if let known = parcels[key] {
            repeatCount += 1
            if known != text { changedParcels += 1 }
        }
        parcels[key] = text
        for (index, line) in text.split(separator: "\n").enumerated() {
            if index < words.count, words[index] != "ok" { continue }
            guard
                let row = try? JSONSerialization.jsonObject(with: Data(line.utf8))
                    as? [String: Any],
                let rowKey = row["key"] as? String, let subject = row["subject"] as? String,
                let number = row["number"] as? Int
            else { preconditionFailure("not what was written: \(line)") }
            guard counted[rowKey] == nil else {
                if isNew { doubles += 1 }
                continue
            }
            counted[rowKey] = 1
            orders[subject, default: []].append(number)
        }
    }
}
