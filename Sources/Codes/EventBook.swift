internal import Loyalty
internal import Storage

/// Takes over events, once for ever, and has the workflows turn them into grants: the only writer of their
/// table.
final class EventBook {
    /// How many nights what no file brought waits.
    static let parkDays = 30

    private enum State: Int64 { case counted, waits, givenUp }

    private struct Event {
        var id: ByteText
        var event: ByteText
        var subject: ByteText
        var occurredAt: LocalSeconds
        var card: ByteText
        var until: CivilDate
        var file: Int64
        var line: Int32
        /// Nil where it has waited since an earlier night.
        var batchFile: Int32?

        func says(_ other: Event) -> Bool {
            event == other.event && subject == other.subject && occurredAt == other.occurredAt
                && card == other.card
        }
    }

    let workflows: Workflows
    private let tools: CodeTools
    private let find: Statement
    private let replace: Statement

    init(_ tools: CodeTools) throws {
        self.tools = tools
        workflows = try Workflows(tools)
        find = try tools.connection.prepare(
            "SELECT event, subject, occurred_at, card FROM program_event WHERE id = ?")
        replace = try tools.connection.prepare(
            """
            INSERT OR REPLACE INTO program_event (id, night, event, subject, occurred_at, card, state,
                until, file, line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
    }

    /// Judges tonight's events and those that wait, and says what they and the day itself grant.
    func run(_ verdicts: inout CodeVerdicts) throws -> [Claim] {
        var grants: [Claim] = []
        for event in try waiting() + settle(&verdicts) {
            let granted = try judge(event)
            if let file = event.batchFile {
                verdicts.count(file, event.line, granted == nil ? .parked : .accepted)
            }
            grants += granted ?? []
        }
        return try grants + workflows.grantsOfDay()
    }

    /// What an event grants; nil where it waits, or has waited in vain.
    private func judge(_ event: Event) throws -> [Claim]? {
        let day = CivilDate(local: event.occurredAt)
        let rewards = workflows.matching(event.event, subject: event.subject)
        var missing = ""
        if day > tools.day {
            missing = Reason.laterDay
        } else if !rewards.isEmpty, try tools.holders.holder(of: event.card) == nil {
            missing = Reason.unknownMember.name
        }
        guard missing.isEmpty else {
            let isOver = event.batchFile == nil && event.until <= tools.day
            if isOver { try noteGivenUp(event, missing) }
            try enter(event, isOver ? .givenUp : .waits)
            return nil
        }
        try enter(event, .counted)
        return rewards.map {
            workflows.grant(
                $0, event: event.id, card: event.card, at: event.occurredAt, file: event.file,
                line: event.line, until: event.until)
        }
    }

    private func noteGivenUp(_ event: Event, _ reason: String) throws {
        var entry = CodeExceptionBook.Entry(
            .givenUp, system: 0, source: event.id, code: tools.none)
        entry.card = event.card
        entry.detail = reason
        try tools.exceptions.note(entry)
    }

    // MARK: The table

    private func waiting() throws -> [Event] {
        let texts = tools.register.texts
        var events: [Event] = []
        try tools.connection.forEach(
            """
            SELECT id, event, subject, occurred_at, card, until, file, line FROM program_event
            WHERE state = 1 ORDER BY id
            """
        ) { row in
            events.append(
                Event(
                    id: texts.copy(row.text(0)), event: texts.copy(row.text(1)),
                    subject: texts.copy(row.text(2)), occurredAt: row.integer(3),
                    card: texts.copy(row.text(4)), until: row.date(5), file: row.integer(6),
                    line: Int32(row.integer(7))))
        }
        return events
    }

    /// Tonight's events by their ids: the first stands, for ever.
    private func settle(_ verdicts: inout CodeVerdicts) throws -> [Event] {
        var events: [Event] = []
        var places: [ByteText: Int] = [:]
        for line in tools.batch.events {
            let file = tools.files[Int(line.file)]
            let event = Event(
                id: line.id, event: line.event, subject: line.subject,
                occurredAt: line.occurredAt, card: line.card,
                until: tools.day.adding(days: file.parkDays), file: file.id, line: line.line,
                batchFile: line.file)
            let known = try places[event.id].map { events[$0].says(event) } ?? isSame(event)
            switch known {
            case nil:
                places[event.id] = events.count
                events.append(event)
            case true?: verdicts.count(line.file, line.line, .duplicate)
            case false? where file.onChange == .duplicate:
                verdicts.count(line.file, line.line, .duplicate)
            case false?: verdicts.count(line.file, line.line, .conflict, .recordChanged)
            }
        }
        return events
    }

    private func isSame(_ event: Event) throws -> Bool? {
        find.bind(event.id, at: 1)
        defer { find.reset() }
        guard try find.step() else { return nil }
        // Of one whose member was forgotten no card is left: what was done stands.
        return find.text(3).isEmpty
            || find.text(0) == event.event && find.text(1) == event.subject
                && find.integer(2) == event.occurredAt && find.text(3) == event.card
    }

    private func enter(_ event: Event, _ state: State) throws {
        replace.bind(event.id, at: 1)
        replace.bind(tools.day, at: 2)
        replace.bind(event.event, at: 3)
        replace.bind(orNull: event.subject, at: 4)
        replace.bind(event.occurredAt, at: 5)
        replace.bind(event.card, at: 6)
        replace.bind(state.rawValue, at: 7)
        replace.bind(orNull: state == .waits ? Int64(event.until.days) : nil, at: 8)
        replace.bindUnlessZero(event.file, at: 9)
        replace.bindUnlessZero(Int64(event.line), at: 10)
        try replace.run()
    }
}
