internal import Loyalty
internal import Storage

/// Of whom a message is read: of all members, or of those of whom a night may say something new.
enum MemberScope {
    case all, changed

    /// What stands in FROM, its columns under `member`.
    var members: String {
        switch self {
        case .all: "member"
        case .changed: "\(MemberScope.table) x CROSS JOIN member ON member.id = x.id"
        }
    }

    /// The cards `c` of these members.
    var cards: String {
        switch self {
        case .all: "card c"
        case .changed:
            "\(MemberScope.table) x CROSS JOIN card c INDEXED BY card_member ON c.member = x.id"
        }
    }

    /// The cards `f` that stood for these members before others took their place.
    var formerCards: String {
        switch self {
        case .all: "former_card f"
        case .changed: "\(MemberScope.table) x CROSS JOIN former_card f ON f.member = x.id"
        }
    }

    private static let table = "temp.night_member"

    /// Fills the table of those of whom the night may say something new: more than they are may be in it, fewer not.
    ///
    /// What files say of a member, whatever changed his points, lots that left their hold, what he was granted.
    static func fill(_ connection: Connection, night: CivilDate) throws {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS \(table) (id INTEGER PRIMARY KEY)")
        try clear(connection)
        try connection.execute(
            """
            INSERT INTO \(table) SELECT member FROM member_change WHERE night = ?1
                UNION SELECT member FROM balance WHERE night = ?1
                UNION SELECT member FROM tier_move WHERE night = ?1
                UNION SELECT c.member FROM claim_outcome o JOIN claim c ON c.id = o.id
                    WHERE o.night = ?1 AND c.member IS NOT NULL
                UNION \(Message.endOfHold)
            """, .date(night))
    }

    static func clear(_ connection: Connection) throws {
        try connection.execute("DELETE FROM \(table)")
    }
}

/// How far an endpoint has been told of members: the row without a subject of its table.
struct ToldNights {
    private let connection: Connection
    private let night: CivilDate
    private let offers: Int64

    /// - Parameter offers: the digest of what can be had, on which some messages hang.
    init(_ connection: Connection, night: CivilDate, offers: Int64) {
        self.connection = connection
        self.night = night
        self.offers = offers
    }

    /// Of whom to read: of all where the endpoint didn't hear of the night before, or where what is told of them, and to whom, is
    /// another thing than it was then.
    func scope(_ message: Message, _ endpoint: String) throws -> MemberScope {
        guard message.isOfMembers else { return .all }
        let isToldSo = try connection.integer(
            """
            SELECT 1 FROM told WHERE endpoint = ? AND kind = ? AND subject = '' AND night = ? AND digest = ?
            """, .text(endpoint), .text(message.kind.rawValue), .date(night.adding(days: -1)),
            .integer(digest(message)))
        return isToldSo == nil ? .all : .changed
    }

    /// Notes that the endpoint was told of tonight.
    func note(_ message: Message, _ endpoint: String) throws {
        guard message.isOfMembers else { return }
        try connection.execute(
            """
            INSERT OR REPLACE INTO told (endpoint, kind, subject, digest, night)
            VALUES (?, ?, '', ?, ?)
            """, .text(endpoint), .text(message.kind.rawValue), .integer(digest(message)),
            .date(night))
    }

    private func digest(_ message: Message) -> Int64 {
        let source = message.source(.all)
        let columns = message.allColumns.map { "\($0.name) \($0.sql)" }
        let terms = source.contains(Offers.table) ? "\(offers)" : ""
        let parts = [terms, source, message.condition] + columns
        return Array(parts.joined(separator: "\n").utf8).digest
    }
}
