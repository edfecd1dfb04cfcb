internal import Foundation

/// What the files are that an endpoint gets.
package enum OutgoingFormat: String, CaseIterable, Sendable {
    case csv
    case jsonLines = "jsonl"
}

/// A file that an endpoint is to get: the payload of its row in the outbox.
package struct OutgoingFile: Hashable, Sendable, Codable {
    /// Where it is, from the workspace's folder on.
    package var file: String
    /// What it is called at the other side: it bears the business date and a number, and is never used again.
    package var name: String
    package var bytes: Int
    /// Of its bytes, in hexadecimal.
    package var sha256: String
    /// Records in it.
    package var rows: Int

    package init(file: String, name: String, bytes: Int, sha256: String, rows: Int) {
        self.file = file
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
        self.rows = rows
    }

    /// Reads a payload; nil where it names no file.
    package init?(payload: [UInt8]) {
        guard let file = try? JSONDecoder().decode(OutgoingFile.self, from: Data(payload)) else {
            return nil
        }
        self = file
    }

    /// One JSON object, keys sorted.
    package var payload: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers always encode.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
