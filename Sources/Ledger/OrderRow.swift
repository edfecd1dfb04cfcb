internal import Loyalty
internal import Storage

/// An order by its system and its number there.
struct OrderIdentity: Hashable {
    var system: Int32
    var id: ByteText
}

/// One row of the registry of orders.
struct OrderRow {
    /// The numbers are those of the table.
    enum State: Int64 {
        case posted = 0
        case anonymous = 1
        case parked = 2
        case opening = 3
        case givenUp = 4
        case notActive = 5
        /// By a void, or by a full day that lacks it.
        case cancelled = 6
    }

    var system: Int32
    var id: ByteText
    var content: ContentHash
    var date: CivilDate
    /// 0: nobody known.
    var member: Int32
    var kind: IncomingOrder.Kind
    var state: State
    var net: MinorUnits
    var base: MinorUnits
    var returned: MinorUnits
    /// Of an opening order.
    var points: Points
    /// 0: none.
    var terms: Int32
    /// The store's integer of the file; 0 for none.
    var file: Int64
    var line: Int32
    /// Whether it is from before the first night.
    var isOpening: Bool
    /// Above 1 the row alone doesn't tell what was posted.
    var version: Int64 = 1
    /// Points that it was paid with; of a return: that it says it gave back.
    var pointsPaid: Points = 0
    /// What came back in an exchange.
    var returnBase: MinorUnits = 0

    /// What every order has; the rest have defaults that fit nearly all.
    static let plainColumns = [
        "system", "id", "content", "night", "ordered_on", "member", "kind", "state", "net", "base",
        "returned", "points", "terms", "file", "line",
    ]
    static let columns = plainColumns + ["version", "points_paid", "return_base"]

    var identity: OrderIdentity { OrderIdentity(system: system, id: id) }

    /// Whether it sells something: what came of it can come back.
    var isSale: Bool { kind == .sale || kind == .exchange }
    /// Whether anything of it is brought back.
    var isReturn: Bool { kind == .return || kind == .exchange }
    /// What it takes back.
    var returnedBase: MinorUnits { kind == .return ? base : returnBase }
    /// What the order earned on; an opening order earned on its net amount.
    var earningBase: MinorUnits { isOpening ? max(0, net) : base }

    /// Binds a row without copying its texts: it must stay where it is until the statement has run.
    static func bind(
        _ row: UnsafePointer<OrderRow>, to statement: Statement, after first: Int32,
        night: CivilDate
    ) {
        let state = row.pointee.state
        statement.bind(Int64(row.pointee.system), at: first + 1)
        statement.bind(row.pointee.id, at: first + 2)
        if row.pointee.isOpening || row.pointee.isWithdrawn {
            statement.bindNull(at: first + 3)
        } else if let offset = MemoryLayout<OrderRow>.offset(of: \.content) {
            let content = UnsafeRawBufferPointer(
                start: UnsafeRawPointer(row) + offset, count: MemoryLayout<ContentHash>.size)
            statement.bind(lasting: content, at: first + 3)
        }
        statement.bind(night, at: first + 4)
        statement.bind(row.pointee.date, at: first + 5)
        statement.bindUnlessZero(Int64(row.pointee.member), at: first + 6)
        statement.bind(Int64(row.pointee.kind.rawValue), at: first + 7)
        statement.bind(state.rawValue, at: first + 8)
        statement.bind(row.pointee.net, at: first + 9)
        statement.bind(row.pointee.base, at: first + 10)
        statement.bind(row.pointee.returned, at: first + 11)
        if row.pointee.isOpening {
            statement.bind(row.pointee.points, at: first + 12)
        } else {
            statement.bindNull(at: first + 12)
        }
        statement.bindUnlessZero(Int64(row.pointee.terms), at: first + 13)
        statement.bindUnlessZero(row.pointee.file, at: first + 14)
        statement.bindUnlessZero(Int64(row.pointee.line), at: first + 15)
    }

    /// Binds what `bind` leaves to defaults.
    func bindRest(to statement: Statement) {
        let first = Int32(OrderRow.plainColumns.count)
        statement.bind(version, at: first + 1)
        statement.bind(pointsPaid, at: first + 2)
        statement.bind(returnBase, at: first + 3)
    }

    /// Reads a row of `columns`; its texts live as long as the arena.
    init?(_ row: Statement, into arena: TextArena) {
        guard let kind = IncomingOrder.Kind(rawValue: UInt8(row.integer(6))),
            let state = State(rawValue: row.integer(7))
        else { return nil }
        system = Int32(row.integer(0))
        id = arena.copy(row.text(1))
        content = ContentHash()
        let blob = row.blob(2)
        if blob.count == MemoryLayout<ContentHash>.size {
            content = blob.loadUnaligned(as: ContentHash.self)
        }
        date = row.date(4)
        member = Int32(row.integer(5))
        self.kind = kind
        self.state = state
        net = row.integer(8)
        base = row.integer(9)
        returned = row.integer(10)
        points = row.integer(11)
        isOpening = !row.isNull(11)
        terms = Int32(row.integer(12))
        file = row.integer(13)
        line = Int32(row.integer(14))
        version = row.integer(15)
        pointsPaid = row.integer(16)
        returnBase = row.integer(17)
    }

    init(
        system: Int32, id: ByteText, content: ContentHash, date: CivilDate, member: Int32,
        kind: IncomingOrder.Kind, state: State, net: MinorUnits, base: MinorUnits, terms: Int32,
        points: Points = 0, file: Int64, line: Int32
    ) {
        self.system = system
        self.id = id
        self.content = content
        self.date = date
        self.member = member
        self.kind = kind
        self.state = state
        self.net = net
        self.base = base
        returned = 0
        self.points = points
        isOpening = state == .opening
        self.terms = terms
        self.file = file
        self.line = line
    }
}
