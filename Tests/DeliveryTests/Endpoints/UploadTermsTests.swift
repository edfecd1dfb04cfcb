import Delivery
import Foundation
import TestSupport
import Testing

/// What lets an endpoint of SFTP or FTPS in, and what is said where it doesn't.
@Suite(.serialized) struct UploadTermsTests {
    @Test(arguments: [
        ("kind: sftp\nurl: sftp://shop@h/in\nknown_hosts: /k", "by 'key' or by 'password'"),
        (
            "kind: sftp\nurl: sftp://shop@h/in\nknown_hosts: /k\nkey: /a\npassword: env:P",
            "by 'key' or by 'password'"
        ),
        ("kind: sftp\nurl: sftp://shop@h/in\nkey: /a", "'known_hosts'"),
        ("kind: sftp\nurl: sftp://h/in\nknown_hosts: /k\nkey: /a", "'url' says no user"),
        (
            "kind: sftp\nurl: sftp://shop:hunter2@h/in\nknown_hosts: /k\nkey: /a",
            "has a password in it"
        ),
        ("kind: sftp\nurl: sftp://shop@h/in\nknown_hosts: /k\nkey: env:KEY", "needs a file"),
        (
            "kind: sftp\nurl: sftp://shop@h/in\nknown_hosts: /k\npassword: env:P\nkey_password: env:Q",
            "there is none"
        ),
        (
            "kind: sftp\nurl: sftp://shop@h/in\nknown_hosts: /k\nkey: /a\nca: /b",
            "'ca' is a key of"
        ),
        ("kind: ftps\nurl: ftp://shop@h/in\npassword: env:P\nkey: /a", "'key' is a key of sftp"),
        ("kind: ftps\nurl: ftp://shop@h/in\npassword: hunter2", "don't belong in settings"),
        (
            "kind: ftps\nurl: ftps://shop@h/in\npassword: env:P\nverify: false",
            "is for loopback only"
        ),
        ("kind: ftps\nurl: http://shop@h/in\npassword: env:P", "must begin with ftps:// or ftp://"),
        ("kind: sftp\nurl: sftp://shop@h/a?b\nknown_hosts: /k\nkey: /a", "? is %3F"),
    ])
    func `settings that can't be right are refused`(lines: String, reason: String) throws {
        let errors = try EndpointText(lines + "\nsend: [reports]").errors()
        #expect(errors.count == 1, "\(errors)")
        #expect(errors.first?.contains(reason) ?? false, "\(errors)")
        #expect(!errors.joined().contains("hunter2"))
    }

    @Test func `keys that are good let us in, and others are told apart`() throws {
        let server = try SSHServer(keys: Set(SSHServer.Key.allCases))
        for (key, passphrase, reason) in [
            (SSHServer.Key.ed25519, "", nil), (.ecdsa, "", nil),
            (.locked, SSHServer.passphrase, nil),
            (.locked, "wr0ng", "refuses our login"),
            (.stranger, "", "refuses our login"),
            (.locked, "", "has a passphrase; say in 'key_password'"),
            (.rsa, "", "is an RSA key, which Debian's libssh2 can use with no server of today"),
        ] as [(SSHServer.Key, String, String?)] {
            let said = try said(
                server, "key: \(server.key(key))", ["PASSPHRASE": passphrase],
                passphrase.isEmpty ? "" : "key_password: env:PASSPHRASE")
            #expect(reason.map { said.contains($0) } ?? said.isEmpty, "\(key): \(said)")
            #expect(passphrase.isEmpty || !said.contains(passphrase))
        }
    }

    @Test func `files that are no private keys are told apart`() throws {
        let server = try SSHServer()
        let open = server.folder.path + "/open"
        try FileManager.default.copyItem(atPath: server.key(.ed25519), toPath: open)
        chmod(open, 0o644)
        #expect(
            try said(server, "key: \(open)") == "\(open): others can read it; chmod 600 \(open)")
        let closed = server.folder.path + "/ed25519.public"
        chmod(closed, 0o600)
        #expect(try said(server, "key: \(closed)").contains("is no private key in OpenSSH's form"))
        #expect(try said(server, "key: keys/none").contains("/keys/none: No such file"))
    }

    @Test func `a host that isn't the known one gets no login`() throws {
        let server = try SSHServer(keys: [.ed25519, .stranger, .rsa])
        let key = "key: \(server.key(.ed25519))"
        #expect(
            try said(server, key, hosts: server.wrongHosts)
                .contains("the host is not the one in 'known_hosts'"))
        try server.folder.write("", to: "nobody")
        #expect(
            try said(server, key, hosts: server.folder.path + "/nobody")
                .contains("the host is not the one in 'known_hosts'"))
        let rsa = try String(contentsOfFile: server.key(.rsa) + ".public", encoding: .utf8)
        try server.folder.write("[127.0.0.1]:\(server.port) \(rsa)", to: "old")
        let old = try said(server, key, hosts: server.folder.path + "/old")
        #expect(old.contains("ssh-keyscan -t ed25519,ecdsa 127.0.0.1"))
        let none = try said(server, key, hosts: "/nowhere/hosts")
        #expect(none.hasPrefix("/nowhere/hosts: No such file or directory; make it with"))
    }

    @Test func `a wrong password is refused and not repeated`() throws {
        let server = try SSHServer()
        let said = try said(server, "password: env:PASSWORD", ["PASSWORD": "s3cr3t-w0rd"])
        #expect(said.contains("refuses our login"))
        #expect(!said.contains("s3cr3t-w0rd"))
    }

    @Test func `a path from the user's home leads there`() throws {
        let server = try SSHServer()
        let home = FileManager.default.homeDirectoryForCurrentUser.path
        let name = "nightjar-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: "\(home)/\(name)", withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: "\(home)/\(name)") }
        var files = try FilesPeer(target: "\(home)/\(name)", small: "")
        let parcel = try files.parcel()
        let said = try said(
            server, "key: \(server.key(.ed25519))", folder: files.workspace.path,
            path: "/~/\(name)/", parcel)
        #expect(said.isEmpty, "\(said)")
        #expect(try files.count(of: parcel.rows[0], marked: false) == 1)
    }

    @Test func `TLS from the first byte, by ftps, is as good`() throws {
        let folder = try ScratchFolder()
        let certificates = try Certificates(folder.path)
        let server = try VsftpdServer(certificates, .right, .fromTheFirstByte)
        var files = try FilesPeer(target: server.folder.path + "/files/in", small: "")
        let parcel = try files.parcel()
        let verdict = try deliver(
            parcel,
            """
            kind: ftps
            url: ftps://ftp@localhost:\(server.port)/in
            password: env:PASSWORD
            ca: \(certificates.authority)
            send: [reports]
            """, files.workspace.path, ["PASSWORD": VsftpdServer.password])
        #expect(verdict == .acknowledged())
        #expect(try files.count(of: parcel.rows[0], marked: false) == 1)
    }

    @Test func `a server of FTP without TLS hears no password`() throws {
        let folder = try ScratchFolder()
        let server = try VsftpdServer(Certificates(folder.path), .right, .never)
        var files = try FilesPeer(target: server.folder.path + "/files/in", small: "")
        let verdict = try deliver(
            try files.parcel(),
            """
            kind: ftps
            url: ftp://ftp@localhost:\(server.port)/in
            password: env:PASSWORD
            send: [reports]
            """, files.workspace.path, ["PASSWORD": VsftpdServer.password])
        guard case .halted(let trouble) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(trouble.text.contains("the server doesn't offer TLS"))
        #expect(try !server.notes().contains("command: Client \"127.0.0.1\", \"PASS"))
    }

    /// What is said of a login to SFTP; empty where it is good.
    private func said(
        _ server: SSHServer, _ access: String, _ environment: [String: String] = [:],
        _ more: String = "", hosts: String? = nil, folder: String? = nil, path: String? = nil,
        _ parcel: Parcel? = nil
    ) throws -> String {
        let lines = """
            kind: sftp
            url: sftp://\(server.user)@127.0.0.1:\(server.port)\(path ?? server.folder.path + "/in")
            known_hosts: \(hosts ?? server.knownHosts)
            \(access)
            send: [reports]
            """
        do {
            let folder = folder ?? server.folder.path
            let endpoint = try EndpointText(lines + (more.isEmpty ? "" : "\n" + more)).endpoint(
                folder: folder, environment)
            var drive = try Drive(endpoint)
            let login = try #require(endpoint.login(now: Drive.today))
            let verdict =
                parcel.flatMap { drive.deliver($0)?.first } ?? walk(login, &drive)
            switch verdict {
            case .acknowledged: return ""
            case .halted(let trouble): return trouble.text
            default: return "\(verdict)"
            }
        } catch let error as SecretError {
            return error.text
        }
    }

    private func walk(_ errand: any Errand, _ drive: inout Drive) -> Verdict {
        var errand = errand
        var reply: Reply?
        for _ in 0..<10 {
            switch errand.next(reply, now: Drive.today) {
            case .ask(let request): reply = drive.carry(request)
            case .end(let verdict): return verdict
            default: return .refused("no end")
            }
        }
        return .refused("no end")
    }

    private func deliver(
        _ parcel: Parcel, _ lines: String, _ folder: String, _ environment: [String: String]
    ) throws -> Verdict {
        var drive = try Drive(try EndpointText(lines).endpoint(folder: folder, environment))
        return try #require(drive.deliver(parcel)?.first)
    }
}
