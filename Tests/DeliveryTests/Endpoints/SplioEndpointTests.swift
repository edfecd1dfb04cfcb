import Delivery
import Foundation
import TestSupport
import Testing

@Suite struct SplioEndpointTests {
    @Test(arguments: ["orders", "points", "grants", "burns", "code-add"])
    func `an endpoint of Splio gets everything right that can go wrong`(kind: String) throws {
        try exercise(SplioPeer(kind))
    }

    // MARK: Token

    @Test func `one login serves a day of parcels`() throws {
        let talk = try SplioTalk()
        for id in 1...5 { _ = try talk.deliver(SplioRows.points(id)) }
        #expect(talk.server.logins == 1)
        talk.now += 23 * 3_600
        _ = try talk.deliver(SplioRows.points(6))
        #expect(talk.server.logins == 2)
    }

    @Test func `a token that is refused is fetched anew once`() throws {
        let talk = try SplioTalk()
        _ = try talk.deliver(SplioRows.order(1, order: "A"))
        talk.server.expireTokens()
        #expect(try talk.deliver(SplioRows.order(2, order: "B")) == [.acknowledged()])
        #expect(talk.server.logins == 2)

        talk.server.setLuck { _ in
            .init(isDone: false, answer: .status(401, #""Authentication failed.""#))
        }
        let verdicts = try talk.deliver(SplioRows.points(3))
        guard case .halted(let trouble) = verdicts[0] else {
            Issue.record("\(verdicts)")
            return
        }
        #expect(trouble.text.contains("Authentication failed"))
        #expect(talk.server.logins == 3)
        #expect(talk.server.books { $0.credits.isEmpty })
    }

    @Test func `a token that runs out half-way leaves what is done done`() throws {
        let talk = try SplioTalk()
        talk.server.books { $0.attributions["PAR-1"] = SplioBooks.Attribution(card: "another") }
        talk.server.setLuck { request in
            request.method == "GET" ? .init(isDone: false, answer: .status(401)) : nil
        }
        let rows = [SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2")]
        let verdicts = try talk.deliver(rows)
        #expect(verdicts[0].later?.mayHaveArrived == true)
        #expect(verdicts[1] == .acknowledged())
        talk.server.setLuck { _ in nil }
        #expect(try talk.deliver(rows[0], isRepeated: true)[0].isRefused)
        #expect(talk.server.logins == 2)
    }

    @Test func `a login that fails says what to look at`() throws {
        let server = try ScriptedServer()
        let endpoint = try EndpointText.splio(server.url).endpoint(["KEY": "a-very-secret-key"])
        func login(_ answer: ScriptedAnswer) throws -> Verdict {
            server.script(answer)
            var drive = try Drive(endpoint)
            return drive.deliver(SplioRows.parcel([SplioRows.points(1)]))?[0] ?? .refused("none")
        }
        let refused = try login(.status(401, #""Authentication failed, a-very-secret-key.""#))
        #expect(
            refused.text
                == "answered 401: \"Authentication failed, (secret).\": it refuses our login; "
                + "check 'auth' and its rights")
        let noKey = try login(
            .status(
                400,
                #"{"status":400,"errors":[{"error_key":"api_key","error":"wrong_type","error_description":"no"}]}"#
            ))
        #expect(noKey.text.contains("api_key wrong_type: no") && noKey.text.contains("auth"))
        let page = try login(.page)
        #expect(page.text == "answered a login with 200 and no token: check 'url'")
        let twoLines = try login(.status(200, #"{"token":"a\r\nX-More: 1"}"#))
        #expect(twoLines.text == page.text)
        for verdict in [refused, noKey, page] {
            guard case .halted = verdict else {
                Issue.record("\(verdict)")
                continue
            }
        }
        #expect(try login(.status(503)).later?.mayHaveArrived == false)
    }

    // MARK: Limits

    @Test func `more requests than Splio allows a second wait as long as it says`() throws {
        let talk = try SplioTalk()
        _ = try talk.deliver(SplioRows.points(1))
        talk.server.limit()
        var verdicts: [Verdict] = []
        for id in 2...12 { verdicts += try talk.deliver(SplioRows.points(id)) }
        #expect(verdicts.dropLast() == Array(repeating: .acknowledged(), count: 10)[...])
        #expect(
            verdicts.last
                == .later(
                    Trouble(
                        #"answered 429: {"message":"API rate limit exceeded"}"#, waitSeconds: 1)))
    }

    @Test(arguments: [
        (["rateLimit-reset": "47"], 47), (["x-rateLimit-remaining-minute": "0"], 60), ([:], 1),
    ])
    func `without Retry-After the limits' own headers say how long`(
        headers: [String: String], seconds: Int
    ) throws {
        let talk = try SplioTalk()
        talk.meet(
            .init(isDone: false, answer: .status(429, headers: headers.map { ($0.key, $0.value) })))
        #expect(try talk.deliver(SplioRows.points(1))[0].later?.waitSeconds == seconds)
    }

    @Test func `rows that have their verdict keep it when the rest must wait`() throws {
        let talk = try SplioTalk()
        talk.server.books { $0.attributions["PAR-1"] = SplioBooks.Attribution(card: "another") }
        talk.server.setLuck { request in
            request.method == "GET" ? .init(isDone: false, answer: .status(429)) : nil
        }
        let verdicts = try talk.deliver(
            SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2"))
        #expect(verdicts[0].later?.mayHaveArrived == true)
        #expect(verdicts[1] == .acknowledged())
    }

    // MARK: Answers

    @Test func `an answer of success that is cut off is none`() throws {
        let talk = try SplioTalk()
        talk.meet(.init(isDone: true, answer: .status(200, #"[{"external_id":"PAR-1","#)))
        let verdicts = try talk.deliver(
            SplioRows.grant(1, code: "PAR-1"), SplioRows.grant(2, code: "PAR-2"))
        #expect(verdicts[0].later?.mayHaveArrived == true)
    }

    @Test func `no message tells a card, a code or a secret`() throws {
        let talk = try SplioTalk()
        let echo = "card 2171707962088, code PAR-7Q2M-1, \(SplioServer.apiKey), head.1-t0k3n.tail"
        for status in [400, 403, 404, 500, 503, 302] {
            talk.server.setLuck { _ in
                .init(isDone: false, answer: .status(status, "{\"message\":\"\(echo)\"}"))
            }
            let text = try talk.deliver(SplioRows.grant(1, code: "PAR-7Q2M-1"))[0].text
            for secret in ["2171707962088", "PAR-7Q2M-1", SplioServer.apiKey, "t0k3n"] {
                #expect(!text.contains(secret), "\(status): \(text)")
            }
        }
    }

    @Test func `rows that can't be read, or that Splio has no call for, are refused`() throws {
        let talk = try SplioTalk()
        for kind in ["orders", "points", "grants", "burns", "code-add", "balances"] {
            let verdicts = try talk.deliver(SplioRows.row(1, kind, "x", #"{"a":1}"#))
            #expect(verdicts[0].isRefused, "\(kind)")
        }
        #expect(talk.trace.isEmpty)
    }

    // MARK: Settings

    @Test func `what settings say of Splio is checked`() throws {
        let url = "https://api.splio.com"
        #expect(try EndpointText.splio(url).errors() == [])
        let terms = try EndpointText.splio(url).terms()
        #expect(terms.rate == 10)
        func errors(_ lines: String...) throws -> String {
            var text = EndpointText.splio(url)
            for line in lines { text.lines += "\n" + line }
            return try text.errors().joined(separator: "\n")
        }
        #expect(try errors("batch: 101").contains("from 1 to 100"))
        #expect(try errors("contact: email").contains("member_id, card_code"))
        #expect(try errors("external_id: \"{system}\"").contains("{order_id}"))
        #expect(try errors("external_id: \"{order_id}-{day}\"").contains("{order_id}"))
        #expect(try errors("fields: { amount: x }").contains("original_order_id"))
        #expect(try EndpointText.splio(url + "?a=b").errors().joined().contains("no query"))
        let plain = EndpointText("kind: splio\nurl: \(url)\nsend: [points]\nauth: { api_key: abc }")
        let said = try plain.errors().joined()
        #expect(said.contains("env:NAME") && !said.contains("abc"))
        let none = EndpointText("kind: splio\nurl: \(url)\nsend: [points]\nauth: { key: env:A }")
        #expect(try !none.errors().isEmpty)
        #expect(
            try EndpointText("kind: splio\nurl: \(url)\nsend: [balances]\nauth: { api_key: env:A }")
                .errors().joined().contains("can't be sent balances"))
    }

    @Test func `rows go together where a call takes several`() throws {
        let talk = try SplioTalk("batch: 7")
        #expect(
            ["orders", "points", "grants", "burns", "code-add"].map {
                talk.endpoint.capacity(of: $0)
            }
                == [1, 1, 7, 7, 7])
    }
}
