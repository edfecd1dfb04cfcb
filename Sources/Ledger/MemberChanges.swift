internal import Loyalty
internal import Storage

/// Notes of whom a night's files say something else than before: the only writer of their table.
///
/// Who must be told of members then need not read all of them. What their points come to says `balance`.
struct MemberChanges {
    private let insert: Statement

    /// Forgets those of earlier nights: whoever was to hear of them has heard.
    init(_ connection: Connection, night: CivilDate) throws {
        try connection.execute("DELETE FROM member_change WHERE night < ?", .date(night))
        insert = try connection.prepare(
            "INSERT OR IGNORE INTO member_change (night, member) VALUES (\(night.days), ?)")
    }

    func note(_ member: Int64) throws {
        insert.bind(member, at: 1)
        try insert.run()
    }
}
