internal import CCurl
internal import Foundation

/// The way of one file to an SFTP or FTPS server: looked for, stored under a temporary name, measured, renamed, marked.
///
/// Broken off anywhere and begun again it ends with one whole file and one marker: the temporary name is always the same for
/// a row, and the final name is given by a rename to a whole file only.
struct UploadErrand: Errand {
    private enum Stage {
        case start, looking, storing, measuring, renaming, marking
        /// Whether the temporary name is still there, behind a rename that failed for this reason.
        case doubting(WireFailure)
        /// What a broken upload left is removed; then the verdict.
        case cleaning(Verdict)
    }

    private let remote: RemoteFolder
    private let file: OutgoingFile?
    private let path: String
    private let temporary: String
    private let isRepeated: Bool
    private let doneMarker: Bool
    private var stage = Stage.start

    init(remote: RemoteFolder, parcel: Parcel, folder: String, doneMarker: Bool) {
        self.remote = remote
        self.doneMarker = doneMarker
        isRepeated = parcel.isRepeated
        file = parcel.rows.first.flatMap { OutgoingFile(payload: $0.payload) }
        path = folder + "/" + (file?.file ?? "")
        temporary = Leftover.name(of: file?.name ?? "", key: parcel.key)
    }

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        guard let file, RemoteFolder.isSafe(file.name) else {
            return .end(.refused("the row names no file that can be sent"))
        }
        guard let reply else {
            return ask(.looking, remote.look(at: file.name))
        }
        switch stage {
        case .start: return .end(.later(Trouble("an answer came before anything was asked")))
        case .looking: return looked(reply.found, file)
        case .storing:
            if let failure = reply.failure { return broke(failure, reply, file) }
            return ask(.measuring, remote.look(at: temporary))
        case .measuring: return measured(reply.found, file)
        case .renaming:
            if let failure = reply.failure { return doubt(failure, file) }
            return mark(file)
        case .doubting(let failure): return doubted(failure, reply.found, file)
        case .marking:
            guard let failure = reply.failure else { return .end(.acknowledged()) }
            return .end(remote.verdict(failure, "\(file.name).done", mayHaveArrived: true))
        case .cleaning(let verdict):
            return .end(UploadErrand.adding(reply.room, file.bytes, to: verdict))
        }
    }

    private mutating func ask(_ stage: Stage, _ request: Request) -> Step {
        self.stage = stage
        return .ask(request)
    }

    private mutating func looked(_ found: Reply.Found, _ file: OutgoingFile) -> Step {
        switch found {
        case .nothing:
            if let reason = file.reasonNotToSend(path) { return .end(.refused(reason)) }
            return ask(
                .storing, remote.store(temporary, .file(path: path, offset: 0, count: file.bytes)))
        case .file(let size) where isRepeated && remote.isSize(size, file.bytes):
            return mark(file)
        case .file(let size):
            let bytes = size.map { " of \($0) bytes" } ?? ""
            return .end(
                .refused(
                    "a file\(bytes) named '\(file.name)' is there already, and it is not ours: "
                        + "look at what it is, and move it away"))
        case .failure(let failure):
            // An earlier attempt may have come to its end: what we can't see we don't know.
            return .end(remote.verdict(failure, file.name, mayHaveArrived: isRepeated))
        }
    }

    private mutating func broke(
        _ failure: WireFailure, _ reply: Reply, _ file: OutgoingFile
    ) -> Step {
        var verdict = remote.verdict(failure, file.name, mayHaveArrived: false)
        if failure.kind == .reset, reply.sentCount > 0, case .later(var trouble) = verdict {
            trouble.text += "; \(reply.sentCount) of \(file.bytes) bytes were sent"
            verdict = .later(trouble)
        }
        switch failure.kind {
        case .certificate, .hostKey, .login, .resolve, .connect, .timeout: return .end(verdict)
        default: return clean(verdict)
        }
    }

    private mutating func measured(_ found: Reply.Found, _ file: OutgoingFile) -> Step {
        switch found {
        case .file(let size) where remote.isSize(size, file.bytes):
            return ask(.renaming, remote.rename(temporary, to: file.name))
        case .file(nil):
            return .end(
                .halted(
                    Trouble(
                        "the server doesn't tell how long a file is, so that nobody knows whether "
                            + "one is whole: it needs the command SIZE")))
        case .file(let size?):
            return clean(
                .later(Trouble("'\(file.name)' arrived with \(size) of \(file.bytes) bytes")))
        case .nothing:
            return .end(
                .later(Trouble("'\(file.name)' is gone as soon as it is stored: who takes it?")))
        case .failure(let failure):
            return .end(remote.verdict(failure, file.name, mayHaveArrived: false))
        }
    }

    /// libcurl says the same where the server refuses a rename and where its answer never comes.
    private mutating func doubt(_ failure: WireFailure, _ file: OutgoingFile) -> Step {
        guard failure.kind == .command else {
            return .end(remote.verdict(failure, file.name, mayHaveArrived: true))
        }
        return ask(.doubting(failure), remote.look(at: temporary))
    }

    private mutating func doubted(
        _ reason: WireFailure, _ found: Reply.Found, _ file: OutgoingFile
    ) -> Step {
        switch found {
        case .nothing: return mark(file)
        case .failure(let failure):
            return .end(remote.verdict(failure, file.name, mayHaveArrived: true))
        case .file:
            return clean(
                .later(
                    Trouble(
                        "the stored file can't be renamed to '\(file.name)' (\(reason.text)): "
                            + "is a file of that name there already, or may we not rename?")))
        }
    }

    private mutating func mark(_ file: OutgoingFile) -> Step {
        guard doneMarker else { return .end(.acknowledged()) }
        return ask(.marking, remote.store(file.name + ".done", .bytes([])))
    }

    private mutating func clean(_ verdict: Verdict) -> Step {
        ask(.cleaning(verdict), remote.removeAndTellRoom(temporary))
    }

    /// SFTP has no word for a full disk: how much room there is tells it.
    private static func adding(_ room: Int?, _ needed: Int, to verdict: Verdict) -> Verdict {
        guard let room, room < needed, case .later(var trouble) = verdict else { return verdict }
        trouble.text = "no room at the other side: \(room) bytes are free, \(needed) are needed"
        return .later(trouble)
    }
}

extension OutgoingFile {
    /// Why the file can't be sent as it was written; nil where it can.
    ///
    /// - Parameter path: where it is on this machine.
    func reasonNotToSend(_ path: String) -> String? {
        var status = stat()
        let advice = "put it back, then: nightjar deliver --retry"
        guard stat(path, &status) == 0 else {
            return "\(path): \(String(cString: strerror(errno))); \(advice)"
        }
        guard Int(status.st_size) == bytes else {
            return "\(path): has \(status.st_size) bytes and was written with \(bytes); \(advice)"
        }
        return nil
    }
}

extension RemoteFolder {
    /// Whether a size that the server told is the right one; over SFTP none is told of an empty file.
    func isSize(_ size: Int?, _ bytes: Int) -> Bool {
        size == bytes || size == nil && bytes == 0 && url.scheme == "sftp"
    }

    /// What a broken exchange says of a file.
    func verdict(_ failure: WireFailure, _ name: String, mayHaveArrived: Bool) -> Verdict {
        switch CURLcode(UInt32(failure.code)) {
        case CURLE_USE_SSL_FAILED:
            return .halted(
                Trouble(
                    "the server doesn't offer TLS (\(failure.text)): ask for FTPS there",
                    mayHaveArrived: mayHaveArrived))
        case CURLE_REMOTE_FILE_NOT_FOUND, CURLE_REMOTE_ACCESS_DENIED, CURLE_UPLOAD_FAILED:
            return .halted(
                Trouble(
                    "the folder in 'url' is not there, or we may not write in it (\(failure.text)); "
                        + "folders are not made: check 'url' and what our user may do",
                    mayHaveArrived: mayHaveArrived))
        case CURLE_FAILED_INIT where failure.text.contains("session: -5,"):
            return .halted(
                Trouble(
                    "no kind of host key suits both sides (\(failure.text)): 'known_hosts' needs the "
                        + "server's ed25519 or ECDSA key, since RSA is too old for it: "
                        + "ssh-keyscan -t ed25519,ecdsa \(url.host)", mayHaveArrived: mayHaveArrived
                ))
        default:
            switch failure.verdict(mayHaveArrived: mayHaveArrived) {
            case .later(var trouble):
                trouble.text = "'\(name)': \(trouble.text)"
                trouble.mayHaveArrived = mayHaveArrived
                return .later(trouble)
            case .halted(var trouble):
                trouble.mayHaveArrived = mayHaveArrived
                return .halted(trouble)
            case let other: return other
            }
        }
    }
}
