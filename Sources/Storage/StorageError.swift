internal import GRDB

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

    init(_ error: DatabaseError, path: String) {
        self.init(
            code: error.resultCode.rawValue, message: error.message ?? "\(error)", sql: error.sql,
            path: path)
    }

    init(code: Int32, message: String, sql: String?, path: String) {
        switch code & 0xFF {
        case 5, 6: self = .temporary(path: path, reason: "it is in use by another process")
        case 13: self = .temporary(path: path, reason: "the disk is full; free some space")
        case 11, 26:
            let advice = "; put the last good copy of it in its place"
            self = .failed(path: path, reason: message + advice, sql: nil)
        default: self = .failed(path: path, reason: message, sql: sql)
        }
    }

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
