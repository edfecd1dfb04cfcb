import CCurl
import Foundation
import Loyalty
import Settings

@testable import Delivery

extension FuzzTarget {
    /// Answers of servers, to every kind of endpoint: each parcel comes to an end with a verdict a row, no request of ours
    /// has a line more than we wrote, no verdict repeats a secret or what a terminal would obey.
    static let answers = FuzzTarget(
        name: "answers",
        seeds: [
            "200\netag: \"a\"\n\n{\"rows\":[{\"card\":\"1\",\"code\":200},{\"card\":\"2\",\"code\":503,\"why\":\"busy\"}]}",
            "200\n\n{\"access_token\":\"t0k3n\",\"token_type\":\"bearer\",\"expires_in\":3600}\n--\n202\n\n{}",
            "429\nretry-after: Wed, 21 Oct 2026 07:28:00 GMT\n\nslow\n--\n503\nx-ratelimit-reset: 1e9\n\nhunter2-secret",
            "200\n\n{\"token\":\"t\"}\n--\n401\n\n\"Authentication failed.\"\n--\n200\n\n{\"token\":\"u\"}\n--\n409\n\n{\"errors\":[{\"error_key\":\"code\",\"error\":\"already\",\"error_description\":\"x\"}]}",
            "200\n\n{\"token\":\"t\"}\n--\n200\n\n{\"orders\":[{\"external_id\":\"A\",\"total_price\":53.0}],\"elements\":[{\"id\":1}],\"current_page\":1,\"per_page\":10,\"count_element\":1}\n--\n201\n\n{\"id\":7}",
            "404\n\n\n--\n200\n\n<InitiateMultipartUploadResult><UploadId>x&amp;y</UploadId></InitiateMultipartUploadResult>\n--\n200\netag: \"1\"\n\n\n--\n200\n\n<CompleteMultipartUploadResult/>",
            "200\n\n<ListMultipartUploadsResult><Upload><Key>in/a</Key><UploadId>1</UploadId><Initiated>2020-01-31T18:30:00.000Z</Initiated></Upload><IsTruncated>true</IsTruncated><NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker></ListMultipartUploadsResult>",
            "403\n\n<Error><Code>RequestTimeTooSkewed</Code><Message>m</Message><ServerTime>&#10;x</ServerTime></Error>",
            "301\nlocation: https://u:p@other/x\nx-amz-bucket-region: eu\n\n<Error><Code>PermanentRedirect</Code><Endpoint>e</Endpoint></Error>",
            "!78\n\n\n--\n200\n\n\n--\n200\ncontent-length: 8\n\n\n--\n200\n\n\n--\n200\n\n",
            "200\n\n-rw-r--r-- 1 a b 12 Nov 22 2020 .x.csv.0123456789ab.nightjar.part\n--\n200\nf_bavail: 10\nf_frsize: 4096\n\n",
        ], dials: terms.indices.map { [UInt8($0)] }
    ) { input in
        var input = input
        let index = input.number(below: terms.count)
        let (terms, kind) = terms[index]
        let isRepeated = input.number(below: 2) == 1
        var server = ScriptedServer(input.bytes)
        let endpoint = try terms.endpoint(folder: outgoing.folder, ScriptedServer.environment)
        let parcel = parcel(of: kind, isRepeated: isRepeated)
        for _ in 0..<3 {
            if let login = endpoint.login(now: ScriptedServer.now) {
                guard case .end(.acknowledged) = server.walk(login) else { return }
            }
            switch server.walk(endpoint.errand(for: parcel)) {
            case .login: continue
            case .endEach(let verdicts):
                require(verdicts.count == parcel.rows.count, "\(verdicts.count) verdicts")
                return
            case .apart:
                require(parcel.rows.count > 1, "one row is taken apart")
                return
            case .end, .ask: return
            }
        }
    }

    /// Every kind of endpoint with every kind of row that it treats in a way of its own.
    private static let terms: [(EndpointTerms, String)] = [
        (
            """
            kind: http
            url: https://crm.example/in
            send: [balances]
            batch: 2
            results: { list: rows, key: card, status: code, error: why }
            auth: { bearer: env:TOKEN }
            """, "balances"
        ),
        (
            """
            kind: http
            url: https://crm.example/in
            send: [balances]
            batch: 2
            results: { ok: ok, error: why }
            auth: { oauth2: { token_url: "https://id.example/t", client_id: me, client_secret: env:T } }
            """, "balances"
        ),
        ("kind: webhook\nurl: https://crm.example/in\nsend: [balances]\nsecret: env:S", "balances"),
        (splio, "orders"), (splio, "points"), (splio, "grants"), (splio, "burns"),
        (splio, "code-add"),
        (
            """
            kind: s3
            url: https://s3.example/bucket/in/
            region: eu-west-3
            auth: { access_key: env:ID, secret_key: env:SECRET }
            send: [reports]
            """, "reports"
        ),
        (
            """
            kind: sftp
            url: sftp://shop@h.example/in/
            password: env:P
            known_hosts: file:\(ScratchFile.hosts)
            send: [reports]
            done_marker: true
            """, "reports"
        ),
        ("kind: ftps\nurl: ftp://shop@h.example/in/\npassword: env:P\nsend: [reports]", "reports"),
    ].map { lines, kind in
        let indented = lines.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        let text = "version: 1\nendpoints:\n  there:\n\(indented)\n"
        do {
            return (try EndpointTerms.file(SettingsSource(name: "e.yaml", text: text))[0], kind)
        } catch {
            fail("\(error)")
        }
    }

    private static let splio = """
        kind: splio
        url: https://api.splio.example
        send: [orders, points, grants, burns, codes]
        auth: { api_key: env:KEY }
        """

    /// A folder with a file to send.
    private static let outgoing: (folder: String, payload: String) = {
        let folder = ScratchFile.path + "-outgoing"
        let text = "a,b\n1,2\n"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: folder + "/reports.csv", atomically: false, encoding: .utf8)
        } catch {
            fail("\(error)")
        }
        let file = OutgoingFile(
            file: "reports.csv", name: "reports.csv", bytes: text.utf8.count,
            sha256: SHA256Sum.of(text).hex, rows: 1)
        return (folder, file.payload)
    }()

    private static func parcel(of kind: String, isRepeated: Bool) -> Parcel {
        let payloads =
            switch kind {
            case "balances": [#"{"card":"1"}"#, #"{"card":"2"}"#]
            case "orders":
                [
                    #"{"amount":"53.00","card_code":"217","channel":"pos","currency":"EUR","kind":"sale","order_id":"A","ordered_on":"2026-01-14","points":53,"state":"new","system":"pos"}"#
                ]
            case "points":
                [
                    #"{"card_code":"217","date":"2026-01-14","kind":"sale","source":"T-1","spend":53,"status":20}"#
                ]
            case "grants":
                ["PAR-1", "PAR-2"].map {
                    #"{"assigned_at":"2026-01-14T18:22:07","card_code":"217","code":"\#($0)","expires_on":"2027-01-14","how":"claim","reward_id":"r25","valid_from":"2026-01-15"}"#
                }
            case "burns":
                [
                    #"{"burned_at":"2026-01-14T18:22:07","card_code":"217","code":"PAR-1","order_id":"T","reward_id":"r25"}"#
                ]
            case "code-add":
                ["PAR-1", "PAR-2"].map {
                    #"{"code":"\#($0)","reward_id":"r25","state":"available","type":"value"}"#
                }
            default: [outgoing.payload]
            }
        let rows = payloads.enumerated().map { index, payload in
            OutboxRow(
                id: Int64(index), night: CivilDate(days: 20_468), kind: kind, subject: "217",
                key: "8f0a6c1e-2f57-5a0e-9a57-00000000000\(index)", payload: Array(payload.utf8))
        }
        return Parcel(key: rows[0].key, rows: rows, isRepeated: isRepeated)
    }

    /// What servers that files are fetched from answer: only files that were asked for come, under names and with sizes
    /// that can be.
    static let fetching = FuzzTarget(
        name: "fetching",
        seeds: [
            "200\n\n-rw-r--r--    1 shop     staff        1234 Nov 22 10:30 a.csv\n-rw-r--r-- 1 a b 0 Nov 22 2025 b.csv.done\n--\n200\ncontent-length: 1234\n\n",
            "200\n\n11-22-26  10:30AM       1234 c.csv\n11-22-2026  10:30PM       <DIR> d\n--\n200\ncontent-length: 1234\n\n",
            "200\n\n<ListBucketResult><Contents><Key>out/a.csv</Key><ETag>&quot;x&quot;</ETag><Size>12</Size></Contents><IsTruncated>true</IsTruncated><NextContinuationToken>a&#38;b</NextContinuationToken></ListBucketResult>\n--\n200\n\n<ListBucketResult/>",
            "200\netag: W/\"x\"\ncontent-length: 12\n\n\n--\n200\nHTTP/1.1 200 OK\n\n",
        ], dials: places.indices.map { [UInt8($0)] }
    ) { input in
        var input = input
        let terms = input.pick(places)
        let server = FetchServer(ScriptedServer(input.bytes))
        let wire = Wire(clock: { ScriptedServer.now }, carry: server.ask)
        let place = try terms.place(wire, folder: "/tmp", ScriptedServer.environment)
        do {
            let items = try place.list { name in
                RemoteGroup.isWanted(name) { $0.hasSuffix(".csv") } && RemoteGroup.isSafe(name)
            }
            for item in items {
                require(item.bytes ?? 0 >= 0, "\(item.name) has \(item.bytes ?? 0) bytes")
                requireOneFile(item.name)
                for start in [0, 5] {
                    let sink = Request.Sink.file(path: "/tmp/x", resumesAt: start, limit: 1 << 20)
                    let reply = server.ask(place.download(item, to: sink))
                    _ = place.objection(to: item, reply)
                }
                _ = try place.isUnchanged(item)
                if terms.after == .move {
                    try place.move(item, to: terms.target)
                } else if terms.after == .delete {
                    try place.remove(item)
                }
            }
        } catch let trouble as FetchTrouble {
            ScriptedServer.requirePlain(trouble.text)
        }
    }

    private static func requireOneFile(_ name: String) {
        require(
            !name.isEmpty && name != "." && name != ".."
                && name.utf8.allSatisfy { $0 >= 32 && $0 != 127 && $0 != 47 && $0 != 92 },
            "no name of a file: '\(name)'")
    }

    private static let places: [FetchTerms] = [
        "from: sftp://shop@h.example/out/\npassword: env:P\nknown_hosts: file:\(ScratchFile.hosts)\nafter: move\nto: done",
        "from: ftp://shop@h.example/out/\npassword: env:P\nafter: delete",
        "from: https://s3.example/bucket/out/\nregion: eu\nauth: { access_key: env:ID, secret_key: env:SECRET }\nafter: move\nto: done/",
        "from: https://shop.example/files/a.csv",
    ].map { lines in
        let pattern = lines.contains("a.csv") ? "" : "pattern: '*.csv'\n"
        let text = "version: 1\njob: f\n\(pattern)\(lines)\n"
        do {
            let reader = try SettingsReader(SettingsSource(name: "f.yaml", text: text))
            let map = try reader.file(SettingsKeys(["job"] + FetchTerms.keys + ["after"]))
            guard let terms = FetchTerms(map) else { fail("\(reader.failure)") }
            return terms
        } catch {
            fail("\(error)")
        }
    }

    /// Listings of folders: what is found has the name of one file.
    static let listings = FuzzTarget(
        name: "listings",
        seeds: [
            "-rw-r--r--    1 shop     staff        1234 Nov 22 10:30 a b.csv\r\nlrwxrwxrwx 1 a b 5 Feb 29 2024 l -> /etc\ndrwx------ 2 a b 4096 Dec 31 23:59 d\n",
            "type=file;size=12;modify=20261122103000; a.csv\r\nType=cdir;Modify=20261122103000.123; .\n",
            "11-22-26  10:30AM       1234 a.csv\n01-02-2026  12:00PM       <DIR> x y\n",
        ]
    ) { input in
        for file in RemoteListing.files(input.bytes, now: ScriptedServer.now) {
            require(
                !file.name.isEmpty && file.name != "." && file.name != ".."
                    && !file.name.contains("\n"), "'\(file.name)'")
            require(file.size ?? 0 >= 0, "\(file)")
        }
    }

    /// XML, as S3 writes it: whatever stands in it is read or not, and a text written is the same one read.
    static let xml = FuzzTarget(
        name: "xml",
        seeds: [
            "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><!-- x --><Message>a &amp; b &#x41;</Message></Error>",
            "<a><b/><b>&lt;</b ></a>", "<a b=\"c\"><d><e>1</e></d></a>",
        ]
    ) { input in
        let text = input.text
        if let element = XMLElement(text) { requireDepth(element, 0) }
        let written = "<a><b>\(XMLElement.escaped(text))</b></a>"
        require(XMLElement(written)?["b"] == text, "'\(text)' is written \(written)")
    }

    private static func requireDepth(_ element: XMLElement, _ depth: Int) {
        require(!element.name.isEmpty && depth < 64, "an element of no name, or at depth \(depth)")
        for child in element.children { requireDepth(child, depth + 1) }
    }

    /// URLs of endpoints and what is signed of them: a URL that is allowed is the same one read again, a name below it leaves
    /// its host alone, and the order of a query and of headers doesn't change what is signed.
    static let addresses = FuzzTarget(
        name: "addresses",
        seeds: [
            "https://crm.example:443/in?a=b&c\na b/é.csv\nx: 1",
            "sftp://shop@h.example:22/~/in\n..\n",
            "file:outbound/\na\n", "http://127.0.0.1:8080\n?\n", "ftp://[::1]/x%2F\n%\n",
        ]
    ) { input in
        let lines = input.lines(3)
        for schemes in [["https", "http"], ["sftp"], ["ftps", "ftp"], ["file"]] {
            guard let url = try? EndpointURL(lines[0], schemes: schemes) else { continue }
            if url.scheme == "file", url.host.isEmpty, !lines[0].hasPrefix("file:/") { continue }
            let again = try? EndpointURL(url.text, schemes: schemes)
            require(
                again?.text == url.text && again?.host == url.host && again?.path == url.path,
                "'\(url.text)' is read as '\(again?.text ?? "nothing")'")
            require(url.isPlain ? url.isLoopback : true, "'\(lines[0])' is in the clear")
            let below = try? EndpointURL(url.appending(lines[1]), schemes: schemes)
            require(
                below?.host == url.host && below?.port == url.port && below?.user == nil,
                "'\(lines[1])' below '\(url.text)' is '\(url.appending(lines[1]))'")
            requireSigned(url, lines[2])
        }
    }

    private static func requireSigned(_ url: EndpointURL, _ header: String) {
        let signer = Signer(accessKey: Secret("A"), secretKey: Secret("B"), region: "eu")
        func signature(_ query: [Substring], _ headers: [(String, String)]) -> String? {
            let root = url.text.prefix { $0 != "?" }
            var request = Request(.get, root + "?" + query.joined(separator: "&"))
            request.headers = headers.map { (name: $0.0, value: $0.1) }
            signer.sign(&request, now: ScriptedServer.now)
            return request.headers.first { $0.name == "authorization" }?.value
        }
        let query = url.query.dropFirst().split(separator: "&")
        let headers = [("x-one", header), ("x-two", "2")]
        require(
            signature(query, headers) == signature(query.reversed(), headers.reversed()),
            "\(url.text) signed in another order is another signature")
    }

    /// Secrets of webhooks: one that is taken signs, and never shows.
    static let secrets = FuzzTarget(
        name: "secrets",
        seeds: [
            "env:HOOK\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "file:/run/secrets/hook\nplain",
            "env:X\nwhsec_====",
        ]
    ) { input in
        let lines = input.lines(2)
        guard let source = SecretSource(lines[0]) else { return }
        require(SecretSource(source.description) == source, "\(source) is written otherwise")
        do throws(SecretError) {
            let signature = try WebhookSignature([.environment("HOOK")]) { _ in lines[1] }
            let headers = signature.headers(id: "1", now: 2, body: [3])
            require(
                headers.allSatisfy { $0.value.utf8.allSatisfy { $0 >= 32 && $0 < 127 } },
                "\(headers)")
        } catch {
            require(lines[1].count < 8 || !error.text.contains(lines[1]), "\(error)")
        }
    }
}

/// A server that answers what an input says, and then hangs up.
///
/// Answers are parted by lines `--`; each is a status, or `!` and a number of libcurl's, then the lines of a head, a blank one,
/// and a body.
struct ScriptedServer {
    static let now = 1_793_358_000
    static let secret = "hunter2-secret"

    /// What lets us in; the keys of S3 are never sent, so that no server can repeat them.
    static func environment(_ name: String) -> String? {
        name == "ID" || name == "SECRET" ? "never-sent" : secret
    }

    private var replies: [Reply]
    private let text: String

    init(_ bytes: [UInt8]) {
        text = String(decoding: bytes, as: UTF8.self)
        replies = text.split(separator: "\n--\n", omittingEmptySubsequences: false).map { part in
            let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let rest = lines.count > 1 ? "\n" + lines[1] : ""
            let end = rest.firstRange(of: "\n\n")
            var reply = Reply()
            reply.mayHaveArrived = true
            reply.head = Array((end.map { rest[..<$0.lowerBound] } ?? rest[...]).utf8.dropFirst())
            reply.body = Array((end.map { rest[$0.upperBound...] } ?? "").utf8)
            if lines[0].hasPrefix("!") {
                let code = UInt32(lines[0].dropFirst()) ?? 56
                reply.failure = WireFailure(CURLcode(code), "it broke off", isSSH: code % 2 == 0)
            } else {
                reply.status = Int(lines[0]) ?? 200
            }
            // libcurl's own numbers.
            reply.contentLength = reply.header("content-length").flatMap { Int($0) }.map {
                max(0, $0)
            }
            reply.modified = reply.header("x-modified").flatMap { Int($0) }
            return reply
        }.reversed()
    }

    /// Takes an errand to its end.
    mutating func walk(_ errand: any Errand) -> Step {
        var errand = errand
        var reply: Reply?
        for _ in 0..<2_000 {
            let step = errand.next(reply, now: Self.now)
            switch step {
            case .ask(let request): reply = answer(request)
            case .login, .apart: return step
            case .end(let verdict):
                Self.requirePlain(verdict)
                return step
            case .endEach(let verdicts):
                for verdict in verdicts { Self.requirePlain(verdict) }
                return step
            }
        }
        fail("an errand without end")
    }

    mutating func answer(_ request: Request) -> Reply {
        let lines = request.headers.map { "\($0.name)\($0.value)" } + [request.url]
        require(
            (lines + request.commandsBefore + request.commandsAfter).allSatisfy { line in
                line.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
            }, "a line end or the like in a request: \(lines)")
        require(!request.url.contains(" "), "a blank in \(request.url)")
        guard let reply = replies.popLast() else {
            var reply = Reply()
            reply.failure = WireFailure(.reset, code: 56, "it hung up")
            reply.mayHaveArrived = true
            return reply
        }
        if let wait = reply.waitSeconds(now: Self.now) {
            require((0...21_600).contains(wait), "waits \(wait) seconds")
        }
        return reply
    }

    private static func requirePlain(_ verdict: Delivery.Verdict) {
        switch verdict {
        case .acknowledged(let text): Self.requirePlain(text ?? "")
        case .refused(let text): Self.requirePlain(text)
        case .later(let trouble), .halted(let trouble):
            Self.requirePlain(trouble.text)
            require((0...21_600).contains(trouble.waitSeconds ?? 0), "\(trouble)")
        }
    }

    /// Whether a text can be shown to anybody.
    static func requirePlain(_ text: String) {
        require(!text.contains(secret), "tells a secret: \(text)")
        require(
            text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
            "a control character in: \(text)")
    }
}

/// The same for a place that files are fetched from.
private final class FetchServer {
    private var server: ScriptedServer

    init(_ server: ScriptedServer) { self.server = server }

    func ask(_ request: Request) -> Reply { server.answer(request) }
}
