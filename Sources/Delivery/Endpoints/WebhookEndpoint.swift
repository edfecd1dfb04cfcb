internal import Settings

/// What settings say of an endpoint of kind webhook.
package struct WebhookTerms: Hashable, Sendable {
    static let keys = ["secret"] + HTTPTrust.keys

    package var secrets: [SecretSource]
    package var trust: HTTPTrust

    init?(_ map: SettingsMap) {
        let before = map.reader.errors.count
        secrets = map.secretSources("secret")
        trust = HTTPTrust(map)
        guard map.reader.errors.count == before else { return nil }
    }
}

/// Calls a hook, signed after Standard Webhooks: a row a request.
final class WebhookEndpoint: Endpoint {
    private let template: Request
    private let signature: WebhookSignature
    private var refusals = RefusalStreak()

    init(
        _ terms: EndpointTerms, _ details: WebhookTerms, _ environment: (String) -> String?
    ) throws(SecretError) {
        signature = try WebhookSignature(details.secrets, environment)
        var template = Request(.post, terms.url.text)
        template.access = try details.trust.access(environment)
        template.patience = Patience(withinSeconds: terms.timeoutSeconds)
        template.headers = [("Content-Type", "application/json")]
        self.template = template
    }

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand { Call(endpoint: self, parcel: parcel) }

    private func judge(_ reply: Reply, _ parcel: Parcel, _ now: Int) -> Verdict {
        // The path of a hook is often what lets one in: it is not told.
        let verdict = reply.verdict(of: parcel, at: "the path of 'url'", now: now)
        if case .acknowledged = verdict { refusals.end() }
        guard case .refused(let text) = verdict else { return verdict }
        return refusals.judge(text)
    }

    private struct Call: Errand {
        let endpoint: WebhookEndpoint
        let parcel: Parcel

        mutating func next(_ reply: Reply?, now: Int) -> Step {
            if let reply {
                if reply.isPage, 200..<300 ~= reply.status {
                    return .end(.halted(.page(reply)))
                }
                return .end(
                    endpoint.judge(reply.hiding(endpoint.signature.secrets, parcel), parcel, now))
            }
            var request = endpoint.template
            let body = parcel.rows.flatMap(\.payload)
            request.headers += endpoint.signature.headers(id: parcel.key, now: now, body: body)
            request.body = .bytes(body)
            return .ask(request)
        }
    }
}

extension Trouble {
    /// An answer that is none of an API.
    static func page(_ reply: Reply) -> Trouble {
        Trouble(
            "answered \(reply.status) with a page of HTML: is 'url' that of an API?",
            mayHaveArrived: true)
    }
}
