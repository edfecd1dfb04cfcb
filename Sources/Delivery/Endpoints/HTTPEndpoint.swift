internal import Foundation

/// Sends rows as JSON, one request a parcel.
///
/// A request bears the parcel's key as Idempotency-Key: a server that honours it counts a parcel once.
final class HTTPEndpoint: Endpoint {
    private let details: HTTPTerms
    /// All of a request that is the same for every parcel.
    private let template: Request
    private let token: OAuth2Token?
    private let signature: WebhookSignature?
    /// What no message may repeat, whatever a server says.
    private let secrets: [Secret]
    private let path: String
    private var refusals = RefusalStreak()

    init(
        _ terms: EndpointTerms, _ details: HTTPTerms, _ environment: (String) -> String?
    ) throws(SecretError) {
        self.details = details
        path = terms.url.path
        var access = try details.trust.access(environment)
        var secrets: [Secret] = []
        var token: OAuth2Token?
        switch details.auth {
        case .bearer(let source)?:
            let secret = try source.secret(environment)
            access.bearer = secret
            secrets.append(secret)
        case .basic(let user, let password)?:
            let secret = try password.secret(environment)
            access.user = user
            access.password = secret
            secrets += [secret, Secret(secret.reveal { Array("\(user):\($0)".utf8).base64 })]
        case .oauth2(let oauth2)?:
            let found = try OAuth2Token(
                oauth2, access: access, timeoutSeconds: terms.timeoutSeconds, environment)
            token = found
            secrets.append(found.clientSecret)
        case nil: break
        }
        signature =
            details.signature.isEmpty
            ? nil : try WebhookSignature(details.signature, environment)
        self.token = token
        self.secrets = secrets + (signature?.secrets ?? [])
        var template = Request(details.method == .put ? .put : .post, terms.url.text)
        template.access = access
        template.patience = Patience(withinSeconds: terms.timeoutSeconds)
        template.headers = [
            (
                "Content-Type",
                details.form == .json ? "application/json" : "application/x-ndjson"
            ),
            ("Accept", "application/json"),
        ]
        template.sink = .memory(limit: HTTPEndpoint.answerLimit)
        self.template = template
    }

    /// An API's answer is short; what is longer is something else.
    static let answerLimit = 4 << 20
    /// Below that, packing saves nothing.
    private static let packedFrom = 1_000

    func capacity(of kind: String) -> Int { details.batch }

    func login(now: Int) -> (any Errand)? { token?.login(now: now) }

    func errand(for parcel: Parcel) -> any Errand { Way(endpoint: self, parcel: parcel) }

    /// The way of one parcel.
    private struct Way: Errand {
        let endpoint: HTTPEndpoint
        let parcel: Parcel
        var token: Secret?
        var wasRefused = false

        mutating func next(_ reply: Reply?, now: Int) -> Step {
            guard let reply else {
                if let tokens = endpoint.token {
                    guard let token = tokens.token(now: now) else { return .login }
                    self.token = token
                }
                return .ask(endpoint.request(parcel, token, now))
            }
            if reply.status == 401, let tokens = endpoint.token, !wasRefused {
                // It ran out before its time, perhaps: once another is worth a try.
                wasRefused = true
                tokens.refuse(token)
                return .login
            }
            return endpoint.judge(reply, parcel, token, now)
        }
    }

    // MARK: There

    private func request(_ parcel: Parcel, _ token: Secret?, _ now: Int) -> Request {
        var request = template
        if let token { request.access.bearer = token }
        request.headers.append(("Idempotency-Key", parcel.key))
        var body = text(of: parcel)
        if let signature {
            request.headers += signature.headers(id: parcel.key, now: now, body: body)
        }
        if details.isPacked, body.count >= HTTPEndpoint.packedFrom, let packed = Gzip.pack(body) {
            body = packed
            request.headers.append(("Content-Encoding", "gzip"))
        }
        request.body = .bytes(body)
        return request
    }

    private func text(of parcel: Parcel) -> [UInt8] {
        // One that goes alone is an object; one that began its way with others is still in their list.
        if details.form == .json, details.batch == 1, parcel.rows.count == 1 {
            return parcel.rows[0].payload
        }
        var body: [UInt8] = []
        body.reserveCapacity(parcel.rows.reduce(2) { $0 + $1.payload.count + 1 })
        switch details.form {
        case .ndjson:
            for row in parcel.rows {
                body += row.payload
                body.append(UInt8(ascii: "\n"))
            }
        case .json:
            for row in parcel.rows {
                body.append(UInt8(ascii: body.isEmpty ? "[" : ","))
                body += row.payload
            }
            body.append(UInt8(ascii: "]"))
        }
        return body
    }

    // MARK: And back

    private func judge(_ reply: Reply, _ parcel: Parcel, _ token: Secret?, _ now: Int) -> Step {
        guard reply.failure == nil, 200..<300 ~= reply.status else {
            return judgeTrouble(reply.hiding(hidden(token), parcel), parcel, now)
        }
        refusals.end()
        if reply.isPage {
            return .end(.halted(.page(reply)))
        }
        guard let results = details.results else {
            return .end(
                reply.status == 207
                    ? .halted(
                        Trouble(
                            "answered 207, which tells of each row for itself; say in 'results' how to read it",
                            mayHaveArrived: true))
                    : .acknowledged())
        }
        do throws(HTTPResults.Mismatch) {
            let verdicts = try results.verdicts(reply, parcel)
            let secrets = hidden(token)
            return .endEach(
                zip(verdicts, parcel.rows).map { verdict, row in
                    verdict.withText { Reply.hiding(secrets, [row], in: $0) }
                })
        } catch {
            return .end(
                .later(
                    Trouble(
                        "answered \(reply.status), and not as 'results' says: \(error.text)",
                        mayHaveArrived: true)))
        }
    }

    private func hidden(_ token: Secret?) -> [Secret] { secrets + [token].compactMap(\.self) }

    private func judgeTrouble(_ reply: Reply, _ parcel: Parcel, _ now: Int) -> Step {
        if reply.failure == nil, reply.status == 409, parcel.isRepeated {
            // What the Idempotency-Key draft answers while the first request is still being worked on.
            return .end(.later(Trouble("answered \(reply.summary)", mayHaveArrived: true)))
        }
        if reply.failure == nil, reply.status == 400, reply.text.contains("SSL certificate") {
            return .end(
                .halted(
                    Trouble("refuses our certificate, or wants one: check 'certificate' in 'auth'"))
            )
        }
        let verdict = reply.verdict(of: parcel, at: "'\(path)'", now: now)
        guard case .refused(let text) = verdict else { return .end(verdict) }
        guard parcel.rows.count > 1 else { return .end(refusals.judge(text)) }
        // What it says against the key alone is not about the rows: it came before with other bytes, as where somebody was forgotten
        // or a setting changed meanwhile, and these may have been taken. By the draft that is 422, which others say of a bad row.
        let isAboutKey = reply.text.lowercased().contains("idempoten")
        return parcel.isRepeated && isAboutKey ? .end(verdict) : .apart
    }
}
