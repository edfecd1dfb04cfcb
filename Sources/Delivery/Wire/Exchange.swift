internal import CCurl
internal import Glibc

/// One request on its way: libcurl's easy handle and what its callbacks fill.
///
/// Used again and again, so that a request costs no new handle.
final class Exchange {
    let easy: UnsafeMutableRawPointer
    private let url: OpaquePointer
    private(set) var tag = 0
    private(set) var isUnderWay = false
    private var reply = Reply()
    private var sink = Request.Sink.memory(limit: 0)
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// libcurl keeps a pointer to it.
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var headers = HeaderList()
    private var body = LastingBytes()
    private var ownFile: Int32 = -1
    private var readAt: Int = 0
    private var readEnd: Int = 0
    private var readStart: Int = 0
    private var writtenCount: Int = 0
    /// What went wrong with a file of ours, told where libcurl only knows that we stopped it.
    private var ownFailure: WireFailure?
    /// Whether we ended an answer that refuses, in the place of a file: its beginning says enough.
    private var hasHeardEnough = false
    private var isSSH = false
    /// How often libcurl began to send it.
    private var sendings = 0
    /// The request before, where the next one may find libcurl as it left it: a POST of bytes.
    private var before: Request?

    /// Nil where libcurl has no memory for a handle.
    init?() {
        guard let url = curl_url() else { return nil }
        guard let easy = curl_easy_init() else {
            curl_url_cleanup(url)
            return nil
        }
        self.easy = easy
        self.url = url
    }

    deinit {
        release()
        curl_easy_cleanup(easy)
        curl_url_cleanup(url)
        message.deallocate()
    }

    // MARK: Beginning

    func begin(_ request: Request, tag: Int) {
        self.tag = tag
        isUnderWay = true
        sink = request.sink
        writtenCount = 0
        sendings = 0
        hasHeardEnough = false
        ownFailure = nil
        message.pointee = 0
        let own = Unmanaged.passUnretained(self).toOpaque()
        if before?.isLike(request) ?? false {
            if before?.url != request.url {
                curl_set_pointer(easy, CURLOPT_CURLU, nil)
                curl_set_text(easy, CURLOPT_URL, request.url)
                before?.url = request.url
            }
        } else {
            prepare(request, own)
            if request.isPlain { parse(request.url) }
            before = request.isPlain ? request : nil
            before?.body = .none
        }
        setHeaders(request)
        setBody(request, own)
        if case .file = sink { setFileSink() }
    }

    /// All that another request like it needs no more.
    private func prepare(_ request: Request, _ own: UnsafeMutableRawPointer) {
        isSSH = request.url.hasPrefix("sftp:") || request.url.hasPrefix("scp:")
        curl_easy_reset(easy)
        curl_set_pointer(easy, CURLOPT_PRIVATE, own)
        curl_set_pointer(easy, CURLOPT_ERRORBUFFER, message)
        curl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        curl_set_text(easy, CURLOPT_URL, request.url)
        setProtocols(request)
        setPatience(request.patience)
        setAccess(request.access)
        setMethod(request)
        setCallbacks(own)
        if !request.mayRepeat { forbidRepeating(own) }
        set(request.commandsBefore, CURLOPT_QUOTE)
        set(request.commandsAfter, CURLOPT_POSTQUOTE)
    }

    /// Takes a URL apart once for all requests that go there: for each it costs a tenth of the request.
    private func parse(_ url: String) {
        guard curl_url_set(self.url, CURLUPART_URL, url, 0) == CURLUE_OK else { return }
        curl_set_pointer(easy, CURLOPT_CURLU, UnsafeMutableRawPointer(self.url))
    }

    /// Only what the URL says, and never a redirect to another protocol.
    private func setProtocols(_ request: Request) {
        let scheme = String(request.url.prefix { $0 != ":" })
        curl_set_text(easy, CURLOPT_PROTOCOLS_STR, scheme)
        curl_set_text(easy, CURLOPT_REDIR_PROTOCOLS_STR, scheme == "http" ? "http,https" : "https")
        // Over TLS 1.3 a server of FTP that wants each transfer to go on with the session of the login takes two and no more
        // (522), and a short upload for broken off (426): a session of TLS 1.2 is good for any number.
        let newest = scheme.hasPrefix("ftp") ? Int(CURL_SSLVERSION_MAX_TLSv1_2) : 0
        curl_set_number(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2) | newest)
        curl_set_number(easy, CURLOPT_FOLLOWLOCATION, request.followsRedirects ? 1 : 0)
        curl_set_number(easy, CURLOPT_MAXREDIRS, 5)
        curl_set_number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        curl_set_number(easy, CURLOPT_PIPEWAIT, 1)
        // A proxy of the environment knows nothing of this machine's own ports.
        if request.isLoopback { curl_set_text(easy, CURLOPT_PROXY, "") }
    }

    private func setPatience(_ patience: Patience) {
        curl_set_number(easy, CURLOPT_CONNECTTIMEOUT, patience.connectSeconds)
        if let seconds = patience.totalSeconds {
            curl_set_number(easy, CURLOPT_TIMEOUT, seconds)
        }
        // Not where all must have ended before: libcurl looks at its clock for it again and again.
        if patience.stallSeconds < patience.totalSeconds ?? .max {
            curl_set_number(easy, CURLOPT_LOW_SPEED_LIMIT, 1_000)
            curl_set_number(easy, CURLOPT_LOW_SPEED_TIME, patience.stallSeconds)
        }
        curl_set_number(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, patience.stallSeconds)
        curl_set_number(easy, CURLOPT_TCP_KEEPALIVE, 1)
    }

    /// Ends the exchange where libcurl would send it a second time.
    private func forbidRepeating(_ own: UnsafeMutableRawPointer) {
        curl_set_pointer(easy, CURLOPT_PREREQDATA, own)
        curl_set_before(easy) { own, _, _, _, _ in
            guard let exchange = Exchange.of(own) else { return CURL_PREREQFUNC_ABORT }
            exchange.sendings += 1
            return exchange.sendings > 1 ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK
        }
    }

    private func setAccess(_ access: Access) {
        curl_set_number(easy, CURLOPT_SSL_VERIFYPEER, access.verifiesPeer ? 1 : 0)
        curl_set_number(easy, CURLOPT_SSL_VERIFYHOST, access.verifiesPeer ? 2 : 0)
        if access.requiresFTPS {
            curl_set_number(easy, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        set(access.authorityFile, CURLOPT_CAINFO)
        set(access.certificateFile, CURLOPT_SSLCERT)
        set(access.certificateKeyFile, CURLOPT_SSLKEY)
        set(access.certificateKeyPassword, CURLOPT_KEYPASSWD)
        set(access.user, CURLOPT_USERNAME)
        set(access.password, CURLOPT_PASSWORD)
        if let bearer = access.bearer {
            set(bearer, CURLOPT_XOAUTH2_BEARER)
            curl_set_number(easy, CURLOPT_HTTPAUTH, Int(bitPattern: CURLAUTH_BEARER_BITS))
        } else if access.user != nil {
            curl_set_number(easy, CURLOPT_HTTPAUTH, Int(bitPattern: CURLAUTH_BASIC_BITS))
        }
        guard isSSH else { return }
        // Never accepted blindly: without a file of known hosts libcurl would take any.
        set(access.knownHostsFile ?? "/dev/null", CURLOPT_SSH_KNOWNHOSTS)
        set(access.keyFile, CURLOPT_SSH_PRIVATE_KEYFILE)
        if access.keyFile != nil { set(access.keyPassword, CURLOPT_KEYPASSWD) }
        // Some servers ask for the password as if a person sat there.
        let types =
            access.keyFile == nil
            ? CURLSSH_AUTH_PASSWORD | CURLSSH_AUTH_KEYBOARD : CURLSSH_AUTH_PUBLICKEY
        curl_set_number(easy, CURLOPT_SSH_AUTH_TYPES, Int(types))
    }

    private func setMethod(_ request: Request) {
        switch request.method {
        case .get: curl_set_number(easy, CURLOPT_HTTPGET, 1)
        case .head:
            curl_set_number(easy, CURLOPT_NOBODY, 1)
            curl_set_number(easy, CURLOPT_FILETIME, 1)
        case .commands: curl_set_number(easy, CURLOPT_NOBODY, 1)
        case .post: curl_set_number(easy, CURLOPT_POST, 1)
        case .put, .patch, .delete, .listAll, .facts:
            set(request.method.rawValue, CURLOPT_CUSTOMREQUEST)
        case .upload, .list: break
        }
    }

    private func setHeaders(_ request: Request) {
        // What is sent is no longer than a second's wait for leave to send it.
        let isLong = request.method == .post && request.body.count > 1 << 20
        // Also without any: those of the request before are gone.
        curl_set_pointer(
            easy, CURLOPT_HTTPHEADER,
            headers.fill(request.headers, without: isLong ? "Expect" : nil))
    }

    private func setBody(_ request: Request, _ own: UnsafeMutableRawPointer) {
        switch request.body {
        case .none:
            // A POST without a body says so; libcurl would read one from standard input.
            if request.method == .post {
                curl_set_text(easy, CURLOPT_POSTFIELDS, "")
                curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, 0)
            }
        case .bytes(let bytes) where request.method != .upload:
            keep(bytes)
            curl_set_pointer(easy, CURLOPT_POSTFIELDS, body.start)
            curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, bytes.count)
        case .bytes(let bytes):
            keep(bytes)
            setUpload(from: 0, count: bytes.count, own)
        case .file(let path, let offset, let count):
            ownFile = open(path, O_RDONLY | O_CLOEXEC)
            if ownFile < 0 { fail(path) }
            setUpload(from: offset, count: count, own)
        }
    }

    private func keep(_ bytes: [UInt8]) {
        body.reserve(bytes.count)
        body.start.update(from: bytes, count: bytes.count)
    }

    private func setUpload(from start: Int, count: Int, _ own: UnsafeMutableRawPointer) {
        readStart = start
        readAt = start
        readEnd = start + count
        curl_set_number(easy, CURLOPT_UPLOAD, 1)
        curl_set_number(easy, CURLOPT_UPLOAD_BUFFERSIZE, 2 << 20)
        curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, count)
        curl_set_pointer(easy, CURLOPT_READDATA, own)
        curl_set_transfer(easy, CURLOPT_READFUNCTION) { target, size, count, own in
            Exchange.of(own)?.read(into: target, size * count) ?? Int(CURL_READFUNC_ABORT)
        }
        curl_set_pointer(easy, CURLOPT_SEEKDATA, own)
        curl_set_seek(easy) { own, offset, _ in
            guard let exchange = Exchange.of(own) else { return CURL_SEEKFUNC_FAIL }
            exchange.readAt = exchange.readStart + offset
            return CURL_SEEKFUNC_OK
        }
    }

    private func setCallbacks(_ own: UnsafeMutableRawPointer) {
        curl_set_pointer(easy, CURLOPT_WRITEDATA, own)
        curl_set_transfer(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, own in
            Exchange.of(own)?.write(bytes, size * count) ?? 0
        }
        curl_set_pointer(easy, CURLOPT_HEADERDATA, own)
        curl_set_transfer(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, own in
            Exchange.of(own)?.hear(bytes, size * count) ?? 0
        }
    }

    private func setFileSink() {
        guard case .file(let path, let resumesAt, _) = sink else { return }
        curl_set_number(easy, CURLOPT_BUFFERSIZE, 512 << 10)
        ownFile = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if ownFile < 0 || ftruncate(ownFile, resumesAt) != 0 { fail(path) }
        writtenCount = resumesAt
        if resumesAt > 0 { curl_set_offset(easy, CURLOPT_RESUME_FROM_LARGE, resumesAt) }
    }

    private func set(_ text: String?, _ option: CURLoption) {
        if let text { curl_set_text(easy, option, text) }
    }

    private func set(_ secret: Secret?, _ option: CURLoption) {
        _ = secret?.reveal { curl_set_text(easy, option, $0) }
    }

    private func set(_ lines: [String], _ option: CURLoption) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = curl_slist_append(list, line) }
        guard let list else { return }
        lists.append(list)
        curl_set_pointer(easy, option, list)
    }

    private func fail(_ path: String) {
        let text = "\(path): \(String(cString: strerror(errno)))"
        ownFailure = ownFailure ?? WireFailure(.ownFile, code: Int(errno), text)
    }

    // MARK: Under way

    private static func of(_ own: UnsafeMutableRawPointer?) -> Exchange? {
        own.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
    }

    private func read(into target: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        guard ownFailure == nil, let target else { return Int(CURL_READFUNC_ABORT) }
        let count = min(room, readEnd - readAt)
        guard count > 0 else { return 0 }
        if ownFile < 0 {
            memcpy(target, body.start + readAt, count)
            readAt += count
            return count
        }
        var got = pread(ownFile, target, count, readAt)
        while got < 0, errno == EINTR { got = pread(ownFile, target, count, readAt) }
        guard got > 0 else {
            // A file that became shorter than was promised.
            if got == 0 { errno = EIO }
            fail("the file to send")
            return Int(CURL_READFUNC_ABORT)
        }
        readAt += got
        return got
    }

    private func write(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes, ownFailure == nil else { return 0 }
        let raw = UnsafeRawBufferPointer(start: bytes, count: count)
        switch sink {
        case .memory(let limit):
            let room = limit - reply.body.count
            reply.body.append(contentsOf: raw.prefix(room))
            reply.isCut = reply.isCut || count > room
            return count > room ? 0 : count
        case .file(let path, _, let limit):
            // An error page is an answer and no file.
            if isRefusal {
                let room = (64 << 10) - reply.body.count
                reply.body.append(contentsOf: raw.prefix(room))
                // A page without end would keep us for ever.
                hasHeardEnough = count > room
                return hasHeardEnough ? 0 : count
            }
            guard writtenCount + count <= limit else {
                reply.isCut = true
                return 0
            }
            var done = 0
            while done < count {
                let written = pwrite(ownFile, bytes + done, count - done, writtenCount)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else {
                    fail(path)
                    return 0
                }
                done += written
                writtenCount += written
            }
            return count
        }
    }

    /// Whether the answer is one of HTTP that refuses.
    private var isRefusal: Bool {
        var status = 0
        curl_get_number(easy, CURLINFO_RESPONSE_CODE, &status)
        return reply.head.starts(with: Array("HTTP/".utf8)) && status >= 300
    }

    private func hear(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard let bytes else { return 0 }
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        // Behind a redirect, or an answer of 100, another head comes.
        if line.starts(with: "HTTP/".utf8) {
            reply.head.removeAll(keepingCapacity: true)
            reply.head.reserveCapacity(512)
        }
        if reply.head.count + count <= 64 << 10 { reply.head.append(contentsOf: line) }
        return count
    }

    // MARK: Ending

    /// What came of the request; the exchange is then free for another.
    func end(_ code: CURLcode) -> Reply {
        var status = 0
        curl_get_number(easy, CURLINFO_RESPONSE_CODE, &status)
        reply.status = status
        curl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &reply.sentCount)
        curl_get_offset(easy, CURLINFO_SIZE_DOWNLOAD_T, &reply.receivedCount)
        var length = -1
        curl_get_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length)
        reply.contentLength = length >= 0 ? length : nil
        var time = -1
        curl_get_offset(easy, CURLINFO_FILETIME_T, &time)
        reply.modified = time >= 0 ? time : nil
        var requested = 0
        curl_get_number(easy, CURLINFO_REQUEST_SIZE, &requested)
        reply.mayHaveArrived = requested > 0 || reply.sentCount > 0 || isSSH && status > 0
        if sendings > 1 {
            reply.mayHaveArrived = true
            ownFailure = WireFailure(
                .reset, code: Int(code.rawValue),
                "the connection was closed before anything was answered")
        }
        if code != CURLE_OK, !hasHeardEnough {
            let said = String(cString: message)
            let text = said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
            reply.failure = ownFailure ?? WireFailure(code, text, isSSH: isSSH)
            // Cut off by us: what came before says enough.
            if reply.isCut, case .memory(let limit) = sink {
                reply.failure = WireFailure(
                    .tooLong, code: Int(code.rawValue),
                    "the answer is longer than the \(limit) bytes that are read of it")
            }
        }
        release()
        isUnderWay = false
        var ended = Reply()
        swap(&ended, &reply)
        return ended
    }

    private func release() {
        for list in lists { curl_slist_free_all(list) }
        lists.removeAll(keepingCapacity: true)
        if ownFile >= 0 { close(ownFile) }
        ownFile = -1
    }
}
