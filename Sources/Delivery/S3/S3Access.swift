internal import Settings

/// What settings say of how S3 lets us in: endpoints and fetch jobs say it alike.
package struct S3Access: Hashable, Sendable {
    package var region: String
    package var accessKey: SecretSource
    package var secretKey: SecretSource
    package var sessionToken: SecretSource?
    package var trust: HTTPTrust

    static let keys = ["region", "auth"] + HTTPTrust.keys

    /// - Parameter urlKey: the key of the URL that all this is for.
    init?(_ map: SettingsMap, urlKey: String) {
        let region = map.text("region")
        let auth = map.map(
            "auth",
            SettingsKeys(
                ["access_key", "secret_key", "session_token"],
                needed: ["access_key", "secret_key"]))
        let accessKey = auth?.secretSource("access_key")
        let secretKey = auth?.secretSource("secret_key")
        sessionToken = auth?.secretSource("session_token")
        trust = HTTPTrust(map, urlKey: urlKey)
        // A URL that is wrong has been told of.
        let schemes = EndpointKind.s3.schemes
        if let text = map.node(urlKey)?.text, let url = try? EndpointURL(text, schemes: schemes) {
            if url.path.split(separator: "/").isEmpty || !url.query.isEmpty {
                map.reader.fail(
                    "'\(urlKey)' of S3 names the bucket and what keys begin with, and has no query: "
                        + "https://s3.example/bucket/prefix/", at: map.location(of: urlKey))
            }
        }
        guard let region, let accessKey, let secretKey else { return nil }
        self.region = region
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}
