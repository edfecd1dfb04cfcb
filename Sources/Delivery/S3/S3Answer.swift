/// What S3 answers where it doesn't do what it was asked; no text of it repeats a secret.
struct S3Answer {
    private let reply: Reply
    /// The code and message of its error; empty where it says none.
    let code: String
    private let message: String
    private let error: XMLElement?
    private let secrets: [Secret]

    init(_ reply: Reply, hiding secrets: [Secret]) {
        self.reply = reply.hiding(secrets)
        self.secrets = secrets
        error = XMLElement(reply.text).flatMap { $0.name == "Error" ? $0 : nil }
        code = error?["Code"] ?? ""
        message = error?["Message"] ?? ""
    }

    var status: Int { reply.status }

    /// Whether the answer is an error, whatever its status says: a copy or a completion that failed late says so under 200.
    var isError: Bool { reply.failure != nil || reply.status >= 300 || error != nil }

    /// What the answer says of what was sent.
    ///
    /// - Parameter now: seconds since 1970.
    func verdict(now: Int) -> Verdict {
        guard isError else { return .acknowledged() }
        if reply.failure != nil { return reply.verdict(now: now) }
        if let place = otherPlace { return .halted(Trouble("answered \(summary): \(place)")) }
        switch code {
        case "RequestTimeTooSkewed":
            let theirs = word("ServerTime") ?? reply.header("date").map(line) ?? "another time"
            return .halted(
                Trouble(
                    "answered \(summary): the clock of this machine is not the server's, which shows "
                        + "\(theirs); set it: timedatectl set-ntp true"))
        case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
            "InvalidSecurity", "AccessDenied":
            return .halted(
                Trouble(
                    "answered \(summary): check the keys in 'auth' and what they are allowed to do")
            )
        case "NoSuchBucket":
            return .halted(Trouble("answered \(summary): check the bucket in 'url'"))
        case "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable",
            "OperationAborted", "ConditionalRequestConflict", "NoSuchUpload":
            return .later(
                Trouble(
                    "answered \(summary)", waitSeconds: reply.waitSeconds(now: now),
                    mayHaveArrived: code != "SlowDown"))
        default:
            break
        }
        // An error under 200, and what the status says where the code is one of many.
        guard reply.status >= 300 else {
            return .later(Trouble("answered \(summary)", mayHaveArrived: true))
        }
        switch reply.verdict(now: now) {
        case .later(var trouble):
            trouble.text = "answered \(summary)"
            return .later(trouble)
        case .refused: return .refused("answered \(summary)")
        case let other: return other
        }
    }

    /// The status with code and message, where the answer has them.
    var summary: String {
        code.isEmpty
            ? reply.summary
            : "\(reply.status) "
                + Reply.line(Reply.hiding(secrets, [], in: "\(code): \(message)"), limit: 250)
    }

    /// What an element of the error says, as a message can bear it.
    private func word(_ name: String) -> String? {
        error?[name].map(line)
    }

    private func line(_ text: String) -> String {
        Reply.line(Reply.hiding(secrets, [], in: text), limit: 100)
    }

    /// Where the bucket really is, and what to do about it.
    private var otherPlace: String? {
        let region = word("Region") ?? reply.header("x-amz-bucket-region").map(line)
        switch (code, reply.status) {
        case ("AuthorizationHeaderMalformed", _), ("IllegalLocationConstraintException", _):
            return "check 'region'" + (region.map { ", which is \($0) there" } ?? "")
        case ("PermanentRedirect", _), ("TemporaryRedirect", _), (_, 300...399):
            let host = word("Endpoint").map { ", which is \($0) there" } ?? ""
            let area = region.map { " and 'region', which is \($0) there" } ?? ""
            return "the bucket is at another place; check the host in 'url'\(host)\(area)"
        default:
            return nil
        }
    }
}
