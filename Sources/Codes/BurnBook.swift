internal import Loyalty
internal import Storage

/// Judges burn reports: settles which lines count, judges them code by code, and keeps what came of them.
final class BurnBook {
    private let tools: CodeTools
    private let table: BurnTable
    private var entries: [BurnTable.Entry] = []

    init(_ tools: CodeTools) throws {
        self.tools = tools
        table = try BurnTable(tools.connection, night: tools.day, texts: tools.register.texts)
    }

    func run(_ verdicts: inout CodeVerdicts, _ points: inout [CodePoints]) throws {
        let systems = try BurnSystems(tools.batch, tools.register, tools.connection)
        var identities = BurnIdentities(tools, table, systems)
        try identities.settle(&verdicts)
        let judge = try BurnJudge(
            tools, table, systems, OrderAmounts(tools.connection))
        var replaced = Dictionary(grouping: identities.replaced, by: \.code)
        var settled = identities.takeSettled()
        let later = settled.partition { $0.burn.day > tools.day }
        for entry in settled[later...] { try finish(entry.waiting, judge, &verdicts, &points) }
        settled.removeSubrange(later...)
        entries.reserveCapacity(settled.count)
        let order = sortedTexts(settled.count) { settled[$0].burn.code }
        var start = 0
        while start < order.count {
            let code = settled[Int(order[start])].burn.code
            var ofCode: [BurnIdentities.Settled] = []
            while start < order.count, settled[Int(order[start])].burn.code == code {
                ofCode.append(settled[Int(order[start])])
                start += 1
            }
            if ofCode.count > 1 { ofCode.sort { judge.precedes($0.burn, $1.burn) } }
            let cases = try judge.judge(
                code, ofCode, replaced: replaced.removeValue(forKey: code) ?? [])
            for entry in cases { try finish(entry, judge, &verdicts, &points) }
        }
        // Corrections that name another code than before.
        for (code, burns) in replaced.sorted(by: { $0.key < $1.key }) {
            for entry in try judge.judge(code, [], replaced: burns) {
                try finish(entry, judge, &verdicts, &points)
            }
        }
        try table.write(entries)
        entries = []
        try lookAtAwaited(judge)
        try refund(judge.refunds, judge, &points)
    }

    /// Counts, lists and keeps what became of a burn.
    private func finish(
        _ entry: BurnJudge.Case, _ judge: BurnJudge, _ verdicts: inout CodeVerdicts,
        _ points: inout [CodePoints]
    ) throws {
        var entry = entry
        if let (file, line) = entry.line {
            let isCorrection = entry.isCorrection && entry.verdict != .conflict
            verdicts.count(
                file, line, isCorrection ? .correction : entry.verdict, entry.reason)
        }
        if entry.burn.state == .waiting, entry.burn.until <= tools.day {
            let isUnknown = entry.burn.outcome == .unknownCode && !entry.burn.isReversal
            entry.exceptions = [isUnknown ? .unknownCode : .givenUp]
            entry.burn.state = .givenUp
            entry.burn.outcome = .givenUp
        }
        let isNews = entry.line != nil || entry.before != entry.burn.outcome
        guard isNews else { return }
        for kind in entry.exceptions { try note(kind, of: entry, judge) }
        if entry.burn.charged > 0, entry.member > 0 {
            points.append(
                CodePoints(
                    kind: .charge, member: entry.member, at: entry.burn.burnedAt,
                    id: entry.burn.id, points: entry.burn.charged,
                    system: judge.name(of: entry.burn.system)))
        }
        entries.append(
            BurnTable.Entry(
                burn: entry.burn, detail: entry.detail,
                isListed: entry.burn.outcome != .duplicate))
    }

    private func note(
        _ kind: CodeException, of entry: BurnJudge.Case, _ judge: BurnJudge
    ) throws {
        let burn = entry.burn
        var exception = CodeExceptionBook.Entry(
            kind, system: burn.system, source: burn.id, code: burn.code)
        exception.reward = burn.reward > 0 ? burn.reward : nil
        exception.card = burn.card
        exception.store = burn.store
        exception.receipt = burn.receipt
        exception.amount = burn.discount ?? judge.value(of: burn.reward)
        if kind == .localAssignment, burn.charged > 0 { exception.points = burn.charged }
        exception.detail = entry.detail
        if kind == .refusedBurn { exception.detail = entry.reason?.name ?? "" }
        try tools.exceptions.note(exception)
    }

    /// Says which burns were below the least purchase after all.
    private func lookAtAwaited(_ judge: BurnJudge) throws {
        let awaited = try table.awaited()
        for (burn, amount) in awaited {
            guard let least = judge.leastPurchase(of: burn.reward), amount < least else { continue }
            try note(.belowMinimum, of: BurnJudge.Case(burn: burn), judge)
        }
        try table.endAwaiting(awaited.map(\.burn))
    }

    /// Gives back what corrected burns had charged, unless the new version charges the same.
    private func refund(_ burns: [Burn], _ judge: BurnJudge, _ points: inout [CodePoints]) throws {
        for burn in burns {
            guard let holder = try tools.holders.holder(of: burn.card) else { continue }
            let system = judge.name(of: burn.system)
            if let same = points.firstIndex(where: {
                $0.kind == .charge && $0.system == system && $0.id == burn.id
                    && $0.member == holder.member && $0.points == burn.charged
            }) {
                points.remove(at: same)
                continue
            }
            points.append(
                CodePoints(
                    kind: .chargeBack, member: holder.member, at: burn.burnedAt, id: burn.id,
                    points: burn.charged, system: system))
        }
    }
}
