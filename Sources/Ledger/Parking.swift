internal import Loyalty
internal import Storage

/// The orders that wait.
struct Parking {
    struct Waiting {
        var row: OrderRow
        var reason: ParkReason
        var card: ByteText
        var original: ByteText
        var until: CivilDate
        /// Whose card it is now.
        var holder: CardDirectory.Holder?
    }

    private let connection: Connection
    private let day: CivilDate

    init(_ connection: Connection, day: CivilDate) {
        self.connection = connection
        self.day = day
    }

    /// All that waits, in the order of identities; nothing that came tonight.
    func waiting(_ texts: TextArena) throws -> [Waiting] {
        let columns = OrderRow.columns.map { "o.\($0)" }.joined(separator: ", ")
        var all: [Waiting] = []
        let next = Int32(OrderRow.columns.count)
        try connection.forEach(
            """
            SELECT \(columns), p.reason, p.card, p.original, p.until, m.id, m.tier, m.status,
                c.expires_on
            FROM parked p
            JOIN orders o ON o.system = p.system AND o.id = p.id
            LEFT JOIN card c ON c.card = p.card
            LEFT JOIN member m ON m.id = c.member
            WHERE p.ended_on IS NULL ORDER BY p.system, p.id
            """
        ) { line in
            guard let row = OrderRow(line, into: texts),
                let reason = ParkReason(rawValue: line.string(next))
            else { return }
            let holder =
                line.isNull(next + 4)
                ? nil
                : CardDirectory.Holder(
                    member: Int32(line.integer(next + 4)), tier: Int32(line.integer(next + 5)),
                    isActive: line.integer(next + 6) == 0,
                    expiresOn: line.isNull(next + 7) ? Lot.never : line.date(next + 7))
            all.append(
                Waiting(
                    row: row, reason: reason, card: texts.copy(line.text(next + 1)),
                    original: texts.copy(line.text(next + 2)), until: line.date(next + 3),
                    holder: holder))
        }
        return all
    }
}
