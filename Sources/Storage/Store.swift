internal import Foundation
internal import GRDB
internal import GRDBSQLite

/// The store: one SQLite file, opened, migrated and locked against newer programs.
///
/// One connection writes; a second one reads beside it (write-ahead log), for what must be read while
/// the night is written. What is hot goes through `Connection` and its statements.
package final class Store {
    private let writer: DatabaseQueue
    private let path: String

    /// Opens the store, makes it where it is missing, and brings its schema up to this program's.
    ///
    /// - Parameters:
    ///   - cacheBytes: pages that memory may hold.
    ///   - migrates: false refuses an older schema: a run alone brings it up.
    ///   - patienceSeconds: how long a transaction waits for another process's to end.
    /// - Throws: `StorageError` where the file can't be opened, is no store, or is newer.
    package init(
        path: String, cacheBytes: Int = 48 << 20, migrates: Bool = true,
        patienceSeconds: Double = 5
    ) throws {
        self.path = path
        // A file that may not grow any more is an error like a full disk, and ends no program.
        signal(SIGXFSZ, SIG_IGN)
        var configuration = GRDB.Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(patienceSeconds)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
            // A night writes nearly all of most tables' pages, in their order: few large ones cost less,
            // and no more of them need be held. A store keeps the page size that it was made with.
            try database.execute(
                sql: """
                    PRAGMA page_size = 16384;
                    PRAGMA cache_size = -\(cacheBytes >> 10);
                    PRAGMA secure_delete = OFF;
                    PRAGMA wal_autocheckpoint = 0;
                    """)
        }
        do {
            writer = try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as DatabaseError {
            throw StorageError(error, path: path)
        }
        try converting {
            // What is committed outlives a loss of power. GRDB asks for less where the log is written ahead, and says so
            // behind whatever prepares the connection.
            try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = Migrations.migrator
            if try writer.read(migrator.hasBeenSuperseded) {
                throw StorageError.newerSchema(path: path)
            }
            if migrates {
                try migrator.migrate(writer)
            } else if try !writer.read(migrator.hasCompletedMigrations) {
                throw StorageError.olderSchema(path: path)
            }
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: path)
        }
    }

    /// Runs a transaction: all of it or, where it throws, nothing.
    package func write<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try converting {
            try writer.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    guard let handle = database.sqliteConnection else {
                        throw StorageError.closed(path: path)
                    }
                    value = try body(Connection(handle, path: path))
                    return .commit
                }
                guard let value else { throw StorageError.closed(path: path) }
                return value
            }
        }
    }

    /// Reads from the writing connection.
    package func read<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try converting {
            try writer.unsafeRead { database in
                guard let handle = database.sqliteConnection else {
                    throw StorageError.closed(path: path)
                }
                return try body(Connection(handle, path: path))
            }
        }
    }

    /// Copies what it can of the write-ahead log into the file, beside readers and without waiting; nothing
    /// where another process does.
    package func checkpointBeside() throws { try checkpoint(.passive) }

    /// Lets go of the pages that memory holds: what was written is read by others now.
    package func releasePages() throws {
        try converting {
            try writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA shrink_memory") }
        }
    }

    /// Copies the write-ahead log into the file and cuts it; a reader in the way only leaves it longer.
    package func checkpoint() throws { try checkpoint(.truncate) }

    private func checkpoint(_ kind: Database.CheckpointMode) throws {
        try converting {
            try writer.writeWithoutTransaction { database in
                do {
                    try database.checkpoint(kind)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    return
                }
            }
        }
    }

    /// Runs a transaction that overwrites what it deletes with zeros.
    package func erase<Value>(_ body: (Connection) throws -> Value) throws -> Value {
        try setSecureDelete("ON")
        defer { try? setSecureDelete("OFF") }
        return try write(body)
    }

    private func setSecureDelete(_ state: String) throws {
        try converting {
            try writer.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA secure_delete = \(state)")
            }
        }
    }

    /// Copies the whole write-ahead log into the file and empties it, waiting for those who read.
    ///
    /// - Throws: `StorageError`, temporary, where somebody reads on.
    package func emptyLog() throws {
        try converting {
            _ = try writer.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        }
    }

    /// Writes the file anew, without what is left in its unused parts; needs its size once more on the disk.
    package func rebuild() throws {
        try converting { try writer.vacuum() }
        try emptyLog()
    }

    private func converting<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let handle = writer.unsafeRead { $0.sqliteConnection }
            throw StorageError(error, path: path, handle: handle)
        }
    }
}

/// What can be read of a store, from whichever connection.
package protocol StoreReading {
    func read<Value>(_ body: (Connection) throws -> Value) throws -> Value
}

extension Store: StoreReading {}
extension ReadingStore: StoreReading {}

/// A second connection that only reads, at the state of the last commit before its first statement.
package final class ReadingStore {
    private let connection: Connection
    private let handle: OpaquePointer

    /// Opens the store's file for reading.
    ///
    /// - Parameter isThrifty: whether memory should hold few pages: enough to read in the order of keys.
    /// - Throws: `StorageError` where it can't be opened, or is of an older or a newer program.
    package init(path: String, isThrifty: Bool = false) throws {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK, let handle else {
            throw StorageError.closed(path: path)
        }
        self.handle = handle
        connection = Connection(handle, path: path)
        sqlite3_busy_timeout(handle, 5_000)
        try checkSchema(path)
        let cacheBytes = isThrifty ? 4 << 20 : 16 << 20
        try connection.execute("PRAGMA cache_size = -\(cacheBytes >> 10); BEGIN")
    }

    /// What only reads can't migrate.
    private func checkSchema(_ path: String) throws {
        var missing = Set(Migrations.names)
        var isNewer = false
        try connection.forEach("SELECT identifier FROM grdb_migrations") { row in
            if missing.remove(row.string(0)) == nil { isNewer = true }
        }
        if isNewer { throw StorageError.newerSchema(path: path) }
        if !missing.isEmpty { throw StorageError.olderSchema(path: path) }
    }

    deinit { sqlite3_close_v2(handle) }

    package func read<Value>(_ body: (Connection) throws -> Value) rethrows -> Value {
        try body(connection)
    }
}
