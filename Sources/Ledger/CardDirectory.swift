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

    /// Looks up tonight's cards in the order of their bytes.
    ///
    /// Where tonight names a good part of all cards, the table is read once from end to end; a
    /// look-up costs about five times a row.
    init(_ cards: TextTable, _ connection: Connection) throws {
        holders = Array(
            repeating: Holder(member: 0, tier: 0, isActive: false), count: cards.count)
        let order = sortedTexts(cards.count) { cards.texts[$0] }
        let known = try connection.integer("SELECT max(id) FROM member") ?? 0
        if Int64(cards.count) * 5 > known {
            try scan(cards, order, connection)
        } else {
            try seek(cards, order, connection)
        }
        try findTiers(connection, memberCount: Int(known))
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

    private mutating func findTiers(_ connection: Connection, memberCount: Int) throws {
        let order = holders.indices.filter { holders[$0].member > 0 }
            .sorted { holders[$0].member < holders[$1].member }
        let isDense = order.count * 5 > memberCount
        let rows = try connection.prepare(
            "SELECT id, tier, status FROM member WHERE id "
                + (isDense ? ">= ? ORDER BY id" : "= ?"))
        if isDense { rows.bind(0, at: 1) }
        var hasRow = isDense ? try rows.step() : false
        for index in order {
            let member = Int64(holders[index].member)
            if isDense {
                while hasRow, rows.integer(0) < member { hasRow = try rows.step() }
            } else {
                rows.reset()
                rows.bind(member, at: 1)
                hasRow = try rows.step()
            }
            guard hasRow, rows.integer(0) == member else { continue }
            holders[index].tier = Int32(rows.integer(1))
            holders[index].isActive = rows.integer(2) == 0
        }
    }
}
