internal import Loyalty

/// Judges all that a night heard of one code, in the order of time.
///
/// What becomes of the code is `CodeMachine`'s to say; here is what it must know for that, and what follows
/// for the other burns of the code.
final class BurnJudge {
    /// A burn with what tonight makes of it.
    struct Case {
        var burn: Burn
        var line: (file: Int32, line: Int32)?
        var isCorrection = false
        /// Whether tonight says anything of it; false for what only is known of the code.
        var isTonight = true
        /// What an earlier night made of it.
        var before: BurnOutcome?
        var verdict = Verdict.accepted
        var reason: Reason?
        var exceptions: [CodeException] = []
        /// Whom it is charged to tonight.
        var member: Int32 = 0
        var detail = ""
    }

    private let tools: CodeTools
    private let table: BurnTable
    private let systems: BurnSystems
    private let history: CodeHistory
    private let amounts: OrderAmounts
    private let near: NearCodes
    private let terms: [Int32: BurnTerms]
    private let none: ByteText

    /// The code in the namespaces that have it.
    private var rows: [CodeRow] = []
    private var cases: [Case] = []
    private var hasKnown = false
    /// What corrections of tonight replace: nothing of it counts any more.
    private var replaced: [Burn] = []
    /// Indices of cases that are still to be judged, in the order of time.
    private var queue: [Int] = []
    /// Burns that are corrected tonight and had charged points.
    private(set) var refunds: [Burn] = []

    init(
        _ tools: CodeTools, _ table: BurnTable, _ systems: BurnSystems, _ amounts: OrderAmounts
    ) throws {
        self.tools = tools
        self.table = table
        self.systems = systems
        self.amounts = amounts
        history = try CodeHistory(tools.connection)
        near = try NearCodes(tools.register, tools.connection)
        var terms: [Int32: BurnTerms] = [:]
        for (id, reward) in tools.register.rewards.all {
            terms[id] = try BurnTerms(reward, tools.register)
        }
        self.terms = terms
        none = tools.register.texts.copy("")
    }

    /// Judges what is new of a code.
    ///
    /// - Parameters:
    ///   - settled: in the order of time.
    ///   - replaced: what corrections of tonight replace.
    /// - Returns: every burn of the code of which tonight says something.
    func judge(
        _ code: ByteText, _ settled: [BurnIdentities.Settled], replaced: [Burn]
    ) throws -> [Case] {
        rows = try tools.register.find(code)
        cases.removeAll(keepingCapacity: true)
        hasKnown = false
        self.replaced = replaced
        for entry in settled {
            cases.append(
                Case(
                    burn: entry.burn, line: entry.line, isCorrection: entry.isCorrection,
                    before: entry.line == nil ? entry.burn.outcome : nil))
        }
        queue = Array(cases.indices)
        for burn in replaced { try takeBack(burn) }
        try judgeQueue()
        // A clock may put a reversal before its burn.
        queue = cases.indices.filter { cases[$0].burn.outcome == .unknownBurn }
        try judgeQueue()
        return cases.filter(\.isTonight)
    }

    private func judgeQueue() throws {
        while !queue.isEmpty {
            let index = queue.removeFirst()
            if cases[index].burn.isReversal {
                try judgeReversal(index)
            } else {
                try judgeBurn(index)
            }
        }
    }

    // MARK: A burn

    private func judgeBurn(_ index: Int) throws {
        let burn = cases[index].burn
        guard let at = place(burn.system) else {
            wait(index, .unknownCode)
            cases[index].detail = try near.matches(of: burn.code)
            return
        }
        var row = rows[at]
        guard let terms = terms[row.reward] else { return }
        var isKnownReceipt = false
        if row.state == .burned {
            try loadKnown()
            isKnownReceipt = isOnKnownReceipt(index)
            // One that was earlier finds the code as the one that stands found it.
            if !isKnownReceipt, row.isReport(burn) || precedes(burn, row) {
                row.state = try history.stateBeforeBurn(row)
                if row.state == .available { row.card = none }
            }
        }
        var facts = try facts(of: burn, row, terms)
        facts.isOnSameReceipt = isKnownReceipt
        let amount = terms.minPurchase == nil ? nil : try amounts.amount(of: burn)
        if let least = terms.minPurchase, let amount { facts.isBelowMinimum = amount < least }
        let outcome = CodeMachine.outcome(
            of: .burned(facts), in: row.state, tools.terms.burns)
        cases[index].burn.owner = row.owner
        cases[index].burn.reward = row.reward
        cases[index].verdict = outcome.verdict
        cases[index].reason = outcome.reason
        cases[index].exceptions = outcome.exceptions
        cases[index].burn.state = .judged
        cases[index].burn.outcome = .burned
        guard outcome.state != nil else {
            cases[index].burn.outcome = BurnJudge.word(for: outcome)
            return
        }
        cases[index].burn.awaitsOrder =
            terms.minPurchase != nil && amount == nil && !burn.receipt.isEmpty
        if rows[at].state == .burned, !rows[at].isReport(burn) { try lose(rows[at]) }
        try stand(index, at, row)
    }

    /// Enters a burn as the one that stands.
    ///
    /// - Parameter found: the code as the burn found it.
    private func stand(_ index: Int, _ at: Int, _ found: CodeRow) throws {
        let burn = cases[index].burn
        var row = found
        let isLocal = cases[index].exceptions.contains(.localAssignment)
        row.state = .burned
        row.burnedAt = burn.burnedAt
        row.burnedIn = burn.system
        row.burn = burn.id
        if isLocal {
            row.card = burn.card
            row.assignedAt = burn.burnedAt
            try charge(index, row)
        }
        try tools.register.change(
            row, from: rows[at].state, transition(burn, isLocal ? "local_assignment" : "burn"))
        rows[at] = row
    }

    /// Takes the cost of the reward from the card that burned a code nobody had: once a code.
    private func charge(_ index: Int, _ row: CodeRow) throws {
        guard tools.terms.burns.localAssignment == .charge, let terms = terms[row.reward],
            terms.cost > 0 || !terms.costByTier.isEmpty,
            !cases.contains(where: { $0.burn.charged > 0 && $0.burn.owner == row.owner }),
            let holder = try tools.holders.holder(of: cases[index].burn.card), holder.isActive
        else { return }
        cases[index].burn.charged = terms.cost(tier: holder.tier)
        cases[index].member = holder.member
    }

    private func facts(
        of burn: Burn, _ row: CodeRow, _ terms: BurnTerms
    ) throws -> CodeMachine.Burn {
        var facts = CodeMachine.Burn()
        facts.carriesCard = !burn.card.isEmpty
        facts.isNobodys = row.card.isEmpty
        facts.isByHolder =
            try row.card.isEmpty || burn.card.isEmpty
            || tools.holders.areOfOne(row.card, burn.card)
        facts.isBeforeValid = row.validFrom.map { burn.day < $0 } ?? false
        facts.isAfterExpiry = burn.day > min(row.expiresOn, terms.lastDay)
        if row.state == .expired, !facts.isAfterExpiry {
            // A file that says so may know more than the day: its owner can end a code early.
            facts.isAfterExpiry = try !history.hasExpired(row)
        }
        if !terms.channels.isEmpty {
            let channel =
                burn.channel.isEmpty ? systems.name(burn.system, or: none) : burn.channel
            facts.isInChannel = terms.channels.contains(channel)
        }
        return facts
    }

    private static func word(for outcome: CodeMachine.Outcome) -> BurnOutcome {
        switch outcome.reason {
        case .alreadyExpired: .refusedAfterExpiry
        case .foreignCard: .refusedForeignCard
        case .codeVoided: .voided
        case .doubleBurn: .doubleBurn
        default: .duplicate
        }
    }

    // MARK: Two burns of one code

    /// The one that stood until now becomes the loss.
    private func lose(_ row: CodeRow) throws {
        try loadKnown()
        if let other = standing(row) {
            cases[other].isTonight = true
            cases[other].burn.outcome = .doubleBurn
            cases[other].exceptions.append(.doubleBurn)
            cases[other].burn.owner = row.owner
            cases[other].burn.reward = row.reward
            if cases[other].line != nil, cases[other].verdict == .accepted {
                cases[other].verdict = .conflict
                cases[other].reason = .doubleBurn
            }
        } else {
            var entry = CodeExceptionBook.Entry(
                .doubleBurn, system: row.burnedIn, source: row.burn, code: row.code)
            entry.reward = row.reward
            entry.card = row.card
            entry.amount = terms[row.reward]?.value
            try tools.exceptions.note(entry)
        }
    }

    /// The case of the burn that stands.
    private func standing(_ row: CodeRow) -> Int? {
        cases.firstIndex {
            !$0.burn.isReversal && $0.burn.system == row.burnedIn && $0.burn.id == row.burn
                && $0.burn.outcome == .burned
        }
    }

    /// Whether the order of time and numbers puts a burn before the one that stands.
    private func precedes(_ burn: Burn, _ row: CodeRow) -> Bool {
        guard let standing = row.burnedAt, standing > 0 else { return false }
        if burn.burnedAt != standing { return burn.burnedAt < standing }
        if burn.id != row.burn { return burn.id < row.burn }
        return systems.name(burn.system, or: none) < systems.name(row.burnedIn, or: none)
    }

    private func isOnKnownReceipt(_ index: Int) -> Bool {
        cases.indices.contains { other in
            other != index && !queue.contains(other) && !cases[other].burn.isReversal
                && (cases[other].burn.outcome == .burned
                    || cases[other].burn.outcome == .doubleBurn)
                && cases[index].burn.isOnReceipt(of: cases[other].burn)
        }
    }

    /// Adds what earlier nights judged of this code.
    private func loadKnown() throws {
        guard !hasKnown, let code = rows.first?.code else { return }
        hasKnown = true
        for burn in try table.burns(of: code)
        where !cases.contains(where: { $0.burn.isIdentity(of: burn) })
            && !replaced.contains(where: { $0.isIdentity(of: burn) })
        {
            cases.append(Case(burn: burn, isTonight: false, before: burn.outcome))
        }
    }

    // MARK: Taking back

    private func judgeReversal(_ index: Int) throws {
        let reversal = cases[index].burn
        guard let at = place(reversal.system) else { return wait(index, .unknownCode) }
        try loadKnown()
        let row = rows[at]
        cases[index].burn.owner = row.owner
        cases[index].burn.reward = row.reward
        guard let target = target(of: index, row) else {
            // Its burn may still be reported; else it is the one that stands without a report.
            guard row.isBurnedUnseen(for: reversal.system), reversal.until <= tools.day else {
                return wait(index, .unknownBurn)
            }
            return try reverse(index, at)
        }
        let stands =
            row.state == .burned && row.burnedIn == cases[target].burn.system
            && row.burn == cases[target].burn.id
        cases[target].isTonight = true
        cases[target].burn.outcome = .reversed
        cases[target].burn.awaitsOrder = false
        cases[target].exceptions.removeAll { $0 == .doubleBurn }
        cases[target].verdict = .accepted
        cases[target].reason = nil
        cases[target].burn.owner = row.owner
        cases[target].burn.reward = row.reward
        cases[index].burn.outcome = .reversed
        cases[index].burn.state = .judged
        cases[index].verdict = .accepted
        if stands { try reverse(index, at) }
    }

    /// The burn that a reversal takes back: of its number, else of its receipt, else the one that stands.
    private func target(of index: Int, _ row: CodeRow) -> Int? {
        let reversal = cases[index].burn
        let uses = cases.indices.filter {
            let burn = cases[$0].burn
            return $0 != index && !queue.contains($0) && !burn.isReversal
                && burn.system == reversal.system && burn.outcome.isUse && burn.state == .judged
        }
        if let same = uses.first(where: { cases[$0].burn.id == reversal.id }) { return same }
        guard reversal.receipt.isEmpty else {
            return uses.first { cases[$0].burn.receipt == reversal.receipt }
        }
        return uses.first { row.burn == cases[$0].burn.id && row.burnedIn == reversal.system }
            ?? uses.max { cases[$0].burn.burnedAt < cases[$1].burn.burnedAt }
    }

    /// Opens the code again, for who has it.
    private func reverse(_ index: Int, _ at: Int) throws {
        var row = rows[at]
        let lastDay = min(row.expiresOn, terms[row.reward]?.lastDay ?? Lot.never)
        let outcome = CodeMachine.outcome(
            of: .burnReversed(isInDate: lastDay >= tools.day), in: row.state, tools.terms.burns)
        cases[index].burn.outcome = .reversed
        cases[index].burn.state = .judged
        guard let state = outcome.state else { return }
        try open(at, state, transition(cases[index].burn, "burn_reversed"))
        row = rows[at]
        // A second use on the receipt is a use of its own once the first is taken back before it.
        let moment = cases[index].burn.burnedAt
        recall {
            $0.owner == row.owner
                && ($0.outcome == .doubleBurn || $0.outcome == .duplicate && $0.burnedAt > moment)
        }
    }

    /// Undoes what a burn that is corrected tonight did to the register.
    private func takeBack(_ old: Burn) throws {
        try loadKnown()
        if old.isReversal {
            recallReversed(by: old)
            return
        }
        if old.charged > 0 { refunds.append(old) }
        guard
            let at = rows.firstIndex(where: {
                $0.state == .burned && $0.burnedIn == old.system && $0.burn == old.id
            })
        else { return }
        let before = try history.stateBeforeBurn(rows[at])
        if before == .available {
            rows[at].card = none
            rows[at].assignedAt = nil
        }
        try open(at, before, transition(old, "correction"))
        recall(rows[at])
    }

    private func open(_ at: Int, _ state: CodeState, _ transition: CodeTransition) throws {
        var row = rows[at]
        let before = row.state
        row.state = state
        row.burnedAt = nil
        row.burnedIn = 0
        row.burn = none
        try tools.register.change(row, from: before, transition)
        rows[at] = row
    }

    /// Judges the other burns of a code again once the one that stood is gone.
    private func recall(_ row: CodeRow) {
        recall { $0.outcome == .doubleBurn && $0.owner == row.owner }
    }

    private func recallReversed(by reversal: Burn) {
        recall {
            $0.outcome == .reversed && $0.system == reversal.system
                && ($0.id == reversal.id || $0.receipt == reversal.receipt)
        }
    }

    private func recall(_ belongs: (Burn) -> Bool) {
        let again = cases.indices.filter {
            !queue.contains($0) && !cases[$0].burn.isReversal && belongs(cases[$0].burn)
        }
        for index in again {
            cases[index].isTonight = true
            cases[index].exceptions.removeAll()
        }
        queue = (again + queue).sorted { precedes(cases[$0].burn, cases[$1].burn) }
    }

    /// The order in which a night judges: by time, number, system; a burn before what takes it back.
    func precedes(_ left: Burn, _ right: Burn) -> Bool {
        if left.burnedAt != right.burnedAt { return left.burnedAt < right.burnedAt }
        if left.isReversal != right.isReversal { return right.isReversal }
        if left.id != right.id { return left.id < right.id }
        return systems.name(left.system, or: none) < systems.name(right.system, or: none)
    }

    // MARK: What others ask

    func name(of system: Int32) -> ByteText { systems.name(system, or: none) }

    /// What a code of a reward is worth, in minor units.
    func value(of reward: Int32) -> MinorUnits? { terms[reward]?.value }

    func leastPurchase(of reward: Int32) -> MinorUnits? { terms[reward]?.minPurchase }

    // MARK: What both need

    /// The namespace that a system means: its own, else one of a reward that it mirrors, else the only other.
    private func place(_ system: Int32) -> Int? {
        if let own = rows.firstIndex(where: { $0.owner == system }) { return own }
        if let mirrored = rows.firstIndex(where: {
            terms[$0.reward]?.mirrors.contains(system) ?? false
        }) {
            return mirrored
        }
        return rows.count == 1 ? 0 : nil
    }

    private func wait(_ index: Int, _ outcome: BurnOutcome) {
        cases[index].verdict = .parked
        cases[index].reason = .unknownCode
        cases[index].burn.state = .waiting
        cases[index].burn.outcome = outcome
    }

    private func transition(_ burn: Burn, _ reason: String) -> CodeTransition {
        CodeTransition(
            at: burn.burnedAt, system: burn.system, file: burn.file, line: burn.line,
            reason: reason, source: burn.id)
    }
}

extension CodeRow {
    /// Whether a burn is the one that a stock file showed before its report came.
    fileprivate func isReport(_ report: Burn) -> Bool {
        guard state == .burned, burn.isEmpty, burnedIn == report.system, let at = burnedAt else {
            return false
        }
        return at > 0 && report.burnedAt <= at
    }

    /// Whether it was burned without a report, as far as a system can know.
    fileprivate func isBurnedUnseen(for system: Int32) -> Bool {
        state == .burned && burn.isEmpty && (burnedIn == 0 || burnedIn == system)
    }
}
