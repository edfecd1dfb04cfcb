package import Loyalty
package import Storage

/// Settles adjustments, points that are given or taken by hand: the only writer of their table.
///
/// One that waits is parked as an order is, so that the same report shows it; its net are its points.
/// They are posted with the night's orders, as events of a system of their own.
package final class AdjustmentBook {
    private enum State: Int64 {
        case posted = 0
        case waiting = 1
        case givenUp = 2
        case notActive = 3
    }

    private struct Row {
        var line: Adjustment
        var member: Int32
        var state: State
        var until: CivilDate
    }

    private let connection: Connection
    private let day: CivilDate
    private let batch: [Adjustment]
    private let files: [SettledFile]
    private let find: Statement
    private let holder: Statement
    private let write: Statement
    private let park: Statement
    private let unpark: Statement
    /// The integer of the system that stands for all that is done by hand.
    private let system: Int32
    /// What tonight came of each: whose points it had posted before, and how it stands now.
    private var changed: [ByteText: (before: Int32, row: Row)] = [:]

    /// - Parameter files: those that the batch's lines point at.
    package init(
        _ connection: Connection, day: CivilDate, batch: [Adjustment], files: [SettledFile]
    ) throws {
        self.connection = connection
        self.day = day
        self.batch = batch
        self.files = files
        find = try connection.prepare(
            """
            SELECT card, account, points, effective_on, reason, state, member, until
            FROM adjustment WHERE id = ?
            """)
        holder = try connection.prepare(
            """
            SELECT m.id, m.status FROM card c JOIN member m ON m.id = c.member WHERE c.card = ?
            """)
        write = try connection.prepare(
            """
            INSERT OR REPLACE INTO adjustment (id, night, card, member, account, points,
                effective_on, reason, state, until, file, line)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        park = try connection.prepare(
            """
            INSERT OR REPLACE INTO parked (system, id, parked_on, reason, card, net, until)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        unpark = try connection.prepare(
            """
            UPDATE parked SET ended_on = ?, outcome = ?
            WHERE system = ? AND id = ? AND ended_on IS NULL
            """)
        system = try Names(connection).systems(["adjustments"])[0]
    }

    /// Settles tonight's adjustments and those that have waited; their events join the settlement's.
    package func run(_ settlement: inout Settlement) throws {
        try release(&settlement)
        for index in sortedTexts(batch.count, { batch[$0].id }) {
            let line = batch[Int(index)]
            let verdict = try settle(line)
            settlement.counts[Int(line.file)][verdict] += 1
            guard verdict == .conflict else { continue }
            try settlement.refused.add(
                Refusal(
                    file: line.file, line: line.line, lineCount: 1, verdict: .conflict,
                    reason: .orderChanged))
        }
        let history = PostedEffects(connection, texts: settlement.texts)
        let survivors = try Survivors(connection)
        for (_, change) in changed.sorted(by: { $0.key < $1.key }) {
            try post(change.row, before: change.before, history, survivors, &settlement)
        }
    }

    /// Posts what has waited for its member or its day.
    private func release(_ settlement: inout Settlement) throws {
        var waiting: [(row: Row, file: Int64)] = []
        let texts = settlement.texts
        try connection.forEach(
            """
            SELECT id, card, account, points, effective_on, reason, until, file, line
            FROM adjustment WHERE state = 1 ORDER BY id
            """
        ) { row in
            let line = Adjustment(
                id: texts.copy(row.text(0)), card: texts.copy(row.text(1)),
                account: row.integer(2) == 0 ? .spend : .status, points: row.integer(3),
                effectiveOn: row.date(4), reason: texts.copy(row.text(5)), file: 0,
                line: Int32(row.integer(8)))
            waiting.append(
                (Row(line: line, member: 0, state: .waiting, until: row.date(6)), row.integer(7)))
        }
        for (before, file) in waiting {
            var row = try place(before.line, until: before.until)
            if row.state == .waiting, row.until <= day, row.line.effectiveOn <= day {
                row.state = .givenUp
                settlement.note(
                    LedgerException(.givenUp, of: row.line, by: system))
            }
            if row.state == .waiting {
                // Its day has come, its member has not.
                guard row.line.effectiveOn == day else { continue }
                try end(row, .released)
                try wait(row)
                continue
            }
            try end(row, row.state == .givenUp ? .givenUp : .released)
            try keep(row, file: file)
            changed[row.line.id] = (0, row)
        }
    }

    private func settle(_ line: Adjustment) throws -> Verdict {
        let file = files[Int(line.file)]
        find.bind(line.id, at: 1)
        let isKnown = try find.step()
        // Of one whose member was forgotten no card is left: what was done stands.
        let isForgotten = isKnown && find.text(0).isEmpty
        let isSame =
            isForgotten
            || isKnown && find.text(0) == line.card
                && find.integer(1) == Int64(line.account.rawValue)
                && find.integer(2) == line.points && find.date(3) == line.effectiveOn
                && find.text(4) == line.reason
        let wasPosted = isKnown && find.integer(5) == State.posted.rawValue
        let hasWaited = isKnown && find.integer(5) == State.waiting.rawValue
        let member = wasPosted ? Int32(find.integer(6)) : 0
        find.reset()
        if isSame || isKnown && file.onChange == .duplicate { return .duplicate }
        if isKnown, file.onChange == .reject { return .conflict }
        let until = max(line.effectiveOn, day).adding(days: file.parkDays)
        let row = try place(line, until: until)
        try keep(row, file: file.id)
        if hasWaited { try end(row, .replaced) }
        if row.state == .waiting { try wait(row) }
        changed[line.id] = (changed[line.id]?.before ?? member, row)
        return isKnown ? .correction : row.state == .waiting ? .parked : .accepted
    }

    /// Posts an adjustment; one that was posted before is restated.
    private func post(
        _ row: Row, before: Int32, _ history: PostedEffects, _ survivors: Survivors,
        _ settlement: inout Settlement
    ) throws {
        let event = event(row.line)
        guard before > 0 else {
            if row.state == .posted { try settlement.add(event, to: row.member) }
            return
        }
        let source = OrderIdentity(system: system, id: row.line.id)
        for owner in Set([survivors.survivor(of: before), row.member]).sorted() where owner > 0 {
            let effects = try history.effects(of: [source], on: survivors.selves(of: owner))
            let parts = owner == row.member && row.state == .posted ? [event] : []
            guard !effects.isEmpty || !parts.isEmpty else { continue }
            var restatement = event
            restatement.kind = .restatement
            restatement.base = 0
            settlement.add(restatement, EventDetail(effects: effects, parts: parts), to: owner)
        }
    }

    /// Whose points they are, and whether they count by now.
    private func place(_ line: Adjustment, until: CivilDate) throws -> Row {
        holder.bind(line.card, at: 1)
        defer { holder.reset() }
        guard try holder.step(), line.effectiveOn <= day else {
            return Row(line: line, member: 0, state: .waiting, until: until)
        }
        return Row(
            line: line, member: Int32(holder.integer(0)),
            state: holder.integer(1) == 0 ? .posted : .notActive, until: until)
    }

    private func event(_ line: Adjustment) -> OrderEvent {
        var event = OrderEvent(
            kind: .adjustment, date: line.effectiveOn, system: system, id: line.id,
            base: line.points, terms: 0)
        event.account = line.account
        return event
    }

    private func keep(_ row: Row, file: Int64) throws {
        write.bind(row.line.id, at: 1)
        write.bind(day, at: 2)
        write.bind(row.line.card, at: 3)
        write.bindUnlessZero(Int64(row.member), at: 4)
        write.bind(Int64(row.line.account.rawValue), at: 5)
        write.bind(row.line.points, at: 6)
        write.bind(row.line.effectiveOn, at: 7)
        write.bind(row.line.reason, at: 8)
        write.bind(row.state.rawValue, at: 9)
        write.bind(row.until, at: 10)
        write.bind(file, at: 11)
        write.bind(Int64(row.line.line), at: 12)
        try write.run()
    }

    private func wait(_ row: Row) throws {
        let reason = row.line.effectiveOn > day ? ParkReason.laterDay : .unknownMember
        park.bind(Int64(system), at: 1)
        park.bind(row.line.id, at: 2)
        park.bind(day, at: 3)
        park.bind(reason.rawValue, at: 4)
        park.bind(row.line.card, at: 5)
        park.bind(row.line.points, at: 6)
        park.bind(row.until, at: 7)
        try park.run()
    }

    private func end(_ row: Row, _ outcome: ParkOutcome) throws {
        unpark.bind(day, at: 1)
        unpark.bind(outcome.rawValue, at: 2)
        unpark.bind(Int64(system), at: 3)
        unpark.bind(row.line.id, at: 4)
        try unpark.run()
    }
}
