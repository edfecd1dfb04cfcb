internal import Loyalty
internal import Storage

/// Keeps the breaks of a night: the only writer of its table.
///
/// Each bears the night in which it was first seen. The breaks of the night before are met in the order of
/// their codes; one that is not found again has closed by itself, unless a system that it was seen at isn't
/// compared tonight: then it stays as it was.
final class BreakBook {
    /// What a system says of a code; empty: it doesn't list it.
    struct Status {
        var system: String
        var status: String
    }

    /// A break of the night before.
    private struct Old {
        var owner: Int32
        var kind: String
        var firstSeen: CivilDate
        var statuses: String
        /// Whether tonight has a break of the same code.
        var isNoted = false
    }

    private let night: CivilDate
    private let compared: Set<String>
    private let before: CivilDate
    private let old: Statement
    private let keep: Statement
    private let insert: Statement
    /// The code of the next break of the night before.
    private let oldCode = HeldText()
    private var hasOld = false
    /// Breaks of the night before about the code at hand.
    private var here: [Old] = []

    /// - Parameter compared: the systems whose stocks are compared tonight.
    init(_ connection: Connection, night: CivilDate, compared: [String]) throws {
        self.night = night
        self.compared = Set(compared)
        let reconciled = try connection.integer(
            "SELECT max(night) FROM reconciliation WHERE night < ?", .date(night))
        // In the first night there is none before it: day 0 has no breaks.
        before = CivilDate(days: Int32(reconciled ?? 0))
        old = try connection.prepare(
            """
            SELECT code, owner, class, first_seen, statuses FROM code_break WHERE night = ?
            ORDER BY code, owner
            """)
        keep = try connection.prepare(
            """
            INSERT INTO code_break (night, code, owner, class, reward, register_state, pos_status,
                ecom_status, statuses, first_seen, action, amount)
            SELECT ?1, code, owner, class, reward, register_state, pos_status, ecom_status, statuses,
                first_seen, NULL, amount FROM code_break WHERE night = ?2 AND code = ?3 AND owner = ?4
            """)
        insert = try connection.prepare(
            """
            INSERT INTO code_break (night, code, owner, class, reward, register_state, pos_status,
                ecom_status, statuses, first_seen, action, amount)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        old.bind(before, at: 1)
        try step()
    }

    private func step() throws {
        hasOld = try old.step()
        if hasOld { oldCode.set(old.text(0)) }
    }

    // MARK: The night before

    /// Goes on to a code: breaks of codes before it are in neither register nor stock any more.
    func close(before code: ByteText) throws {
        while hasOld, oldCode.text < code { try take(of: HeldText(oldCode.text)) }
        here = []
        while hasOld, oldCode.text == code {
            here.append(next)
            try step()
        }
    }

    private var next: Old {
        Old(
            owner: Int32(old.integer(1)), kind: old.string(2), firstSeen: old.date(3),
            statuses: old.string(4))
    }

    private func take(of code: HeldText) throws {
        here = []
        while hasOld, oldCode.text == code.text {
            here.append(next)
            try step()
        }
        try close(of: code.text)
    }

    /// Ends a code: what was a break of it and isn't noted tonight has closed, or stays.
    func close(of code: ByteText) throws {
        for old in here where !old.isNoted && waits(old) {
            keep.bind(night, at: 1)
            keep.bind(before, at: 2)
            keep.bind(code, at: 3)
            keep.bind(Int64(old.owner), at: 4)
            try keep.run()
        }
        here = []
    }

    func closeAll() throws {
        while hasOld { try take(of: HeldText(oldCode.text)) }
    }

    /// Whether a system that a break was seen at isn't compared tonight.
    private func waits(_ old: Old) -> Bool {
        old.statuses.split(separator: ";").contains {
            !compared.contains(String($0.prefix { $0 != "=" }))
        }
    }

    /// The night in which a break of the code at hand was first seen.
    func seen(_ owner: Int32, _ found: Break) -> CivilDate {
        for index in here.indices where here[index].owner == owner {
            here[index].isNoted = true
            // Those that miss a code may change: it is missing all the same.
            if here[index].kind.hasPrefix(found.kind.rawValue) { return here[index].firstSeen }
        }
        return night
    }

    // MARK: Tonight

    func note(
        _ found: Break, _ row: RegisterStream.Row, value: MinorUnits?, statuses: [Status],
        action: String?, seen: CivilDate
    ) throws {
        let amount: MinorUnits? =
            switch found.kind {
            case .burnedTwice, .burnedButOpen, .openButBurned, .expiredButOpen: value
            default: nil
            }
        try note(
            row.code, owner: row.owner, found.name, reward: row.reward, state: row.state, statuses,
            seen, action, amount)
    }

    func noteUnknown(
        _ code: ByteText, reward: Int32, statuses: [Status], action: String?, seen: CivilDate
    ) throws {
        try note(
            code, owner: 0, BreakClass.unknownToRegister.rawValue, reward: reward, state: nil,
            statuses, seen, action, nil)
    }

    private func note(
        _ code: ByteText, owner: Int32, _ name: String, reward: Int32, state: CodeState?,
        _ statuses: [Status], _ seen: CivilDate, _ action: String?, _ amount: MinorUnits?
    ) throws {
        func status(_ system: String) -> String? {
            statuses.first { $0.system == system }.flatMap { $0.status.isEmpty ? nil : $0.status }
        }
        func bind(_ text: String?, at index: Int32) {
            if let text { insert.bind(text, at: index) } else { insert.bindNull(at: index) }
        }
        insert.bind(night, at: 1)
        insert.bind(code, at: 2)
        insert.bind(Int64(owner), at: 3)
        insert.bind(name, at: 4)
        insert.bindUnlessZero(Int64(reward), at: 5)
        insert.bind(orNull: state.map { Int64($0.rawValue) }, at: 6)
        bind(status("pos"), at: 7)
        bind(status("ecom"), at: 8)
        insert.bind(
            statuses.map { $0.system + "=" + $0.status }.joined(separator: ";"), at: 9)
        insert.bind(seen, at: 10)
        bind(action, at: 11)
        insert.bind(orNull: amount, at: 12)
        try insert.run()
    }
}

extension HeldText {
    fileprivate convenience init(_ text: ByteText) {
        self.init()
        set(text)
    }
}
