package import Loyalty
package import Storage

/// One file and what became of it.
package struct IngestedFile {
    package enum Verdict: String, Sendable {
        case ingested
        case duplicateFile = "duplicate_file"
        case refused
    }

    package var file: InboxFile
    package var job: String
    package var records: RecordKind
    package var fingerprint: FileFingerprint
    package var verdict: Verdict
    package var refusal: FileRefusal?
    /// Lines behind the header; blank ones don't count.
    package var linesRead: Int
    /// The names of its columns; their positions from 1 where it has no header.
    package var columns: [String] = []
    /// Lines that are wrong by themselves, or share an order with one that is.
    package var refusals = FileRefusals.none
    /// Whether it is a rejects file that was corrected and dropped again: never a full day.
    package var isCorrected = false
    /// Whose file it is and of which day, where its name, its job or its layout says so.
    package var system: String?
    package var day: CivilDate?
    /// Whether it is the whole of that day, as its job says.
    package var isFullDay = false
    /// By verdict, once the records are settled.
    package var counts = VerdictCounts()
}

extension IngestedFile {
    /// A system's day that a file is the whole of.
    package struct WholeDay: Hashable, Sendable {
        package var system: String?
        package var day: CivilDate

        package init(system: String?, day: CivilDate) {
            self.system = system
            self.day = day
        }
    }

    /// Something in the inbox that bears a file's name and is none.
    package init(_ oddity: InboxOddity, job: String, records: RecordKind) {
        let file = InboxFile(
            path: oddity.path, location: "", bytes: 0, modifiedAt: 0, evidence: "none",
            isClaimed: false)
        self.init(
            file: file, job: job, records: records,
            fingerprint: FileFingerprint(bytes: 0, modifiedAt: 0, sha256: [], expandedSHA256: []),
            verdict: .refused, refusal: FileRefusal(.notAFile, oddity.kind), linesRead: 0)
    }
}

/// The store's memory of files and refused lines: the only writer of those tables.
package struct FileLog {
    private let connection: Connection

    package init(_ connection: Connection) { self.connection = connection }

    /// The integer that the next file gets.
    package func nextID() throws -> Int64 {
        (try connection.integer("SELECT max(id) FROM file") ?? 0) + 1
    }

    /// Whether these bytes were ingested before, however long ago, packed or not.
    ///
    /// - Parameter whole: the day that the file is the whole of: the same bytes, a header alone, say
    ///   something else of another system or day.
    package func knows(
        _ fingerprint: FileFingerprint, wholeOf whole: IngestedFile.WholeDay? = nil
    ) throws -> Bool {
        try connection.integer(
            """
            SELECT 1 FROM file WHERE verdict = 'ingested' AND (sha256 = ?1 OR expanded_sha256 = ?2)
                AND (?3 IS NULL OR (system IS ?4 AND day = ?3))
            LIMIT 1
            """, .blob(fingerprint.sha256), .blob(fingerprint.expandedSHA256),
            whole.map { .date($0.day) } ?? .null, .text(orNull: whole?.system)) != nil
    }

    /// Whether a file that stays in the inbox was read before and not touched since.
    package func hasRead(_ file: InboxFile) throws -> Bool {
        try connection.integer(
            """
            SELECT 1 FROM file WHERE path = ? AND bytes = ? AND modified_at = ?
                AND verdict <> 'refused' LIMIT 1
            """, .text(file.path), .integer(file.bytes), .integer(file.modifiedAt)) != nil
    }

    /// Enters a file with its refused lines.
    package func add(_ entry: IngestedFile, id: Int64, night: CivilDate) throws {
        func count(_ verdict: Loyalty.Verdict) -> Value { .integer(entry.counts[verdict]) }
        try connection.execute(
            """
            INSERT INTO file (id, night, path, job, records, bytes, modified_at, sha256, expanded_sha256, evidence, verdict,
                reason, lines_read, lines_accepted, lines_duplicate, lines_correction, lines_parked,
                lines_rejected, lines_conflict, system, day, is_full_day, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(id), .date(night), .text(entry.file.path), .text(entry.job),
            .text(entry.records.rawValue), .integer(entry.fingerprint.bytes),
            .integer(entry.fingerprint.modifiedAt), .blob(entry.fingerprint.sha256),
            .blob(entry.fingerprint.expandedSHA256), .text(entry.file.evidence),
            .text(entry.verdict.rawValue), .text(orNull: entry.refusal?.reason.rawValue),
            .integer(entry.linesRead), count(.accepted), count(.duplicate), count(.correction),
            count(.parked), count(.rejected), count(.conflict),
            .text(orNull: entry.system), entry.day.map { .date($0) } ?? .null,
            .integer(entry.isFullDay && !entry.isCorrected ? 1 : 0),
            .text(orNull: entry.refusal?.detail))
        try add(entry.refusals, of: id, columns: entry.columns)
    }

    private func add(
        _ refusals: FileRefusals, of file: Int64, columns: [String]
    ) throws {
        let insert = try BulkInsert(
            connection, into: "reject", ["file", "line", "verdict", "reason", "hint"])
        var rows: [LineRefusal] = []
        func write() throws {
            try insert.rows(rows.count) { row, statement, first in
                let refusal = rows[row]
                let verdict = refusal.verdict == .conflict ? "conflict" : "rejected"
                statement.bind(file, at: first + 1)
                statement.bind(Int64(refusal.line), at: first + 2)
                statement.bind(verdict, at: first + 3)
                statement.bind(refusal.reason.name, at: first + 4)
                statement.bind(refusal.hint(columns), at: first + 5)
            }
            rows.removeAll(keepingCapacity: true)
        }
        try refusals.read { refusal in
            rows.append(refusal)
            if rows.count == 256 { try write() }
        }
        try write()
    }

    /// Removes the refused lines of the nights before one, and says how many; the counts of files stay.
    package func removeRejects(before night: CivilDate) throws -> Int {
        try connection.execute(
            "DELETE FROM reject WHERE file IN (SELECT id FROM file WHERE night < ?)", .date(night))
        return connection.changes
    }

    /// Files of a night that still have to go somewhere: path, job and, for refused ones, the reason.
    package func files(of night: CivilDate) throws -> [(
        path: String, job: String, refusal: String?
    )] {
        var files: [(path: String, job: String, refusal: String?)] = []
        try connection.forEach(
            """
            SELECT path, job, verdict, reason, coalesce(detail, '') FROM file WHERE night = ?
            ORDER BY id
            """, .date(night)
        ) { row in
            let isRefused = row.string(2) == IngestedFile.Verdict.refused.rawValue
            let reason = FileReason(rawValue: row.string(3)).map {
                "\(FileRefusal($0, row.string(4)))"
            }
            files.append((row.string(0), row.string(1), isRefused ? reason ?? row.string(3) : nil))
        }
        return files
    }
}
