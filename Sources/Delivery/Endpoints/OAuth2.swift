internal import Foundation
internal import Settings

/// Where a token comes from: OAuth 2.0, client credentials.
package struct OAuth2Terms: Hashable, Sendable {
    package var url: EndpointURL
    package var clientID: String
    package var clientSecret: SecretSource
    package var scope: String?

    static let keys = SettingsKeys(
        ["token_url", "client_id", "client_secret", "scope"],
        needed: ["token_url", "client_id", "client_secret"])

    init?(_ map: SettingsMap) {
        let url = map.endpointURL("token_url", schemes: EndpointKind.http.schemes)
        let clientID = map.text("client_id")
        let clientSecret = map.secretSource("client_secret")
        scope = map.text("scope")
        guard let url, let clientID, let clientSecret else { return nil }
        self.url = url
        self.clientID = clientID
        self.clientSecret = clientSecret
    }
}

/// A token that is asked for once, and again when it has run out or was refused.
final class OAuth2Token {
    private let terms: OAuth2Terms
    private var access: Access
    private let timeoutSeconds: Int
    let clientSecret: Secret
    private let secrets: [Secret]
    private var token: Secret?
    private var endsAt = 0

    /// - Parameter access: without a login.
    init(
        _ terms: OAuth2Terms, access: Access, timeoutSeconds: Int,
        _ environment: (String) -> String?
    ) throws(SecretError) {
        self.terms = terms
        self.timeoutSeconds = timeoutSeconds
        clientSecret = try terms.clientSecret.secret(environment)
        self.access = access
        // RFC 6749, 2.3.1: both are encoded as in a form before they are a user and a password.
        let user = OAuth2Token.formText(terms.clientID)
        let password = clientSecret.reveal { OAuth2Token.formText($0) }
        self.access.user = user
        self.access.password = Secret(password)
        // As it goes over the wire: a server may repeat what it was asked.
        let login = Data("\(user):\(password)".utf8).base64EncodedString()
        secrets = [clientSecret, Secret(password), Secret(login)]
    }

    /// The token, where it is still good.
    func token(now: Int) -> Secret? { now < endsAt ? token : nil }

    /// Forgets a token that the server refused; another one stays.
    func refuse(_ refused: Secret?) {
        if token == refused { token = nil }
    }

    func login(now: Int) -> (any Errand)? { token(now: now) == nil ? Login(owner: self) : nil }

    private struct Login: Errand {
        let owner: OAuth2Token

        mutating func next(_ reply: Reply?, now: Int) -> Step {
            guard let reply else { return .ask(owner.request) }
            return .end(owner.take(reply, now))
        }
    }

    private var request: Request {
        var request = Request(.post, terms.url.text)
        request.access = access
        request.patience = Patience(withinSeconds: timeoutSeconds)
        request.headers = [
            ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
        ]
        var form = "grant_type=client_credentials"
        if let scope = terms.scope { form += "&scope=\(OAuth2Token.formText(scope))" }
        request.body = .bytes(Array(form.utf8))
        return request
    }

    private func take(_ reply: Reply, _ now: Int) -> Verdict {
        let hidden = reply.hiding(secrets)
        switch hidden.verdict(now: now) {
        case .acknowledged: break
        case .refused(let text):
            // 400 and the like: the client is not known, or its secret is wrong.
            return .halted(
                Trouble("the token server \(text); check 'client_id' and 'client_secret'"))
        case .later(let trouble): return .later(OAuth2Token.ofServer(trouble))
        case .halted(let trouble): return .halted(OAuth2Token.ofServer(trouble))
        }
        let answer = try? JSONSerialization.jsonObject(with: Data(reply.body)) as? [String: Any]
        guard let text = answer?["access_token"] as? String, !text.isEmpty,
            text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
        else {
            return .halted(
                Trouble("the token server answered \(reply.status) without an access_token"))
        }
        let type = answer?["token_type"] as? String ?? "bearer"
        guard type.lowercased() == "bearer" else {
            return .halted(
                Trouble("the token server gives no tokens of type bearer"))
        }
        token = Secret(text)
        // RFC 6749 leaves it to the server to say how long; a minute less, for the way.
        let seconds = (answer?["expires_in"] as? Int) ?? 300
        endsAt = now + max(90, min(seconds, 86_400)) - 60
        return .acknowledged()
    }

    private static func ofServer(_ trouble: Trouble) -> Trouble {
        var trouble = trouble
        trouble.text = "the token server \(trouble.text)"
        trouble.mayHaveArrived = false
        return trouble
    }

    /// As application/x-www-form-urlencoded, blanks as %20.
    private static func formText(_ text: String) -> String {
        let plain = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: plain) ?? text
    }
}
