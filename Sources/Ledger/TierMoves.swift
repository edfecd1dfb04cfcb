internal import Loyalty
internal import Storage

/// Notes whose tier a night changes: the only writer of their table.
struct TierMoves {
    private let insert: Statement

    init(_ connection: Connection, night: CivilDate) throws {
        // Of several moves in one night the first says from where, the last to where.
        insert = try connection.prepare(
            """
            INSERT INTO tier_move (night, member, before, after)
            SELECT \(night.days), id, tier, ?1 FROM member WHERE id = ?2 AND tier <> ?1
            ON CONFLICT (night, member) DO UPDATE SET after = excluded.after
            """)
    }

    /// Notes a member who still has his old tier.
    func note(_ member: Int64, to tier: Int32) throws {
        insert.bind(Int64(tier), at: 1)
        insert.bind(member, at: 2)
        try insert.run()
    }
}
