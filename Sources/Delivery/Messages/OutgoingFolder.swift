internal import Foundation
internal import Loyalty

/// The folder `outgoing/` of a workspace: files for other systems, as they are sent.
///
/// What is in it may hold codes, which are money: nobody else may read it.
struct OutgoingFolder {
    private let workspace: String

    init(workspace: String) { self.workspace = workspace }

    /// Begins a file; one of its name, of a run that was killed before it committed, goes.
    func file(_ name: String, night: CivilDate, endpoint: String) throws -> OutgoingWriter {
        let folder = "outgoing/\(night)/\(endpoint)"
        do {
            try FileManager.default.createDirectory(
                atPath: "\(workspace)/\(folder)", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw OutgoingError("\(workspace)/\(folder)", "can't be made")
        }
        return try OutgoingWriter(workspace: workspace, folder: folder, name: name)
    }
}

/// Why a file for another system can't be written.
package struct OutgoingError: Error, CustomStringConvertible {
    package var text: String
    package var description: String { text }

    init(_ path: String, _ what: String) {
        let isFull = errno == ENOSPC || errno == EDQUOT
        text = "\(path): \(what): \(String(cString: strerror(errno)))"
        if isFull { text += "; free some space, then run again" }
    }
}

/// A file that comes into its place whole.
final class OutgoingWriter {
    private let workspace: String
    private let folder: String
    private let name: String
    private let descriptor: Int32
    private var sum = SHA256Sum()
    private var buffer: [UInt8] = []
    private var bytes = 0
    /// Records in it.
    var rows = 0

    private var path: String { "\(workspace)/\(folder)/\(name)" }
    private var newPath: String { "\(workspace)/\(folder)/.\(name).new" }

    fileprivate init(workspace: String, folder: String, name: String) throws {
        self.workspace = workspace
        self.folder = folder
        self.name = name
        let newPath = "\(workspace)/\(folder)/.\(name).new"
        unlink(newPath)
        descriptor = open(newPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw OutgoingError(newPath, "can't be made") }
    }

    deinit { close(descriptor) }

    /// Adds a record.
    func add(_ record: [UInt8]) throws {
        rows += 1
        try write(record)
    }

    func write(_ more: [UInt8]) throws {
        buffer.append(contentsOf: more)
        if buffer.count >= 1 << 18 { try flush() }
    }

    private func flush() throws {
        try buffer.withUnsafeBytes { all in
            sum.add(all)
            var rest = all
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw failed("can't be written") }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                bytes += count
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// A full disk is no place for half a file.
    private func failed(_ what: String) -> OutgoingError {
        let error = OutgoingError(newPath, what)
        unlink(newPath)
        return error
    }

    /// Takes back a file that nobody gets.
    func drop() throws {
        guard unlink(newPath) == 0 else { throw OutgoingError(newPath, "can't be removed") }
    }

    /// Puts the file into its place, on the disk for certain.
    func finish() throws -> OutgoingFile {
        try flush()
        guard fsync(descriptor) == 0 else { throw failed("can't be synced") }
        guard rename(newPath, path) == 0 else { throw failed("can't be renamed") }
        // A folder that was made a moment ago is an entry of another one.
        var above = folder
        while true {
            try OutgoingWriter.sync("\(workspace)/\(above)")
            guard let slash = above.lastIndex(of: "/") else { break }
            above = String(above[..<slash])
        }
        try OutgoingWriter.sync(workspace)
        return OutgoingFile(
            file: "\(folder)/\(name)", name: name, bytes: bytes, sha256: sum.digest.hex, rows: rows
        )
    }

    private static func sync(_ folder: String) throws {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw OutgoingError(folder, "can't be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw OutgoingError(folder, "can't be synced") }
    }
}
