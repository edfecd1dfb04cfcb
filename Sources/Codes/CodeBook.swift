package import Loyalty
package import Storage

/// Takes over files of codes: imports add, never replace.
package final class CodeBook {
    /// A reward that lines name.
    private struct Place {
        var id: Int32
        var owner: Int32
        var reward: Reward
    }

    /// A code as tonight's lines found or left it.
    private struct Known {
        var row: RegisterWalk.Row
        /// Whether it waits among the added ones.
        var isNew = false
    }

    /// So many new rows are written at once.
    private static let rowsAtOnce = 4096

    private let night: CivilDate
    private let register: Register
    private let walk: RegisterWalk
    private let holders: CardHolders
    private let exceptions: CodeExceptionBook
    private var verdicts = CodeVerdicts(files: 0)
    private var files: [CodeFile] = []
    /// By the batch's names; nil for what no reward bears.
    private var places: [Place?] = []
    private var added: [CodeRow] = []

    package init(_ connection: Connection, night: CivilDate) throws {
        self.night = night
        register = try Register(
            connection, night: night, rewards: RewardBook(connection, night: night).list())
        walk = try RegisterWalk(connection)
        holders = try CardHolders(connection)
        exceptions = try CodeExceptionBook(connection, night: night)
        added.reserveCapacity(CodeBook.rowsAtOnce)
    }

    /// Takes over a night's lines of codes.
    ///
    /// They are judged in the order of their codes, as the register lies; lines of one code in their own.
    package func post(_ batch: CodeBatch, files: [CodeFile]) throws -> CodeVerdicts {
        verdicts = CodeVerdicts(files: files.count)
        self.files = files
        places = try batch.names.texts.map { try place($0.string) }
        try batch.codes.withUnsafeBufferPointer { lines in
            let order = sortedTexts(lines.count) { lines[$0].code }
            var start = 0
            while start < order.count {
                let code = lines[Int(order[start])].code
                var known = try walk.rows(of: code).map { Known(row: $0) }
                repeat {
                    try judge(lines[Int(order[start])], &known)
                    start += 1
                } while start < order.count && lines[Int(order[start])].code == code
                if added.count >= CodeBook.rowsAtOnce { try write() }
            }
        }
        try write()
        try register.counts.write()
        return verdicts
    }

    private func place(_ name: String) throws -> Place? {
        guard let id = register.rewards.id(of: name), let reward = register.rewards[id] else {
            return nil
        }
        return Place(id: id, owner: try register.owner(of: id), reward: reward)
    }

    private func write() throws {
        walk.pause()
        try register.add(added)
        added.removeAll(keepingCapacity: true)
    }

    // MARK: Judging

    private func judge(_ line: CodeLine, _ known: inout [Known]) throws {
        guard let place = places[Int(line.reward)] else {
            return verdicts.count(line.file, line.line, .rejected, .unknownReward)
        }
        guard !place.reward.owner.isEmpty else {
            return verdicts.count(line.file, line.line, .rejected, .rewardInvalid)
        }
        if let index = known.firstIndex(where: { $0.row.owner == place.owner }) {
            try judge(line, place, &known[index])
        } else if let flaw = flaw(of: line, place.reward) {
            verdicts.count(line.file, line.line, .rejected, flaw)
        } else {
            let row = row(line, place)
            added.append(row)
            known.append(
                Known(
                    row: RegisterWalk.Row(owner: row.owner, reward: row.reward, state: row.state),
                    isNew: true))
            verdicts.count(line.file, line.line, .accepted)
        }
    }

    /// Why a code that nobody knows can't come in.
    private func flaw(of line: CodeLine, _ reward: Reward) -> Reason? {
        if line.state == .delete { return .unknownCode }
        if reward.kind == .giftCode, line.points ?? reward.points == nil { return .missingField }
        // Where a file says in which state its codes are, a program that runs is taken over as it is.
        if line.state == nil, min(line.expiresOn, reward.lastDay) < night {
            return .alreadyExpired
        }
        return nil
    }

    private func row(_ line: CodeLine, _ place: Place) -> CodeRow {
        let state = line.state?.register ?? .available
        let none = ByteText(start: line.code.start, count: 0)
        return CodeRow(
            code: line.code, owner: place.owner, reward: place.id, state: state,
            card: state == .available ? none : line.card, validFrom: line.validFrom,
            expiresOn: line.expiresOn, points: line.points, file: files[Int(line.file)].id,
            line: line.line, addedOn: night,
            assignedAt: state == .available ? nil : line.assignedAt,
            burnedAt: state == .burned ? line.burnedAt ?? 0 : nil, burnedIn: 0, burn: none)
    }

    /// Judges a line about a code that its namespace has.
    private func judge(_ line: CodeLine, _ place: Place, _ known: inout Known) throws {
        let before = known.row.state
        let isOfSameReward = known.row.reward == place.id
        var event = CodeMachine.Event.listed(isOfSameReward: isOfSameReward)
        switch line.state {
        case .delete where isOfSameReward: event = .deleted
        case .assigned where isOfSameReward:
            event = .assigned(isToHolder: try isToHolder(line, &known), isFromOwner: true)
        case .burned, .expired, .voided:
            guard line.state?.register != before, isOfSameReward else { break }
            // What is reported by a list and not by a burn is for reconciliation to find.
            if before.isOpen {
                return verdicts.count(line.file, line.line, .conflict, .recordChanged)
            }
        case .assigned, .available, .delete, nil: break
        }
        if line.state?.register == before, before != .assigned, isOfSameReward {
            return verdicts.count(line.file, line.line, .duplicate)
        }
        let outcome = CodeMachine.outcome(of: event, in: before, CodeTerms.Burns())
        verdicts.count(line.file, line.line, outcome.verdict, outcome.reason)
        for kind in outcome.exceptions { try note(kind, line, place) }
        guard let state = outcome.state else { return }
        try change(line, &known, to: state)
    }

    /// Whether a line gives a code to the member who has it, as far as both are known.
    private func isToHolder(_ line: CodeLine, _ known: inout Known) throws -> Bool {
        guard known.row.state == .assigned, !line.card.isEmpty,
            let row = try stored(line.code, &known), !row.card.isEmpty
        else { return true }
        return try holders.areOfOne(row.card, line.card)
    }

    private func stored(_ code: ByteText, _ known: inout Known) throws -> CodeRow? {
        if known.isNew { try write() }
        known.isNew = false
        return try register.find(code, owner: known.row.owner)
    }

    private func change(_ line: CodeLine, _ known: inout Known, to state: CodeState) throws {
        guard var row = try stored(line.code, &known) else { return }
        row.state = state
        if state == .assigned {
            row.card = line.card
            row.assignedAt = line.assignedAt ?? night.midnight
        }
        walk.pause()
        try register.change(
            row, from: known.row.state,
            CodeTransition(
                at: row.assignedAt ?? night.midnight, system: row.owner,
                file: files[Int(line.file)].id, line: line.line,
                reason: state == .assigned ? "assigned" : "deleted",
                source: ByteText(start: line.code.start, count: 0)))
        known.row.state = state
    }

    private func note(_ kind: CodeException, _ line: CodeLine, _ place: Place) throws {
        var entry = CodeExceptionBook.Entry(
            kind, system: place.owner, source: line.code, code: line.code)
        entry.reward = place.id
        entry.card = line.card
        entry.store = line.store
        try exceptions.note(entry)
    }
}

extension CodeLine.State {
    /// The register's state of this name; nil for one that asks for something.
    fileprivate var register: CodeState? {
        switch self {
        case .available: .available
        case .assigned: .assigned
        case .burned: .burned
        case .expired: .expired
        case .voided: .voided
        case .delete: nil
        }
    }
}
