import Delivery
import Foundation
import Loyalty
import TestSupport

/// A server that honours keys, before an endpoint of kind http or webhook.
final class HTTPPeer: Peer {
    private let server: ScriptedServer
    private let other: ScriptedServer
    private let nginx: NginxServer
    private let kind: EndpointKind
    private var last = 0

    init(_ kind: EndpointKind) throws {
        self.kind = kind
        server = try ScriptedServer(keyHeader: kind == .http ? "idempotency-key" : "webhook-id")
        other = try ScriptedServer()
        nginx = try NginxServer()
    }

    var faults: Set<Fault> {
        let all = Set(Fault.allCases).subtracting([.wrongHostKey])
        return kind == .http ? all : all.subtracting([.someRefused])
    }

    let secrets = ["tok-3n-0f-th3-t3st"]

    func endpoint(meeting fault: Fault?) throws -> any Endpoint {
        server.heal()
        if let answer = fault.flatMap({ answer(for: $0) }) { server.script(answer) }
        let url =
            switch fault {
            case .nobody: "http://127.0.0.1:\(try Loopback.freePort())"
            case .wrongCertificate: nginx.url(.otherName)
            default: server.url
            }
        var lines = ["kind: \(kind)", "url: \(url)/balances", "timeout: 1 second"]
        lines.append(kind == .http ? "send: [balances]" : "send: [exceptions]")
        lines.append(kind == .http ? "auth: { bearer: env:TOKEN }" : "secret: env:TOKEN")
        if fault == .wrongCertificate { lines.append("ca: \(nginx.certificates.authority)") }
        if fault == .someRefused {
            lines += ["batch: 10", "results: { list: rows, key: card, status: code, error: why }"]
        }
        return try EndpointText(lines.joined(separator: "\n")).endpoint(["TOKEN": secrets[0]])
    }

    private func answer(for fault: Fault) -> ScriptedAnswer? {
        switch fault {
        case .timeout:
            var answer = ScriptedAnswer.broken(.hang)
            answer.counts = false
            return answer
        case .timeoutBehind: return .broken(.hang)
        case .tooManySeconds: return .status(429, "slow down", headers: [("Retry-After", "7")])
        case .tooManyDate:
            return .status(429, headers: [("Retry-After", "Fri, 16 Jan 2026 00:01:30 GMT")])
        case .serverError: return .status(500, "oops")
        case .serverErrorBehind: return .doneAnd500
        case .resetBefore: return .broken(.resetUnread)
        case .resetInAnswer: return .broken(.resetHalfway)
        case .truncated: return .broken(.truncated)
        case .drip: return .broken(.drip)
        // A server that says our secret back.
        case .refusedLogin: return .status(401, "who is \(secrets[0])?")
        case .redirect: return .redirect(to: other.url + "/balances")
        case .endlessAnswer: return .broken(.long(1 << 30))
        case .page: return .page
        case .full: return .status(507, "no room")
        case .someRefused:
            // In another order than they were sent in.
            return .status(
                207,
                """
                { "rows": [ { "card": "card\(last)", "code": 201 },
                  { "card": "card\(last - 1)", "code": 422, "why": "card\(last - 1) is unknown" },
                  { "card": "card\(last - 2)", "code": "200" } ] }
                """)
        case .nobody, .wrongCertificate, .wrongHostKey: return nil
        }
    }

    func parcel(rows: Int) throws -> Parcel {
        let rows = (0..<rows).map { _ in
            last += 1
            return OutboxRow(
                id: Int64(last), night: CivilDate(days: 20_468), kind: "balances",
                subject: "card\(last)", key: "key-\(last)",
                payload: Array(#"{"card":"card\#(last)"}"#.utf8))
        }
        return Parcel(
            key: rows.count == 1 ? rows[0].key : "all-\(last)", rows: rows, isRepeated: false)
    }

    func count(of row: OutboxRow) throws -> Int {
        if let count = server.counts[row.key] { return count }
        // Of a batch, by what was answered above.
        let batch = server.requests.first {
            $0.body.first == UInt8(ascii: "[") && $0.text.contains(#""\#(row.subject)""#)
        }
        return batch == nil || row.subject == "card\(last - 1)" ? 0 : 1
    }

    func strays() throws -> [String] { other.requests.map { "\($0.method) \($0.path)" } }
}
