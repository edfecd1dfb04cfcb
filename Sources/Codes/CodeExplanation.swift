package import Loyalty
package import Storage

/// All that the register knows of a code: where it came from, what happened to it, who reported what.
package struct CodeExplanation: Sendable {
    /// The line of a file; nil for what Nightjar itself made.
    package struct Place: Sendable {
        package var path: String
        package var line: Int64
    }

    /// The code in one namespace.
    package struct Holding: Sendable {
        package var owner: String
        package var reward: String
        package var state: CodeState
        package var card: String
        package var validFrom: CivilDate?
        /// The earlier of its own last day and its reward's; `Lot.never` without one.
        package var lastDay: CivilDate
        package var points: Points?
        package var place: Place?
        package var addedOn: CivilDate
        /// The state that it came in.
        package var stateAdded: CodeState
        package var transitions: [Transition]
    }

    package struct Transition: Sendable {
        package var night: CivilDate
        package var at: LocalSeconds
        /// Who said so; empty: Nightjar itself.
        package var system: String
        package var before: CodeState
        package var after: CodeState
        package var reason: String
        package var source: String
        package var card: String
        package var place: Place?
    }

    /// A burn or a reversal that a system reported, with what the last night made of it.
    package struct Report: Sendable {
        package var system: String
        package var id: String
        package var isReversal: Bool
        package var burnedAt: LocalSeconds
        package var store: String
        package var card: String
        package var receipt: String
        /// In minor units.
        package var discount: MinorUnits?
        package var night: CivilDate
        package var outcome: String
        package var detail: String
        package var place: Place?
    }

    package var holdings: [Holding] = []
    package var reports: [Report] = []
    /// How codes differ that may have been meant, where no file named this one.
    package var near = ""

    /// Whether any file named the code, or any burn.
    package var isKnown: Bool { !holdings.isEmpty || !reports.isEmpty }

    package init(_ code: String, _ connection: Connection) throws {
        let register = try Register(
            connection, night: CivilDate(days: 0),
            rewards: RewardBook(connection, night: CivilDate(days: 0)).list())
        let names = try CodeExplanation.systems(connection)
        let text = register.texts.copy(code)
        for row in try register.find(text) {
            let transitions = try CodeExplanation.transitions(of: row, names, connection)
            let reward = register.rewards[row.reward]
            holdings.append(
                Holding(
                    owner: names[row.owner] ?? "", reward: reward?.id ?? "", state: row.state,
                    card: row.card.string, validFrom: row.validFrom,
                    lastDay: min(row.expiresOn, reward?.lastDay ?? Lot.never), points: row.points,
                    place: try CodeExplanation.place(row.file, Int64(row.line), connection),
                    addedOn: row.addedOn, stateAdded: transitions.first?.before ?? row.state,
                    transitions: transitions))
        }
        reports = try CodeExplanation.reports(of: code, names, connection)
        if holdings.isEmpty { near = try NearCodes(register, connection).matches(of: text) }
    }

    private static func systems(_ connection: Connection) throws -> [Int32: String] {
        var names: [Int32: String] = [:]
        try connection.forEach("SELECT id, name FROM code_system") {
            names[Int32($0.integer(0))] = $0.string(1)
        }
        return names
    }

    private static func place(
        _ file: Int64, _ line: Int64, _ connection: Connection
    ) throws -> Place? {
        try connection.string("SELECT path FROM file WHERE id = ?", .integer(file)).map {
            Place(path: $0, line: line)
        }
    }

    private static func transitions(
        of row: CodeRow, _ names: [Int32: String], _ connection: Connection
    ) throws -> [Transition] {
        var transitions: [Transition] = []
        try connection.forEach(
            """
            SELECT night, at, system, before, after, reason, source, card, file, line FROM code_event
            WHERE code = ? AND owner = ? ORDER BY night, seq
            """, .text(row.code.string), .integer(Int64(row.owner))
        ) { event in
            transitions.append(
                Transition(
                    night: event.date(0), at: event.integer(1),
                    system: names[Int32(event.integer(2))] ?? "",
                    before: CodeState(rawValue: UInt8(event.integer(3))) ?? .voided,
                    after: CodeState(rawValue: UInt8(event.integer(4))) ?? .voided,
                    reason: event.string(5), source: event.string(6), card: event.string(7),
                    place: try place(event.integer(8), event.integer(9), connection)))
        }
        return transitions
    }

    private static func reports(
        of code: String, _ names: [Int32: String], _ connection: Connection
    ) throws -> [Report] {
        var reports: [Report] = []
        try connection.forEach(
            """
            SELECT b.system, b.id, b.is_reversal, b.burned_at, b.store, b.card, b.receipt, b.discount,
                coalesce(o.night, b.night), b.outcome, o.detail, b.file, b.line
            FROM burn b LEFT JOIN burn_outcome o ON o.system = b.system AND o.id = b.id
                AND o.is_reversal = b.is_reversal AND o.night = (SELECT max(night) FROM burn_outcome
                    WHERE system = b.system AND id = b.id AND is_reversal = b.is_reversal)
            WHERE b.code = ? ORDER BY b.burned_at, b.id, b.is_reversal
            """, .text(code)
        ) { row in
            reports.append(
                Report(
                    system: names[Int32(row.integer(0))] ?? "", id: row.string(1),
                    isReversal: row.integer(2) == 1, burnedAt: row.integer(3),
                    store: row.string(4), card: row.string(5), receipt: row.string(6),
                    discount: row.isNull(7) ? nil : row.integer(7), night: row.date(8),
                    outcome: row.string(9), detail: row.string(10),
                    place: try place(row.integer(11), row.integer(12), connection)))
        }
        return reports
    }
}
