internal import CRename
internal import Glibc

/// A folder of this machine, or one that is mounted.
final class FolderPlace: RemotePlace {
    private let url: EndpointURL
    /// With a slash at its end.
    private let folder: String

    init(_ terms: FetchTerms, workspace: String) {
        url = terms.from.rooted(in: workspace)
        folder = url.filePath
    }

    private func trouble(_ path: String, _ code: Int32) -> FetchTrouble {
        FetchTrouble("\(path): \(String(cString: strerror(code)))", endsJob: path == folder)
    }

    func list(where isWanted: (String) -> Bool) throws(FetchTrouble) -> [RemoteItem] {
        guard let directory = opendir(folder) else { throw trouble(folder, errno) }
        defer { closedir(directory) }
        var items: [RemoteItem] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard isWanted(name), let item = look(name) else { continue }
            items.append(item)
        }
        return items
    }

    /// Nil for what is no file, or gone.
    private func look(_ name: String) -> RemoteItem? {
        var status = stat()
        guard lstat(folder + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        let (seconds, part) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
        return RemoteItem(
            name: name, bytes: Int(status.st_size), modifiedAt: seconds,
            version: "\(status.st_size)-\(seconds).\(part)-\(status.st_ino)")
    }

    func download(_ item: RemoteItem, to sink: Request.Sink) -> Request {
        var request = Request(.get, url.appending(item.name))
        request.sink = sink
        request.patience.totalSeconds = nil
        return request
    }

    func objection(to item: RemoteItem, _ reply: Reply) -> FetchTrouble? {
        reply.failure.map { FetchTrouble($0.text) }
    }

    func isUnchanged(_ item: RemoteItem) -> Bool { look(item.name) == item }

    func remove(_ item: RemoteItem) throws(FetchTrouble) {
        guard isUnchanged(item) else { return }
        guard unlink(folder + item.name) == 0 || errno == ENOENT else {
            throw trouble(folder + item.name, errno)
        }
    }

    func move(_ item: RemoteItem, to target: String) throws(FetchTrouble) {
        let path = (target.hasPrefix("/") ? target : folder + target) + item.name
        guard isUnchanged(item) else { return }
        guard rename_new(folder + item.name, path) == 0 else { throw trouble(path, errno) }
    }
}
