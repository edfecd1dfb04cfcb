import Delivery
import Foundation
import TestSupport
import Testing

/// The way of a file to S3, step by step: what is asked, and what comes of each answer.
@Suite struct S3UploadTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private let secrets = ["ID": "AKID", "SECRET": "sssh", "TOKEN": "FwoGZXIvYXdzE/9+="]

    private func errand(isRepeated: Bool = false) throws -> any Errand {
        try folder.write("a,b\n1,2\n", to: "outgoing/a b.csv")
        return try sparse("a b.csv", isRepeated: isRepeated)
    }

    private func sparse(_ name: String, isRepeated: Bool = false) throws -> any Errand {
        var parcel = try S3Peer.parcel(of: name, in: folder)
        parcel.isRepeated = isRepeated
        return try EndpointText.s3("https://s3.example/bucket/in/")
            .endpoint(folder: folder.path, secrets).errand(for: parcel)
    }

    private func reply(
        _ status: Int, _ body: String = "", head: [String: String] = ["ETag": "\"1\""]
    ) -> Reply {
        var reply = Reply()
        reply.status = status
        reply.body = Array(body.utf8)
        let lines = head.map { "\($0.key): \($0.value)\r\n" }.joined()
        reply.head = Array("HTTP/1.1 \(status) -\r\n\(lines)\r\n".utf8)
        return reply
    }

    private func error(_ status: Int, _ code: String, _ more: String = "") -> Reply {
        reply(
            status,
            "<?xml version=\"1.0\"?>\n<Error><Code>\(code)</Code><Message>No.</Message>\(more)</Error>",
            head: ["Date": "Sat, 17 Jan 2026 09:00:00 GMT"])
    }

    /// Answers one after the other: what was asked, a line each, and how it ended.
    private func walk(
        _ errand: any Errand, _ replies: [Reply]
    ) throws -> (asked: [String], end: Verdict?) {
        var errand = errand
        var asked: [String] = []
        var last: Reply?
        for reply in replies.map({ Optional($0) }) + [nil] {
            switch errand.next(last, now: Drive.today) {
            case .ask(let request):
                let url = request.url.replacing("https://s3.example", with: "")
                asked.append("\(request.method.rawValue) \(url)")
            case .end(let verdict): return (asked, verdict)
            case .login, .endEach, .apart: Issue.record("not of files")
            }
            last = reply
        }
        return (asked, nil)
    }

    private func trouble(_ reply: Reply) throws -> (kind: String, text: String) {
        switch try walk(try errand(), [reply]).end {
        case .later(let trouble)?: return ("later", trouble.text)
        case .halted(let trouble)?: return ("halted", trouble.text)
        case .refused(let text)?: return ("refused", text)
        case .acknowledged?: return ("acknowledged", "")
        case nil: return ("none", "")
        }
    }

    @Test func `a small file goes in one request that is signed, checked and written once`() throws
    {
        var errand = try errand()
        guard case .ask(let request) = errand.next(nil, now: Drive.today) else {
            Issue.record("asks nothing")
            return
        }
        #expect(request.method == .put)
        #expect(request.url == "https://s3.example/bucket/in/a%20b.csv")
        let headers = Dictionary(uniqueKeysWithValues: request.headers.map { ($0.name, $0.value) })
        #expect(headers["if-none-match"] == "*")
        #expect(headers["content-type"] == "text/csv")
        let sha256 = try SHA256File.hex(folder.path + "/outgoing/a b.csv")
        #expect(headers["x-amz-content-sha256"] == sha256)
        #expect(headers["x-amz-meta-sha256"] == sha256)
        #expect(headers["x-amz-checksum-sha256"]?.hasSuffix("=") ?? false)
        #expect(
            headers["authorization"]?.contains("AKID/20260116/eu-west-3/s3/aws4_request") ?? false)
        #expect(request.body.count == 8)
        #expect(try walk(try self.errand(), [reply(200)]).end == .acknowledged())
    }

    @Test func `a repetition looks first`() throws {
        let sha256 = try SHA256File.hex(
            try folder.write("a,b\n1,2\n", to: "outgoing/a b.csv"))
        let ours = [
            "Content-Length": "8", "ETag": "\"1\"", "x-amz-meta-sha256": sha256,
        ]
        var way = try walk(try errand(isRepeated: true), [reply(200, head: ours)])
        #expect(way.asked == ["HEAD /bucket/in/a%20b.csv"])
        #expect(way.end == .acknowledged("was there already"))
        way = try walk(try errand(isRepeated: true), [reply(404, head: [:]), reply(200)])
        #expect(way.asked == ["HEAD /bucket/in/a%20b.csv", "PUT /bucket/in/a%20b.csv"])
        #expect(way.end == .acknowledged())
        // Who may write need not be allowed to look.
        way = try walk(try errand(isRepeated: true), [reply(403, head: [:]), reply(200)])
        #expect(way.end == .acknowledged())
        var theirs = ours
        theirs["x-amz-meta-sha256"] = "0"
        way = try walk(try errand(isRepeated: true), [reply(200, head: theirs)])
        guard case .refused(let text)? = way.end else {
            Issue.record("\(way)")
            return
        }
        #expect(text.hasPrefix("another object is at in/a b.csv (8 bytes, ours has 8)"))
    }

    @Test func `an object that is there is looked at, and never written over`() throws {
        let taken = error(412, "PreconditionFailed")
        var way = try walk(try errand(), [taken, reply(200, head: ["ETag": "1"])])
        #expect(way.asked == ["PUT /bucket/in/a%20b.csv", "HEAD /bucket/in/a%20b.csv"])
        guard case .refused? = way.end else {
            Issue.record("\(way)")
            return
        }
        way = try walk(try errand(), [taken, reply(403, head: [:])])
        guard case .halted(let trouble)? = way.end else {
            Issue.record("\(way)")
            return
        }
        #expect(trouble.text.contains("s3:GetObject"))
    }

    @Test func `a server without conditions is asked first`() throws {
        let way = try walk(
            try errand(),
            [error(501, "NotImplemented"), reply(404, head: [:]), reply(200)])
        #expect(way.asked.map { $0.prefix(4) } == ["PUT ", "HEAD", "PUT "])
        #expect(way.end == .acknowledged())
    }

    @Test func `errors of S3 say what to do`() throws {
        var said = try trouble(
            error(403, "RequestTimeTooSkewed", "<ServerTime>2026-01-17T09:00:00Z</ServerTime>"))
        #expect(said.kind == "halted")
        #expect(said.text.contains("the clock of this machine"))
        #expect(said.text.contains("2026-01-17T09:00:00Z"))
        said = try trouble(
            error(400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>"))
        #expect(said.kind == "halted")
        #expect(said.text.contains("check 'region', which is eu-west-1 there"))
        said = try trouble(
            error(301, "PermanentRedirect", "<Endpoint>s3.other.example</Endpoint>"))
        #expect(said.kind == "halted")
        #expect(said.text.contains("s3.other.example"))
        // Nothing that a terminal would obey.
        for (code, name) in [
            ("RequestTimeTooSkewed", "ServerTime"), ("PermanentRedirect", "Endpoint"),
            ("AuthorizationHeaderMalformed", "Region"),
        ] {
            said = try trouble(error(400, code, "<\(name)>a&#27;[2J&#10;b</\(name)>"))
            #expect(said.text.contains("a?[2J b"), "\(said)")
        }
        said = try trouble(error(404, "NoSuchBucket"))
        #expect(said == ("halted", "answered 404 NoSuchBucket: No.: check the bucket in 'url'"))
        for code in ["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"] {
            said = try trouble(error(403, code))
            #expect(said.kind == "halted" && said.text.contains("'auth'"), "\(code)")
        }
        #expect(try trouble(error(503, "SlowDown")).kind == "later")
        #expect(try trouble(error(400, "RequestTimeout")).kind == "later")
        #expect(try trouble(error(409, "ConditionalRequestConflict")).kind == "later")
        said = try trouble(error(400, "BadDigest"))
        #expect(said == ("refused", "answered 400 BadDigest: No."))
        said = try trouble(reply(200, "<html>Welcome</html>", head: [:]))
        #expect(said.kind == "halted" && said.text.contains("no server of S3"))
    }

    @Test func `what S3 repeats of our secrets is told nobody`() throws {
        let token = try #require(secrets["TOKEN"])
        let said = [
            error(400, "ExpiredToken\(token)"),
            error(403, "InvalidToken", "<Region>\(token)</Region>"),
            error(403, "RequestTimeTooSkewed", "<ServerTime>sssh \(token)</ServerTime>"),
            error(301, "PermanentRedirect", "<Endpoint>\(token)</Endpoint>"), reply(400, token),
            reply(503, "<Error><Code>X</Code><Message>AKID, sssh and \(token)</Message></Error>"),
            reply(307, "", head: ["x-amz-bucket-region": token]),
            reply(301, "", head: ["Location": "https://\(token)/"]),
        ]
        for answer in said {
            let text = try trouble(answer).text
            #expect(!text.isEmpty)
            for secret in secrets.values { #expect(!text.contains(secret), "\(text)") }
            let login = try EndpointText.s3("https://s3.example/bucket/in/")
                .endpoint(folder: folder.path, secrets).login(now: Drive.today)
            let end = try walk(try #require(login), [answer]).end
            for secret in secrets.values { #expect(!"\(end as Any)".contains(secret)) }
        }
    }

    /// 65 MiB and 5 bytes of nothing: they take no room on the disk.
    private func large() throws -> String {
        try folder.write("", to: "outgoing/large.bin")
        let file = try FileHandle(forWritingTo: folder.url.appending(path: "outgoing/large.bin"))
        try file.truncate(atOffset: (65 << 20) + 5)
        try file.close()
        return "large.bin"
    }

    private let started = """
        <InitiateMultipartUploadResult><UploadId>u&amp;1</UploadId></InitiateMultipartUploadResult>
        """

    private let completed = """
        <?xml version="1.0"?>
        <CompleteMultipartUploadResult><ETag>"9"</ETag></CompleteMultipartUploadResult>
        """

    @Test func `parts are one object only where the answer says so`() throws {
        // S3 answers 200 before it has begun, and keeps the connection with blanks.
        for answer in ["", "\n\n", "<html>Welcome</html>"] {
            let parts = Array(repeating: reply(200), count: 5)
            let way = try walk(
                try sparse(try large()),
                [reply(200, started)] + parts + [reply(200, answer), reply(204)])
            guard case .later(let trouble)? = way.end else {
                Issue.record("\(answer): \(way)")
                continue
            }
            #expect(trouble.mayHaveArrived)
        }
    }

    @Test func `a large file goes in parts`() throws {
        let name = try large()
        let parts = Array(repeating: reply(200), count: 5)
        let way = try walk(
            try sparse(name), [reply(200, started)] + parts + [reply(200, completed)])
        #expect(way.end == .acknowledged())
        #expect(way.asked.first == "POST /bucket/in/large.bin?uploads=")
        #expect(way.asked[1] == "PUT /bucket/in/large.bin?partNumber=1&uploadId=u%261")
        #expect(way.asked[5] == "PUT /bucket/in/large.bin?partNumber=5&uploadId=u%261")
        #expect(way.asked.last == "POST /bucket/in/large.bin?uploadId=u%261")
    }

    @Test func `a file that changes under way is never put together`() throws {
        let errand = try sparse(try large())
        let file = try FileHandle(forWritingTo: folder.url.appending(path: "outgoing/large.bin"))
        try file.write(contentsOf: Data("x".utf8))
        try file.close()
        let parts = Array(repeating: reply(200), count: 5)
        let way = try walk(errand, [reply(200, started)] + parts + [reply(204)])
        #expect(way.asked.last == "DELETE /bucket/in/large.bin?uploadId=u%261")
        guard case .refused? = way.end else {
            Issue.record("\(way)")
            return
        }
    }

    @Test func `an upload that fails is aborted`() throws {
        let name = try large()
        var way = try walk(
            try sparse(name), [reply(200, started), error(503, "SlowDown"), reply(204)])
        #expect(way.asked.last == "DELETE /bucket/in/large.bin?uploadId=u%261")
        guard case .later(let trouble)? = way.end else {
            Issue.record("\(way)")
            return
        }
        // So that the next attempt looks for what this one may have left.
        #expect(trouble.mayHaveArrived)
        // An error under 200.
        let parts = Array(repeating: reply(200), count: 5)
        way = try walk(
            try sparse(name),
            [reply(200, started)] + parts + [error(200, "InternalError"), reply(204)])
        guard case .later? = way.end else {
            Issue.record("\(way)")
            return
        }
    }

    @Test func `a repetition clears what an earlier upload left`() throws {
        let uploads = """
            <ListMultipartUploadsResult>
              <Upload><Key>in/large.bin</Key><UploadId>old</UploadId></Upload>
              <Upload><Key>in/large.bin2</Key><UploadId>other</UploadId></Upload>
            </ListMultipartUploadsResult>
            """
        let way = try walk(
            try sparse(try large(), isRepeated: true),
            [reply(404, head: [:]), reply(200, uploads), reply(204), reply(200, started)])
        #expect(
            way.asked.prefix(4) == [
                "HEAD /bucket/in/large.bin", "GET /bucket/?uploads=&prefix=in%2Flarge.bin",
                "DELETE /bucket/in/large.bin?uploadId=old", "POST /bucket/in/large.bin?uploads=",
            ])
    }

    @Test func `a file that is gone or changed is refused`() throws {
        let errand = try errand()
        try folder.write("a,b\n", to: "outgoing/a b.csv")
        guard case .refused(let text)? = try walk(errand, []).end else {
            Issue.record("was sent")
            return
        }
        #expect(text.hasPrefix("outgoing/a b.csv: is not what the night wrote"))
    }

    @Test func `login aborts uploads that began a day ago`() throws {
        let uploads = """
            <ListMultipartUploadsResult>
              <Upload><Key>in/a</Key><UploadId>1</UploadId><Initiated>2026-01-14T23:59:59.000Z</Initiated></Upload>
              <Upload><Key>in/b</Key><UploadId>2</UploadId><Initiated>2026-01-15T23:59:59.000Z</Initiated></Upload>
              <Upload><Key>in/others/a</Key><UploadId>4</UploadId><Initiated>2020-01-01T00:00:00.000Z</Initiated></Upload>
              <Upload><Key>elsewhere/a</Key><UploadId>3</UploadId><Initiated>2020-01-01T00:00:00.000Z</Initiated></Upload>
              <IsTruncated>false</IsTruncated>
            </ListMultipartUploadsResult>
            """
        let endpoint = try EndpointText.s3("https://s3.example/bucket/in/")
            .endpoint(folder: folder.path, secrets)
        let login = try #require(endpoint.login(now: Drive.today))
        var way = try walk(login, [reply(200, uploads), reply(204)])
        #expect(
            way.asked == [
                "GET /bucket/?uploads=&prefix=in%2F", "DELETE /bucket/in/a?uploadId=1",
            ])
        #expect(way.end == .acknowledged())
        // Who may not look leaves them.
        way = try walk(try #require(endpoint.login(now: Drive.today)), [error(403, "AccessDenied")])
        #expect(way.end == .acknowledged())
        way = try walk(
            try #require(endpoint.login(now: Drive.today)), [error(403, "SignatureDoesNotMatch")])
        guard case .halted? = way.end else {
            Issue.record("\(way)")
            return
        }
    }

    @Test func `settings of S3 are checked`() throws {
        func errors(_ url: String, _ more: String = "") throws -> String {
            try EndpointText.s3(url, "\n" + more).errors().joined(separator: "\n")
        }
        #expect(try errors("https://s3.example/bucket/in/") == "")
        #expect(try errors("https://s3.example/").contains("names the bucket"))
        #expect(try errors("https://s3.example/b?x=1").contains("has no query"))
        #expect(try errors("https://s3.example/b/", "verify: false").contains("loopback only"))
        #expect(try errors("http://127.0.0.1/b/", "verify: false") == "")
        #expect(
            try EndpointText(
                "kind: s3\nurl: https://s3.example/b/\nsend: [reports]\nregion: r\nauth: {}"
            )
            .errors().joined().contains("'access_key' is needed"))
    }
}
