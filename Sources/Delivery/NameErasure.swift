internal import Foundation
package import Storage

/// Takes the names of a person who is forgotten out of what is told of deliveries that failed and of what
/// endpoints were told last, and says anew what files are to be sent that have lost his lines.
package enum NameErasure {
    /// Says size and hash of files anew that wait to be sent: one that isn't what its row says would be
    /// refused.
    ///
    /// - Parameters:
    ///   - files: paths from the workspace's folder on, and how many lines each has lost.
    package static func describe(
        _ files: [(path: String, lines: Int)], in workspace: String, _ connection: Connection
    ) throws {
        for (path, lines) in files {
            guard let text = FileManager.default.contents(atPath: workspace + "/" + path) else {
                continue
            }
            var rows: [(id: Int64, file: OutgoingFile)] = []
            try connection.forEach(
                """
                SELECT id, payload FROM outbox WHERE state IN ('pending', 'sending')
                    AND json_extract(payload, '$.file') = ?
                """, .text(path)
            ) { row in
                guard let file = OutgoingFile(payload: Array(row.string(1).utf8)) else { return }
                rows.append((row.integer(0), file))
            }
            for (id, old) in rows {
                var file = old
                file.bytes = text.count
                file.sha256 = SHA256Sum.of(Array(text)).hex
                file.rows -= lines
                try connection.execute(
                    "UPDATE outbox SET payload = ? WHERE id = ?", .text(file.payload), .integer(id))
            }
        }
    }

    /// - Parameter names: the longest first.
    package static func erase(
        _ names: [String], standIn: String, _ connection: Connection
    ) throws {
        for name in names {
            try connection.execute(
                """
                UPDATE delivery_exception SET subject = ?1,
                    detail = CASE WHEN instr(detail, ?2) > 0 THEN '' ELSE detail END
                WHERE subject = ?2
                """, .text(standIn), .text(name))
            try connection.execute("DELETE FROM told WHERE subject = ?", .text(name))
        }
    }
}
