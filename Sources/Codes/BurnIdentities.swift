internal import Loyalty
internal import Storage

/// Settles which lines of burn reports count: a burn counts once, however often it is reported.
struct BurnIdentities {
    /// A burn that must be judged tonight.
    struct Settled {
        var burn: Burn
        /// The line that it is counted for; nil for one that waited.
        var line: (file: Int32, line: Int32)?
        var isCorrection = false

        /// Dated after the night, it waits for its day.
        var waiting: BurnJudge.Case {
            var entry = BurnJudge.Case(
                burn: burn, line: line, isCorrection: isCorrection,
                before: line == nil ? burn.outcome : nil)
            entry.verdict = .parked
            entry.burn.state = .waiting
            entry.burn.outcome = .laterDay
            return entry
        }
    }

    private var settled: [Settled] = []
    /// What was accepted on an earlier night and is replaced tonight.
    private(set) var replaced: [Burn] = []

    private let tools: CodeTools
    private let table: BurnTable
    private let systems: BurnSystems

    init(_ tools: CodeTools, _ table: BurnTable, _ systems: BurnSystems) {
        self.tools = tools
        self.table = table
        self.systems = systems
    }

    /// Settles tonight's lines, and what waited and was not corrected.
    mutating func settle(_ verdicts: inout CodeVerdicts) throws {
        let lines = tools.batch.burns
        var burns: [Burn] = []
        burns.reserveCapacity(lines.count)
        for line in lines { burns.append(burn(line)) }
        settled.reserveCapacity(lines.count)
        var waiting = try table.waiting()
        let order = sortedTexts(burns.count) { burns[$0].id }
        var start = 0
        while start < order.count {
            var group = [Int(order[start])]
            start += 1
            while start < order.count, burns[Int(order[start])].id == burns[group[0]].id {
                group.append(Int(order[start]))
                start += 1
            }
            // Systems may give the same numbers, and a reversal that of its burn.
            while let first = group.first {
                let same = group.filter { burns[$0].isIdentity(of: burns[first]) }
                try settle(same, burns, &waiting, &verdicts)
                group.removeAll { burns[$0].isIdentity(of: burns[first]) }
            }
        }
        for burn in waiting { settled.append(Settled(burn: burn)) }
        // Nobody asks for the lines any more.
        tools.batch.burns = []
    }

    /// The burns that must be judged tonight; they are handed over, for there are many.
    mutating func takeSettled() -> [Settled] {
        defer { settled = [] }
        return settled
    }

    /// Settles the lines of one identity, in the order in which they count.
    private mutating func settle(
        _ group: [Int], _ burns: [Burn], _ waiting: inout [Burn],
        _ verdicts: inout CodeVerdicts
    ) throws {
        let lines = tools.batch.burns
        let first = burns[group[0]]
        let known = try table.find(first.system, first.id, isReversal: first.isReversal)
        var standing = known
        var counting: Int?
        var isCorrection = false
        for index in group {
            let line = lines[index]
            let onChange = tools.files[Int(line.file)].onChange
            if let before = standing {
                if burns[index].isSame(as: before) || onChange == .duplicate {
                    verdicts.count(line.file, line.line, .duplicate)
                    continue
                }
                if onChange == .reject {
                    verdicts.count(line.file, line.line, .conflict, .recordChanged)
                    continue
                }
                // The line before it was right by itself; nothing came of it.
                if let counting {
                    verdicts.count(
                        lines[counting].file, lines[counting].line,
                        isCorrection ? .correction : .accepted)
                }
                isCorrection = true
            }
            standing = burns[index]
            counting = index
        }
        guard let counting else { return }
        var burn = burns[counting]
        if let known {
            burn.night = known.night
            waiting.removeAll { $0.isIdentity(of: known) }
            if known.state == .judged { replaced.append(known) }
        }
        settled.append(
            Settled(
                burn: burn, line: (lines[counting].file, lines[counting].line),
                isCorrection: isCorrection))
    }

    private func burn(_ line: BurnLine) -> Burn {
        let file = tools.files[Int(line.file)]
        let from = max(tools.day, CivilDate(local: line.burnedAt))
        return Burn(
            system: systems.ids[Int(line.system)],
            id: line.id.isEmpty ? derivedID(line) : line.id, code: line.code,
            burnedAt: line.burnedAt, store: line.store, channel: line.channel, card: line.card,
            receipt: line.order, orderAmount: line.orderAmount, discount: line.discount,
            isReversal: line.isReversal, night: tools.day,
            until: from.adding(days: file.parkDays), file: file.id, line: line.line)
    }

    /// The identity of a burn that has no number: made of its code, time and order, and gives none of them away.
    private func derivedID(_ line: BurnLine) -> ByteText {
        tools.register.texts.copy(
            EffectKey.key([line.code.string, "\(line.burnedAt)", line.order.string]))
    }
}
