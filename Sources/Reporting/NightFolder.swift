internal import CRename
internal import Foundation
internal import Loyalty

/// The folder of one night's reports, and the one beside it in which they are made.
struct NightFolder {
    private let parent: String
    /// `<reports>/<night>`.
    let path: String
    /// `<reports>/.<night>.new`: while reports are written, and what a killed run leaves behind.
    let newPath: String

    init(reports parent: String, night: CivilDate) {
        self.parent = parent
        path = "\(parent)/\(night)"
        newPath = "\(parent)/.\(night).new"
    }

    /// Makes the new folder, empty, and whatever is missing above it.
    ///
    /// Modes are what the umask leaves.
    func begin() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw ReportingError(parent, "can't be made", error)
        }
        try removeNew()
        guard mkdir(newPath, 0o777) == 0 else { throw ReportingError(newPath, "can't be made") }
    }

    /// Removes what stands under the new folder's name, if anything does.
    func removeNew() throws { try remove(newPath) }

    /// Puts the new folder, whose files are synced, into the night's place.
    func publish() throws -> Publication.Outcome {
        try sync(newPath)
        guard exists(path) else {
            try rename()
            try sync(parent)
            return .created
        }
        if try isSame(newPath, path) {
            try removeNew()
            return .same
        }
        if rename_exchange(newPath, path) != 0 {
            // Some file systems can't exchange; reports can be made again, so a gap does no harm.
            guard errno == EINVAL || errno == ENOSYS else {
                throw ReportingError(path, "can't be exchanged")
            }
            try remove(path)
            try rename()
        }
        // The old one goes when the new one is safe.
        try sync(parent)
        try removeNew()
        return .replaced
    }

    private func rename() throws {
        guard Foundation.rename(newPath, path) == 0 else {
            throw ReportingError(path, "can't be made")
        }
    }

    private func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    private func remove(_ path: String) throws {
        guard exists(path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw ReportingError(path, "can't be removed", error)
        }
    }

    private func sync(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ReportingError(folder, "can't be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw ReportingError(folder, "can't be synced") }
    }

    // MARK: Comparing

    /// Whether both folders hold plain files of the same names and bytes, and nothing else.
    private func isSame(_ left: String, _ right: String) throws -> Bool {
        guard let names = files(left), names == files(right) else { return false }
        for name in names.keys.sorted() where try !isSameFile("\(left)/\(name)", "\(right)/\(name)")
        {
            return false
        }
        return true
    }

    /// The files of a folder and their sizes; nil where it is none, or holds anything but files.
    private func files(_ folder: String) -> [String: Int]? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            return nil
        }
        var files: [String: Int] = [:]
        for name in names {
            var status = stat()
            guard lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { return nil }
            files[name] = Int(status.st_size)
        }
        return files
    }

    private func isSameFile(_ left: String, _ right: String) throws -> Bool {
        let files = try [left, right].map { path in
            guard let handle = FileHandle(forReadingAtPath: path) else {
                throw ReportingError(path, "can't be read")
            }
            return handle
        }
        while true {
            let blocks = try files.map { try $0.read(upToCount: 1 << 18) ?? Data() }
            guard blocks[0] == blocks[1] else { return false }
            if blocks[0].isEmpty { return true }
        }
    }
}
