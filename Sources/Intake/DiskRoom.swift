internal import Foundation

/// What is free on the file systems that a night writes to.
package enum DiskRoom {
    /// A night needs so many times the size of its files: for the store and its log, the archive, and what is sorted.
    package static let times = 4

    /// Free bytes where a path is; nil where nobody says.
    package static func free(_ path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(
                by: UInt64(status.f_frsize)
            ).partialValue)
    }
}
