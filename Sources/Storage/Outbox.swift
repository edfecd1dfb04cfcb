package import Loyalty

/// What must be sent to other systems, written in the transaction of what causes it.
///
/// Only delivery changes a row's state afterwards.
package struct Outbox {
    private let insert: Statement
    private let night: CivilDate
    private let connection: Connection

    package init(_ connection: Connection, night: CivilDate) throws {
        self.night = night
        self.connection = connection
        insert = try connection.prepare(
            """
            INSERT OR IGNORE INTO outbox (night, endpoint, kind, subject, key, payload)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
    }

    /// Writes an effect once: a key that is there already is the same effect.
    ///
    /// - Parameters:
    ///   - subject: the code or card within which effects keep their order.
    ///   - key: a UUID derived from the effect, so that a repeat bears the same.
    ///   - payload: JSON.
    package func enqueue(
        endpoint: String, kind: String, subject: ByteText, key: String, payload: String
    ) throws {
        insert.bind(payload, at: 6)
        try write(endpoint, kind, subject, key)
    }

    /// Writes an effect once, its payload as bytes.
    ///
    /// - Returns: the row's id; nil where the key is there already.
    @discardableResult
    package func enqueue(
        endpoint: String, kind: String, subject: ByteText, key: String, payload: ByteText
    ) throws -> Int64? {
        insert.bind(payload, at: 6)
        try write(endpoint, kind, subject, key)
        return insert.changes > 0 ? connection.lastInsertedRow : nil
    }

    private func write(
        _ endpoint: String, _ kind: String, _ subject: ByteText, _ key: String
    ) throws {
        insert.bind(night, at: 1)
        insert.bind(endpoint, at: 2)
        insert.bind(kind, at: 3)
        insert.bind(subject, at: 4)
        insert.bind(key, at: 5)
        try insert.run()
    }
}
