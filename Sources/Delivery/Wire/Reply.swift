internal import CCurl

/// What came of a request.
package struct Reply: Sendable {
    /// Why the exchange did not come to its end; nil where it did, whatever the answer says.
    package var failure: WireFailure?
    /// The status of HTTP, or the last code of FTP; 0 where there is none.
    package var status = 0
    /// The lines of the last answer's head, as they came.
    package var head: [UInt8] = []
    /// The answer's body, or as much of it as the sink's limit allows.
    package var body: [UInt8] = []
    /// Whether the body was longer than that.
    package var isCut = false
    /// Bytes of bodies.
    package var sentCount: Int = 0
    package var receivedCount: Int = 0
    /// How long the answer's body, or the file asked for, is said to be.
    package var contentLength: Int?
    /// When the file that a `head` asked for was written, where the server says it: seconds since 1970.
    package var modified: Int?
    /// Whether the other side may have acted on the request.
    package var mayHaveArrived = false

    package init() {}

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header, by its name in lower case; the last one where it stands twice.
    package func header(_ name: String) -> String? {
        let name = Array(name.utf8)
        var found: String?
        for line in head.split(separator: UInt8(ascii: "\n")) {
            guard line.count > name.count, line[line.startIndex + name.count] == UInt8(ascii: ":"),
                zip(line, name).allSatisfy({ $0 | ($0 >= 65 && $0 <= 90 ? 32 : 0) == $1 })
            else { continue }
            // A bare CR ends a line to some: where a value goes back in a header it would write another (RFC 9110, 5.5).
            let plain = line.dropFirst(name.count + 1).map { $0 < 32 || $0 == 127 ? 32 : $0 }
            let value = String(decoding: plain, as: UTF8.self)
            found = value.trimming()
        }
        return found
    }
}

extension String {
    /// Without spaces, tabs and line ends around it.
    fileprivate func trimming() -> String {
        let isBlank = { (character: Character) in character.isWhitespace }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}

/// Why an exchange broke off.
package struct WireFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Kind: Hashable, Sendable {
        /// The host's name is not known.
        case resolve
        /// Nobody answers there.
        case connect
        /// The certificate is not one that we trust, or is for another name; or our own was refused.
        case certificate
        /// The SSH host is not the one that known_hosts knows.
        case hostKey
        /// User, password or key were refused.
        case login
        case timeout
        /// The connection broke while something was under way.
        case reset
        /// The answer ended before it was whole.
        case truncated
        /// The answer is longer than is allowed.
        case tooLong
        /// The file or folder is not there, or is not ours to write.
        case remoteFile
        /// A command of FTP or SFTP failed.
        case command
        /// No room at the other side.
        case full
        /// A file of ours can't be read or written.
        case ownFile
        /// What no other kind says: a wrong URL, a protocol that is not allowed.
        case other
    }

    package var kind: Kind
    /// libcurl's number.
    package var code: Int
    /// What libcurl says of it.
    package var text: String

    package init(_ kind: Kind, code: Int, _ text: String) {
        self.kind = kind
        self.code = code
        self.text = text
    }

    package var description: String { text }

    /// - Parameter isSSH: SFTP has numbers of its own for some.
    init(_ code: CURLcode, _ text: String, isSSH: Bool) {
        let kind: Kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
            case CURLE_COULDNT_CONNECT: .connect
            case CURLE_PEER_FAILED_VERIFICATION: isSSH ? .hostKey : .certificate
            case CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR,
                CURLE_SSL_CIPHER, CURLE_USE_SSL_FAILED:
                .certificate
            case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR: .login
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SSL_CONNECT_ERROR,
                CURLE_HTTP2, CURLE_HTTP2_STREAM, CURLE_SSH:
                .reset
            case CURLE_PARTIAL_FILE: .truncated
            case CURLE_FILESIZE_EXCEEDED, CURLE_WRITE_ERROR: .tooLong
            case CURLE_REMOTE_FILE_NOT_FOUND, CURLE_REMOTE_ACCESS_DENIED, CURLE_REMOTE_FILE_EXISTS,
                CURLE_UPLOAD_FAILED, CURLE_FTP_COULDNT_RETR_FILE:
                .remoteFile
            case CURLE_QUOTE_ERROR: .command
            case CURLE_REMOTE_DISK_FULL: .full
            case CURLE_READ_ERROR, CURLE_FILE_COULDNT_READ_FILE, CURLE_ABORTED_BY_CALLBACK: .ownFile
            default: .other
            }
        self.init(kind, code: Int(code.rawValue), text)
    }
}
