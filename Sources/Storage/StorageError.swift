internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// What the store refuses.
///
/// Failures of the world, not of the data.
package enum StorageError: Error, CustomStringConvertible {
    case newerSchema(path: String)
    /// To be read only, and no run has brought it up to this program's schema yet.
    case olderSchema(path: String)
    case closed(path: String)
    /// Another process holds the store, or the disk is full: worth another try.
    case temporary(path: String, reason: String)
    case failed(path: String, reason: String, sql: String?)

    /// - Parameter handle: the connection that gave the error, where there is one: it knows what the system said.
    init(_ error: DatabaseError, path: String, handle: OpaquePointer? = nil) {
        self.init(
            code: error.resultCode.rawValue, message: error.message ?? "\(error)", sql: error.sql,
            path: path, handle: handle)
    }

    init(code: Int32, message: String, sql: String?, path: String, handle: OpaquePointer?) {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            self = .temporary(path: path, reason: "it is in use by another process")
        case SQLITE_FULL: self = .temporary(path: path, reason: StorageError.diskIsFull)
        case SQLITE_IOERR:
            // SQLite tells a full disk by itself, and nothing else that only lacks room; what the system said it
            // knows of most statements, but of no commit.
            switch handle.map(sqlite3_system_errno) {
            case EDQUOT: self = .temporary(path: path, reason: StorageError.diskIsFull)
            case let error where error == EFBIG || StorageError.isAtLimit(path):
                self = .temporary(path: path, reason: StorageError.fileIsTooLarge)
            default: self = .failed(path: path, reason: message, sql: sql)
            }
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            let advice = "; put the last good copy of it in its place"
            self = .failed(path: path, reason: message + advice, sql: nil)
        default: self = .failed(path: path, reason: message, sql: sql)
        }
    }

    /// Whether the store or its log is as large as this process may make a file.
    private static func isAtLimit(_ path: String) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
            return false
        }
        return [path, path + "-wal"].contains { file in
            var status = stat()
            // Less than a page of the log, with what stands before it, is left.
            return stat(file, &status) == 0 && UInt64(status.st_size) + (1 << 17) > limit.rlim_cur
        }
    }

    private static let diskIsFull = "the disk is full; free some space"
    private static let fileIsTooLarge =
        "no file may be larger, and the store or its log must be; raise the limit (ulimit -f) to the size of "
        + "the store and four times that of the night's files"

    /// Whether it helps to do the same again later.
    package var isTemporary: Bool {
        switch self {
        case .temporary, .olderSchema: true
        case .newerSchema, .closed, .failed: false
        }
    }

    package var description: String {
        switch self {
        case .newerSchema(let path):
            "\(path): the store was written by a newer nightjar; run that one"
        case .olderSchema(let path):
            "\(path): the store is of an older version; 'nightjar run' brings it up to date"
        case .closed(let path): "\(path): the store can't be opened"
        case .temporary(let path, let reason): "\(path): \(reason); then run again"
        case .failed(let path, let reason, let sql):
            "\(path): \(reason)" + (sql.map { " (in: \($0.prefix(200)))" } ?? "")
        }
    }
}
