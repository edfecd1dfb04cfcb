import Testing

@Suite struct HTTPTermsTests {
    private func errors(_ more: String, url: String = "https://crm.example/in") throws -> String {
        try EndpointText("kind: http\nurl: \(url)\nsend: [balances]\n" + more).errors()
            .joined(separator: "\n")
    }

    @Test(arguments: [
        "batch: 500\nbody: ndjson\nmethod: put\ngzip: true",
        "auth: { bearer: env:TOKEN }", "auth: { bearer: 'file:/run/secrets/crm' }",
        "auth: { basic: { user: me, password: env:WORD } }",
        "auth: { certificate: { file: /etc/own.pem, key: file:/etc/own.key, key_password: env:P } }",
        "auth: { bearer: env:TOKEN, certificate: { file: /etc/own.pem } }",
        "auth: { oauth2: { token_url: https://crm.example/t, client_id: me, client_secret: env:S } }",
        "ca: /etc/authority.pem", "signature: env:S", "signature: [env:OLD, env:NEW]",
        "results: { list: data.rows, key: card, status: code, error: message }",
    ])
    func `all of this can be said`(lines: String) throws {
        #expect(try errors(lines) == "")
    }

    @Test(arguments: [
        ("auth: { bearer: hunter2 }", "'bearer' needs 'env:NAME' or 'file:/path'"),
        ("auth: { bearer: \"file:hunter2\" }", "'bearer' needs 'env:NAME' or 'file:/path'"),
        ("auth: { bearer: env:A, basic: { user: a, password: env:B } }", "bearer and basic"),
        ("auth: {}", "'auth' needs one of bearer, basic, oauth2, certificate"),
        ("auth: { baerer: env:A }", "bearer"),
        ("auth: { basic: { user: me } }", "'password'"),
        (
            "auth: { oauth2: { token_url: http://crm.example/, client_id: me, client_secret: env:S } }",
            "is not encrypted"
        ),
        ("auth: { certificate: { file: own.pem } }", "'file' needs a file"),
        ("verify: false", "for loopback only"),
        ("signature: env:S\ngzip: true", "don't go together"),
        ("signature: [env:A, hunter2]", "or a list of two"),
        ("results: { list: rows }", "'results' needs 'status' or 'ok'"),
        ("results: { status: a, ok: b }", "'results' needs 'status' or 'ok'"),
        ("secret: env:A", "is a key of webhook endpoints"),
        ("body: xml", "one of json, ndjson"), ("batch: 0", "1 to 10000"),
    ])
    func `each error says what to do and tells no secret`(lines: String, part: String) throws {
        let found = try errors(lines)
        #expect(found.contains(part))
        #expect(found.contains("endpoints.yaml:"))
        #expect(!found.contains("hunter2"))
    }

    @Test func `loopback may be unverified, and without TLS has no certificates`() throws {
        #expect(try errors("verify: false", url: "https://127.0.0.1:8443/") == "")
        #expect(
            try errors("ca: /etc/authority.pem", url: "http://127.0.0.1/").contains("use https://"))
        #expect(try errors("", url: "https://me@crm.example/").contains("say it in 'auth'"))
    }
}
