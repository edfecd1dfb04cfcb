internal import Loyalty
internal import Storage

/// Whose card it is: tonight's cards with their members, found in one walk through both.
struct CardDirectory {
    struct Holder {
        /// 0: nobody's.
        var member: Int32
        var tier: Int32
        var isActive: Bool
        /// The card's last good day; `Lot.never` for one without end.
        var expiresOn = Lot.never
    }

    /// By the batch's card index.
    private(set) var holders: [Holder]

    /// Looks up cards and who holds them.
    init(_ cards: TextTable, _ connection: Connection) throws {
        try self.init(cards, memberCount: MemberTiers.count(connection), connection)
        try findTiers(MemberTiers(connection, for: cards.count))
    }

    /// Looks up tonight's cards in the order of their bytes; tiers are found after it.
    ///
    /// Where tonight names a good part of all cards, the table is read once from end to end; a
    /// look-up costs about five times a row.
    init(_ cards: TextTable, memberCount: Int, _ connection: Connection) throws {
        holders = Array(
            repeating: Holder(member: 0, tier: 0, isActive: false), count: cards.count)
        let order = sortedTexts(cards.count) { cards.texts[$0] }
        if cards.count * 5 > memberCount {
            try scan(cards, order, connection)
        } else {
            try seek(cards, order, connection)
        }
    }

    private mutating func scan(
        _ cards: TextTable, _ order: [Int32], _ connection: Connection
    ) throws {
        let rows = try connection.prepare("SELECT card, member, expires_on FROM card ORDER BY card")
        var hasRow = try rows.step()
        for index in order {
            let card = cards.texts[Int(index)]
            while hasRow, rows.text(0) < card { hasRow = try rows.step() }
            guard hasRow else { break }
            guard rows.text(0) == card else { continue }
            holders[Int(index)].member = Int32(rows.integer(1))
            if !rows.isNull(2) { holders[Int(index)].expiresOn = rows.date(2) }
        }
    }

    private mutating func seek(
        _ cards: TextTable, _ order: [Int32], _ connection: Connection
    ) throws {
        let row = try connection.prepare("SELECT member, expires_on FROM card WHERE card = ?")
        for index in order {
            row.bind(cards.texts[Int(index)], at: 1)
            if try row.step() {
                holders[Int(index)].member = Int32(row.integer(0))
                if !row.isNull(1) { holders[Int(index)].expiresOn = row.date(1) }
            }
            row.reset()
        }
    }

    /// Finds tier and status of who holds the cards.
    mutating func findTiers(_ tiers: MemberTiers) throws {
        var order = holders.indices.filter { holders[$0].member > 0 }
        if !tiers.areAllThere { order.sort { holders[$0].member < holders[$1].member } }
        for index in order {
            guard let found = try tiers.find(holders[index].member) else { continue }
            holders[index].tier = found.tier
            holders[index].isActive = found.isActive
        }
    }
}

/// Tiers of members, and whether they are active: of all of them where tonight names a good part of
/// all, else looked up one by one.
struct MemberTiers {
    /// By member: twice the tier, and 1 for one that is active; -1 for nobody.
    private var all: [Int32] = []
    private let one: Statement

    init(_ connection: Connection, for cards: Int) throws {
        one = try connection.prepare("SELECT tier, status FROM member WHERE id = ?")
        let count = try MemberTiers.count(connection)
        guard cards * 5 > count else { return }
        all = Array(repeating: -1, count: count + 1)
        try connection.forEach("SELECT id, tier, status FROM member") { row in
            all[Int(row.integer(0))] = Int32(row.integer(1)) << 1 | (row.integer(2) == 0 ? 1 : 0)
        }
    }

    /// No less than how many there are.
    static func count(_ connection: Connection) throws -> Int {
        Int(try connection.integer("SELECT max(id) FROM member") ?? 0)
    }

    /// If not, members should be asked for in order.
    var areAllThere: Bool { !all.isEmpty }

    func find(_ member: Int32) throws -> (tier: Int32, isActive: Bool)? {
        if !areAllThere { return try lookUp(member) }
        guard Int(member) < all.count, all[Int(member)] >= 0 else { return nil }
        return (all[Int(member)] >> 1, all[Int(member)] & 1 == 1)
    }

    private func lookUp(_ member: Int32) throws -> (tier: Int32, isActive: Bool)? {
        one.reset()
        one.bind(Int64(member), at: 1)
        guard try one.step() else { return nil }
        return (Int32(one.integer(0)), one.integer(1) == 0)
    }
}
