internal import Loyalty
internal import Storage

/// Notes what a person should look at in the register: the only writer of its table.
final class CodeExceptionBook {
    /// What there is to say of one; texts that don't apply are empty.
    struct Entry {
        var kind: CodeException
        var system: Int32
        /// The burn, the claim, the gift code's use behind it.
        var source: ByteText
        var code: ByteText
        var reward: Int32?
        var card: ByteText
        var store: ByteText
        var receipt: ByteText
        var points: Points?
        /// What was lost, in minor units.
        var amount: MinorUnits?
        var detail = ""

        init(_ kind: CodeException, system: Int32, source: ByteText, code: ByteText) {
            self.kind = kind
            self.system = system
            self.source = source
            self.code = code
            let none = ByteText(start: code.start, count: 0)
            (card, store, receipt) = (none, none, none)
        }
    }

    private let night: CivilDate
    private let insert: Statement

    init(_ connection: Connection, night: CivilDate) throws {
        self.night = night
        insert = try connection.prepare(
            """
            INSERT OR REPLACE INTO code_exception (night, kind, system, source, code, reward, card, store,
                receipt, points, amount, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    }

    func note(_ entry: Entry) throws {
        insert.bind(night, at: 1)
        insert.bind(entry.kind.rawValue, at: 2)
        insert.bind(Int64(entry.system), at: 3)
        insert.bind(entry.source, at: 4)
        insert.bind(entry.code, at: 5)
        insert.bind(orNull: entry.reward.map { Int64($0) }, at: 6)
        insert.bind(orNull: entry.card, at: 7)
        insert.bind(orNull: entry.store, at: 8)
        insert.bind(orNull: entry.receipt, at: 9)
        insert.bind(orNull: entry.points, at: 10)
        insert.bind(orNull: entry.amount, at: 11)
        if entry.detail.isEmpty {
            insert.bindNull(at: 12)
        } else {
            insert.bind(entry.detail, at: 12)
        }
        try insert.run()
    }
}
