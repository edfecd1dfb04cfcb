internal import Foundation
internal import Settings

/// What settings say of an endpoint of kind file.
package struct FileTerms: Hashable, Sendable {
    static let keys = FileForm.keys

    package var file: FileForm

    init?(_ map: SettingsMap) {
        let before = map.reader.errors.count
        file = FileForm(map)
        if let text = map.node("url")?.text, let url = try? EndpointURL(text, schemes: ["file"]),
            url.folder == nil || !url.query.isEmpty
        {
            map.reader.fail(
                "'url' needs the path of a folder, in UTF-8, percent-encoded (? is %3F)",
                at: map.location(of: "url"))
        }
        guard map.reader.errors.count == before else { return nil }
    }
}

/// Puts files in a folder of this machine, or one that is mounted here.
final class FileEndpoint: Endpoint {
    private let target: String
    /// Whether the folder is one of the workspace: it is made where it is missing.
    private let isOurs: Bool
    private let folder: String
    private let doneMarker: Bool

    init(
        _ terms: EndpointTerms, _ details: FileTerms, folder: String
    ) {
        let path = terms.url.folder ?? terms.url.path
        isOurs = !path.hasPrefix("/")
        target = isOurs ? "\(folder)/\(path)" : path
        self.folder = folder
        doneMarker = details.file.doneMarker
    }

    func capacity(of kind: String) -> Int { 1 }

    func errand(for parcel: Parcel) -> any Errand {
        if isOurs {
            try? FileManager.default.createDirectory(
                atPath: target, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        return FileErrand(parcel: parcel, folder: folder, target: target, doneMarker: doneMarker)
    }
}

/// The way of one file into a folder, in one step: copied under a temporary name and synced, then named, then marked.
private struct FileErrand: Errand {
    let parcel: Parcel
    let folder: String
    let target: String
    let doneMarker: Bool

    mutating func next(_ reply: Reply?, now: Int) -> Step {
        guard let file = parcel.rows.first.flatMap({ OutgoingFile(payload: $0.payload) }),
            RemoteFolder.isSafe(file.name)
        else { return .end(.refused("the row names no file that can be sent")) }
        do throws(FolderProblem) {
            try deliver(file)
            return .end(.acknowledged())
        } catch {
            return .end(error.verdict)
        }
    }

    private func deliver(_ file: OutgoingFile) throws(FolderProblem) {
        let final = target + file.name
        let temporary = target + Leftover.name(of: file.name, key: parcel.key)
        let opened = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw FolderProblem(target, errno, isFolder: true) }
        defer { close(opened) }
        if access(final, F_OK) == 0 {
            guard try digest(final, to: nil) == file.sha256 else {
                throw FolderProblem(taken: file.name)
            }
        } else {
            let source = folder + "/" + file.file
            if let reason = file.reasonNotToSend(source) { throw .refused(reason) }
            do throws(FolderProblem) {
                guard try digest(source, to: temporary) == file.sha256 else {
                    throw .refused(
                        "\(source): is not what was written; put it back, then: nightjar deliver --retry"
                    )
                }
                try name(temporary, final, file.name)
            } catch {
                unlink(temporary)
                throw error
            }
        }
        // Left where the link was made and the process killed.
        unlink(temporary)
        try sync(opened, target, mayHaveArrived: true)
        guard doneMarker else { return }
        let marker = open(final + ".done", O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard marker >= 0 else { throw FolderProblem(final + ".done", errno, mayHaveArrived: true) }
        defer { close(marker) }
        try sync(marker, final + ".done", mayHaveArrived: true)
        try sync(opened, target, mayHaveArrived: true)
    }

    /// Gives a whole file its name, never in the place of another.
    private func name(
        _ temporary: String, _ final: String, _ name: String
    ) throws(FolderProblem) {
        guard link(temporary, final) != 0 else { return }
        if errno == EEXIST { throw FolderProblem(taken: name) }
        // A share that knows no links: nobody else writes this name, so looking before renaming is enough.
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno), access(final, F_OK) != 0,
            rename(temporary, final) == 0
        else { throw FolderProblem(final, errno) }
    }

    /// SHA-256 of a file, in hexadecimal, and its copy, synced.
    private func digest(_ path: String, to copy: String?) throws(FolderProblem) -> String {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw FolderProblem(path, errno) }
        defer { close(source) }
        var target: Int32 = -1
        if let copy {
            target = open(copy, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
            guard target >= 0 else { throw FolderProblem(copy, errno, isFolder: true) }
        }
        defer { if target >= 0 { close(target) } }
        var sum = SHA256Sum()
        let size = 1 << 20
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4_096)
        defer { buffer.deallocate() }
        while true {
            let count = read(source, buffer, size)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FolderProblem(path, errno) }
            if count == 0 { break }
            sum.add(UnsafeRawBufferPointer(start: buffer, count: count))
            var done = 0
            while let copy, done < count {
                let written = write(target, buffer + done, count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw FolderProblem(copy, errno) }
                done += written
            }
        }
        if let copy { try sync(target, copy, mayHaveArrived: false) }
        return sum.digest.hex
    }

    private func sync(
        _ file: Int32, _ path: String, mayHaveArrived: Bool
    ) throws(FolderProblem) {
        // Some shares can't sync a folder, and say so.
        guard fsync(file) == 0 || errno == EINVAL else {
            throw FolderProblem(path, errno, mayHaveArrived: mayHaveArrived)
        }
    }
}

/// What stands in the way of a file into a folder.
private enum FolderProblem: Error {
    case trouble(Trouble)
    /// No file will get there before a person has looked.
    case halted(Trouble)
    case refused(String)

    init(_ path: String, _ error: Int32, isFolder: Bool = false, mayHaveArrived: Bool = false) {
        let text = "\(path): \(String(cString: strerror(error)))"
        func trouble(_ advice: String) -> Trouble {
            Trouble(text + advice, mayHaveArrived: mayHaveArrived)
        }
        switch error {
        case ENOENT where isFolder:
            self = .halted(
                trouble("; folders are not made: is it mounted? make it, or correct 'url'"))
        case EACCES, EPERM, EROFS: self = .halted(trouble("; check what our user may do there"))
        case ENOTDIR, ELOOP, ENAMETOOLONG: self = .halted(trouble("; correct 'url'"))
        case ENOSPC, EDQUOT, EFBIG: self = .trouble(trouble("; make room there"))
        default: self = .trouble(trouble(""))
        }
    }

    init(taken name: String) {
        self = .refused(
            "another file named '\(name)' is there already: look at what it is, and move it away")
    }

    var verdict: Verdict {
        switch self {
        case .trouble(let trouble): .later(trouble)
        case .halted(let trouble): .halted(trouble)
        case .refused(let reason): .refused(reason)
        }
    }
}

extension EndpointURL {
    /// The folder that a file URL names, with a slash at its end; nil where its path is not UTF-8.
    fileprivate var folder: String? {
        path.removingPercentEncoding.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
    }
}
