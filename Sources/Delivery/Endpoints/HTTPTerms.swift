internal import Glibc
internal import Settings

/// What settings say of an endpoint of kind http.
package struct HTTPTerms: Hashable, Sendable {
    /// The method of its requests.
    package enum Method: String, CaseIterable, Sendable { case post, put }

    /// How rows are written in a request.
    package enum Form: String, CaseIterable, Sendable {
        /// An object, or with `batch` an array of them.
        case json
        /// An object a line.
        case ndjson
    }

    /// Whether answers are told apart row by row, and how.
    package var results: HTTPResults?
    package var method: Method
    package var form: Form
    /// Rows a request.
    package var batch: Int
    /// Whether long bodies are packed with gzip.
    package var isPacked: Bool
    package var auth: HTTPAuth?
    /// Secrets that sign each request after Standard Webhooks.
    package var signature: [SecretSource]
    package var trust: HTTPTrust

    static let keys =
        ["method", "body", "batch", "gzip", "auth", "signature", "results"] + HTTPTrust.keys

    init?(_ map: SettingsMap) {
        let before = map.reader.errors.count
        method = map.word("method") ?? .post
        form = map.word("body") ?? .json
        batch = map.integer("batch", in: 1...10_000) ?? 1
        isPacked = map.boolean("gzip") ?? false
        signature = map.secretSources("signature")
        results = HTTPResults(map)
        let auth = map.map("auth", HTTPAuth.keys)
        self.auth = auth.flatMap { HTTPAuth($0) }
        trust = HTTPTrust(map, certificate: auth?.map("certificate", HTTPTrust.certificateKeys))
        if isPacked, !signature.isEmpty {
            map.reader.fail(
                "'gzip' and 'signature' don't go together: a receiver checks the signature over the bytes that came",
                at: map.location(of: "gzip"))
        }
        guard map.reader.errors.count == before else { return nil }
    }
}

/// What lets an endpoint of HTTP in.
package enum HTTPAuth: Hashable, Sendable {
    case bearer(SecretSource)
    case basic(user: String, password: SecretSource)
    case oauth2(OAuth2Terms)

    static let keys = SettingsKeys(["bearer", "basic", "oauth2", "certificate"])

    /// Nil where only a certificate is there, which may stand beside the others.
    init?(_ map: SettingsMap) {
        let ways = ["bearer", "basic", "oauth2"].filter { map.node($0) != nil }
        if ways.isEmpty, map.node("certificate") == nil {
            map.reader.fail(
                "'auth' needs one of bearer, basic, oauth2, certificate", at: map.location)
        } else if ways.count > 1 {
            map.reader.fail(
                "'auth' has \(ways.joined(separator: " and ")): only a certificate may stand beside another",
                at: map.location(of: ways[1]))
        }
        if let source = map.secretSource("bearer") {
            self = .bearer(source)
        } else if let basic = map.map(
            "basic", SettingsKeys(["user", "password"], needed: ["user", "password"])),
            let user = basic.text("user"), let password = basic.secretSource("password")
        {
            self = .basic(user: user, password: password)
        } else if let terms = map.map("oauth2", OAuth2Terms.keys).flatMap({ OAuth2Terms($0) }) {
            self = .oauth2(terms)
        } else {
            return nil
        }
    }
}

/// By what the other side is known, and our own certificate.
package struct HTTPTrust: Hashable, Sendable {
    /// An authority to trust beside the system's: a file in PEM form.
    package var authority: String?
    package var verifiesPeer: Bool
    package var certificate: String?
    /// Where it isn't in the certificate's file.
    package var certificateKey: String?
    package var certificateKeyPassword: SecretSource?

    static let keys = ["ca", "verify"]
    static let certificateKeys = SettingsKeys(["file", "key", "key_password"], needed: ["file"])

    /// - Parameter urlKey: the key of the URL that all this is for.
    init(_ map: SettingsMap, certificate own: SettingsMap? = nil, urlKey: String = "url") {
        authority = map.wholePath("ca")
        verifiesPeer = map.boolean("verify") ?? true
        certificate = own?.wholePath("file")
        certificateKey = own?.wholePath("key")
        certificateKeyPassword = own?.secretSource("key_password")
        let url = (map.node(urlKey)?.text).flatMap {
            try? EndpointURL($0, schemes: EndpointKind.http.schemes)
        }
        if url?.user != nil {
            map.reader.fail(
                "'url' names a user, which is not sent from there: say it in 'auth'",
                at: map.location(of: "url"))
        }
        if !verifiesPeer, url?.isLoopback == false {
            map.reader.fail(
                "'verify: false' is for loopback only: anybody could pose as the server; "
                    + "where it has an authority of its own, name that in 'ca'",
                at: map.location(of: "verify"))
        }
        if url?.isPlain == true, authority != nil || certificate != nil {
            map.reader.fail(
                "'\(urlKey)' is not encrypted: no certificate is asked for or shown there; use https://",
                at: map.location(of: urlKey))
        }
    }

    /// - Throws: `SecretError` where a file can't be read, or a key by others too.
    func access(_ environment: (String) -> String?) throws(SecretError) -> Access {
        var result = Access()
        result.verifiesPeer = verifiesPeer
        result.authorityFile = try HTTPTrust.readable(authority)
        result.certificateFile = try HTTPTrust.readable(certificate)
        if let key = certificateKey ?? certificate {
            try SecretSource.checkPrivate(key)
            result.certificateKeyFile = try HTTPTrust.readable(key)
        }
        result.certificateKeyPassword = try certificateKeyPassword?.secret(environment)
        return result
    }

    private static func readable(_ path: String?) throws(SecretError) -> String? {
        if let path, Glibc.access(path, R_OK) != 0 {
            throw SecretError(text: "\(path): \(String(cString: strerror(errno)))")
        }
        return path
    }
}

extension SettingsMap {
    /// Where one or two secrets are kept: two while one takes the other's place.
    func secretSources(_ key: String) -> [SecretSource] {
        guard let node = node(key) else { return [] }
        guard case .list(let items) = node.value else {
            return secretSource(key).map { [$0] } ?? []
        }
        let sources = items.compactMap { item in item.text.flatMap { SecretSource($0) } }
        if sources.count != items.count || !(1...2).contains(items.count) {
            // Its texts may be secrets: they are not repeated.
            reader.fail(
                "'\(key)' needs 'env:NAME' or 'file:/path', or a list of two: secrets don't belong in settings",
                at: node.location)
        }
        return sources
    }

    /// A file, as `/path` or `file:/path`.
    fileprivate func wholePath(_ key: String) -> String? {
        parse(key, as: "a file: '/path' or 'file:/path'") { text in
            let path = text.hasPrefix("file:") ? String(text.dropFirst(5)) : text
            return path.hasPrefix("/") ? path : nil
        }
    }
}
