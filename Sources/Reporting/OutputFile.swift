internal import CCrypto
internal import Foundation

/// A new file, written from front to back.
final class OutputFile {
    private let path: String
    private let descriptor: Int32
    /// Bytes written so far.
    private(set) var bytes = 0
    private let digest = EVP_MD_CTX_new()

    /// Makes the file; there must be none of its name.
    ///
    /// Its mode is what the umask leaves.
    init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw ReportingError(path, "can't be made") }
        EVP_DigestInit_ex(digest, EVP_sha256(), nil)
    }

    deinit {
        close(descriptor)
        EVP_MD_CTX_free(digest)
    }

    func write(_ buffer: UnsafeRawBufferPointer) throws {
        EVP_DigestUpdate(digest, buffer.baseAddress, buffer.count)
        var rest = buffer
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ReportingError(path, "can't be written") }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            bytes += count
        }
    }

    /// Fills a buffer with what was written from an offset on.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var rest = buffer
        var offset = offset
        while !rest.isEmpty {
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ReportingError(path, "can't be read back") }
            rest = UnsafeMutableRawBufferPointer(rebasing: rest[count...])
            offset += count
        }
    }

    /// The SHA-256 of all that was written; to be asked for once, at the end.
    func finishDigest() -> [UInt8] {
        var sha256 = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(digest, &sha256, nil)
        return sha256
    }

    /// Takes the name away; the bytes stay until the file is let go.
    func unlink() throws {
        guard Foundation.unlink(path) == 0 else { throw ReportingError(path, "can't be removed") }
    }

    /// Waits until the disk has it all.
    func sync() throws {
        guard fsync(descriptor) == 0 else { throw ReportingError(path, "can't be synced") }
    }
}
