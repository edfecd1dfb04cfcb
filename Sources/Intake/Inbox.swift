internal import CCrypto
internal import Foundation
package import Loyalty

/// A finished file in the inbox, or one that an earlier run claimed.
package struct InboxFile: Hashable, Sendable {
    /// Relative to the inbox.
    package var path: String
    /// Where its bytes are.
    package var location: String
    package var bytes: Int
    /// Seconds since 1970.
    package var modifiedAt: Int
    /// What showed that it is finished: a word of `Evidence`, or `none`.
    package var evidence: String
    package var isClaimed: Bool
    /// Where its manifest is.
    package var manifest: String?
    /// Whether another name leads to the same bytes: who has it can still write to them.
    package var isLinked = false
}

extension InboxFile {
    /// A file that is only looked at, where it is.
    package init(checking path: String) {
        self.init(
            path: path, location: path, bytes: 0, modifiedAt: 0, evidence: "none", isClaimed: false)
        let manifest = path + Manifest.ending
        if access(manifest, F_OK) == 0 { self.manifest = manifest }
    }
}

/// Something in the inbox that is no file.
package struct InboxOddity: Hashable, Sendable {
    package var path: String
    package var kind: String
}

/// The folder that tills and shops drop files in, and the ones beside it that files move through.
package struct Inbox {
    private let inbox: String
    private let claimed: String
    private let archive: String
    private let quarantine: String

    /// The inbox of a workspace; `folder` stands for `WORKSPACE/inbox`.
    package init(workspace: String, folder: String? = nil) {
        inbox = folder ?? workspace + "/inbox"
        claimed = workspace + "/claimed"
        archive = workspace + "/archive"
        quarantine = workspace + "/quarantine"
    }

    // MARK: Looking

    private struct Entry {
        var path: String
        var status: stat
        /// Whether the name is text: one that isn't can't be asked for.
        var isNamed = true
    }

    /// Files that stay in the inbox because nobody takes their names, by path.
    ///
    /// - Throws: where the inbox is missing or can't be read.
    package func strangers(isTaken: (String) -> Bool) throws -> [String] {
        guard access(inbox, R_OK | X_OK) == 0 else {
            throw IntakeError.folder(inbox, String(cString: strerror(errno)))
        }
        return try Inbox.entries(inbox).filter {
            $0.status.st_mode & S_IFMT != S_IFDIR && !Inbox.isUnfinished($0.path)
                && !isTaken($0.path)
        }.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Files whose names say that somebody still writes them, and what announces one that has not come, by path.
    package func partial() throws -> [String] {
        let names = Set(try Inbox.entries(inbox).map(\.path))
        return names.filter { path in
            guard let ending = [".done", Manifest.ending].first(where: path.hasSuffix) else {
                return Inbox.isUnfinished(path)
            }
            return !names.contains(String(path.dropLast(ending.count)))
        }.sorted()
    }

    /// Finished files of the inbox, by path, with those that this night has claimed already.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970, for the quiet time.
    ///   - settling: how to tell that a file is finished, by path; nil where nobody takes it.
    package func finished(
        night: CivilDate, now: Int, settling: (String) -> Settling?
    ) throws -> (files: [InboxFile], oddities: [InboxOddity]) {
        var files: [InboxFile] = []
        var oddities: [InboxOddity] = []
        let all = try Inbox.entries(inbox)
        let names = Set(all.map(\.path))
        // Markers and manifests stay until their file has been finished: a run that was broken off
        // claimed by them.
        func look(_ entry: Entry, in folder: String, _ settling: Settling) -> Evidence? {
            evidence(of: entry, in: folder, beside: names, now: now, settling)
        }
        let own = claimed + "/\(night)"
        for entry in try Inbox.entries(own) where Inbox.isRegular(entry) {
            let evidence = settling(entry.path).flatMap { look(entry, in: own, $0) } ?? .quiet
            files.append(file(entry, in: own, evidence: evidence, isClaimed: true))
        }
        var markers: Set<String> = []
        for path in names {
            guard let marker = settling(path)?.layout.marker?.path(of: path), marker != path else {
                continue
            }
            markers.insert(marker)
        }
        // A name that is claimed already waits: the claimed file must not be written over.
        let taken = Set(files.map(\.path))
        for entry in all where !Inbox.isUnfinished(entry.path) && !taken.contains(entry.path) {
            guard let settling = settling(entry.path), !markers.contains(entry.path),
                !(settling.layout.marker?.matches(entry.path) ?? false)
            else { continue }
            guard Inbox.isRegular(entry) else {
                oddities.append(InboxOddity(path: entry.path, kind: Inbox.kind(entry)))
                continue
            }
            guard let evidence = look(entry, in: inbox, settling) else { continue }
            files.append(file(entry, in: inbox, evidence: evidence, isClaimed: false))
        }
        files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        return (files, oddities)
    }

    private func file(
        _ entry: Entry, in folder: String, evidence: Evidence, isClaimed: Bool
    ) -> InboxFile {
        InboxFile(
            path: entry.path, location: folder + "/" + entry.path, bytes: Int(entry.status.st_size),
            modifiedAt: entry.status.st_mtim.tv_sec, evidence: evidence.rawValue,
            isClaimed: isClaimed,
            manifest: evidence == .manifest ? inbox + "/" + entry.path + Manifest.ending : nil,
            isLinked: entry.status.st_nlink > 1)
    }

    /// The strongest that shows that a file is finished; nil where nothing does, or not enough.
    private func evidence(
        of entry: Entry, in folder: String, beside names: Set<String>, now: Int,
        _ settling: Settling
    ) -> Evidence? {
        func isQuiet(_ status: stat) -> Bool {
            now - max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) >= settling.quietSeconds
        }
        let path = entry.path
        let layout = settling.layout
        if names.contains(path + Manifest.ending) {
            let manifest = inbox + "/" + path + Manifest.ending
            var status = stat()
            guard lstat(manifest, &status) == 0 else { return nil }
            // One that can't be read is still written, or wrong, which shows when the file is read. So
            // is a file that is still shorter than its manifest says.
            guard let known = try? Manifest(path: manifest) else {
                return isQuiet(status) ? .manifest : nil
            }
            let isWhole = Int(entry.status.st_size) >= known.bytes ?? 0
            return isWhole || isQuiet(entry.status) ? .manifest : nil
        }
        var found: Evidence?
        var isCorrected = false
        if names.contains(MarkerName.done.path(of: path))
            || layout.marker.map({ names.contains($0.path(of: path)) }) ?? false
        {
            found = .marker
        } else if let trailer = layout.trailer {
            switch TrailerLook(folder + "/" + path, trailer, settling) {
            case .ended: found = .trailer
            case .corrected: isCorrected = true
            case .open: break
            }
        }
        guard let found = found ?? (isQuiet(entry.status) ? .quiet : nil) else { return nil }
        guard let required = settling.required else { return found }
        // Corrected rejects have no trailer.
        return found.suffices(for: required) || (isCorrected && required == .trailer) ? found : nil
    }

    /// Names of files that somebody still writes, and of the markers and manifests beside them.
    private static func isUnfinished(_ path: String) -> Bool {
        let endings = [".tmp", ".part", ".filepart", ".swp", ".done", Manifest.ending, "~"]
        return endings.contains { path.hasSuffix($0) }
    }

    private static func isRegular(_ entry: Entry) -> Bool {
        entry.isNamed && entry.status.st_mode & S_IFMT == S_IFREG
    }

    private static func isFolder(_ entry: Entry) -> Bool {
        entry.status.st_mode & S_IFMT == S_IFDIR
    }

    private static func kind(_ entry: Entry) -> String {
        guard entry.isNamed else { return "a name that is not UTF-8" }
        return switch entry.status.st_mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFLNK: "a symbolic link"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }

    /// Everything below a folder that is not hidden, folders included; links are not followed.
    private static func entries(_ folder: String, below prefix: String = "") throws -> [Entry] {
        guard let directory = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw IntakeError.folder(folder, String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var all: [Entry] = []
        while let item = readdir(directory) {
            let name = withUnsafePointer(to: &item.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            var status = stat()
            let path = prefix + name
            guard lstat(folder + "/" + name, &status) == 0 else {
                // Gone since, or its name was no UTF-8 and has been repaired.
                if name.unicodeScalars.contains("\u{FFFD}") {
                    all.append(Entry(path: path, status: status, isNamed: false))
                }
                continue
            }
            all.append(Entry(path: path, status: status))
            if status.st_mode & S_IFMT == S_IFDIR {
                all += try entries(folder + "/" + name, below: path + "/")
            }
        }
        return all
    }

    // MARK: Moving

    /// Moves a file out of the inbox, so that nobody writes to it while it is read.
    package func claim(_ file: InboxFile, night: CivilDate) throws -> InboxFile {
        guard !file.isClaimed else { return file }
        var file = file
        let target = claimed + "/\(night)/" + file.path
        try Inbox.move(file.location, to: target) { IntakeError.claim(file.path, $0) }
        file.location = target
        file.isClaimed = true
        return file
    }

    /// Gives a claimed file back to the inbox.
    package func putBack(_ file: InboxFile) throws {
        guard file.isClaimed else { return }
        try Inbox.move(file.location, to: inbox + "/" + file.path) {
            IntakeError.claim(file.path, $0)
        }
    }

    /// Moves a file that a committed night took out of the way; one that is gone has been moved before.
    ///
    /// - Parameters:
    ///   - marker: the name of its layout's marker.
    ///   - names: those of all the night's files; one that is there packed already keeps its place in the
    ///     archive.
    package func finish(
        _ path: String, night: CivilDate, refusal: String?, marker: MarkerName?,
        beside names: Set<String> = []
    ) throws {
        let source = claimed + "/\(night)/" + path
        guard access(source, F_OK) == 0 else { return }
        let folder = (refusal == nil ? archive : quarantine) + "/\(night)/"
        if let refusal {
            try Inbox.makeFolder(of: folder + path)
            try Inbox.write(refusal + "\n", to: folder + Inbox.reasonPath(of: path))
        }
        let isPackable =
            !names.contains(path + Archive.ending)
            && Inbox.name(of: path).utf8.count + Archive.ending.utf8.count <= 255
        if refusal == nil, isPackable {
            try Archive.pack(source, to: folder + path)
        } else {
            try Inbox.move(source, to: folder + path) { IntakeError.claim(path, $0) }
        }
        if access(inbox + "/" + path + Manifest.ending, F_OK) == 0,
            Inbox.name(of: path + Manifest.ending).utf8.count <= 255
        {
            try Inbox.move(
                inbox + "/" + path + Manifest.ending, to: folder + path + Manifest.ending
            ) { IntakeError.claim(path + Manifest.ending, $0) }
        }
        removeMarkers(of: path, marker)
    }

    private func removeMarkers(of path: String, _ marker: MarkerName?) {
        for name in [MarkerName.done, marker].compactMap(\.self) {
            unlink(inbox + "/" + name.path(of: path))
        }
    }

    private static func name(of path: String) -> Substring { path.split(separator: "/").last ?? "" }

    /// The path of the text beside a refused file; names have 255 bytes at most.
    private static func reasonPath(of path: String) -> String {
        let ending = ".reason.txt"
        let name = name(of: path)
        guard name.utf8.count + ending.utf8.count > 255 else { return path + ending }
        var shorter = name
        while shorter.utf8.count + ending.utf8.count > 255 { shorter.removeLast() }
        return path.dropLast(name.count) + shorter + ending
    }

    /// Writes a small file whole or not at all.
    private static func write(_ text: String, to path: String) throws {
        let temporary = URL(filePath: path).deletingLastPathComponent().path + "/.reason.new"
        do {
            try Data(text.utf8).write(to: URL(filePath: temporary))
        } catch let error as CocoaError {
            throw IntakeError.rejects(path, error.localizedDescription)
        }
        guard rename(temporary, path) == 0 else {
            throw IntakeError.rejects(path, String(cString: strerror(errno)))
        }
    }

    /// Removes a file that its job says not to keep.
    package func delete(_ path: String, night: CivilDate, marker: MarkerName?) {
        unlink(claimed + "/\(night)/" + path)
        unlink(inbox + "/" + path + Manifest.ending)
        removeMarkers(of: path, marker)
    }

    /// Removes the folders that a night claimed files into, where nothing is left in them.
    package func tidy(night: CivilDate) throws {
        let own = claimed + "/\(night)"
        // What lies deeper comes later.
        for entry in try Inbox.entries(own).reversed() where Inbox.isFolder(entry) {
            rmdir(own + "/" + entry.path)
        }
        rmdir(own)
    }

    static func makeFolder(of path: String) throws {
        do {
            try FileManager.default.createDirectory(
                at: URL(filePath: path).deletingLastPathComponent(),
                withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch let error as CocoaError {
            throw IntakeError.rejects(path, error.localizedDescription)
        }
    }

    private static func move(
        _ source: String, to target: String, failure: (String) -> IntakeError
    ) throws {
        try makeFolder(of: target)
        guard rename(source, target) == 0 else { throw failure(String(cString: strerror(errno))) }
    }
}

/// What the world refuses to the intake.
package enum IntakeError: Error, CustomStringConvertible {
    case folder(String, String)
    case claim(String, String)
    case rejects(String, String)
    case archive(String, String)
    case erasure(String, String)

    package var description: String {
        switch self {
        case .folder(let path, let reason): "\(path): can't be read: \(reason)"
        case .claim(let path, let reason):
            "\(path): can't be moved out of the inbox: \(reason). nightjar moves what it reads: let it "
                + "write to the inbox (on the workspace's own file system), or say after_ingest: keep"
        case .rejects(let path, let reason): "\(path): can't be written: \(reason)"
        case .archive(let path, let reason): "\(path): can't be archived: \(reason)"
        case .erasure(let path, let reason): "\(path): lines can't be taken out of it: \(reason)"
        }
    }
}
