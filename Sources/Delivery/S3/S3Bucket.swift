internal import Foundation

/// A bucket of S3, and what lets us in.
struct S3Bucket: Sendable {
    /// Where the bucket is, by path: `https://s3.example/bucket`.
    private let place: String
    /// What the keys of all our objects begin with; empty, or with a slash at its end.
    let prefix: String
    private let access: Access
    private let signer: Signer
    private let secrets: [Secret]
    private let stallSeconds: Int

    /// - Parameter url: `https://s3.example/bucket/prefix/`.
    init(
        url: EndpointURL, access terms: S3Access, stallSeconds: Int,
        _ environment: (String) -> String?
    ) throws(SecretError) {
        let parts = url.path.split(separator: "/", maxSplits: 1)
        let root = url.root
        place = root + "/" + (parts.first ?? "")
        let written = parts.count > 1 ? String(parts[1]) : ""
        let prefix = written.removingPercentEncoding ?? written
        self.prefix = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
        let accessKey = try terms.accessKey.secret(environment)
        let secretKey = try terms.secretKey.secret(environment)
        let sessionToken = try terms.sessionToken?.secret(environment)
        signer = Signer(
            accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken,
            region: terms.region)
        secrets = [secretKey, accessKey] + [sessionToken].compactMap(\.self)
        access = try terms.trust.access(environment)
        self.stallSeconds = stallSeconds
    }

    /// A signed request about an object, or without a key about the bucket.
    ///
    /// - Parameters:
    ///   - sha256: of the body, in hexadecimal; nil where it is in memory.
    ///   - now: seconds since 1970.
    func request(
        _ method: Request.Method, key: String? = nil, query: [(String, String)] = [],
        headers: [(String, String)] = [], body: Request.Body = .none, sha256: String? = nil,
        now: Int
    ) -> Request {
        var url = place + "/" + (key?.percentEncoded(except: "/") ?? "")
        let words = query.map { "\($0.percentEncoded())=\($1.percentEncoded())" }
        if !words.isEmpty { url += "?" + words.joined(separator: "&") }
        var request = Request(method, url)
        request.headers = headers
        request.body = body
        request.access = access
        request.patience.stallSeconds = stallSeconds
        // A file may take as long as it moves.
        if case .file = body {
            request.patience.totalSeconds = nil
        } else {
            request.patience.totalSeconds = stallSeconds
        }
        // A page of a listing has a thousand keys of a thousand bytes at most.
        if key == nil { request.sink = .memory(limit: 8 << 20) }
        let digest: String
        if case .bytes(let bytes) = body {
            digest = sha256 ?? SHA256Sum.of(bytes).hex
        } else {
            digest = sha256 ?? Signer.nothing
        }
        signer.sign(&request, sha256: digest, now: now)
        return request
    }

    /// What the bucket answered.
    func answer(_ reply: Reply) -> S3Answer { S3Answer(reply, hiding: secrets) }

    /// The name by which an object is known within its bucket, for headers that name one.
    func source(_ key: String) -> String {
        let bucket = place.split(separator: "/").last ?? ""
        return "/\(bucket)/\(key)".percentEncoded(except: "/")
    }
}

extension EndpointURL {
    /// Scheme, host and port.
    var root: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }
}
