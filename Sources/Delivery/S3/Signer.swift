internal import Loyalty

/// Signs requests to S3: AWS Signature Version 4.
///
/// libcurl 7.88 signs queries wrongly that are not sorted or have no value, so it is done here, and libcurl only carries
/// what is signed.
package struct Signer: Sendable {
    private let accessKey: Secret
    private let secretKey: Secret
    private let sessionToken: Secret?
    private let region: String
    private let service: String

    package init(
        accessKey: Secret, secretKey: Secret, sessionToken: Secret? = nil, region: String,
        service: String = "s3"
    ) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
        self.region = region
        self.service = service
    }

    /// The SHA-256 of no bytes.
    package static let nothing = SHA256Sum.of("").hex

    /// Adds the headers that sign a request: after this neither its URL nor its headers may change.
    ///
    /// - Parameters:
    ///   - sha256: of the body, in hexadecimal.
    ///   - now: seconds since 1970.
    package func sign(_ request: inout Request, sha256: String = nothing, now: Int) {
        let time = Signer.time(now)
        request.headers.append(("x-amz-content-sha256", sha256))
        request.headers.append(("x-amz-date", time))
        if let sessionToken {
            request.headers.append(("x-amz-security-token", sessionToken.reveal { $0 }))
        }
        let parts = Signer.parts(of: request.url)
        let (headers, names) = Signer.canonical(
            request.headers + [("host", parts.host)])
        let canonical = [
            request.method.rawValue, parts.path, Signer.canonical(query: parts.query), headers,
            names, sha256,
        ].joined(separator: "\n")
        let scope = "\(time.prefix(8))/\(region)/\(service)/aws4_request"
        let text =
            "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(SHA256Sum.of(canonical).hex)"
        let signature = SHA256Sum.hmac(key(of: String(time.prefix(8))), Array(text.utf8)).hex
        let credential = accessKey.reveal { "\($0)/\(scope)" }
        request.headers.append(
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=\(credential), SignedHeaders=\(names), "
                    + "Signature=\(signature)"
            ))
    }

    /// The key of a day.
    private func key(of day: String) -> [UInt8] {
        let secret = secretKey.reveal { Array("AWS4\($0)".utf8) }
        return [day, region, service, "aws4_request"].reduce(secret) {
            SHA256Sum.hmac($0, Array($1.utf8))
        }
    }

    /// A moment as `20130524T000000Z`.
    private static func time(_ now: Int) -> String {
        let (days, seconds) = (now / 86_400, now % 86_400)
        let (year, month, day) = CivilDate(days: Int32(days)).civil
        let digits = [month, day, seconds / 3_600, seconds / 60 % 60, seconds % 60].map {
            ($0 < 10 ? "0" : "") + "\($0)"
        }
        return "\(year)\(digits[0])\(digits[1])T\(digits[2])\(digits[3])\(digits[4])Z"
    }

    /// The parts of a URL as they go over the wire.
    private static func parts(
        of url: String
    ) -> (host: String, path: String, query: Substring) {
        let scheme = url.prefix { $0 != ":" }
        let rest = url.dropFirst(scheme.count + 3)
        var host = rest.prefix { $0 != "/" && $0 != "?" }
        let (target, query) = halves(rest.dropFirst(host.count), at: "?")
        // libcurl leaves the scheme's own port out of the header.
        for (name, port) in [("https", ":443"), ("http", ":80")]
        where scheme == name && host.hasSuffix(port) {
            host = host.dropLast(port.count)
        }
        return (String(host), target.isEmpty ? "/" : String(target), query)
    }

    /// What stands before and behind the first of a character.
    private static func halves(
        _ text: Substring, at character: Character
    ) -> (Substring, Substring) {
        let first = text.prefix { $0 != character }
        return (first, text.dropFirst(first.count + 1))
    }

    /// Names and values as they are encoded on the wire, by name and value; one without `=` has an empty value.
    private static func canonical(query: Substring) -> String {
        query.split(separator: "&").map { halves($0, at: "=") }
            .sorted { $0.0 != $1.0 ? precedes($0.0, $1.0) : precedes($0.1, $1.1) }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }

    private static func precedes(_ first: Substring, _ second: Substring) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }

    /// Headers by name, those of one name together in the order that they stand in, blanks made one.
    private static func canonical(
        _ headers: [(name: String, value: String)]
    ) -> (lines: String, names: String) {
        var values: [String: [String]] = [:]
        for (name, value) in headers {
            let words = value.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
            values[name.lowercased(), default: []].append(words)
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let lines = names.map { "\($0):\((values[$0] ?? []).joined(separator: ","))\n" }
        return (lines.joined(), names.joined(separator: ";"))
    }
}

extension String {
    /// Percent-encoded as S3 wants it: all but letters, digits and `-._~`, and what else is let through.
    package func percentEncoded(except: String = "") -> String {
        let through = Set("-._~".utf8).union(except.utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            let letter = byte | 32
            let isPlain =
                letter >= 97 && letter <= 122 || byte >= 48 && byte <= 57 || through.contains(byte)
            guard !isPlain else {
                bytes.append(byte)
                continue
            }
            bytes.append(37)
            bytes += [byte >> 4, byte & 15].map { $0 < 10 ? $0 + 48 : $0 + 55 }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
