internal import GRDBSQLite
package import Loyalty

/// A prepared statement.
///
/// Parameters count from 1, columns from 0, as in SQLite.
package final class Statement {
    private let handle: OpaquePointer
    private let connection: Connection
    private let sql: String

    init(_ sql: String, connection: Connection) throws {
        var handle: OpaquePointer?
        let code = sqlite3_prepare_v2(connection.handle, sql, -1, &handle, nil)
        guard code == SQLITE_OK, let handle else {
            throw StorageError(
                code: code, message: String(cString: sqlite3_errmsg(connection.handle)), sql: sql,
                path: connection.path, handle: connection.handle)
        }
        self.handle = handle
        self.connection = connection
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    // MARK: Parameters

    package func bind(_ value: Int64, at index: Int32) { sqlite3_bind_int64(handle, index, value) }

    package func bind(_ date: CivilDate, at index: Int32) {
        sqlite3_bind_int64(handle, index, Int64(date.days))
    }

    package func bindNull(at index: Int32) { sqlite3_bind_null(handle, index) }

    /// Binds a number, or NULL for 0.
    package func bindUnlessZero(_ value: Int64, at index: Int32) {
        if value == 0 { bindNull(at: index) } else { bind(value, at: index) }
    }

    /// Binds a number, or NULL for nil.
    package func bind(orNull value: Int64?, at index: Int32) {
        if let value { bind(value, at: index) } else { bindNull(at: index) }
    }

    /// Binds a text without a copy, or NULL for an empty one.
    package func bind(orNull text: ByteText, at index: Int32) {
        if text.isEmpty { bindNull(at: index) } else { bind(text, at: index) }
    }

    /// Binds a text without a copy: its owner must keep it until the next `reset`.
    package func bind(_ text: ByteText, at index: Int32) {
        let characters = UnsafeRawPointer(text.start).assumingMemoryBound(to: CChar.self)
        sqlite3_bind_text(handle, index, characters, Int32(text.count), nil)
    }

    /// Binds a copy of bytes as a blob.
    package func bind(blob: UnsafeRawBufferPointer, at index: Int32) {
        // No address would be NULL, not an empty blob.
        guard let start = blob.baseAddress else {
            sqlite3_bind_zeroblob(handle, index, 0)
            return
        }
        sqlite3_bind_blob(handle, index, start, Int32(blob.count), Statement.copied)
    }

    /// Binds bytes as a blob without a copy: their owner must keep them until the next `reset`.
    package func bind(lasting blob: UnsafeRawBufferPointer, at index: Int32) {
        sqlite3_bind_blob(handle, index, blob.baseAddress, Int32(blob.count), nil)
    }

    package func bind(_ text: String, at index: Int32) {
        sqlite3_bind_text(handle, index, text, -1, Statement.copied)
    }

    func bind(_ values: [Value]) throws {
        for (index, value) in values.enumerated() {
            let at = Int32(index + 1)
            switch value {
            case .null: bindNull(at: at)
            case .integer(let number): bind(number, at: at)
            case .text(let text): bind(text, at: at)
            case .blob(let bytes): bytes.withUnsafeBytes { bind(blob: $0, at: at) }
            }
        }
    }

    /// SQLITE_TRANSIENT: a cast macro, which Swift doesn't import.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    // MARK: Running

    /// Goes to the next row; false at the end.
    package func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let message = String(cString: sqlite3_errmsg(connection.handle))
        sqlite3_reset(handle)
        throw StorageError(
            code: code, message: message, sql: sql, path: connection.path,
            handle: connection.handle)
    }

    /// Makes the statement ready to run again; bound values stay.
    package func reset() { sqlite3_reset(handle) }

    /// Runs a statement that gives no rows and makes it ready again.
    package func run() throws {
        _ = try step()
        reset()
    }

    /// Rows that this statement's last run changed.
    package var changes: Int { connection.changes }

    // MARK: Columns

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func date(_ column: Int32) -> CivilDate {
        CivilDate(days: Int32(truncatingIfNeeded: sqlite3_column_int64(handle, column)))
    }

    package func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// A text column by reference, valid until the next step; empty for NULL.
    package func text(_ column: Int32) -> ByteText {
        guard let start = sqlite3_column_text(handle, column) else {
            return ByteText(start: UnsafePointer(handle), count: 0)
        }
        return ByteText(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }

    package func string(_ column: Int32) -> String { text(column).string }

    /// A blob column by reference, valid until the next step.
    package func blob(_ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: sqlite3_column_blob(handle, column),
            count: Int(sqlite3_column_bytes(handle, column)))
    }
}
