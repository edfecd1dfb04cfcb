import Delivery
import Foundation
import Loyalty
import TestSupport

/// A server of HTTP that honours Idempotency-Key, before an endpoint of kind http.
final class HTTPPeer: Peer {
    private let server: ScriptedServer
    private let other: ScriptedServer
    private let nginx: NginxServer
    private var last = 0

    init() throws {
        server = try ScriptedServer()
        other = try ScriptedServer()
        nginx = try NginxServer()
    }

    let faults: Set<Fault> = [
        .timeout, .timeoutBehind, .tooManySeconds, .tooManyDate, .serverError, .serverErrorBehind,
        .resetBefore, .resetInAnswer, .truncated, .drip, .nobody, .wrongCertificate, .refusedLogin,
        .redirect, .endlessAnswer, .full,
    ]

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
        return try EndpointText(
            """
            kind: http
            url: \(url)/balances
            send: [balances]
            timeout: 1 second
            """
        ).endpoint(["TOKEN": secrets[0]])
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
        case .refusedLogin: return .status(401, "who are you?")
        case .redirect: return .redirect(to: other.url + "/balances")
        case .endlessAnswer: return .broken(.long(1 << 30))
        case .page: return .page
        case .full: return .status(507, "no room")
        case .nobody, .wrongCertificate, .wrongHostKey, .someRefused: return nil
        }
    }

    func parcel(rows: Int) throws -> Parcel {
        let rows = (0..<rows).map { _ in
            last += 1
            return OutboxRow(
                id: Int64(last), night: CivilDate(days: 20_468),
                kind: "balances", subject: "card\(last)", key: "key-\(last)",
                payload: Array(#"{"card":"card\#(last)"}"#.utf8))
        }
        return Parcel(
            key: rows.count == 1 ? rows[0].key : "all-\(last)", rows: rows, isRepeated: false)
    }

    func count(of row: OutboxRow) throws -> Int { server.counts[row.key] ?? 0 }

    func strays() throws -> [String] { other.requests.map { "\($0.method) \($0.path)" } }
}
