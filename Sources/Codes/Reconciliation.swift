internal import Loyalty
internal import Storage

/// Holds the register against the stock files of the systems: one pass over sorted streams, no look-up a
/// code that agrees, and memory that doesn't grow with them.
///
/// Source: spec, part 4 'Reconciliation'.
final class Reconciliation {
    /// What one reward's codes come to at one system.
    struct Tally {
        var registered: Int64 = 0
        var unknown: Int64 = 0
        var inSync: Int64 = 0
        var breaks: Int64 = 0
        var inTransit: Int64 = 0
        /// What the system says of them, by state.
        var listed = [Int64](repeating: 0, count: CodeState.allCases.count)
        /// Codes that are live here and there.
        var live: Int64 = 0
    }

    /// What is asked of a reward again and again.
    final class Facts {
        let reward: Reward
        let owner: Int32
        let lastDay: CivilDate
        /// By side: whether it should know the reward's codes and tells of them.
        let isExpected: [Bool]
        /// By side: whether it mirrors them.
        let isMirror: [Bool]

        init(_ reward: Reward, owner: Int32, id: Int32, _ sides: StockSides) {
            self.reward = reward
            self.owner = owner
            lastDay = reward.lastDay
            let systems = reward.systems
            isExpected = sides.sides.indices.map {
                systems.contains(sides.sides[$0].name) && sides.covers($0, id)
            }
            isMirror = sides.sides.map { reward.mirrors.contains($0.name) }
        }
    }

    let connection: Connection
    let day: CivilDate
    let terms: CodeTerms
    let job: ReconcileTerms
    let register: Register
    let sides: StockSides
    let breaks: BreakBook
    let actions: BreakActions
    /// By the store's integer of the reward; 0 is that of codes of no known reward.
    var facts: [Facts?]
    /// By side, then by reward.
    var tallies: [[Tally]]
    var judge: BreakJudge

    init(_ night: CodeNight, _ job: ReconcileTerms, _ stocks: [Stock]) throws {
        connection = night.connection
        day = night.day
        terms = night.terms
        self.job = job
        register = night.register
        let register = night.register
        sides = try StockSides(
            stocks, night.terms, day: night.day, rewards: register.rewards,
            names: night.batch.names.texts
        ) { try register.system($0) }
        facts = Array(repeating: nil, count: Int(register.rewards.all.last?.id ?? 0) + 1)
        for (id, reward) in register.rewards.all {
            facts[Int(id)] = Facts(reward, owner: try register.owner(of: id), id: id, sides)
        }
        tallies = Array(
            repeating: Array(repeating: Tally(), count: facts.count), count: sides.sides.count)
        breaks = try BreakBook(connection, night: day, compared: sides.sides.map(\.name))
        judge = try BreakJudge(night, job, sides: sides.sides.count)
        actions = try BreakActions(night)
    }

    /// Compares, acts and keeps what came of it; says what doesn't add up.
    func run() throws -> [String] {
        try register.counts.write()
        let before = try registered()
        try walk()
        if job.acts {
            try actions.replaceLost()
            try actions.tellAgain()
            try actions.tellAcross()
        }
        try ReconciliationBook(connection, night: day).write(self, registered: before)
        return differences(from: before)
    }

    // MARK: The pass

    private func walk() throws {
        let stream = try RegisterStream(connection)
        let code = HeldText()
        while let least = ByteText.least(stream.code, sides.code) {
            // What a stream gives is valid until its next code only.
            code.set(least)
            try breaks.close(before: code.text)
            sides.look(at: code.text)
            if stream.code == code.text {
                try judge(stream.rows, stream.group)
                try stream.next()
            } else {
                try judgeUnknown(code.text)
            }
            try breaks.close(of: code.text)
            try sides.next(behind: code.text)
        }
        try breaks.closeAll()
    }

    /// Judges a code of one namespace or of several; each side's line is held against one of them.
    private func judge(_ rows: [RegisterStream.Row], _ group: Range<Int>) throws {
        guard group.count > 1 else { return try judge(rows[group.lowerBound], sides.listings) }
        let picks = sides.listings.indices.map { pick(of: $0, rows, group) }
        for index in group {
            try judge(
                rows[index],
                zip(sides.listings, picks).map { $0.1 == index ? $0.0 : nil })
        }
    }

    /// Which row a side means: that of its own namespace, else one that it mirrors, else another.
    private func pick(of side: Int, _ rows: [RegisterStream.Row], _ group: Range<Int>) -> Int {
        let system = sides.sides[side].id
        return group.first { rows[$0].owner == system }
            ?? group.first { facts[Int(rows[$0].reward)]?.isMirror[side] ?? false }
            ?? group.lowerBound
    }

    private func judge(_ row: RegisterStream.Row, _ listings: [Listing?]) throws {
        guard let facts = facts[Int(row.reward)] else { return }
        let found = try judge.judge(row, facts, listings, sides.sides)
        count(row, facts, listings, found)
        guard let found else { return }
        let seen = breaks.seen(row.owner, found)
        let action = job.acts ? found.kind.action : nil
        try breaks.note(
            found, row, value: facts.reward.value, statuses: statuses(listings, facts),
            action: action, seen: seen)
        if job.acts {
            try actions.act(
                found, row, facts, listings, sides.sides, judge, isNew: seen == day)
        }
    }

    private func count(
        _ row: RegisterStream.Row, _ facts: Facts, _ listings: [Listing?], _ found: Break?
    ) {
        let reward = Int(row.reward)
        var live = 0
        for side in listings.indices where facts.isExpected[side] || listings[side] != nil {
            tallies[side][reward].registered += 1
            if judge.isInTransit[side] {
                tallies[side][reward].inTransit += 1
            } else if found != nil, judge.isInvolved[side] {
                tallies[side][reward].breaks += 1
            } else {
                tallies[side][reward].inSync += 1
            }
            guard let listing = listings[side] else { continue }
            tallies[side][reward].listed[Int(listing.status.rawValue)] += 1
            if listing.isOpen { live += 1 }
        }
        guard live > 1, row.state.isOpen else { return }
        for side in listings.indices where listings[side]?.isOpen ?? false {
            tallies[side][reward].live += 1
        }
    }

    /// Judges a code that only systems list.
    private func judgeUnknown(_ code: ByteText) throws {
        let listings = sides.listings
        // Its reward is the owner's, else the file's.
        var reward: Int32 = 0
        var owners: [Int] = []
        for side in listings.indices {
            guard let listing = listings[side], listing.reward > 0 else { continue }
            let isOwner = facts[Int(listing.reward)]?.owner == sides.sides[side].id
            if isOwner { owners.append(side) }
            if reward == 0 || (isOwner && owners.count == 1) { reward = listing.reward }
        }
        let isBreak = !job.ignored.contains(.unknownToRegister)
        for side in listings.indices {
            guard let listing = listings[side] else { continue }
            tallies[side][Int(reward)].unknown += 1
            tallies[side][Int(reward)].listed[Int(listing.status.rawValue)] += 1
            if isBreak {
                tallies[side][Int(reward)].breaks += 1
            } else {
                tallies[side][Int(reward)].inSync += 1
            }
        }
        guard isBreak else { return }
        let found = Break(kind: .unknownToRegister)
        let seen = breaks.seen(0, found)
        try breaks.noteUnknown(
            code, reward: reward, statuses: statuses(listings, nil),
            action: job.acts ? (owners.isEmpty ? "quarantine" : "import") : nil, seen: seen)
        guard job.acts else { return }
        if owners.isEmpty {
            guard seen == day else { return }
            try actions.quarantine(code, reward: reward, listings, sides.sides)
        } else {
            for side in owners {
                guard let listing = listings[side] else { continue }
                try actions.bringIn(code, listing, owner: sides.sides[side].id)
            }
        }
    }

    /// What each side says, `pos=available;ecom=`: those that should know the code or list it.
    private func statuses(_ listings: [Listing?], _ facts: Facts?) -> [BreakBook.Status] {
        var statuses: [BreakBook.Status] = []
        for side in listings.indices where facts == nil || !judge.isInTransit[side] {
            guard listings[side] != nil || facts?.isExpected[side] ?? false else { continue }
            statuses.append(
                BreakBook.Status(
                    system: sides.sides[side].name, status: listings[side]?.status.name ?? ""))
        }
        return statuses
    }

    /// Whether a side's files tell of a reward, one that nobody knows included.
    func isTold(_ reward: Int, at side: Int) -> Bool {
        reward == 0 || sides.covers(side, Int32(reward))
    }

    // MARK: What must add up

    /// How many codes of each reward there are, whatever their state.
    private func registered() throws -> [Int64] {
        var registered = [Int64](repeating: 0, count: facts.count)
        try connection.forEach(
            """
            SELECT reward, available + assigned + burned + expired + voided FROM code_count c
            WHERE night = (SELECT max(night) FROM code_count l WHERE l.reward = c.reward
                AND l.file = c.file)
            """
        ) { row in
            let reward = Int(row.integer(0))
            if registered.indices.contains(reward) { registered[reward] += row.integer(1) }
        }
        return registered
    }

    /// A sentence a sum that is not what it should be.
    private func differences(from registered: [Int64]) -> [String] {
        var differences: [String] = []
        for (side, tallies) in zip(sides.sides, tallies) {
            for (reward, tally) in tallies.enumerated() {
                let name = facts[reward]?.reward.id ?? "none"
                let left = tally.registered + tally.unknown
                let right = tally.inSync + tally.breaks + tally.inTransit
                if left != right {
                    differences.append(
                        "reconciliation of \(name) at \(side.name): \(tally.registered) in the "
                            + "register + \(tally.unknown) unknown is not \(tally.inSync) in sync + "
                            + "\(tally.breaks) breaks + \(tally.inTransit) in transit")
                }
                let isExpected = facts[reward]?.isExpected[index(of: side)] ?? false
                if isExpected, tally.registered != registered[reward] {
                    differences.append(
                        "reconciliation of \(name) at \(side.name): \(tally.registered) codes were "
                            + "compared, the register counts \(registered[reward])")
                }
            }
            let listed = tallies.reduce(0) { $0 + $1.listed.reduce(0, +) }
            if listed != side.listed {
                differences.append(
                    "reconciliation at \(side.name): it listed \(side.listed) codes, \(listed) were "
                        + "compared")
            }
        }
        return differences
    }

    private func index(of side: StockSide) -> Int {
        sides.sides.firstIndex { $0.id == side.id } ?? 0
    }
}

/// A text that outlives the stream it came from.
final class HeldText {
    private let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)
    private(set) var text: ByteText

    init() { text = ByteText(start: bytes, count: 0) }

    deinit { bytes.deallocate() }

    func set(_ other: ByteText) {
        let count = min(other.count, SortedRuns.mostBytes)
        bytes.update(from: other.start, count: count)
        text = ByteText(start: bytes, count: count)
    }
}

extension ByteText {
    /// The lesser of two texts, either of which may be missing.
    fileprivate static func least(_ one: ByteText?, _ other: ByteText?) -> ByteText? {
        guard let one else { return other }
        guard let other else { return one }
        return other < one ? other : one
    }
}
