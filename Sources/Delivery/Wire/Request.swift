/// One exchange with a remote place, as a value: what endpoints make, and libcurl carries out.
package struct Request: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        /// Sends the body as a file, over FTP and SFTP.
        case upload = "UPLOAD"
        /// Nothing but `commands`, over FTP and SFTP.
        case commands = "COMMANDS"
        /// Reads a folder, over FTP and SFTP: one line a file, as the server writes it.
        case list = "LIST"
        /// The same with the hidden files, over FTP.
        case listAll = "LIST -a"
        /// The same as facts for programs, over FTP.
        case facts = "MLSD"
    }

    package enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// `count` bytes of a file from `offset` on.
        case file(path: String, offset: Int, count: Int)

        /// How many bytes it has.
        package var count: Int {
            switch self {
            case .none: 0
            case .bytes(let bytes): bytes.count
            case .file(_, _, let count): count
            }
        }
    }

    /// Where the answer's body goes.
    package enum Sink: Sendable {
        /// Into memory: an answer of more bytes than that is cut off and the exchange ended.
        case memory(limit: Int)
        /// To the end of a file that is there or made; what it holds already is not asked for again
        /// (`resumesAt` says from where).
        case file(path: String, resumesAt: Int, limit: Int)
    }

    package var method: Method
    /// Without user and password.
    package var url: String
    /// In order; a name may stand twice.
    package var headers: [(name: String, value: String)] = []
    package var body = Body.none
    package var sink = Sink.memory(limit: 64 << 10)
    package var access = Access()
    /// SFTP or FTP commands that run before and after the transfer: `rename a b`, `*rm a`.
    package var commandsBefore: [String] = []
    package var commandsAfter: [String] = []
    /// Whether redirects are followed; their targets must be https, and get no credentials of ours.
    package var followsRedirects = false
    /// Whether it may go out twice: where a connection that was kept turns out to be broken, libcurl sends the
    /// request again over another, though the first may have arrived.
    package var mayRepeat = true
    package var patience = Patience()

    package init(_ method: Method, _ url: String) {
        self.method = method
        self.url = url
    }
}

extension Request {
    /// Whether it goes to this machine.
    var isLoopback: Bool {
        guard let end = url.firstRange(of: "://")?.upperBound else { return false }
        return ["127.", "localhost", "[::1]"].contains { url[end...].hasPrefix($0) }
    }

    /// A POST of bytes with an answer in memory, as most are.
    var isPlain: Bool {
        guard method == .post, case .bytes = body, case .memory = sink else { return false }
        return commandsBefore.isEmpty && commandsAfter.isEmpty
    }

    /// Whether a plain one differs from another only in what each request says anew: URL on the same host, headers, body.
    func isLike(_ other: Request) -> Bool {
        other.isPlain && access == other.access && patience == other.patience
            && followsRedirects == other.followsRedirects && mayRepeat == other.mayRepeat
            && (url == other.url || authority == other.authority)
    }

    /// Scheme, host and port.
    private var authority: Substring {
        guard let start = url.firstRange(of: "://")?.upperBound else { return url[...] }
        return url.prefix(upTo: url[start...].firstIndex { "/?".contains($0) } ?? url.endIndex)
    }
}

/// How long an exchange may take.
package struct Patience: Hashable, Sendable {
    /// Seconds until the connection must stand.
    package var connectSeconds = 10
    /// Seconds until all must have ended; nil for transfers of files, which may take hours as long as they
    /// move.
    package var totalSeconds: Int? = 30
    /// Seconds in which fewer than 1,000 bytes a second end the exchange.
    package var stallSeconds = 60

    package init() {}

    /// Of an exchange that ends within so many seconds, whatever happens.
    package init(withinSeconds seconds: Int) {
        connectSeconds = min(10, seconds)
        totalSeconds = seconds
    }
}

/// What lets us in, and by what the other side is known.
package struct Access: Hashable, Sendable {
    package var user: String?
    package var password: Secret?
    package var bearer: Secret?
    /// Files in PEM form: an authority to trust beside the system's, and our own certificate with its key.
    package var authorityFile: String?
    package var certificateFile: String?
    package var certificateKeyFile: String?
    package var certificateKeyPassword: Secret?
    /// SSH: our private key (ed25519 or ECDSA), its passphrase, and the hosts that we know.
    package var keyFile: String?
    package var keyPassword: Secret?
    package var knownHostsFile: String?
    /// FTP: whether the connection must be turned into TLS before the login.
    package var requiresFTPS = false
    /// False lets any certificate pass; settings allow that for loopback alone.
    package var verifiesPeer = true

    package init() {}
}
