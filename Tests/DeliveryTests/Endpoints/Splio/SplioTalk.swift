import Delivery
import TestSupport

/// A Splio and an endpoint that talk to one another.
final class SplioTalk {
    let server: SplioServer
    let endpoint: any Endpoint
    var now = Drive.today

    init(_ lines: String...) throws {
        server = try SplioServer()
        var text = EndpointText.splio(server.url, "timeout: 20 seconds")
        for line in lines { text.lines += "\n" + line }
        endpoint = try text.endpoint(["KEY": SplioServer.apiKey])
    }

    /// Takes rows to their end, one verdict a row.
    func deliver(_ rows: OutboxRow..., isRepeated: Bool = false) throws -> [Verdict] {
        try deliver(rows, isRepeated: isRepeated)
    }

    func deliver(_ rows: [OutboxRow], isRepeated: Bool = false) throws -> [Verdict] {
        var drive = try Drive(endpoint, now: now)
        return drive.deliver(SplioRows.parcel(rows, isRepeated: isRepeated)) ?? []
    }

    /// What was asked for, without queries.
    var trace: [String] {
        server.requests.map { "\($0.method) \($0.path.prefix { $0 != "?" })" }
    }

    /// The body of the last request.
    var lastBody: String { server.requests.last?.text ?? "" }

    /// Loses the answer to the next request that changes something.
    func loseAnswer() { meet(.init(isDone: true, way: .resetUnanswered)) }

    /// What the next request that changes something meets.
    func meet(_ mishap: SplioServer.Mishap) {
        let last = server.requests.count
        server.setLuck { [server] request in
            let changes = server.requests.dropFirst(last).count { $0.method != "GET" }
            return request.method != "GET" && changes == 1 ? mishap : nil
        }
    }
}

extension Verdict {
    /// Its text; empty for none.
    var text: String {
        switch self {
        case .acknowledged(let text): text ?? ""
        case .refused(let text): text
        case .later(let trouble), .halted(let trouble): trouble.text
        }
    }

    var isRefused: Bool {
        if case .refused = self { return true }
        return false
    }

    var isAcknowledged: Bool {
        if case .acknowledged = self { return true }
        return false
    }

    /// The trouble of a row that comes again.
    var later: Trouble? {
        if case .later(let trouble) = self { return trouble }
        return nil
    }
}
