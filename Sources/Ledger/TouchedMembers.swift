internal import Loyalty
internal import Storage

/// Tiers of the members whom a night touches, and the tokens by which its chain knows them: read and
/// made while the night's orders are settled.
///
/// Few are not among them: whose order was parked or named by a return, who was merged or adjusted.
final class TouchedMembers {
    struct Holder {
        var tier: Int32
        /// Stays until the next one is asked for.
        var token: UnsafePointer<UInt8>
    }

    /// In ascending order; the tier of one who is gone is -1.
    private let members: [Int32]
    private var tiers: [Int32]
    private let tokens: UnsafeMutablePointer<UInt8>
    /// Where the last one was found.
    private var at = 0

    /// Reads the members with cards of tonight and those with a lot whose last day it is.
    convenience init(_ holders: [CardDirectory.Holder], _ day: CivilDate, _ connection: Connection)
        throws
    {
        var all = holders.filter { $0.member > 0 }.map(\.member)
        try connection.forEach(
            "SELECT DISTINCT member FROM expiring WHERE expires_on <= ?", .date(day)
        ) { all.append(Int32($0.integer(0))) }
        all.sort()
        var members: [Int32] = []
        members.reserveCapacity(all.count)
        for member in all where members.last != member { members.append(member) }
        try self.init(members, connection)
    }

    /// Reads some members, in ascending order.
    init(_ members: [Int32], _ connection: Connection) throws {
        self.members = members
        tiers = Array(repeating: -1, count: members.count)
        tokens = .allocate(capacity: members.count * Digest.bytes)
        let maker = try MemberTokens(connection)
        try read(connection) { [tokens] index, row in
            tiers[index] = Int32(row.integer(1))
            maker.write(row, at: 2, to: tokens + index * Digest.bytes)
        }
    }

    deinit { tokens.deallocate() }

    /// Hands out the rows of the members by their index; where those lie close together the table is
    /// read through: a look-up costs about as much as five rows.
    private func read(_ connection: Connection, _ body: (Int, Statement) -> Void) throws {
        guard let first = members.first, let last = members.last else { return }
        let isDense = Int(last - first) < members.count * 4
        let rows = try connection.prepare(
            "\(TouchedMembers.sql) WHERE id " + (isDense ? ">= ? ORDER BY id" : "= ?"))
        rows.bind(Int64(first), at: 1)
        var hasRow = isDense ? try rows.step() : false
        for (index, member) in members.enumerated() {
            if isDense {
                while hasRow, rows.integer(0) < Int64(member) { hasRow = try rows.step() }
            } else {
                rows.reset()
                rows.bind(Int64(member), at: 1)
                hasRow = try rows.step()
            }
            if hasRow, rows.integer(0) == Int64(member) { body(index, rows) }
        }
    }

    /// A member's tier, and what the chain knows him as.
    static let sql = "SELECT id, tier, \(MemberIdentity.columns) FROM member"

    /// Finds a member; members must be asked for in order.
    func find(_ member: Int32) -> Holder? {
        while at < members.count, members[at] < member { at += 1 }
        guard at < members.count, members[at] == member, tiers[at] >= 0 else { return nil }
        return Holder(tier: tiers[at], token: tokens + at * Digest.bytes)
    }
}

/// Tier and token of any member: of those who were read ahead, else looked up.
final class HolderReader {
    private let connection: Connection
    private var touched: TouchedMembers
    /// Whether those of the whole night were read ahead.
    private let hasAll: Bool
    private let one: Statement
    private let tokens: MemberTokens
    /// Of the member who was looked up last.
    private let token = UnsafeMutablePointer<UInt8>.allocate(capacity: Digest.bytes)

    /// - Parameter touched: those of the whole night; nil where memory shouldn't hold them.
    init(_ connection: Connection, _ touched: TouchedMembers?) throws {
        self.connection = connection
        self.touched = try touched ?? TouchedMembers([], connection)
        hasAll = touched != nil
        one = try connection.prepare("\(TouchedMembers.sql) WHERE id = ?")
        tokens = try MemberTokens(connection)
    }

    deinit { token.deallocate() }

    /// Reads the members ahead who are asked for next, in ascending order.
    func load(_ members: [Int32]) throws {
        if !hasAll { touched = try TouchedMembers(members, connection) }
    }

    /// Finds a member; members must be asked for in order.
    func take(_ member: Int32) throws -> TouchedMembers.Holder {
        try touched.find(member) ?? lookUp(member)
    }

    private func lookUp(_ member: Int32) throws -> TouchedMembers.Holder {
        one.reset()
        one.bind(Int64(member), at: 1)
        // Of one who is gone both columns are NULL: no tier, no identity.
        _ = try one.step()
        tokens.write(one, at: 2, to: token)
        return TouchedMembers.Holder(tier: Int32(one.integer(1)), token: token)
    }
}
