import Delivery
import TestSupport
import Testing

@Suite struct CourierTests {
    private let courier: Courier

    init() throws { courier = try Courier() }

    /// Carries requests out, so many at once; replies in the order of the requests.
    private func carry(_ requests: [Request], atOnce: Int = 1) -> [Reply] {
        var replies: [Int: Reply] = [:]
        var begun = 0
        for _ in 0..<20_000 where replies.count < requests.count {
            while begun < requests.count, courier.count < atOnce {
                courier.send(requests[begun], tag: begun)
                begun += 1
            }
            for (tag, reply) in courier.wait(milliseconds: 100) { replies[tag] = reply }
        }
        #expect(courier.count == 0)
        return replies.sorted { $0.key < $1.key }.map(\.value)
    }

    private func carry(_ request: Request) throws -> Reply { try #require(carry([request]).first) }

    private func post(_ url: String, _ body: String = "{}") -> Request {
        var request = Request(.post, url)
        request.body = .bytes(Array(body.utf8))
        request.patience = Patience(withinSeconds: 20)
        return request
    }

    // MARK: What can't be reached

    @Test func `a host that nobody knows is said so`() throws {
        let reply = try carry(Request(.get, "https://nobody.invalid/"))
        #expect(reply.failure?.kind == .resolve)
        #expect(!reply.mayHaveArrived)
    }

    @Test func `a port that nobody listens on is said so`() throws {
        let reply = try carry(post("http://127.0.0.1:\(try Loopback.freePort())/"))
        #expect(reply.failure?.kind == .connect)
        #expect(!reply.mayHaveArrived)
    }

    @Test func `without a file of known hosts no host is known`() throws {
        let server = try SSHServer()
        var request = Request(.list, "sftp://127.0.0.1:\(server.port)\(server.folder.path)/")
        request.access.user = server.user
        request.access.keyFile = server.key(.ed25519)
        #expect(try carry(request).failure?.kind == .hostKey)
        request.access.knownHostsFile = server.knownHosts
        #expect(try carry(request).failure == nil)
    }

    @Test func `of whatever breaks behind the sending it says that it may have arrived`() throws {
        let server = try ScriptedServer()
        let ways: [(ScriptedAnswer.Way, WireFailure.Kind)] = [
            (.resetUnanswered, .reset), (.resetHalfway, .reset), (.truncated, .truncated),
            (.hang, .timeout), (.drip, .timeout),
        ]
        for (way, kind) in ways {
            server.script(.broken(way))
            var request = post(server.url)
            if kind == .timeout { request.patience = Patience(withinSeconds: 1) }
            let reply = try carry(request)
            #expect(reply.failure?.kind == kind, "\(way)")
            #expect(reply.mayHaveArrived, "\(way)")
        }
    }

    @Test func `a server of files may take its time to let us in`() throws {
        let folder = try ScratchFolder()
        let certificates = try Certificates(folder.path)
        let ftp = try VsftpdServer(certificates)
        let ssh = try SSHServer()
        let (ftpWire, sshWire) = (try FaultyWire(to: ftp.port), try FaultyWire(to: ssh.port))
        try ssh.writeKnownHosts(alsoAt: [sshWire.port])
        var access = Access()
        access.password = Secret(VsftpdServer.password)
        access.authorityFile = certificates.authority
        access.keyFile = ssh.key(.ed25519)
        access.knownHostsFile = ssh.knownHosts
        var patience = Patience()
        patience.connectSeconds = 1
        let places = [
            (ftpWire, VsftpdServer.user, "ftp://localhost:\(ftpWire.port)/in/"),
            (sshWire, ssh.user, "sftp://127.0.0.1:\(sshWire.port)\(ssh.folder.path)/in/"),
        ]
        for (wire, user, url) in places {
            wire.fail(.late)
            access.user = user
            let remote = RemoteFolder(
                try EndpointURL(url, schemes: ["ftp", "sftp"]), access: access, patience: patience)
            let reply = try carry(remote.store("a.csv", .bytes(Array("a,b".utf8))))
            #expect(reply.failure == nil, "\(url)")
        }
    }

    // MARK: Connections

    @Test func `one connection of HTTP/2 carries many requests at once`() throws {
        let nginx = try NginxServer()
        var request = post(nginx.url(.right) + "/noted/")
        request.access.authorityFile = nginx.certificates.authority
        let replies = carry(Array(repeating: request, count: 200), atOnce: 32)
        #expect(replies.count == 200)
        #expect(replies.allSatisfy { $0.failure == nil && $0.status == 200 })
        let notes = try nginx.notes()
        #expect(notes.count == 200)
        #expect(Set(notes.map { $0[0] }).count == 1)
        #expect(Set(notes.map { $0[1] }) == ["HTTP/2.0"])
    }

    @Test func `connections of HTTP/1.1 are kept`() throws {
        let server = try ScriptedServer()
        let replies = carry(Array(repeating: post(server.url), count: 50), atOnce: 4)
        #expect(replies.allSatisfy { $0.status == 200 })
        #expect(server.connections <= 4)
    }

    @Test func `nothing of a request is left for the next`() throws {
        let server = try ScriptedServer()
        var first = post(server.url + "/a", #"{"a":1}"#)
        first.headers = [("X-First", "yes"), ("Idempotency-Key", "k1")]
        first.access.bearer = Secret("t1")
        var second = post(server.url + "/b?c=d", "")
        second.access.bearer = Secret("t1")
        var third = Request(.put, server.url + "/c")
        third.body = .bytes(Array("put".utf8))
        let fourth = Request(.get, server.url + "/d")
        _ = carry([first, second, third, fourth, first])
        let requests = server.requests
        try #require(requests.count == 5)
        #expect(requests.map(\.method) == ["POST", "POST", "PUT", "GET", "POST"])
        #expect(requests.map(\.path) == ["/a", "/b?c=d", "/c", "/d", "/a"])
        #expect(requests.map(\.text) == [#"{"a":1}"#, "", "put", "", #"{"a":1}"#])
        #expect(requests.map { $0.header("x-first") } == ["yes", nil, nil, nil, "yes"])
        #expect(
            requests.map { $0.header("authorization") }
                == ["Bearer t1", "Bearer t1", nil, nil, "Bearer t1"])
    }

    @Test func `headers are sent as they are: many, long, without a value`() throws {
        let server = try ScriptedServer()
        let many = (0..<20).map { (name: "X-\($0)", value: "\($0)") }
        let long = (name: "X-Long", value: String(repeating: "é", count: 2_000))
        let all = [many, [], [long, ("X-Empty", ""), ("X-Last", "1")], [("X-0", "again")]]
        let requests = all.map { headers in
            var request = post(server.url)
            request.headers = headers
            return request
        }
        _ = carry(requests)
        try #require(server.requests.count == all.count)
        for (request, headers) in zip(server.requests, all) {
            for (name, value) in headers { #expect(request.header(name.lowercased()) == value) }
            let own = request.headers.filter { $0.name.lowercased().hasPrefix("x-") }
            #expect(own.count == headers.count)
        }
    }

    // MARK: Whom we trust

    @Test func `certificates are checked`() throws {
        let nginx = try NginxServer()
        for door in [NginxServer.Door.otherName, .expired] {
            var request = post(nginx.url(door))
            request.access.authorityFile = nginx.certificates.authority
            let reply = try carry(request)
            #expect(reply.failure?.kind == .certificate, "\(door)")
            #expect(!reply.mayHaveArrived, "\(door)")
            request.access.verifiesPeer = false
            #expect(try carry(request).status == 200, "\(door)")
        }
        // An authority that nobody named is nobody's.
        #expect(try carry(post(nginx.url(.right))).failure?.kind == .certificate)
    }

    @Test func `our own certificate is shown, with its key behind a password or not`() throws {
        let nginx = try NginxServer()
        var request = post(nginx.url(.client))
        request.access.authorityFile = nginx.certificates.authority
        #expect(try carry(request).status == 400)
        request.access.certificateFile = nginx.certificates.certificate(.client)
        request.access.certificateKeyFile = nginx.certificates.key(.client)
        #expect(try carry(request).status == 200)
        request.access.certificateKeyFile = nginx.certificates.lockedKey
        request.access.certificateKeyPassword = Secret(Certificates.password)
        #expect(try carry(request).status == 200)
    }

    // MARK: Redirects

    @Test func `a redirect is not followed unasked`() throws {
        let there = try ScriptedServer()
        let here = try ScriptedServer { _ in .redirect(to: there.url) }
        #expect(try carry(post(here.url)).status == 307)
        #expect(there.requests.isEmpty)
    }

    @Test func `a redirect to another host carries no credentials`() throws {
        let there = try ScriptedServer()
        let here = try ScriptedServer { _ in .redirect(to: there.url + "/moved") }
        var bearer = Request(.get, here.url)
        bearer.followsRedirects = true
        bearer.access.bearer = Secret("t0p-s3cret")
        var basic = bearer
        basic.access = Access()
        basic.access.user = "me"
        basic.access.password = Secret("t0p-s3cret")
        var header = bearer
        header.access = Access()
        header.headers = [("Authorization", "Token t0p-s3cret")]
        let replies = carry([bearer, basic, header])
        #expect(replies.map(\.status) == [200, 200, 200])
        #expect(here.requests.allSatisfy { $0.header("authorization") != nil })
        #expect(there.requests.map(\.path) == ["/moved", "/moved", "/moved"])
        #expect(there.requests.allSatisfy { $0.header("authorization") == nil })
    }

    @Test(arguments: ["file:///etc/hostname", "ftp://127.0.0.1/", "gopher://127.0.0.1/"])
    func `a redirect to another protocol is an error`(target: String) throws {
        let server = try ScriptedServer { _ in .redirect(to: target) }
        var request = Request(.get, server.url)
        request.followsRedirects = true
        let reply = try carry(request)
        #expect(reply.failure?.kind == .other)
        #expect(reply.body.isEmpty)
    }

    // MARK: Limits

    @Test func `a body of a gibibyte is cut at the limit`() throws {
        let server = try ScriptedServer()
        server.script(.broken(.long(1 << 30)))
        var request = Request(.get, server.url)
        request.sink = .memory(limit: 1 << 20)
        let reply = try carry(request)
        #expect(reply.failure?.kind == .tooLong)
        #expect(reply.isCut)
        #expect(reply.body.count == 1 << 20)
        #expect(reply.receivedCount < 8 << 20)
    }

    @Test func `a long body goes out without asking for leave`() throws {
        let server = try ScriptedServer()
        let reply = try carry(post(server.url, String(repeating: "x", count: 2 << 20)))
        #expect(reply.status == 200)
        let request = try #require(server.requests.first)
        #expect(request.body.count == 2 << 20)
        #expect(request.header("expect") == nil)
    }
}
