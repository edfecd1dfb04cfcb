internal import Foundation
internal import Settings

/// What settings say of an endpoint of kind splio.
package struct SplioTerms: Hashable, Sendable {
    static let keys = ["auth", "contact", "external_id", "fields", "store", "batch"]

    /// What Splio knows a contact by.
    package enum Contact: String, CaseIterable, Sendable {
        case member = "member_id"
        case card = "card_code"
    }

    package var apiKey: SecretSource
    package var contact: Contact
    /// How an order is called there, with `{order_id}` and perhaps `{system}`.
    package var externalID: String
    /// Custom fields of orders there, by what of an order they get.
    package var fields: [String: String]
    /// Rows a request, where a call takes several.
    package var batch: Int
    /// The store of orders that are sent without one: Splio takes none without.
    package var store: String?

    /// What of an order a custom field may get.
    private static let ofOrders = ["original_order_id", "system", "channel", "kind", "points"]

    init?(_ map: SettingsMap) {
        let auth = map.map("auth", SettingsKeys(["api_key"], needed: ["api_key"]))
        let apiKey = auth?.secretSource("api_key")
        contact = map.word("contact") ?? .member
        store = map.text("store")
        batch = map.integer("batch", in: 1...SplioEndpoint.mostRows) ?? SplioEndpoint.mostRows
        let form = "a text with {order_id}, and {system} where two systems may give the same number"
        externalID =
            map.parse("external_id", as: form) { text in
                let rest = text.replacing("{order_id}", with: "").replacing("{system}", with: "")
                return text.contains("{order_id}") && !rest.contains { "{}".contains($0) }
                    ? text : nil
            } ?? "{order_id}"
        fields = ["original_order_id": "original_order_id"]
        for entry in map.entries("fields") ?? [] {
            if !SplioTerms.ofOrders.contains(entry.key) {
                map.reader.fail(
                    "'fields' takes \(SplioTerms.ofOrders.joined(separator: ", ")), not '\(entry.key)'",
                    at: entry.location)
            }
            fields[entry.key] = map.reader.text(entry.node, entry.key)
        }
        if map.textOrEmpty("url")?.contains("?") ?? false {
            map.reader.fail(
                "'url' of a splio endpoint has no query: https://api.splio.com",
                at: map.location(of: "url"))
        }
        guard let apiKey else { return nil }
        self.apiKey = apiKey
    }
}

/// Speaks the API of Splio.
///
/// Its token is good for 24 hours and kept over all parcels.
final class SplioEndpoint: Endpoint {
    /// Splio names no limit for its calls that take several; a hundred is what it is asked for here.
    static let mostRows = 100
    /// Less than the 24 hours that a token is good for.
    private static let tokenSeconds = 23 * 3_600

    let details: SplioTerms
    private let root: String
    private let timeoutSeconds: Int
    private let apiKey: Secret
    private var token: Secret?
    private var tokenEnds = 0

    init(
        _ terms: EndpointTerms, _ details: SplioTerms, _ environment: (String) -> String?
    ) throws(SecretError) {
        self.details = details
        timeoutSeconds = terms.timeoutSeconds
        apiKey = try details.apiKey.secret(environment)
        let text = terms.url.text
        root = text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    func capacity(of kind: String) -> Int {
        ["grants", "burns", "code-add"].contains(kind) ? details.batch : 1
    }

    func login(now: Int) -> (any Errand)? {
        token != nil && now < tokenEnds ? nil : SplioLogin(endpoint: self)
    }

    func errand(for parcel: Parcel) -> any Errand {
        SplioErrand(endpoint: self, isRepeated: parcel.isRepeated, work: work(for: parcel))
    }

    private func work(for parcel: Parcel) -> any SplioWork {
        switch parcel.kind {
        case "orders": SplioOrderWork(parcel, details)
        case "points": SplioCreditWork(parcel)
        case "grants": SplioRewardWork(parcel, .grant)
        case "burns": SplioRewardWork(parcel, .burn)
        case "code-add": SplioStockWork(parcel)
        default: SplioNothing(parcel)
        }
    }

    // MARK: What goes out

    func request(_ call: SplioCall) -> Request {
        var request = Request(call.method, root + call.path)
        request.headers = [("Accept", "application/json")]
        if let body = call.body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = .bytes(body)
        }
        request.access.bearer = token
        // Orders and burns have no key that would keep a second one from counting.
        request.mayRepeat = !call.isChange
        // A hundred grants told one by one, or a page of points, are longer than an answer usually is.
        request.sink = .memory(limit: 2 << 20)
        request.patience.totalSeconds = timeoutSeconds
        return request
    }

    func loginRequest() -> Request {
        let body = apiKey.reveal { SplioCall.json(["api_key": $0]) }
        var request = request(SplioCall(.post, "/authenticate", body: body))
        request.access.bearer = nil
        return request
    }

    func keep(token: String, now: Int) {
        self.token = Secret(token)
        tokenEnds = now + SplioEndpoint.tokenSeconds
    }

    /// Forgets a token that was refused; another errand may have fetched a new one since.
    func forget(_ refused: Secret?) {
        if token == refused { token = nil }
    }

    var currentToken: Secret? { token }

    /// A text without the key and the token, should Splio have repeated them.
    func withoutSecrets(_ text: String) -> String {
        Reply.hiding([apiKey, token].compactMap(\.self), [], in: text)
    }
}

/// Fetches a token.
private struct SplioLogin: Errand {
    let endpoint: SplioEndpoint

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        guard let reply else { return .ask(endpoint.loginRequest()) }
        var verdict = reply.verdict(now: now)
        if case .acknowledged = verdict {
            if let token = SplioValue(reply.body)?["token"]?.text, !token.isEmpty,
                token.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
            {
                endpoint.keep(token: token, now: now)
                return .end(.acknowledged())
            }
            verdict = .halted(
                Trouble("answered a login with \(reply.status) and no token: check 'url'"))
        } else if case .refused = verdict {
            verdict = .halted(
                Trouble(
                    "refuses our login (\(SplioRefusal(reply).text)): check 'auth: { api_key }' and 'url'"
                ))
        } else if case .later(var trouble) = verdict {
            trouble.waitSeconds = reply.splioWaitSeconds(now: now)
            // Nothing of ours was in it.
            trouble.mayHaveArrived = false
            verdict = .later(trouble)
        }
        return .end(verdict.withText(endpoint.withoutSecrets))
    }
}

/// Rows of a kind that Splio has no call for.
private struct SplioNothing: SplioWork {
    let hidden: [String] = []
    var verdicts: [Verdict?]

    init(_ parcel: Parcel) {
        let verdict = Verdict.refused("Splio takes no rows of kind \(parcel.kind)")
        verdicts = parcel.rows.map { _ in verdict }
    }

    mutating func call() -> SplioCall? { nil }
    mutating func take(_ answer: SplioAnswer) {}
}
