internal import CRename
internal import Glibc
internal import Storage

/// The inbox, as files that are fetched come into it.
struct Landing {
    let job: String
    let inbox: String
    let store: Store

    /// A file that is here whole, under its hidden name.
    struct Arrival {
        var item: RemoteItem
        var row: FetchedFiles.Row
        var part: String
    }

    /// Why nothing can be fetched into an inbox.
    private func failure(_ path: String) -> WireFailure {
        WireFailure(
            .ownFile, code: Int(errno), "\(path): \(String(cString: strerror(errno)))")
    }

    // MARK: Hidden names

    private var prefix: String { ".fetch-\(SHA256Sum.of(job).hex.prefix(8))-" }

    /// Where a version of a file comes, until it is whole: another version never goes on where this one broke off.
    func part(_ item: RemoteItem, _ path: String) -> String { part(path, item.version) }

    private func part(_ path: String, _ version: String) -> String {
        inbox + "/" + prefix + SHA256Sum.of("\(path)\n\(version)").hex.prefix(24) + ".part"
    }

    /// Bytes of a file; 0 where there is none.
    func bytes(of path: String) -> Int {
        var status = stat()
        return lstat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    func drop(_ part: String) { unlink(part) }

    /// Removes what is left of files that are not there any more, or changed.
    func removeStale(keeping: [String]) throws {
        var kept = Set(keeping)
        for row in try unsettled() { kept.insert(part(row.path, row.version)) }
        guard let directory = opendir(inbox) else { throw failure(inbox) }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let path = inbox + "/" + name
            if name.hasPrefix(prefix), !kept.contains(path) { unlink(path) }
        }
    }

    private func unsettled() throws -> [FetchedFiles.Row] {
        try store.read { try FetchedFiles($0, job: job).unsettled() }
    }

    // MARK: Taking over

    /// Hashes and syncs a file that has come; nil for one without a version whose bytes came before.
    func arrival(
        _ item: RemoteItem, path: String, part: String, bytes: Int
    ) throws -> Arrival? {
        var sum = SHA256Sum()
        try SHA256Sum.read(part, from: 0, count: bytes) { sum.add($0) }
        let sha256 = sum.digest
        let descriptor = open(part, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            if descriptor >= 0 { close(descriptor) }
            throw failure(part)
        }
        close(descriptor)
        // Bytes of a file of another name may be the same by chance: what becomes of those the night says.
        let isKnown = try store.read {
            try FetchedFiles($0, job: job).knows(path, sha256: sha256)
        }
        var (item, kept) = (item, part)
        if item.version.isEmpty {
            guard !isKnown else {
                drop(part)
                return nil
            }
            item.version = "sha256:" + sha256.hex
            kept = self.part(item, path)
            guard rename(part, kept) == 0 else { throw failure(kept) }
        }
        let row = FetchedFiles.Row(
            path: path, version: item.version, sha256: sha256, bytes: bytes,
            local: isKnown ? "" : item.name)
        return Arrival(item: item, row: row, part: kept)
    }

    /// Says that files are here, and gives them their names.
    func take(_ arrivals: [Arrival], at now: Int, _ troubles: inout [String]) throws {
        guard sync(inbox) else { throw failure(inbox) }
        try store.write { connection in
            let files = FetchedFiles(connection, job: job)
            for arrival in arrivals { try files.add(arrival.row, at: now) }
        }
        try name(arrivals.map { ($0.row.local, $0.part) }, &troubles)
    }

    /// Gives names to what an earlier run brought here and had no time to name.
    func finish(_ troubles: inout [String]) throws {
        // A file before what lies beside it: shorter names come first.
        let rows = try unsettled().sorted { $0.local.utf8.count < $1.local.utf8.count }
        try name(rows.map { ($0.local, part($0.path, $0.version)) }, &troubles)
    }

    /// Whether a file still waits for its name.
    func waits(_ item: RemoteItem, _ path: String) -> Bool { exists(part(item, path)) }

    private func name(_ files: [(name: String, part: String)], _ troubles: inout [String]) throws {
        var waiting: Set<String> = []
        for (name, part) in files where exists(part) {
            guard !name.isEmpty else {
                unlink(part)
                continue
            }
            // It would say of the other file of that name that it is finished.
            if let file = RemoteGroup.stem(name), waiting.contains(file) { continue }
            if rename_new(part, inbox + "/" + name) == 0 { continue }
            guard errno == EEXIST else { throw failure(inbox + "/" + name) }
            waiting.insert(name)
            troubles.append(
                "\(name): the inbox has another file of that name; this one waits until that is taken"
            )
        }
        for (name, part) in files where !name.isEmpty && !exists(part) { mark(name) }
        guard sync(inbox) else { throw failure(inbox) }
    }

    /// Says by a marker that a file is finished, where nothing else that came with it does: the night need not wait for its
    /// quiet time.
    private func mark(_ name: String) {
        let path = inbox + "/" + name
        let beside = RemoteGroup.endings.map { path + $0 }
        guard exists(path), !RemoteGroup.endings.contains(where: { name.hasSuffix($0) }),
            !beside.contains(where: { exists($0) })
        else { return }
        // Without it the night waits a little longer: no more than that.
        let descriptor = open(
            path + RemoteGroup.marker, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Waits until the disk has the names of a folder.
    private func sync(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }
}
