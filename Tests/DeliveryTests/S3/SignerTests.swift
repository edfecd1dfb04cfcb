import Delivery
import Foundation
import TestSupport
import Testing

/// Signatures of S3, beside those that others make.
@Suite struct SignerTests {
    /// The keys of Amazon's examples.
    private static let accessKey = "AKIAIOSFODNN7EXAMPLE"
    private static let secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    /// 2013-05-24, midnight.
    private static let now = 1_369_353_600

    private func authorization(_ request: Request, sha256: String = Signer.nothing) -> String {
        let signer = Signer(
            accessKey: Secret(Self.accessKey), secretKey: Secret(Self.secretKey),
            region: "us-east-1")
        var request = request
        signer.sign(&request, sha256: sha256, now: Self.now)
        return request.headers.first { $0.name == "authorization" }?.value ?? ""
    }

    /// Amazon, 'Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk'.
    @Test func `what Amazon publishes comes out`() {
        func expect(_ request: Request, sha256: String = Signer.nothing, _ signature: String) {
            #expect(authorization(request, sha256: sha256).hasSuffix("Signature=" + signature))
        }
        let place = "https://examplebucket.s3.amazonaws.com"
        var range = Request(.get, place + "/test.txt")
        range.headers = [("Range", "bytes=0-9")]
        expect(range, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
        var put = Request(.put, place + "/" + "test$file.text".percentEncoded())
        put.headers = [
            ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ]
        let body = Array("Welcome to Amazon S3.".utf8)
        expect(
            put, sha256: TestSupport.sha256(body).map { String(format: "%02x", $0) }.joined(),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
        expect(
            Request(.get, place + "/?lifecycle"),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        expect(
            Request(.get, place + "/?max-keys=2&prefix=J"),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func `the headers that are signed are named`() {
        #expect(
            authorization(Request(.head, "https://s3.example/b/a")).hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                    + "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="))
    }

    /// One request as botocore gets it: texts unencoded.
    private struct Case: Codable {
        var method: String
        var root: String
        var path: String
        /// Name and value, or a name alone.
        var query: [[String]]
        var headers: [[String]]
        var sha256: String
        var token: String?
        var region: String
        var now: Int
    }

    private static let pieces = [
        "a", "Z", "0", "-", ".", "_", "~", " ", "  ", "=", "+", "%", "%2F", "%2b", "&", "?", "#",
        ":",
        ";", "@", "!", "$", "'", "(", ")", "*", ",", "[", "]", "\"", "é", "ł", "日本", "🦉", "a/b",
    ]

    private static func text(_ random: inout SplitMix64, least: Int = 0) -> String {
        (0..<random.int(least...6)).map { _ in random.pick(pieces) }.joined()
    }

    private static func aCase(_ random: inout SplitMix64) -> Case {
        let names = ["prefix", "uploads", "list-type", "partNumber", "a", "A", "a-b", "a.b"]
        let headers = [
            "x-amz-meta-a", "X-Amz-Meta-A", "x-amz-meta-ab", "content-type", "Range", "x-a",
        ]
        let query = (0..<random.int(0...5)).map { _ in
            let name = random.oneIn(3) ? text(&random, least: 1) : random.pick(names)
            return random.oneIn(3) ? [name] : [name, text(&random)]
        }
        return Case(
            method: random.pick(["GET", "PUT", "POST", "HEAD", "DELETE"]),
            root: random.pick([
                "https://s3.example", "https://s3.example:443", "http://127.0.0.1:9000",
                "http://localhost:80", "https://bucket.s3.eu-west-3.amazonaws.com:8443",
            ]),
            path: "/bucket/" + text(&random), query: query,
            headers: (0..<random.int(0...4)).map { _ in
                [random.pick(headers), random.pick(["1", " a  b ", "a,b", "x\ty", "", "a=b; c"])]
            },
            sha256: random.oneIn(4)
                ? "UNSIGNED-PAYLOAD" : (0..<32).map { _ in "a\(random.int(0...9))" }.joined(),
            token: random.oneIn(3) ? "token/" + String(random.int(1...99_999)) + "==" : nil,
            region: random.pick(["us-east-1", "eu-west-3", "auto"]),
            now: random.int(0...4_000_000_000))
    }

    private func signed(_ item: Case) throws -> String {
        var url = item.root + item.path.percentEncoded(except: "/")
        let words = item.query.map { pair in
            pair.map { $0.percentEncoded() }.joined(separator: "=")
        }
        if !words.isEmpty { url += "?" + words.joined(separator: "&") }
        var request = Request(try #require(Request.Method(rawValue: item.method)), url)
        request.headers = item.headers.map { ($0[0], $0[1]) }
        Signer(
            accessKey: Secret(Self.accessKey), secretKey: Secret(Self.secretKey),
            sessionToken: item.token.map { Secret($0) }, region: item.region
        ).sign(&request, sha256: item.sha256, now: item.now)
        return request.headers.first { $0.name == "authorization" }?.value ?? ""
    }

    private static let script = #"""
        import datetime, json, sys
        import botocore.auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        from urllib.parse import quote
        for case in json.load(sys.stdin):
            moment = datetime.datetime.fromtimestamp(case["now"], datetime.timezone.utc)
            botocore.auth.get_current_datetime = lambda remove_tzinfo=True: moment.replace(tzinfo=None)
            keys = Credentials("ACCESS", "SECRET", case.get("token"))
            request = AWSRequest(
                case["method"], case["root"] + quote(case["path"], safe="/~"),
                params=[(p[0], p[1] if len(p) > 1 else "") for p in case["query"]])
            for name, value in case["headers"]:
                request.headers[name] = value
            request.headers["X-Amz-Content-SHA256"] = case["sha256"]
            signer = botocore.auth.S3SigV4Auth(keys, "s3", case["region"])
            signer.payload = lambda request: case["sha256"]
            signer.add_auth(request)
            print(request.headers["Authorization"])
        """#

    @Test func `botocore signs 400 random requests alike`() throws {
        let seed = Int.random(in: 0...1_000_000)
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let cases = (0..<400).map { _ in Self.aCase(&random) }
        let script = Self.script
            .replacingOccurrences(of: "ACCESS", with: Self.accessKey)
            .replacingOccurrences(of: "SECRET", with: Self.secretKey)
        let output = try MotoTools.python(script, input: try JSONEncoder().encode(cases))
        let theirs = output.split(separator: "\n").map(String.init)
        try #require(theirs.count == cases.count, "\(output)")
        for (item, their) in zip(cases, theirs) {
            #expect(try signed(item) == their, "seed \(seed): \(item)")
        }
    }
}
