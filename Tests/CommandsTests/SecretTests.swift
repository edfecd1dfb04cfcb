import Foundation
import TestSupport
import Testing

/// Secrets that are planted in every kind of endpoint are found nowhere, whatever goes wrong on the way.
@Suite struct SecretTests {
    private static let variable = "NIGHTJAR_PLANTED_SECRET"
    private static let inVariable = "Sesame-7c1f-Variable"
    private static let inFile = "Sesame-94ab-File"

    /// What nobody may find: the secrets, and how a login writes them.
    private static var planted: [String] {
        let plain = [inVariable, inFile]
        let logins = plain.flatMap { secret in
            ["teller", "nightjar", VsftpdServer.user].map {
                Data("\($0):\(secret)".utf8).base64EncodedString()
            }
        }
        return plain + logins + plain.map { Data($0.utf8).base64EncodedString() }
    }

    /// Answers with all that was asked, so that whoever repeats an answer repeats the secret.
    @Sendable private static func echo(_ request: ScriptedRequest) -> ScriptedAnswer {
        let head = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: "; ")
        let status = request.path.split(separator: "/").last.flatMap { Int($0) } ?? 401
        let said = "\(request.method) \(request.path) \(head) \(request.text)"
        if status == 307 { return .redirect(to: "http://127.0.0.2:9/?was=\(inVariable)") }
        // So that what comes again comes soon.
        return .status(
            status, "{\"message\":\"\(said.replacing("\"", with: "'"))\"}",
            headers: [("Retry-After", "1")])
    }

    private let shop: FreshShop
    private let server: ScriptedServer
    private let secrets: ScratchFolder

    init() throws {
        setenv(Self.variable, Self.inVariable, 1)
        shop = try FreshShop()
        server = try ScriptedServer(rule: Self.echo)
        secrets = try ScratchFolder()
        try secrets.write(Self.inFile + "\n", to: "secret")
        chmod(secrets.path + "/secret", 0o600)
    }

    /// Endpoints of every kind whose servers let nobody in with our secrets, or repeat them.
    private func plant(_ ftp: VsftpdServer, _ certificates: Certificates, _ ssh: SSHServer) throws {
        let (env, file) = ("env:\(Self.variable)", "file:\(secrets.path)/secret")
        var lines = ["version: 1", "endpoints:"]
        for (name, source) in [("env", env), ("file", file)] {
            for status in [200, 307, 400, 401, 403, 422, 429, 500] {
                let at =
                    "url: \"\(server.url)/\(name)/\(status)\", send: [night-summary], give_up_after: 1 second"
                lines += [
                    "  bearer-\(name)-\(status): { kind: http, \(at), auth: { bearer: \(source) } }",
                    "  basic-\(name)-\(status): { kind: http, \(at), auth: { basic: { user: teller, password: \(source) } } }",
                    "  hook-\(name)-\(status): { kind: webhook, \(at), secret: \(source) }",
                ]
            }
            let token =
                "token_url: \"\(server.url)/token\", client_id: nightjar, client_secret: \(source)"
            lines += [
                "  oauth-\(name): { kind: http, url: \"\(server.url)/o/200\", send: [night-summary], give_up_after: 1 second, auth: { oauth2: { \(token) } } }",
                "  splio-\(name): { kind: splio, url: \"\(server.url)\", send: [points], give_up_after: 1 second, auth: { api_key: \(source) } }",
                "  s3-\(name): { kind: s3, url: \"\(server.url)/bucket/x/\", region: eu-west-3, send: [night-summary], give_up_after: 1 second, auth: { access_key: \(source), secret_key: \(source) } }",
                "  ftps-\(name): { kind: ftps, url: \"ftp://\(VsftpdServer.user)@localhost:\(ftp.port)/in/\", ca: \(certificates.authority), send: [night-summary], password: \(source) }",
                "  sftp-\(name): { kind: sftp, url: \"sftp://\(ssh.user)@127.0.0.1:\(ssh.port)/in/\", known_hosts: \(ssh.knownHosts), send: [night-summary], password: \(source) }",
            ]
        }
        try shop.folder.write(lines.joined(separator: "\n") + "\n", to: "shop/endpoints.yaml")
    }

    @Test func `no secret is in an output, a log, a report, a file or the store`() throws {
        let certificates = try Certificates(secrets.path + "/certificates")
        let ftp = try VsftpdServer(certificates)
        let ssh = try SSHServer(password: "another one")
        try plant(ftp, certificates, ssh)
        var said: [(what: String, text: String)] = []
        for arguments in [
            ["config", "check"], ["run", "-v"], ["status"], ["deliver", "-v"],
            ["deliver", "--json"],
            ["deliver", "--retry", "-v", "--log-format", "json"], ["status", "--json"], ["status"],
            ["verify"],
        ] {
            let result = try BuiltProgram.run(arguments + ["--workspace", shop.path])
            said.append((arguments.joined(separator: " "), result.output + result.errors))
            #expect(result.status != 78, "\(result.errors)")
        }
        // It was sent, or the silence says nothing.
        let asked = server.requests.map { $0.headers.map(\.value).joined() + $0.text }.joined()
        #expect(asked.contains(Self.inVariable) && asked.contains(Self.inFile))
        #expect(said.contains { $0.text.contains("bearer-env-401") })
        #expect(
            try ftp.notes().contains("530 Login incorrect")
                && ssh.said().contains("Failed password"))
        let files = FileManager.default.enumerator(atPath: shop.path)
        while let name = files?.nextObject() as? String {
            let data = FileManager.default.contents(atPath: shop.path + "/" + name) ?? Data()
            said.append((name, String(decoding: data, as: UTF8.self)))
        }
        #expect(said.contains { $0.what == "nightjar.db" })
        for (what, text) in said {
            for secret in Self.planted where text.contains(secret) {
                Issue.record("\(what) tells a secret: \(secret)")
            }
        }
    }

    @Test func `a secret that stands in the settings is refused and not repeated`() throws {
        for line in [
            "x: { kind: http, url: \"https://x.example/\", send: [points], auth: { bearer: \(Self.inFile) } }",
            "x: { kind: http, url: \"https://u:\(Self.inFile)@x.example/\", send: [points] }",
            "x: { kind: webhook, url: \"https://x.example/\", send: [exceptions], secret: \(Self.inFile) }",
        ] {
            try shop.folder.write("version: 1\nendpoints:\n  \(line)\n", to: "shop/endpoints.yaml")
            let result = try BuiltProgram.run("config", "check", "--workspace", shop.path)
            #expect(result.status == 78, "\(line)")
            #expect((result.output + result.errors).contains("endpoints.yaml:3:"))
            #expect(!(result.output + result.errors).contains(Self.inFile), "\(line)")
        }
    }

    @Test
    func `a file that others can read, and a variable that is not set, stop their endpoint alone`()
        throws
    {
        chmod(secrets.path + "/secret", 0o644)
        try shop.folder.write(
            """
            version: 1
            endpoints:
              open: { kind: http, url: "\(server.url)/200", send: [night-summary], give_up_after: 1 second, auth: { bearer: file:\(secrets.path)/secret } }
              unset: { kind: http, url: "\(server.url)/200", send: [night-summary], give_up_after: 1 second, auth: { bearer: env:NIGHTJAR_NOT_SET } }
              good: { kind: http, url: "\(server.url)/200", send: [night-summary] }

            """, to: "shop/endpoints.yaml")
        let night = try shop.run("run")
        #expect(night.status == 75 && night.output.contains("closed"), "\(night.errors)")
        let sent = try shop.run("deliver")
        #expect(sent.status == 75)
        let said = sent.output + sent.errors
        #expect(said.contains("open") && said.contains("chmod 600"))
        #expect(said.contains("unset") && said.contains("NIGHTJAR_NOT_SET is not set"))
        #expect(!said.contains(Self.inFile))
        #expect(
            try LedgerDump.rows(
                of: shop.path + "/nightjar.db",
                "SELECT endpoint FROM outbox WHERE state = 'acknowledged'") == ["good"])
    }
}
