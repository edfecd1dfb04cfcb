internal import CCurl
internal import Glibc

/// Where an endpoint is: a URL that libcurl has read, without secrets in it.
package struct EndpointURL: Hashable, Sendable {
    /// In lower case.
    package let scheme: String
    package let host: String
    package let user: String?
    /// Nil: the scheme's own.
    package let port: Int?
    /// As written, percent-encoded; it begins with a slash.
    package let path: String
    /// With its question mark; empty for none.
    package let query: String

    /// What is wrong with a URL.
    package struct Problem: Error { package var text: String }

    /// - Parameter schemes: those that are allowed here.
    package init(_ text: String, schemes: [String]) throws(Problem) {
        if schemes == ["file"], text.hasPrefix("file:"), !text.hasPrefix("file:/") {
            // From the workspace's folder on, which no URL can say.
            (scheme, host, path, query) = ("file", "", String(text.dropFirst(5)), "")
            (user, port) = (nil, nil)
            if path.isEmpty || path.contains(where: { "?#%".contains($0) }) {
                throw Problem(text: "needs the path of a folder, like file:outbound/")
            }
            return
        }
        guard let url = curl_url() else { throw Problem(text: "can't be read") }
        defer { curl_url_cleanup(url) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
        guard curl_url_set(url, CURLUPART_URL, text, flags) == CURLUE_OK else {
            let host = schemes[0] == "file" ? "" : "host"
            throw Problem(text: "is no URL like \(schemes[0])://\(host)/path")
        }
        func part(_ part: CURLUPart) -> String? {
            var found: UnsafeMutablePointer<CChar>?
            guard curl_url_get(url, part, &found, 0) == CURLUE_OK, let found else { return nil }
            defer { curl_free(found) }
            return String(cString: found)
        }
        if part(CURLUPART_PASSWORD) != nil {
            throw Problem(
                text: "has a password in it, which everybody can read who reads this file; "
                    + "put it in the environment or in a file, and name that: 'env:NAME' or 'file:/path'"
            )
        }
        scheme = part(CURLUPART_SCHEME) ?? ""
        guard schemes.contains(scheme) else {
            throw Problem(
                text: "must begin with \(schemes.map { $0 + "://" }.joined(separator: " or "))")
        }
        if part(CURLUPART_FRAGMENT) != nil { throw Problem(text: "has a fragment (#...)") }
        host = part(CURLUPART_HOST) ?? ""
        user = part(CURLUPART_USER)
        port = part(CURLUPART_PORT).flatMap { Int($0) }
        path = part(CURLUPART_PATH) ?? "/"
        query = part(CURLUPART_QUERY).map { "?" + $0 } ?? ""
        if isPlain, !isLoopback {
            throw Problem(
                text: "is not encrypted; points and codes are money: use \(scheme)s:// "
                    + "(\(scheme):// is for loopback only)")
        }
    }

    /// Whether what it carries can be read on the way; over ftp:// nothing is said before TLS.
    package var isPlain: Bool { scheme == "http" }

    /// Whether it is this machine.
    package var isLoopback: Bool {
        host == "localhost" || host == "[::1]"
            || host.hasPrefix("127.")
                && host.allSatisfy {
                    $0.isNumber || $0 == "."
                }
    }

    /// The URL without its user.
    package var text: String {
        let port = port.map { ":\($0)" } ?? ""
        return "\(scheme)://\(host)\(port)\(path)\(query)"
    }

    /// The URL of something below it.
    ///
    /// - Parameter name: percent-encoded here, byte by byte, but for slashes.
    package func appending(_ name: String) -> String {
        let port = port.map { ":\($0)" } ?? ""
        let folder = path.hasSuffix("/") ? path : path + "/"
        return "\(scheme)://\(host)\(port)\(folder)\(EndpointURL.encoded(name))\(query)"
    }

    /// The same with a path from the root on: libcurl reads no file of another.
    ///
    /// - Parameter workspace: the folder from which a path without a root goes on.
    func rooted(in workspace: String) -> EndpointURL {
        guard scheme == "file", !path.hasPrefix("/") else { return self }
        let root = realpath(workspace, nil)
        defer { free(root) }
        let folder = root.map { String(cString: $0) } ?? workspace
        return EndpointURL(filePath: EndpointURL.encoded("\(folder)/\(path)"))
    }

    private init(filePath: String) {
        (scheme, host, path, query) = ("file", "", filePath, "")
        (user, port) = (nil, nil)
    }

    private static func encoded(_ name: String) -> String {
        var copy = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                copy.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                copy += "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }
        return copy
    }
}
