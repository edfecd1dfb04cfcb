internal import Storage

/// Remote files as they were when they were fetched: the only writer of that table.
struct FetchedFiles {
    private let connection: Connection
    private let job: String

    init(_ connection: Connection, job: String) {
        self.connection = connection
        self.job = job
    }

    struct Row: Hashable {
        var path: String
        var version: String
        var sha256: [UInt8]
        var bytes: Int
        /// Its name in the inbox; empty where its bytes came before.
        var local: String
    }

    /// How far a version of a file is; nil where it was never fetched.
    func isSettled(_ path: String, _ version: String) throws -> Bool? {
        try connection.integer(
            "SELECT is_settled FROM fetched_file WHERE job = ? AND path = ? AND version = ?",
            .text(job), .text(path), .text(version)
        ).map { $0 != 0 }
    }

    /// Whether a file of that name brought these bytes before.
    func knows(_ path: String, sha256: [UInt8]) throws -> Bool {
        var isKnown = false
        try connection.forEach(
            "SELECT sha256 FROM fetched_file WHERE job = ? AND path = ?", .text(job), .text(path)
        ) { isKnown = isKnown || Array($0.blob(0)) == sha256 }
        return isKnown
    }

    /// Enters a file that is here, safe on the disk, under its temporary name.
    func add(_ row: Row, at now: Int) throws {
        try connection.execute(
            """
            INSERT OR REPLACE INTO fetched_file
                (job, path, version, sha256, bytes, fetched_at, local, is_settled)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0)
            """, .text(job), .text(row.path), .text(row.version), .blob(row.sha256),
            .integer(row.bytes), .integer(now), .text(row.local))
    }

    /// Says that nothing is left to do about a version, here or there.
    func settle(_ path: String, _ version: String) throws {
        try connection.execute(
            "UPDATE fetched_file SET is_settled = 1 WHERE job = ? AND path = ? AND version = ?",
            .text(job), .text(path), .text(version))
    }

    /// What may not be under its own name yet.
    func unsettled() throws -> [Row] {
        var rows: [Row] = []
        try connection.forEach(
            """
            SELECT path, version, sha256, bytes, local FROM fetched_file
            WHERE job = ? AND is_settled = 0 ORDER BY path, version
            """, .text(job)
        ) { row in
            rows.append(
                Row(
                    path: row.string(0), version: row.string(1), sha256: Array(row.blob(2)),
                    bytes: Int(row.integer(3)), local: row.string(4)))
        }
        return rows
    }
}
