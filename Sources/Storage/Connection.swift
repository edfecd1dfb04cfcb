internal import GRDBSQLite
package import Loyalty

/// An open connection: plain SQL with bound parameters, nothing between it and SQLite.
///
/// GRDB opens, migrates and guards it; a GRDB record a row would cost ten times a bound statement.
package struct Connection {
    let handle: OpaquePointer
    let path: String

    init(_ handle: OpaquePointer, path: String) {
        self.handle = handle
        self.path = path
    }

    package func prepare(_ sql: String) throws -> Statement {
        try Statement(sql, connection: self)
    }

    /// Runs statements that give no rows.
    package func execute(_ sql: String) throws {
        var message: UnsafeMutablePointer<CChar>?
        let code = sqlite3_exec(handle, sql, nil, nil, &message)
        defer { sqlite3_free(message) }
        guard code != SQLITE_OK else { return }
        let text = message.map { String(cString: $0) } ?? "error \(code)"
        throw StorageError(code: code, message: text, sql: sql, path: path, handle: handle)
    }

    /// Runs one statement with parameters.
    package func execute(_ sql: String, _ values: Value...) throws {
        let statement = try prepare(sql)
        try statement.bind(values)
        while try statement.step() {}
    }

    /// The first column of the first row, if there is a row and it is not NULL.
    package func integer(_ sql: String, _ values: Value...) throws -> Int64? {
        let statement = try prepare(sql)
        try statement.bind(values)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.integer(0)
    }

    package func string(_ sql: String, _ values: Value...) throws -> String? {
        let statement = try prepare(sql)
        try statement.bind(values)
        guard try statement.step(), !statement.isNull(0) else { return nil }
        return statement.string(0)
    }

    /// Runs a query and hands out each row.
    package func forEach(
        _ sql: String, _ values: Value..., body: (Statement) throws -> Void
    ) throws {
        let statement = try prepare(sql)
        try statement.bind(values)
        while try statement.step() { try body(statement) }
    }

    /// Rows that the last statement inserted, changed or deleted.
    package var changes: Int { Int(sqlite3_changes(handle)) }

    package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }
}

/// A parameter of a statement that isn't hot.
package enum Value {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    package static func integer(_ value: Int?) -> Value {
        value.map { .integer(Int64($0)) } ?? .null
    }

    package static func date(_ date: CivilDate) -> Value { .integer(Int64(date.days)) }

    package static func text(orNull value: String?) -> Value { value.map { .text($0) } ?? .null }
}
