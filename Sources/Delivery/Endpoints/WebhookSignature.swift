internal import Foundation

/// Signs requests after Standard Webhooks: a receiver that knows the secret can tell that they are ours, and fresh.
struct WebhookSignature {
    private let keys: [[UInt8]]
    /// As they are kept, for what must not be repeated.
    let secrets: [Secret]

    /// - Parameter sources: the secret, and the one that takes its place; with `whsec_` before it a text is base64.
    init(
        _ sources: [SecretSource], _ environment: (String) -> String?
    ) throws(SecretError) {
        var keys: [[UInt8]] = []
        var secrets: [Secret] = []
        for source in sources {
            let secret = try source.secret(environment)
            let key = secret.reveal { text -> [UInt8]? in
                guard text.hasPrefix("whsec_") else { return Array(text.utf8) }
                return Data(base64Encoded: String(text.dropFirst(6))).map { Array($0) }
            }
            guard let key, !key.isEmpty else {
                throw SecretError(text: "\(source): what follows whsec_ is no base64")
            }
            keys.append(key)
            secrets.append(secret)
        }
        self.keys = keys
        self.secrets = secrets
    }

    /// - Parameters:
    ///   - id: the same in every repetition.
    ///   - now: seconds since 1970.
    func headers(id: String, now: Int, body: [UInt8]) -> [(name: String, value: String)] {
        let signed = Array("\(id).\(now).".utf8) + body
        let signatures = keys.map { "v1," + SHA256Sum.hmac($0, signed).base64 }
        return [
            ("webhook-id", id), ("webhook-timestamp", "\(now)"),
            ("webhook-signature", signatures.joined(separator: " ")),
        ]
    }
}
