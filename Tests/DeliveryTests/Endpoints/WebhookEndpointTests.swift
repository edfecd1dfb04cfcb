import Delivery
import Loyalty
import TestSupport
import Testing

@Suite struct WebhookEndpointTests {
    @Test func `a webhook gets everything right that can go wrong`() throws {
        try exercise(HTTPPeer(.webhook))
    }

    private let server: ScriptedServer

    init() throws { server = try ScriptedServer(keyHeader: "webhook-id") }

    private func call(
        _ secret: String, _ environment: [String: String], id: String = "key", body: String = "{}",
        now: Int = Drive.today, isFirst: Bool = false
    ) throws -> Delivery.Verdict {
        let endpoint = try EndpointText(
            """
            kind: webhook
            url: \(server.url)/hook
            send: [exceptions]
            secret: \(secret)
            """
        ).endpoint(environment)
        let row = OutboxRow(
            id: 1, night: CivilDate(days: 20_468), kind: "exceptions", subject: "", key: id,
            payload: Array(body.utf8))
        var drive = try Drive(endpoint, now: now)
        var parcel = Parcel(key: id, rows: [row], isRepeated: false)
        parcel.isFirst = isFirst
        let verdicts = drive.deliver(parcel)
        return try #require(verdicts)[0]
    }

    /// The vector that the libraries of Standard Webhooks test themselves with.
    @Test func `the signature is that of Standard Webhooks`() throws {
        let environment = ["HOOK": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        let verdict = try call(
            "env:HOOK", environment, id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            body: #"{"test": 2432232314}"#, now: 1_614_265_330)
        #expect(verdict == .acknowledged())
        let request = try #require(server.requests.first)
        #expect(request.header("webhook-id") == "msg_p5jXN8AQM9LWM0D4loKWxJek")
        #expect(request.header("webhook-timestamp") == "1614265330")
        #expect(
            request.header("webhook-signature") == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        )
        #expect(request.text == #"{"test": 2432232314}"#)
    }

    @Test func `while secrets change both sign`() throws {
        _ = try call("env:A", ["A": "one"])
        _ = try call("env:B", ["B": "two"])
        _ = try call("[env:A, env:B]", ["A": "one", "B": "two"])
        let signatures = server.requests.compactMap { $0.header("webhook-signature") }
        #expect(signatures.count == 3)
        #expect(signatures[2] == signatures[0] + " " + signatures[1])
    }

    @Test(arguments: [301, 302, 307, 308, 401, 403, 410])
    func `an answer about us stops the calls`(status: Int) throws {
        server.script(.status(status, headers: [("Location", "https://elsewhere.example/")]))
        guard case .halted = try call("env:A", ["A": "one"]) else {
            Issue.record("not halted")
            return
        }
    }

    @Test func `404 stops the calls where none was ever taken, and the path is not told`() throws {
        server.script(.status(404), .status(404))
        guard case .halted(let trouble) = try call("env:A", ["A": "one"], isFirst: true) else {
            Issue.record("not halted")
            return
        }
        #expect(trouble.text.contains("check the path of 'url'"))
        #expect(!trouble.text.contains("/hook"))
        #expect(try call("env:A", ["A": "one"]) == .refused("answered 404"))
    }

    @Test func `a secret that can't be one is said so and not repeated`() throws {
        do {
            _ = try call("env:A", ["A": "whsec_!!hunter2!!"])
            Issue.record("was taken")
        } catch let error as SecretError {
            #expect(error.text.contains("env:A"))
            #expect(!error.text.contains("hunter2"))
        }
    }
}
