internal import Foundation

/// A file that nobody else can find: it is gone when its process ends, however that ends.
final class NamelessFile {
    private let descriptor: Int32
    private let folder: String
    private(set) var count = 0

    /// - Throws: `StorageError` where the folder can't be written.
    init(in folder: String) throws {
        self.folder = folder
        let made = open(folder, NamelessFile.nameless | O_RDWR | O_CLOEXEC, 0o600)
        descriptor = made >= 0 ? made : NamelessFile.unlinked(in: folder)
        guard descriptor >= 0 else { throw NamelessFile.failure(folder) }
    }

    /// Linux's O_TMPFILE: never has a name, so that no kill leaves one behind.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    /// Where the file system can't do that: a file whose name is taken away at once.
    private static func unlinked(in folder: String) -> Int32 {
        var template = Array((folder + "/.nightjar-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        if descriptor >= 0 { unlink(template) }
        return descriptor
    }

    deinit { close(descriptor) }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var bytes = bytes
        while !bytes.isEmpty {
            let written = pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(count))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw failure(toWrite: bytes.count) }
            count += written
            bytes = UnsafeRawBufferPointer(rebasing: bytes[written...])
        }
    }

    func read(into target: UnsafeMutableRawPointer, _ count: Int, at offset: Int) throws {
        var done = 0
        while done < count {
            let got = pread(descriptor, target + done, count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw NamelessFile.failure(folder) }
            done += got
        }
    }

    /// What more is needed than these bytes nobody knows yet: it is less than the night's files came to.
    private func failure(toWrite more: Int) -> StorageError {
        let done =
            "\(count) bytes of what is sorted here are written, and there is no room for \(more) more"
        switch errno {
        case ENOSPC, EDQUOT:
            return .temporary(
                path: folder,
                reason: "the disk is full: \(done); free four times the size of the night's files")
        case EFBIG:
            return .temporary(
                path: folder,
                reason:
                    "no file may be larger: \(done); raise the limit (ulimit -f) to four times the size of "
                    + "the night's files")
        default: return NamelessFile.failure(folder)
        }
    }

    private static func failure(_ folder: String) -> StorageError {
        errno == ENOSPC || errno == EDQUOT
            ? .temporary(path: folder, reason: "the disk is full; free some space")
            : .failed(
                path: folder, reason: "no temporary file: " + String(cString: strerror(errno)),
                sql: nil)
    }
}
