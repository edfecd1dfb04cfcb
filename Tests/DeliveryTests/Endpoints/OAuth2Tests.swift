import Delivery
import Loyalty
import TestSupport
import Testing

/// Tokens by OAuth 2.0, client credentials.
@Suite struct OAuth2Tests {
    private let api: ScriptedServer
    private let tokens: ScriptedServer
    private let endpoint: any Endpoint

    init() throws {
        api = try ScriptedServer()
        tokens = try ScriptedServer { _ in Self.token("t1", seconds: 3_600) }
        endpoint = try EndpointText(
            """
            kind: http
            url: \(api.url)/in
            send: [balances]
            timeout: 20 seconds
            auth:
              oauth2:
                token_url: \(tokens.url)/token
                client_id: "me & co"
                client_secret: env:CLIENT
                scope: points write
            """
        ).endpoint(["CLIENT": "s3cr3t/1"])
    }

    private static func token(_ text: String, seconds: Int) -> ScriptedAnswer {
        .status(
            200,
            #"{"access_token":"\#(text)","token_type":"Bearer","expires_in":\#(seconds)}"#)
    }

    private func deliver(now: Int = Drive.today) throws -> Delivery.Verdict {
        let row = OutboxRow(
            id: 1, night: CivilDate(days: 20_468), kind: "balances", subject: "", key: "key",
            payload: Array("{}".utf8))
        var drive = try Drive(endpoint, now: now)
        let verdicts = drive.deliver(Parcel(key: "key", rows: [row], isRepeated: false))
        return try #require(verdicts)[0]
    }

    private var bearers: [String?] { api.requests.map { $0.header("authorization") } }

    @Test func `a token is asked for once and used till it runs out`() throws {
        for _ in 0..<3 { #expect(try deliver() == .acknowledged()) }
        #expect(tokens.requests.count == 1)
        #expect(bearers == ["Bearer t1", "Bearer t1", "Bearer t1"])
        let request = try #require(tokens.requests.first)
        #expect(request.path == "/token")
        #expect(request.text == "grant_type=client_credentials&scope=points%20write")
        // me%20%26%20co:s3cr3t%2F1
        #expect(request.header("authorization") == "Basic bWUlMjAlMjYlMjBjbzpzM2NyM3QlMkYx")

        tokens.script(Self.token("t2", seconds: 3_600))
        #expect(try deliver(now: Drive.today + 3_700) == .acknowledged())
        #expect(bearers.last == "Bearer t2")
        #expect(tokens.requests.count == 2)
    }

    @Test func `a token that is refused is renewed once`() throws {
        #expect(try deliver() == .acknowledged())
        api.script(.status(401))
        tokens.script(Self.token("t2", seconds: 3_600))
        #expect(try deliver() == .acknowledged())
        #expect(bearers == ["Bearer t1", "Bearer t1", "Bearer t2"])
        // Refused again, it is our login that is wrong.
        api.script(.status(401), .status(401))
        guard case .halted = try deliver() else {
            Issue.record("not halted")
            return
        }
        #expect(tokens.requests.count == 3)
    }

    @Test func `a token that has been renewed is not thrown away with the old one`() throws {
        #expect(try deliver() == .acknowledged())
        let parcel = Parcel(key: "key", rows: [], isRepeated: false)
        var late = endpoint.errand(for: parcel)
        _ = late.next(nil, now: Drive.today)
        api.script(.status(401))
        tokens.script(Self.token("t2", seconds: 3_600))
        #expect(try deliver() == .acknowledged())
        var refused = Reply()
        refused.status = 401
        guard case .login = late.next(refused, now: Drive.today) else {
            Issue.record("no login")
            return
        }
        #expect(endpoint.login(now: Drive.today) == nil)
    }

    @Test func `a token server that refuses us stops the endpoint, and tells no secret`() throws {
        tokens.script(.status(400, #"{"error":"invalid_client","got":"s3cr3t/1"}"#))
        guard case .halted(let trouble) = try deliver() else {
            Issue.record("not halted")
            return
        }
        #expect(trouble.text.contains("token server answered 400"))
        #expect(trouble.text.contains("invalid_client"))
        #expect(!trouble.text.contains("s3cr3t"))
        #expect(api.requests.isEmpty)
        tokens.script(.status(200, #"{"access_token":"t","token_type":"s3cr3t\/1"}"#))
        guard case .halted(let other) = try deliver() else {
            Issue.record("not halted")
            return
        }
        #expect(other.text == "the token server gives no tokens of type bearer")
        #expect(try deliver() == .acknowledged())
    }

    @Test func `a token server that is down leaves all for later, surely not arrived`() throws {
        tokens.script(.status(503, "closed", headers: [("Retry-After", "30")]))
        guard case .later(let trouble) = try deliver() else {
            Issue.record("not later")
            return
        }
        #expect(trouble.waitSeconds == 30)
        #expect(!trouble.mayHaveArrived)
    }

    @Test(arguments: [
        "", "{}", #"{"access_token":""}"#, #"{"access_token":"a b"}"#,
        #"{"access_token":"t","token_type":"mac"}"#,
    ])
    func `an answer without a token stops the endpoint`(body: String) throws {
        tokens.script(.status(200, body))
        guard case .halted(let trouble) = try deliver() else {
            Issue.record("not halted")
            return
        }
        #expect(trouble.text.contains("the token server"))
    }

    @Test(arguments: [Int.min, -1, 0, Int.max])
    func `whatever a server says of its end, a token is used once`(seconds: Int) throws {
        tokens.script(Self.token("t1", seconds: seconds))
        #expect(try deliver() == .acknowledged())
        #expect(bearers == ["Bearer t1"])
    }
}
