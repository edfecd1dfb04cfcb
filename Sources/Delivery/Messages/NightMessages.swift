package import Loyalty
internal import Settings
package import Storage
internal import Tabular

/// Writes what a night has to tell, in the transaction that posts it: a row of the outbox an effect or, for
/// endpoints that get files, a file and the row that names it.
///
/// Without endpoints it does nothing.
package struct NightMessages {
    /// What a night hands over beside the store.
    package struct News {
        package var orders: OrderNews
        /// As the night has them, by the store's integers.
        package var rewards: () throws -> [(id: Int32, reward: Reward)]

        package init(
            orders: OrderNews, rewards: @escaping () throws -> [(id: Int32, reward: Reward)]
        ) {
            self.orders = orders
            self.rewards = rewards
        }
    }

    private let connection: Connection
    private let night: CivilDate
    private let program: Program
    private let endpoints: [EndpointTerms]
    private let layouts: [OutgoingLayout]
    private let folder: OutgoingFolder
    private let outbox: Outbox
    private let tell: (String) -> Void

    /// - Parameters:
    ///   - folder: the workspace's.
    ///   - tell: hears what a person should know.
    package init(
        _ connection: Connection, night: CivilDate, program: Program, endpoints: [EndpointTerms],
        layouts: [OutgoingLayout], folder: String, tell: @escaping (String) -> Void
    ) throws {
        self.tell = tell
        self.connection = connection
        self.night = night
        self.program = program
        self.endpoints = endpoints
        self.layouts = layouts
        self.folder = OutgoingFolder(workspace: folder)
        outbox = try Outbox(connection, night: night)
    }

    package func write(_ news: News) throws {
        let kinds = Set(endpoints.flatMap(\.send))
        guard !kinds.isEmpty else { return }
        let needsOffers = !kinds.isDisjoint(with: [.catalogue, .eligible, .notices])
        if needsOffers { try Offers(connection, night: night).fill(news.rewards()) }
        let readsMembers = kinds.contains { Messages.message($0)?.isOfMembers ?? false }
        if readsMembers { try MemberScope.fill(connection, night: night) }
        let offers = try needsOffers ? Offers.digest(connection) : 0
        let told = ToldNights(connection, night: night, offers: offers)
        var noticed = MemberScope.changed
        if kinds.contains(.orders) { try news.orders.fill(connection, night: night) }
        for endpoint in endpoints {
            for kind in endpoint.send {
                guard let message = Messages.message(kind) else { continue }
                let scope = try told.scope(message, endpoint.name)
                if endpoint.kind.takesFiles {
                    try writeFile(message, endpoint, scope)
                } else if Parcelled.kinds(kind).isEmpty {
                    try writeRows(message, endpoint, scope)
                }
                try told.note(message, endpoint.name)
                if kind == .notices, scope == .all { noticed = .all }
            }
        }
        if kinds.contains(.notices) {
            try connection.execute(
                """
                INSERT OR IGNORE INTO notice (member, reward, night)
                SELECT m.id, o.reward, ?1 FROM \(Message.unsaidPairs(noticed))
                """, .date(night))
        }
        if needsOffers { try Offers.clear(connection) }
        if readsMembers { try MemberScope.clear(connection) }
        if kinds.contains(.orders) { try OrderNews.clear(connection) }
    }

    // MARK: Rows

    private func writeRows(
        _ message: Message, _ endpoint: EndpointTerms, _ scope: MemberScope
    ) throws {
        try each(message, endpoint, scope) { entry in
            try entry.subject.withText { subject in
                try entry.json.bytes.withText { payload in
                    _ = try outbox.enqueue(
                        endpoint: endpoint.name, kind: message.kind.rawValue, subject: subject,
                        key: EffectKey.key(entry.key), payload: payload)
                }
            }
        }
    }

    /// The messages of a kind that an endpoint has to be told.
    private func each(
        _ message: Message, _ endpoint: EndpointTerms, _ scope: MemberScope,
        _ body: (MessageRows.Entry) throws -> Void
    ) throws {
        let rows = try MessageRows(
            message, connection, night, endpoint: endpoint.name, program, of: scope)
        guard message.isToldOnce else { return try rows.each(body) }
        let told = try ToldBook(connection, night: night, endpoint: endpoint.name, message.kind)
        try rows.each { entry in
            if try told.tell(entry) { try body(entry) }
        }
    }

    // MARK: Files

    private func writeFile(
        _ message: Message, _ endpoint: EndpointTerms, _ scope: MemberScope
    ) throws {
        let kind = message.kind.rawValue
        let format = endpoint.format
        let (key, number) = try freeKey(endpoint.name, kind)
        let name = "\(kind)-\(night)-\(number).\(format.rawValue)"
        let file = try folder.file(name, night: night, endpoint: endpoint.name)
        switch format {
        case .jsonLines:
            try each(message, endpoint, scope) { entry in
                try file.add(entry.json.bytes + [10])
            }
        case .csv:
            // What has changed is known when all is read: a line is written before its message is whole.
            if message.isToldOnce { try each(message, endpoint, scope) { _ in () } }
            let layout = layouts.first {
                $0.kind == message.kind && endpoint.layouts.map(\.value).contains($0.name)
            }
            let lines = try MessageLines(
                message, layout ?? OutgoingLayout(of: message), connection, night,
                endpoint: endpoint.name, program, of: scope)
            let losses = try lines.write(to: file)
            if let layout { tellLosses(losses, name, layout) }
        }
        guard file.rows > 0 else { return try file.drop() }
        let sent = try file.finish()
        let payload = sent.payload
        let id = try Array(kind.utf8).withText { subject in
            try Array(payload.utf8).withText {
                try outbox.enqueue(
                    endpoint: endpoint.name, kind: kind, subject: subject, key: key, payload: $0)
            }
        }
        let kinds = Parcelled.kinds(message.kind)
        guard let id, !kinds.isEmpty else { return }
        try connection.execute(
            "UPDATE outbox AS o SET parcel = ?1 WHERE id < ?1 AND \(Parcelled.condition(kinds))",
            .integer(id), .text(endpoint.name))
    }

    private func tellLosses(
        _ losses: MessageLines.Losses, _ name: String, _ layout: OutgoingLayout
    ) {
        let encoding = layout.encoding.rawValue
        let advice =
            "give the layout '\(layout.name)' another 'encoding'"
            + (layout.location.map { " (\($0))" } ?? "")
        if let first = losses.firstValue {
            tell(
                "\(name): \(losses.values) values have characters that \(encoding) lacks, and '?' in their place, the first "
                    + "in '\(first.column)' of record \(first.record); \(advice)")
        }
        if let first = losses.firstRecord {
            tell(
                "\(name): \(losses.records) records are left out: \(encoding) lacks characters of their names, and under others "
                    + "they would be somebody else's; the first has a '\(first.column)' that ends in '\(first.ending)'; \(advice)"
            )
        }
    }

    /// The first number of a file of this night, kind and endpoint that none bears, and the key of its row.
    private func freeKey(_ endpoint: String, _ kind: String) throws -> (String, Int) {
        var number = 1
        while true {
            let key = EffectKey.key([night.description, endpoint, kind, "\(number)"])
            let known = try connection.integer("SELECT 1 FROM outbox WHERE key = ?", .text(key))
            if known == nil { return (key, number) }
            number += 1
        }
    }
}

/// What endpoints were told last: the only writer of that table.
struct ToldBook {
    private let night: CivilDate
    private let find: Statement
    private let replace: Statement

    init(
        _ connection: Connection, night: CivilDate, endpoint: String, _ kind: MessageKind
    ) throws {
        self.night = night
        find = try connection.prepare(
            "SELECT digest FROM told WHERE endpoint = ?1 AND kind = ?2 AND subject = ?3")
        replace = try connection.prepare(
            """
            INSERT OR REPLACE INTO told (endpoint, kind, subject, digest, night)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """)
        for statement in [find, replace] {
            statement.bind(endpoint, at: 1)
            statement.bind(kind.rawValue, at: 2)
        }
    }

    /// Notes what is told; false where it is what was told the last time, or where there never was anything.
    func tell(_ entry: MessageRows.Entry) throws -> Bool {
        let digest = entry.digest
        return try entry.subject.withText { subject in
            find.bind(subject, at: 3)
            defer { find.reset() }
            let isKnown = try find.step()
            if isKnown ? find.integer(0) == digest : entry.isBare { return false }
            replace.bind(subject, at: 3)
            replace.bind(digest, at: 4)
            replace.bind(night, at: 5)
            try replace.run()
            return true
        }
    }
}

extension [UInt8] {
    func withText<Value>(_ body: (ByteText) throws -> Value) rethrows -> Value {
        try withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else {
                let none: StaticString = ""
                return try body(ByteText(start: none.utf8Start, count: 0))
            }
            return try body(ByteText(start: start, count: bytes.count))
        }
    }
}
