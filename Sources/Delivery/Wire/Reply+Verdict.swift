internal import CCurl
internal import Foundation

extension Reply {
    /// What an answer of HTTP says of what was sent.
    ///
    /// 2xx is taken; 408, 425, 429 and 5xx come again after what the server says; 401, 403, 407 and 410 and redirects stop
    /// the endpoint, since they are about us and not about what was sent; all other answers refuse it.
    ///
    /// - Parameter now: seconds since 1970.
    package func verdict(now: Int) -> Verdict {
        if let failure { return failure.verdict(mayHaveArrived: mayHaveArrived) }
        switch status {
        case 200...299:
            return .acknowledged()
        case 408, 425, 429, 500...599:
            // 429 says that it was not done; of the others nobody knows.
            return .later(
                Trouble(
                    "answered \(summary)", waitSeconds: waitSeconds(now: now),
                    mayHaveArrived: status != 429))
        case 300...399:
            let target = header("location").map { Reply.line(Reply.host(of: $0), limit: 100) }
            return .halted(
                Trouble(
                    "answered \(status), a redirect to \(target ?? "nowhere"): redirects are not followed; "
                        + "set 'url' to where it really is"))
        case 401, 403, 407:
            return .halted(
                Trouble("answered \(summary): it refuses our login; check 'auth' and its rights"))
        case 410:
            return .halted(
                Trouble("answered \(summary): nothing is there any more; check 'url'"))
        default:
            return .refused("answered \(summary)")
        }
    }

    /// The status and the beginning of the body on one line.
    package var summary: String {
        let words = Reply.line(text, limit: 200)
        return words.hasPrefix("<")
            ? "\(status) with a page of HTML: is this the URL of an API?"
            : words.isEmpty ? "\(status)" : "\(status): \(words)"
    }

    /// The beginning of a text on one line, without what a terminal would obey.
    static func line(_ text: String, limit: Int) -> String {
        var words = ""
        for character in text.prefix(2 * limit) {
            if !character.isWhitespace {
                let isControl = character.unicodeScalars.contains {
                    $0.properties.generalCategory == .control
                }
                words.append(isControl ? "?" : character)
            } else if words.last != " ", !words.isEmpty {
                words.append(" ")
            }
        }
        return String(words.prefix(limit))
    }

    /// Whether the body is a page for people.
    var isPage: Bool {
        let isBlank = { (byte: UInt8) in
            byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d
        }
        guard body.first(where: { !isBlank($0) }) == UInt8(ascii: "<") else { return false }
        let start = Reply.line(text, limit: 20).lowercased()
        return start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
    }

    /// Without what nobody may read again, where a server repeats it: our secrets, and of the rows card and code.
    func hiding(_ secrets: [Secret], _ parcel: Parcel? = nil) -> Reply {
        var copy = self
        func hide(_ text: String) -> String { Reply.hiding(secrets, parcel?.rows ?? [], in: text) }
        // No more is ever told of it, and to look through megabytes for each card takes minutes.
        let start = String(decoding: body.prefix(4 << 10), as: UTF8.self)
        if !body.isEmpty { copy.body = Array(hide(start).utf8) }
        // Where a redirect leads is told.
        if 300..<400 ~= status {
            copy.head = Array(hide(String(decoding: head, as: UTF8.self)).utf8)
        }
        if let failure { copy.failure?.text = hide(failure.text) }
        return copy
    }

    /// A text that a server wrote, without the same.
    static func hiding(_ secrets: [Secret], _ rows: [OutboxRow], in text: String) -> String {
        let open = secrets.reduce(text) { text, secret in
            secret.reveal { secret in
                guard !secret.isEmpty else { return text }
                // Some write a slash in JSON with a backslash before it.
                return [secret, secret.replacing("/", with: "\\/")].reduce(text) {
                    $0.replacing($1, with: "(secret)")
                }
            }
        }
        guard !open.isEmpty else { return open }
        // The longest first: one may be the beginning of another.
        let names = Set(rows.flatMap(\.names)).sorted { $0.utf8.count > $1.utf8.count }
        return names.reduce(open) { text, name in
            [name, name.replacing("/", with: "\\/")].reduce(text) {
                $0.replacing($1, with: "(hidden)")
            }
        }
    }

    /// Seconds to wait by Retry-After, in either form, or by the usual headers of rate limits.
    package func waitSeconds(now: Int) -> Int? {
        if let text = header("retry-after") {
            if let seconds = Int(text), seconds >= 0 { return min(seconds, Reply.longestWait) }
            var moment = now
            let date = curl_getdate(text, &moment)
            if date >= 0 { return min(max(0, date - now), Reply.longestWait) }
        }
        for name in ["ratelimit-reset", "x-ratelimit-reset"] {
            // A number that no clock will ever show says nothing, and neither do "inf" and "nan".
            guard let text = header(name), let number = Double(text), 0..<1e12 ~= number else {
                continue
            }
            // Some give seconds, some the moment.
            let seconds = number > 1_000_000_000 ? number - Double(now) : number
            return min(max(0, Int(seconds.rounded(.up))), Reply.longestWait)
        }
        return nil
    }

    /// Six hours: nobody may put us off for longer.
    private static let longestWait = 6 * 3_600

    private static func host(of url: String) -> String {
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        let authority = rest.prefix { !"/?#".contains($0) }
        return String(authority.split(separator: "@").last ?? "")
    }
}

extension OutboxRow {
    /// The cards and the code that it names.
    fileprivate var names: [String] {
        let said = try? JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any]
        let fields = ["card_code", "main_card_code", "code"].map { said?[$0] as? String ?? "" }
        return ([subject] + fields).filter { !$0.isEmpty }
    }
}

extension WireFailure {
    /// What a broken exchange says of what was sent.
    package func verdict(mayHaveArrived: Bool) -> Verdict {
        switch kind {
        case .certificate:
            .halted(
                Trouble(
                    "the certificate can't be trusted (\(text)); check that 'url' names the right host, "
                        + "and 'ca' where it has an authority of its own"))
        case .hostKey:
            .halted(
                Trouble(
                    "the host is not the one in 'known_hosts' (\(text)); make sure that it is right, "
                        + "then put its key there: ssh-keyscan HOST"))
        case .login:
            .halted(Trouble("refuses our login (\(text)); check user, key and password"))
        case .ownFile:
            .later(Trouble(text))
        case .resolve:
            .later(Trouble("\(text); check the host in 'url'", mayHaveArrived: mayHaveArrived))
        case .tooLong:
            .later(Trouble("\(text); is 'url' the right one?", mayHaveArrived: mayHaveArrived))
        case .connect, .remoteFile, .command, .full, .timeout, .reset, .truncated, .other:
            .later(Trouble(text, mayHaveArrived: mayHaveArrived))
        }
    }
}
