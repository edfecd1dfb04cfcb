internal import CCurl

/// A temporary file: its name tells that Nightjar made it.
enum Leftover {
    private static let ending = ".nightjar.part"

    /// The temporary name of a file: the same in every attempt of a row, and hidden.
    static func name(of file: String, key: String) -> String {
        ".\(file).\(key.filter(\.isHexDigit).prefix(12))\(ending)"
    }

    /// Names of those that nobody works on any more.
    ///
    /// A row that is tried again writes over its own; these are of rows that were given up. Two days are longer than any upload
    /// stands still, whatever zone the server's clock is in.
    static func stale(_ files: [RemoteFile], now: Int) -> [String] {
        files.filter { file in
            file.name.hasPrefix(".") && file.name.hasSuffix(ending) && !file.isFolder
                && file.modified.map { $0 < now - 2 * 86_400 } ?? false
        }.map(\.name)
    }
}

/// Removes what broken uploads left in a folder, before anything is sent there.
///
/// That it can't be seen or removed stops nothing: only what would stop every file does.
struct LeftoversErrand: Errand {
    private enum Stage { case start, facts, listing, removing }

    private let remote: RemoteFolder
    private var stage = Stage.start

    init(remote: RemoteFolder) { self.remote = remote }

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        guard let reply else {
            stage = remote.isSSH ? .listing : .facts
            return .ask(remote.isSSH ? remote.list() : remote.listFacts())
        }
        if let failure = reply.failure {
            switch failure.kind {
            // A folder that we may write in, and not read, is good enough.
            case .remoteFile where remote.isSSH && !failure.isMissing: break
            case .remoteFile where stage == .facts && failure.isRefusedList:
                stage = .listing
                return .ask(remote.listAll())
            case .remoteFile where failure.isRefusedList, .command, .tooLong: break
            default: return .end(remote.verdict(failure, "the folder", mayHaveArrived: false))
            }
            return .end(.acknowledged())
        }
        guard stage != .removing else { return .end(.acknowledged()) }
        let names = Leftover.stale(RemoteListing.files(reply.body, now: now), now: now)
        guard !names.isEmpty else { return .end(.acknowledged()) }
        stage = .removing
        return .ask(remote.remove(names.filter(RemoteFolder.isSafe), isNeeded: false))
    }
}

extension WireFailure {
    /// Whether FTP's server doesn't know this kind of list, or doesn't give it.
    fileprivate var isRefusedList: Bool { code == Int(CURLE_FTP_COULDNT_RETR_FILE.rawValue) }
}
