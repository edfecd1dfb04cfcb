internal import Foundation
internal import Synchronization

/// A loopback server that speaks the API of Splio as its makers describe it, oddities included, and keeps books
/// of what it took.
///
/// It can lose answers behind what it did, fail before, and limit requests; it notes whatever was done twice.
package final class SplioServer: Sendable {
    /// What befalls a request.
    package struct Mishap: Sendable {
        /// Whether what was asked is done all the same.
        package var isDone: Bool
        /// What is answered; nil for what would have been.
        package var answer: ScriptedAnswer?
        /// How the answer fares.
        package var way = ScriptedAnswer.Way.whole

        package init(
            isDone: Bool, answer: ScriptedAnswer? = nil, way: ScriptedAnswer.Way = .whole
        ) {
            self.isDone = isDone
            self.answer = answer
            self.way = way
        }
    }

    package typealias Luck = @Sendable (ScriptedRequest) -> Mishap?

    private struct State {
        var books = SplioBooks()
        var tokens: Set<String> = []
        var tokenCount = 0
        var luck: Luck = { _ in nil }
        var requests: [ScriptedRequest] = []
        /// Requests of the last second by what they are limited as; nil: no limits.
        var windows: [String: [ContinuousClock.Instant]]?
    }

    package static let apiKey = "splio-k3y-0f-th3-t3st"

    private let server: ScriptedServer
    private let hall: Hall

    /// What the server's rule shares with it.
    private final class Hall: Sendable {
        let state = Mutex(State())
    }

    package init() throws {
        let hall = Hall()
        self.hall = hall
        server = try ScriptedServer(keyHeader: "x-none") { SplioServer.answer($0, hall) }
    }

    package var url: String { server.url }

    package func stop() { server.stop() }

    // MARK: What it is told

    /// Changes or reads the books.
    package func books<Value: Sendable>(
        _ body: @Sendable (inout SplioBooks) -> Value
    ) -> Value {
        hall.state.withLock { body(&$0.books) }
    }

    /// What befalls requests from now on; logins never.
    package func setLuck(_ luck: @escaping Luck) { hall.state.withLock { $0.luck = luck } }

    /// All tokens are a day old.
    package func expireTokens() { hall.state.withLock { $0.tokens = [] } }

    /// Limits requests as Splio does: 20 a second of orders, 10 of everything else.
    package func limit() { hall.state.withLock { $0.windows = [:] } }

    /// How often somebody logged in.
    package var logins: Int { hall.state.withLock { $0.tokenCount } }

    /// All requests but logins, in order, those to which something befell too.
    package var requests: [ScriptedRequest] { hall.state.withLock { $0.requests } }

    // MARK: A request

    private static func answer(_ request: ScriptedRequest, _ hall: Hall) -> ScriptedAnswer {
        let luck = hall.state.withLock { state -> Luck in
            if request.path != "/authenticate" { state.requests.append(request) }
            return state.luck
        }
        let mishap = request.path == "/authenticate" ? nil : luck(request)
        var answer = ScriptedAnswer()
        if mishap?.isDone ?? true { answer = hall.state.withLock { serve(request, &$0) } }
        if let mishap {
            answer = mishap.answer ?? answer
            answer.way = mishap.way
        }
        return answer
    }

    private static func serve(
        _ request: ScriptedRequest, _ state: inout State
    ) -> ScriptedAnswer {
        if request.path == "/authenticate" { return login(request, &state) }
        let limits = use(request, &state)
        if limits.remaining < 0 {
            return answer(429, #"{"message":"API rate limit exceeded"}"#, limits)
        }
        let token = request.header("authorization")?.dropFirst("Bearer ".count) ?? ""
        guard state.tokens.contains(String(token)) else {
            return answer(401, #""Authentication failed.""#, limits)
        }
        let parts = request.path.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/").map {
            String($0).removingPercentEncoding ?? ""
        }
        var query: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let halves = pair.split(separator: "=", maxSplits: 1).map {
                String($0).removingPercentEncoding ?? ""
            }
            query[halves[0]] = halves.count > 1 ? halves[1] : ""
        }
        var body: [String: Any] = [:]
        if !request.body.isEmpty {
            guard
                let object = try? JSONSerialization.jsonObject(with: Data(request.body)),
                let found = object as? [String: Any]
            else {
                return answer(
                    400, SplioBooks.errors(400, ("", "invalid_json", "syntax error")).text, limits)
            }
            body = found
        }
        let call = SplioBooks.Call(
            method: request.method, path: path, query: query, body: body)
        let found = state.books.take(call)
        return answer(found.status, found.text, limits)
    }

    private static func login(
        _ request: ScriptedRequest, _ state: inout State
    ) -> ScriptedAnswer {
        let object = try? JSONSerialization.jsonObject(with: Data(request.body))
        guard (object as? [String: Any])?["api_key"] as? String == apiKey else {
            return .status(401, #""Authentication failed.""#)
        }
        state.tokenCount += 1
        let token = "head.\(state.tokenCount)-t0k3n.tail"
        state.tokens.insert(token)
        return .status(200, #"{"token":"\#(token)"}"#)
    }

    // MARK: Limits

    private struct Limits {
        var limit = 10
        var remaining = 9
    }

    private static func use(_ request: ScriptedRequest, _ state: inout State) -> Limits {
        let isData = request.path.hasPrefix("/data/")
        let limit = isData ? 20 : 10
        guard state.windows != nil else { return Limits(limit: limit, remaining: limit - 1) }
        let name = isData ? "data" : "loyalty"
        let now = ContinuousClock.now
        var window = state.windows?[name] ?? []
        window.removeAll { $0.duration(to: now) >= .seconds(1) }
        let remaining = limit - window.count - 1
        if remaining >= 0 { window.append(now) }
        state.windows?[name] = window
        return Limits(limit: limit, remaining: remaining)
    }

    private static func answer(
        _ status: Int, _ text: String, _ limits: Limits
    ) -> ScriptedAnswer {
        .status(
            status, text,
            headers: [
                ("rateLimit-limit", String(limits.limit)),
                ("rateLimit-remaining", String(max(0, limits.remaining))),
                ("rateLimit-reset", "1"),
                ("x-rateLimit-limit-minute", String(limits.limit * 60)),
                ("x-rateLimit-remaining-minute", String(limits.limit * 30)),
            ])
    }
}
