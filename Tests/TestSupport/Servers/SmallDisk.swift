internal import Foundation

/// A folder on a disk of its own that is soon full: mounted in memory, which only root may do.
package final class SmallDisk {
    private let path: String

    /// Whether one can be had here.
    package static var isPossible: Bool { geteuid() == 0 }

    /// - Parameter path: a folder, which is made.
    package init(_ path: String, kibibytes: Int) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        try ServerProcess.run(
            "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", path],
            package: "mount")
        self.path = path
    }

    /// Takes it away, even from a server that is still in it.
    package func unmount() {
        _ = try? ServerProcess.run("/usr/bin/umount", ["-l", path], package: "mount")
    }

    deinit { unmount() }
}
