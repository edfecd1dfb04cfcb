internal import Glibc

/// The way of one file into a bucket, under a key that is written once.
///
/// Up to `wholeBytes` in one request, else in parts. The server checks every byte by SHA-256, and keeps that of the whole
/// file beside the object, so that a repetition can tell its own from another's.
struct S3Upload: Errand {
    static let wholeBytes = 64 << 20
    /// Ten thousand parts are the most that an object has.
    static let mostParts = 10_000

    private enum State {
        case looking
        case sending
        /// Removing what an earlier attempt left in parts.
        case clearing(S3Leftovers)
        case starting
        case sendingPart
        case completing
        /// Then it ends so; nil: what is there is looked at.
        case aborting(Verdict?)
    }

    private let bucket: S3Bucket
    private let file: OutgoingFile
    private let path: String
    private let key: String
    private let isRepeated: Bool
    private let partBytes: Int
    private let wholeBytes: Int
    private var state = State.sending
    /// Whether the server is asked to write no object that is there.
    private var isConditional = true
    private var hasLooked = false
    /// Whether the server said that an object of that key is there.
    private var isTaken = false
    private var upload = ""
    /// What completes the upload: a line a part.
    private var parts = ""
    private var partCount = 0
    private var sum = SHA256Sum()

    init(
        _ bucket: S3Bucket, _ file: OutgoingFile, path: String, isRepeated: Bool,
        wholeBytes: Int = S3Upload.wholeBytes, partBytes: Int = 16 << 20
    ) {
        self.bucket = bucket
        self.file = file
        self.path = path
        self.isRepeated = isRepeated
        self.wholeBytes = wholeBytes
        key = bucket.prefix + file.name
        let least = (file.bytes + S3Upload.mostParts - 1) / S3Upload.mostParts
        self.partBytes = max(partBytes, least)
    }

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        guard let reply else { return begin(now) }
        let answer = bucket.answer(reply)
        switch state {
        case .looking: return looked(reply, answer, now)
        case .sending: return sent(reply, answer, now)
        case .clearing(let leftovers): return clear(leftovers, reply, now)
        case .starting: return started(reply, answer, now)
        case .sendingPart: return partSent(reply, answer, now)
        case .completing: return completed(reply, answer, now)
        case .aborting(let verdict): return verdict.map { end($0) } ?? look(now)
        }
    }

    private mutating func begin(_ now: Int) -> Step {
        var status = stat()
        guard stat(path, &status) == 0 else {
            return .end(.refused("\(file.file): \(String(cString: strerror(errno)))"))
        }
        guard Int(status.st_size) == file.bytes else { return .end(changed) }
        return isRepeated ? look(now) : send(now)
    }

    private var changed: Verdict {
        .refused("\(file.file): is not what the night wrote any more, so it is not sent")
    }

    /// What is said where something answers that is no S3.
    private var stranger: Verdict {
        .halted(
            Trouble(
                "answered as no server of S3 does; check that 'url' is that of its API",
                mayHaveArrived: true))
    }

    // MARK: What is there

    private mutating func look(_ now: Int) -> Step {
        state = .looking
        hasLooked = true
        return .ask(
            bucket.request(
                .head, key: key, headers: [("x-amz-checksum-mode", "ENABLED")], now: now))
    }

    private mutating func looked(_ reply: Reply, _ answer: S3Answer, _ now: Int) -> Step {
        if reply.failure != nil { return end(answer.verdict(now: now)) }
        switch reply.status {
        case 200...299:
            guard reply.header("etag") != nil else { return end(stranger) }
            if isOurs(reply) { return .end(.acknowledged("was there already")) }
            let count = reply.header("content-length").flatMap { Int($0) }.map { "\($0)" } ?? "?"
            return .end(
                .refused(
                    "another object is at \(key) (\(count) bytes, ours has \(file.bytes)), and none is "
                        + "written over; see where it came from and move it away"))
        case 404 where !isTaken:
            return send(now)
        case 404:
            return end(.later(Trouble("an object at \(key) came and went")))
        case 403 where !isTaken:
            // Who may write need not be allowed to look.
            return send(now)
        case 403:
            return end(
                .halted(
                    Trouble(
                        "an object is at \(key), and we may not see whether it is ours; allow "
                            + "s3:GetObject to the keys in 'auth'")))
        default:
            return end(answer.verdict(now: now))
        }
    }

    /// Whether the object is this file.
    private func isOurs(_ reply: Reply) -> Bool {
        guard reply.header("content-length").flatMap({ Int($0) }) == file.bytes else {
            return false
        }
        return reply.header("x-amz-meta-sha256") == file.sha256
            || reply.header("x-amz-checksum-sha256") == checksum
    }

    private var checksum: String { [UInt8](hex: file.sha256)?.base64 ?? "" }

    // MARK: In one request

    private mutating func send(_ now: Int) -> Step {
        guard file.bytes <= wholeBytes else {
            return isRepeated ? clear(S3Leftovers(bucket, key: key), nil, now) : start(now)
        }
        state = .sending
        return .ask(
            bucket.request(
                .put, key: key,
                headers: headers + condition + [("x-amz-checksum-sha256", checksum)],
                body: .file(path: path, offset: 0, count: file.bytes), sha256: file.sha256, now: now
            ))
    }

    private var headers: [(String, String)] {
        [("content-type", contentType), ("x-amz-meta-sha256", file.sha256)]
    }

    private var condition: [(String, String)] { isConditional ? [("if-none-match", "*")] : [] }

    private var contentType: String {
        let types = [
            ".csv": "text/csv", ".json": "application/json", ".jsonl": "application/x-ndjson",
        ]
        return types.first { file.name.hasSuffix($0.key) }?.value ?? "application/octet-stream"
    }

    private mutating func sent(_ reply: Reply, _ answer: S3Answer, _ now: Int) -> Step {
        if !answer.isError { return end(reply.header("etag") == nil ? stranger : .acknowledged()) }
        switch answer.objection {
        case .taken:
            isTaken = true
            return look(now)
        case .condition where isConditional:
            isConditional = false
            return hasLooked ? send(now) : look(now)
        case .condition, nil:
            return end(answer.verdict(now: now))
        }
    }

    // MARK: In parts

    private mutating func clear(_ leftovers: S3Leftovers, _ reply: Reply?, _ now: Int) -> Step {
        var leftovers = leftovers
        switch leftovers.next(reply, now: now) {
        case .end(.acknowledged), .endEach, .login, .apart: return start(now)
        case .end(let trouble): return end(trouble)
        case .ask(let request):
            state = .clearing(leftovers)
            return .ask(request)
        }
    }

    private mutating func start(_ now: Int) -> Step {
        state = .starting
        (parts, partCount, sum) = ("", 0, SHA256Sum())
        return .ask(
            bucket.request(
                .post, key: key, query: [("uploads", "")],
                headers: headers + [("x-amz-checksum-algorithm", "SHA256")], now: now))
    }

    private mutating func started(_ reply: Reply, _ answer: S3Answer, _ now: Int) -> Step {
        guard !answer.isError else { return end(answer.verdict(now: now)) }
        guard let id = XMLElement(reply.text)?["UploadId"], !id.isEmpty else {
            return end(stranger)
        }
        upload = id
        return sendPart(now)
    }

    private mutating func sendPart(_ now: Int) -> Step {
        let start = partCount * partBytes
        let count = min(partBytes, file.bytes - start)
        var part = SHA256Sum()
        do {
            try SHA256Sum.read(path, from: start, count: count) {
                part.add($0)
                sum.add($0)
            }
        } catch {
            return abort(.later(Trouble(error.text)), now)
        }
        state = .sendingPart
        partCount += 1
        let digest = part.digest
        parts +=
            "<Part><ChecksumSHA256>\(digest.base64)</ChecksumSHA256>"
            + "<PartNumber>\(partCount)</PartNumber>"
        return .ask(
            bucket.request(
                .put, key: key, query: [("partNumber", "\(partCount)"), ("uploadId", upload)],
                headers: [("x-amz-checksum-sha256", digest.base64)],
                body: .file(path: path, offset: start, count: count), sha256: digest.hex, now: now))
    }

    private mutating func partSent(_ reply: Reply, _ answer: S3Answer, _ now: Int) -> Step {
        guard !answer.isError else { return abort(answer.verdict(now: now), now) }
        guard let tag = reply.header("etag") else {
            return abort(stranger, now)
        }
        parts += "<ETag>\(XMLElement.escaped(tag))</ETag></Part>"
        guard partCount * partBytes >= file.bytes else { return sendPart(now) }
        guard sum.digest.hex == file.sha256 else { return abort(changed, now) }
        return complete(now)
    }

    private mutating func complete(_ now: Int) -> Step {
        state = .completing
        let body =
            "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "\(parts)</CompleteMultipartUpload>"
        var request = bucket.request(
            .post, key: key, query: [("uploadId", upload)],
            headers: [("content-type", "application/xml")] + condition,
            body: .bytes(Array(body.utf8)), now: now)
        // Putting many parts together takes the server its time.
        request.patience.totalSeconds = 600
        request.patience.stallSeconds = 600
        return .ask(request)
    }

    private mutating func completed(_ reply: Reply, _ answer: S3Answer, _ now: Int) -> Step {
        guard answer.isError else {
            // The status was said before anything was done: only the body tells of the end.
            let isDone = XMLElement(reply.text)?.name == "CompleteMultipartUploadResult"
            let doubt = Trouble(
                "answered \(reply.status), and not that the parts are one object now")
            return end(isDone ? .acknowledged() : .later(doubt))
        }
        switch answer.objection {
        case .taken:
            isTaken = true
            return abort(nil, now)
        case .condition where isConditional:
            isConditional = false
            return complete(now)
        case .condition, nil:
            return abort(answer.verdict(now: now), now)
        }
    }

    private mutating func abort(_ verdict: Verdict?, _ now: Int) -> Step {
        state = .aborting(verdict)
        return .ask(bucket.request(.delete, key: key, query: [("uploadId", upload)], now: now))
    }

    // MARK: Ending

    /// What may have arrived once may have arrived still; and an upload in parts that broke off may have left some.
    private func end(_ verdict: Verdict) -> Step {
        switch verdict {
        case .later(var trouble):
            trouble.mayHaveArrived = trouble.mayHaveArrived || isRepeated || !upload.isEmpty
            return .end(.later(trouble))
        case .halted(var trouble):
            trouble.mayHaveArrived = trouble.mayHaveArrived || isRepeated || !upload.isEmpty
            return .end(.halted(trouble))
        case .acknowledged, .refused:
            return .end(verdict)
        }
    }
}

extension S3Answer {
    /// What stands against an object of a key that is to be written once.
    enum Objection {
        /// There is one.
        case taken
        /// The server doesn't know such a condition.
        case condition
    }

    var objection: Objection? {
        if code == "PreconditionFailed" || code.isEmpty && status == 412 { return .taken }
        return code == "NotImplemented" || status == 501 ? .condition : nil
    }
}
