import Delivery
import Foundation
import Loyalty
import TestSupport
import Testing

@Suite struct HTTPEndpointTests {
    @Test func `an endpoint of HTTP gets everything right that can go wrong`() throws {
        try exercise(HTTPPeer(.http))
    }

    private let server: ScriptedServer

    init() throws { server = try ScriptedServer() }

    private func endpoint(
        _ more: String = "", url: String? = nil, _ environment: [String: String] = [:]
    ) throws -> any Endpoint {
        let lines =
            "kind: http\nurl: \(url ?? server.url)/in\nsend: [balances]\ntimeout: 20 seconds"
        return try EndpointText(lines + "\n" + more).endpoint(environment)
    }

    /// Rows of some cards, in one parcel.
    private func parcel(_ cards: String..., isRepeated: Bool = false) -> Parcel {
        let rows = cards.enumerated().map { index, card in
            OutboxRow(
                id: Int64(index), night: CivilDate(days: 20_468), kind: "balances", subject: card,
                key: "key-\(index)", payload: Array(#"{"card":"\#(card)"}"#.utf8))
        }
        return Parcel(key: "parcel-1", rows: rows, isRepeated: isRepeated)
    }

    private func deliver(_ parcel: Parcel, to endpoint: any Endpoint) throws -> [Delivery.Verdict] {
        var drive = try Drive(endpoint)
        let verdicts = drive.deliver(parcel)
        return try #require(verdicts)
    }

    /// The only verdict of one row.
    private func verdict(_ more: String = "", answer: ScriptedAnswer) throws -> Delivery.Verdict {
        server.script(answer)
        return try deliver(parcel("c1"), to: endpoint(more))[0]
    }

    // MARK: What is sent

    @Test func `a row is an object under its key`() throws {
        #expect(try deliver(parcel("c1"), to: endpoint()) == [.acknowledged()])
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/in")
        #expect(request.text == #"{"card":"c1"}"#)
        #expect(request.header("idempotency-key") == "parcel-1")
        #expect(request.header("content-type") == "application/json")
        #expect(request.header("authorization") == nil)
    }

    @Test func `with a batch it is an array, of one row too`() throws {
        let endpoint = try endpoint("batch: 3\nmethod: put")
        #expect(endpoint.capacity(of: "balances") == 3)
        #expect(try deliver(parcel("c1", "c2"), to: endpoint).count == 2)
        _ = try deliver(parcel("c3"), to: endpoint)
        #expect(
            server.requests.map(\.text) == [#"[{"card":"c1"},{"card":"c2"}]"#, #"[{"card":"c3"}]"#])
        #expect(server.requests.map(\.method) == ["PUT", "PUT"])
    }

    @Test
    func `rows that began together are repeated together, whatever 'batch' is now`()
        throws
    {
        _ = try deliver(parcel("c1", "c2", isRepeated: true), to: endpoint())
        let request = try #require(server.requests.first)
        #expect(request.text == #"[{"card":"c1"},{"card":"c2"}]"#)
    }

    @Test func `as NDJSON it is an object a line`() throws {
        _ = try deliver(parcel("c1", "c2"), to: endpoint("batch: 3\nbody: ndjson"))
        let request = try #require(server.requests.first)
        #expect(request.text == "{\"card\":\"c1\"}\n{\"card\":\"c2\"}\n")
        #expect(request.header("content-type") == "application/x-ndjson")
    }

    @Test func `long bodies are packed, short ones are not`() throws {
        let long = String(repeating: "7", count: 20_000)
        let endpoint = try endpoint("gzip: true")
        _ = try deliver(parcel("c1"), to: endpoint)
        _ = try deliver(parcel(long), to: endpoint)
        let requests = server.requests
        #expect(requests.map { $0.header("content-encoding") } == [nil, "gzip"])
        #expect(requests[1].body.count < 1_000)
        let folder = try ScratchFolder()
        let packed = try folder.write(Data(requests[1].body), to: "body.gz")
        let opened = try ServerProcess.run("/usr/bin/gzip", ["-dc", packed], package: "gzip")
        #expect(opened == #"{"card":"\#(long)"}"#)
    }

    @Test func `requests are signed after Standard Webhooks`() throws {
        let environment = ["OLD": "an old secret", "NEW": "a new secret"]
        let endpoint = try endpoint("signature: [env:OLD, env:NEW]", environment)
        _ = try deliver(parcel("c1"), to: endpoint)
        let request = try #require(server.requests.first)
        #expect(request.header("webhook-id") == "parcel-1")
        #expect(request.header("webhook-timestamp") == "\(Drive.today)")
        let signed = Array("parcel-1.\(Drive.today).{\"card\":\"c1\"}".utf8)
        let signatures = ["an old secret", "a new secret"].map {
            "v1," + Data(hmacSHA256(Array($0.utf8), signed)).base64EncodedString()
        }
        #expect(request.header("webhook-signature") == signatures.joined(separator: " "))
    }

    // MARK: What lets us in

    @Test func `bearer and basic are sent as headers`() throws {
        let environment = ["TOKEN": "t1", "WORD": "p:w"]
        _ = try deliver(parcel("c1"), to: endpoint("auth: { bearer: env:TOKEN }", environment))
        _ = try deliver(
            parcel("c1"),
            to: endpoint("auth: { basic: { user: me, password: env:WORD } }", environment))
        #expect(
            server.requests.map { $0.header("authorization") }
                == ["Bearer t1", "Basic " + Data("me:p:w".utf8).base64EncodedString()])
    }

    @Test func `a certificate of our own is shown`() throws {
        let nginx = try NginxServer()
        let files = nginx.certificates
        // openssl leaves the key to its owner; a key that others can read is refused.
        let own = "{ file: \(files.certificate(.client)), key: \(files.key(.client)) }"
        chmod(files.key(.client), 0o600)
        let known = "ca: \(files.authority)\n"
        let url = nginx.url(.client)
        let shown = try endpoint(known + "auth: { certificate: \(own) }", url: url)
        #expect(try deliver(parcel("c1"), to: shown) == [.acknowledged()])
        let bare = try deliver(parcel("c1"), to: endpoint(known, url: url))
        guard case .halted(let trouble) = bare[0] else {
            Issue.record("\(bare)")
            return
        }
        #expect(trouble.text.contains("certificate"))
        chmod(files.key(.client), 0o644)
        #expect(throws: SecretError.self) {
            try endpoint(known + "auth: { certificate: \(own) }", url: url)
        }
    }

    // MARK: What is answered

    @Test func `what the server says is judged`() throws {
        #expect(try verdict(answer: .status(204)) == .acknowledged())
        #expect(
            try verdict(answer: .status(422, "no\n such  card"))
                == .refused("answered 422: no such card"))
        for status in [301, 401, 403, 410] {
            guard case .halted = try verdict(answer: .status(status)) else {
                Issue.record("\(status)")
                continue
            }
        }
        for status in [408, 425, 429, 500, 502, 503, 504] {
            guard case .later(let trouble) = try verdict(answer: .status(status)) else {
                Issue.record("\(status)")
                continue
            }
            #expect(trouble.mayHaveArrived == (status != 429))
        }
    }

    /// What comes first of an errand for rows of several cards, where the server answers so.
    private func step(
        _ status: Int, _ text: String = "", isRepeated: Bool = false
    ) throws -> Step {
        var errand = try endpoint("batch: 9").errand(
            for: parcel("c1", "c2", "c3", isRepeated: isRepeated))
        _ = errand.next(nil, now: Drive.today)
        var reply = Reply()
        reply.status = status
        reply.body = Array(text.utf8)
        return errand.next(reply, now: Drive.today)
    }

    @Test func `a batch that is refused as one is taken apart, a row that is alone is refused`()
        throws
    {
        for status in [400, 404, 409, 413, 422] {
            guard case .apart = try step(status) else {
                Issue.record("\(status)")
                continue
            }
            guard case .refused = try verdict("batch: 9", answer: .status(status)) else {
                Issue.record("\(status)")
                continue
            }
        }
        // A repetition is refused for the sake of a bad row too.
        for (status, text) in [(413, ""), (422, "{\"detail\":\"no such card\"}")] {
            guard case .apart = try step(status, text, isRepeated: true) else {
                Issue.record("\(status): not taken apart")
                continue
            }
        }
        // Its key came with other bytes, and those may have been taken.
        for (status, text) in [
            (422, "{\"title\":\"Idempotency-Key is already used\"}"),
            (400, "{\"type\":\"idempotency_error\"}"),
        ] {
            guard case .end(.refused) = try step(status, text, isRepeated: true) else {
                Issue.record("\(text): not refused")
                continue
            }
        }
    }

    @Test func `405 always, and 404 while nothing was ever taken, is about the URL`() throws {
        var first = parcel("c1")
        first.isFirst = true
        server.script(.status(404, "what?"), .status(404, "no such card"), .status(405))
        let endpoint = try endpoint()
        guard case .halted(let trouble) = try deliver(first, to: endpoint)[0] else {
            Issue.record("not halted")
            return
        }
        #expect(
            trouble.text
                == "answered 404: what?: nothing was ever taken at '/in'; check the path of 'url'")
        #expect(
            try deliver(parcel("c1"), to: endpoint) == [.refused("answered 404: no such card")])
        guard case .halted(let method) = try deliver(parcel("c1"), to: endpoint)[0] else {
            Issue.record("not halted")
            return
        }
        #expect(method.text.contains("check 'url' and 'method'"))
    }

    @Test func `a hundred refusals in a row stop the endpoint, unless something is taken between`()
        throws
    {
        let endpoint = try endpoint()
        func refusals(_ count: Int) throws -> Bool {
            try (1...count).allSatisfy { _ in
                server.script(.status(422, "no such schema"))
                guard case .refused = try deliver(parcel("c1"), to: endpoint)[0] else {
                    return false
                }
                return true
            }
        }
        #expect(try refusals(99))
        #expect(try deliver(parcel("c1"), to: endpoint) == [.acknowledged()])
        #expect(try refusals(100))
        server.script(.status(422, "no such schema"))
        guard case .halted(let trouble) = try deliver(parcel("c1"), to: endpoint)[0] else {
            Issue.record("not halted")
            return
        }
        #expect(trouble.text.hasPrefix("answered 422: no such schema: 100 rows before it"))
        #expect(!trouble.mayHaveArrived)
    }

    @Test func `a conflict of a repeated request is one that is still worked on`() throws {
        server.script(.status(409, "busy"), .status(409, "busy"))
        #expect(
            try deliver(parcel("c1"), to: endpoint()) == [.refused("answered 409: busy")])
        guard
            case .later(let trouble) = try deliver(
                parcel("c1", isRepeated: true), to: endpoint())[0]
        else {
            Issue.record("not later")
            return
        }
        #expect(trouble.mayHaveArrived)
    }

    @Test func `secrets and cards that a server repeats are hidden`() throws {
        server.script(.status(400, "card 2900041368726, token s3cr3t-t0k3n: no"))
        let environment = ["TOKEN": "s3cr3t-t0k3n"]
        let endpoint = try endpoint("auth: { bearer: env:TOKEN }", environment)
        #expect(
            try deliver(parcel("2900041368726"), to: endpoint)
                == [.refused("answered 400: card (hidden), token (secret): no")])
    }

    @Test func `the card of a grant and its code are hidden, whichever the row is known by`() throws
    {
        var grant = parcel("B5-K7M-1003")
        grant.rows[0].payload = Array(
            #"{"card_code":"2900041368726","code":"B5-K7M-1003","claim_id":"C-7"}"#.utf8)
        server.script(
            .status(422, "C-7: no card 2900041368726, so B5-K7M-1003 is nobody's"))
        #expect(
            try deliver(grant, to: endpoint())
                == [.refused("answered 422: C-7: no card (hidden), so (hidden) is nobody's")])
    }

    @Test func `a secret is hidden where JSON writes it in another way, and of single rows too`()
        throws
    {
        let said = #"{"rows":[{"code":400,"why":"card c1, token s3\/cr3t: no"}]}"#
        server.script(.status(400, said), .status(207, said))
        let environment = ["TOKEN": "s3/cr3t"]
        let plain = try endpoint("auth: { bearer: env:TOKEN }", environment)
        guard case .refused(let text) = try deliver(parcel("c1"), to: plain)[0] else {
            Issue.record("not refused")
            return
        }
        #expect(text.contains("token (secret): no"))
        let results = "results: { list: rows, status: code, error: why }\nbatch: 10"
        let each = try endpoint("auth: { bearer: env:TOKEN }\n\(results)", environment)
        #expect(
            try deliver(parcel("c1"), to: each)
                == [.refused("answered 400: card (hidden), token (secret): no")])
    }

    @Test func `what a terminal would obey is not repeated`() throws {
        #expect(
            try verdict(answer: .status(422, "\u{1b}]0;x\u{7}\u{1b}[31mred\u{9b}m"))
                == .refused("answered 422: ?]0;x??[31mred?m"))
    }

    @Test(arguments: ["inf", "nan", "1e300", "-1", "-inf"])
    func `a reset that no clock will show says nothing`(reset: String) throws {
        let answer = ScriptedAnswer.status(429, headers: [("X-RateLimit-Reset", reset)])
        guard case .later(let trouble) = try verdict(answer: answer) else {
            Issue.record("not later")
            return
        }
        #expect(trouble.waitSeconds == nil)
    }

    @Test func `a secret that would end its header is not sent`() {
        #expect(throws: SecretError.self) {
            try endpoint("auth: { bearer: env:TOKEN }", ["TOKEN": "a\r\nX-More: 1"])
        }
    }
}
