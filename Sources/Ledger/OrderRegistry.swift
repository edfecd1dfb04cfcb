internal import Loyalty
internal import Storage

/// The registry of orders and of those that are parked: statements around the two tables.
final class OrderRegistry {
    private let night: CivilDate
    private let insertMany: BulkInsert
    private let byIdentity: Statement
    private let replace: Statement
    private let setState: Statement
    private let addReturned: Statement
    private let park: Statement
    private let unpark: Statement
    private let memberTier: Statement
    private let source: Statement
    private let raiseVersion: Statement
    private let forgetContent: Statement
    private let waitsFor: Statement
    private let nightOf: Statement
    private let systems: [Int32]
    /// Members who were merged into others.
    private let survivors: Survivors

    init(_ connection: Connection, night: CivilDate) throws {
        self.night = night
        let columns = OrderRow.columns.joined(separator: ", ")
        insertMany = try BulkInsert(
            connection, "INSERT OR IGNORE", into: "orders", OrderRow.plainColumns)
        byIdentity = try connection.prepare(
            "SELECT \(columns) FROM orders WHERE system = ? AND id = ?")
        let parameters = OrderRow.columns.map { _ in "?" }.joined(separator: ", ")
        replace = try connection.prepare(
            "INSERT OR REPLACE INTO orders (\(columns)) VALUES (\(parameters))")
        setState = try connection.prepare(
            "UPDATE orders SET state = ?, member = ?, terms = ? WHERE system = ? AND id = ?")
        addReturned = try connection.prepare(
            "UPDATE orders SET returned = max(0, returned + ?) WHERE system = ? AND id = ?")
        park = try connection.prepare(
            """
            INSERT OR REPLACE INTO parked
                (system, id, parked_on, reason, card, original, net, until)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        unpark = try connection.prepare(
            """
            UPDATE parked SET ended_on = ?, outcome = ?
            WHERE system = ? AND id = ? AND ended_on IS NULL
            """)
        source = try connection.prepare(
            "SELECT file, line FROM orders WHERE system = ? AND id = ?")
        raiseVersion = try connection.prepare(
            "UPDATE orders SET version = version + 1 WHERE system = ? AND id = ?")
        forgetContent = try connection.prepare(
            "UPDATE orders SET content = NULL WHERE system = ? AND id = ?")
        waitsFor = try connection.prepare(
            """
            SELECT original FROM parked WHERE system = ? AND id = ?
            ORDER BY parked_on DESC LIMIT 1
            """)
        nightOf = try connection.prepare("SELECT night FROM orders WHERE system = ? AND id = ?")
        survivors = try Survivors(connection)
        memberTier = try connection.prepare("SELECT tier, status FROM member WHERE id = ?")
        var all: [Int32] = []
        try connection.forEach("SELECT id FROM system ORDER BY name") {
            all.append(Int32($0.integer(0)))
        }
        systems = all
    }

    /// Inserts rows in the order given; says which of them were there before.
    func insert(
        _ rows: [OrderRow], texts: TextArena,
        known: (_ row: Int, _ existing: OrderRow) throws -> Void,
        new: (_ row: Int) throws -> Void
    ) throws {
        try rows.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            try insertMany.rows(buffer.count) { row, statement, first in
                OrderRow.bind(start + row, to: statement, after: first, night: night)
            } done: { range, changes in
                for row in range {
                    if try changes == range.count || self.isOwn(start[row]) {
                        try new(row)
                    } else if let existing = try self.find(start[row].system, start[row].id, texts)
                    {
                        try known(row, existing)
                    }
                }
            }
        }
    }

    /// Whether the row that stands under this identity is this one.
    private func isOwn(_ row: OrderRow) throws -> Bool {
        source.bind(Int64(row.system), at: 1)
        source.bind(row.id, at: 2)
        defer { source.reset() }
        return try source.step() && source.integer(0) == row.file
            && source.integer(1) == Int64(row.line)
    }

    func find(_ system: Int32, _ id: ByteText, _ texts: TextArena) throws -> OrderRow? {
        byIdentity.bind(Int64(system), at: 1)
        byIdentity.bind(id, at: 2)
        defer { byIdentity.reset() }
        guard try byIdentity.step(), var row = OrderRow(byIdentity, into: texts) else { return nil }
        row.member = survivors.survivor(of: row.member)
        return row
    }

    /// The member whom another was merged into; himself where he was not.
    func survivor(of member: Int32) -> Int32 { survivors.survivor(of: member) }

    /// All whose lots and postings are a member's by now: himself, and who was merged into him.
    func selves(of member: Int32) -> [Int32] { survivors.selves(of: member) }

    /// Whether a parked void waits for the order of its own identity.
    func waitsForItself(_ row: OrderRow) throws -> Bool {
        waitsFor.bind(Int64(row.system), at: 1)
        waitsFor.bind(row.id, at: 2)
        defer { waitsFor.reset() }
        return try waitsFor.step() && waitsFor.isNull(0)
    }

    /// Whether a file of tonight brought it or corrected it.
    func isOfTonight(_ order: OrderIdentity) throws -> Bool {
        nightOf.bind(Int64(order.system), at: 1)
        nightOf.bind(order.id, at: 2)
        defer { nightOf.reset() }
        return try nightOf.step() && nightOf.date(0) == night
    }

    /// The order that a return names: of its own system, else the only system that knows it.
    func findOriginal(_ system: Int32, _ id: ByteText, _ texts: TextArena) throws -> OrderRow? {
        if let own = try find(system, id, texts) { return own }
        var found: OrderRow?
        for other in systems where other != system {
            guard let row = try find(other, id, texts) else { continue }
            if found != nil { return nil }
            found = row
        }
        return found
    }

    /// A member by his integer.
    func holder(of member: Int32) throws -> CardDirectory.Holder? {
        guard member > 0 else { return nil }
        memberTier.bind(Int64(member), at: 1)
        defer { memberTier.reset() }
        guard try memberTier.step() else { return nil }
        return CardDirectory.Holder(
            member: member, tier: Int32(memberTier.integer(0)), isActive: memberTier.integer(1) == 0
        )
    }

    func replace(_ row: OrderRow) throws {
        try withUnsafePointer(to: row) { row in
            OrderRow.bind(row, to: replace, after: 0, night: night)
            row.pointee.bindRest(to: replace)
            try replace.run()
        }
    }

    func setState(_ row: OrderRow) throws {
        setState.bind(row.state.rawValue, at: 1)
        setState.bindUnlessZero(Int64(row.member), at: 2)
        setState.bindUnlessZero(Int64(row.terms), at: 3)
        setState.bind(Int64(row.system), at: 4)
        setState.bind(row.id, at: 5)
        try setState.run()
    }

    func addReturned(_ amount: MinorUnits, to order: OrderIdentity) throws {
        addReturned.bind(amount, at: 1)
        addReturned.bind(Int64(order.system), at: 2)
        addReturned.bind(order.id, at: 3)
        try addReturned.run()
    }

    /// Notes that another version of an order is posted.
    func raiseVersion(of order: OrderIdentity) throws {
        raiseVersion.bind(Int64(order.system), at: 1)
        raiseVersion.bind(order.id, at: 2)
        try raiseVersion.run()
    }

    /// Forgets what an order contained, so that it may come again.
    func forgetContent(of order: OrderIdentity) throws {
        forgetContent.bind(Int64(order.system), at: 1)
        forgetContent.bind(order.id, at: 2)
        try forgetContent.run()
    }

    func park(
        _ row: OrderRow, _ reason: ParkReason, card: ByteText?, original: ByteText?,
        until: CivilDate
    ) throws {
        park.bind(Int64(row.system), at: 1)
        park.bind(row.id, at: 2)
        park.bind(night, at: 3)
        park.bind(reason.rawValue, at: 4)
        if let card { park.bind(card, at: 5) } else { park.bindNull(at: 5) }
        if let original { park.bind(original, at: 6) } else { park.bindNull(at: 6) }
        park.bind(row.net, at: 7)
        park.bind(until, at: 8)
        try park.run()
    }

    func unpark(_ row: OrderRow, _ outcome: ParkOutcome) throws {
        unpark.bind(night, at: 1)
        unpark.bind(outcome.rawValue, at: 2)
        unpark.bind(Int64(row.system), at: 3)
        unpark.bind(row.id, at: 4)
        try unpark.run()
    }
}

/// What a parked order waits for.
enum ParkReason: String {
    case unknownMember = "unknown_member"
    case missingOrder = "missing_order"
    case laterDay = "later_day"
}

/// How its wait ended.
enum ParkOutcome: String {
    case released, replaced
    case givenUp = "given_up"
}
