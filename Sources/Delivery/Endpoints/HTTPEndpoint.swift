internal import Settings

/// What settings say of an endpoint of kind http.
package struct HTTPTerms: Hashable, Sendable {
    static let keys = ["batch"]

    /// Rows a request.
    package var batch = 1

    init?(_ map: SettingsMap) {
        batch = map.integer("batch", in: 1...10_000) ?? 1
    }
}

/// Sends rows as JSON, one request a parcel.
final class HTTPEndpoint: Endpoint {
    private let terms: EndpointTerms
    private let details: HTTPTerms

    init(
        _ terms: EndpointTerms, _ details: HTTPTerms, _ environment: (String) -> String?
    ) throws(SecretError) {
        self.terms = terms
        self.details = details
    }

    func capacity(of kind: String) -> Int { details.batch }

    func errand(for parcel: Parcel) -> any Errand {
        HTTPErrand(terms: terms, parcel: parcel)
    }
}

private struct HTTPErrand: Errand {
    let terms: EndpointTerms
    let parcel: Parcel

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        if let reply { return .end(reply.verdict(now: now)) }
        var request = Request(.post, terms.url.text)
        request.patience = Patience(withinSeconds: terms.timeoutSeconds)
        request.headers = [
            ("Content-Type", "application/json"), ("Idempotency-Key", parcel.key),
        ]
        let rows = parcel.rows.map(\.payload).joined(separator: [UInt8(ascii: ",")])
        request.body = .bytes(
            parcel.rows.count == 1
                ? Array(rows) : [UInt8(ascii: "[")] + rows + [UInt8(ascii: "]")])
        return .ask(request)
    }
}
