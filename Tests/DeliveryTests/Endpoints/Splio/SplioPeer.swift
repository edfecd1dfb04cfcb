import Delivery
import TestSupport

/// A Splio before an endpoint of kind splio, for rows of one kind.
final class SplioPeer: Peer {
    private let kind: String
    private let server: SplioServer
    private let other: ScriptedServer
    private let nginx: NginxServer?
    private var last = 0
    private var lastRows: [OutboxRow] = []

    init(_ kind: String) throws {
        self.kind = kind
        server = try SplioServer()
        other = try ScriptedServer()
        // The login comes first and is the same for all kinds.
        nginx = kind == "orders" ? try NginxServer() : nil
    }

    var faults: Set<Fault> {
        var faults: Set<Fault> = [
            .timeout, .timeoutBehind, .tooManySeconds, .tooManyDate, .serverError,
            .serverErrorBehind, .resetBefore, .resetInAnswer, .truncated, .drip, .nobody,
            .refusedLogin, .redirect, .endlessAnswer, .page, .full,
        ]
        if nginx != nil { faults.insert(.wrongCertificate) }
        if kind == "grants" || kind == "burns" { faults.insert(.someRefused) }
        return faults
    }

    let secrets = [SplioServer.apiKey, "t0k3n"]

    func endpoint(meeting fault: Fault?) throws -> any Endpoint {
        let mishap = fault.flatMap { self.mishap(for: $0) }
        // Once, at the first request that changes something.
        let last = server.requests.count
        server.setLuck { [server] request in
            let changes = server.requests.dropFirst(last).count { $0.method != "GET" }
            return request.method != "GET" && changes == 1 ? mishap : nil
        }
        if fault == .someRefused {
            let code = lastRows[1].subject
            server.books { books in
                books.attributions[code] = SplioBooks.Attribution(card: "of another")
            }
        }
        let url =
            switch fault {
            case .nobody: "http://127.0.0.1:\(try Loopback.freePort())"
            case .wrongCertificate: nginx?.url(.otherName) ?? ""
            default: server.url
            }
        let key = fault == .refusedLogin ? "an old key" : SplioServer.apiKey
        return try EndpointText.splio(url, "timeout: \(Fault.timeout(fault))").endpoint(["KEY": key]
        )
    }

    private func mishap(for fault: Fault) -> SplioServer.Mishap? {
        switch fault {
        case .timeout: .init(isDone: false, way: .hang)
        case .timeoutBehind: .init(isDone: true, way: .hang)
        case .tooManySeconds:
            .init(
                isDone: false,
                answer: .status(429, #"{"message":"slow"}"#, headers: [("Retry-After", "7")]))
        case .tooManyDate:
            .init(
                isDone: false,
                answer: .status(429, headers: [("Retry-After", "Fri, 16 Jan 2026 00:01:30 GMT")]))
        case .serverError: .init(isDone: false, answer: .status(500, "oops"))
        case .serverErrorBehind: .init(isDone: true, answer: .status(502, "oops"))
        case .resetBefore: .init(isDone: false, way: .resetUnanswered)
        case .resetInAnswer: .init(isDone: true, way: .resetHalfway)
        case .truncated: .init(isDone: true, way: .truncated)
        case .drip: .init(isDone: true, way: .drip)
        case .redirect: .init(isDone: false, answer: .redirect(to: other.url + "/data"))
        case .endlessAnswer: .init(isDone: true, answer: .ok, way: .long(1 << 30))
        case .page: .init(isDone: false, answer: .page)
        case .full: .init(isDone: false, answer: .status(507, "no room"))
        case .nobody, .wrongCertificate, .wrongHostKey, .refusedLogin, .someRefused: nil
        }
    }

    func parcel(rows: Int) throws -> Parcel {
        lastRows = (0..<rows).map { _ in
            last += 1
            let code = "PAR-7Q2M-\(last)"
            switch kind {
            case "orders": return SplioRows.order(last, order: "T-0412-\(last)")
            case "points": return SplioRows.points(last)
            case "grants": return SplioRows.grant(last, code: code)
            case "burns":
                server.books { books in
                    books.attributions[code] = SplioBooks.Attribution(card: "2171707962088")
                }
                return SplioRows.burn(last, code: code)
            default: return SplioRows.code(last, code: code)
            }
        }
        return SplioRows.parcel(lastRows)
    }

    func count(of row: OutboxRow) throws -> Int {
        server.books { books in
            switch row.kind {
            case "orders":
                books.orders.first { $0.key == "T-0412-\(row.id)" }?.value.made ?? 0
            case "points": books.credits[row.key] == nil ? 0 : 1
            case "grants": books.attributions[row.subject]?.card == "2171707962088" ? 1 : 0
            case "burns": books.attributions[row.subject]?.burned == nil ? 0 : 1
            default: books.instances[row.subject] ?? 0
            }
        }
    }

    func strays() throws -> [String] {
        server.books { $0.doubles } + other.requests.map { "\($0.method) \($0.path)" }
    }
}

extension EndpointText {
    /// An endpoint of kind splio, with more lines.
    static func splio(_ url: String, _ lines: String...) -> EndpointText {
        EndpointText(
            ([
                "kind: splio", "url: \(url)", "send: [orders, points, grants, burns, codes]",
                "auth: { api_key: env:KEY }",
            ] + lines).joined(separator: "\n"))
    }
}
