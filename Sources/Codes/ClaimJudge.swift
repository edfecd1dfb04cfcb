internal import Loyalty
internal import Storage

/// Judges claims one by one, in their order, and reserves what each would get.
final class ClaimJudge {
    private struct Pair: Hashable {
        var reward: Int32
        var member: Int32
    }

    private let tools: CodeTools
    private let table: ClaimTable
    let stock: CodeStock
    private let maker: CodeMaker
    private let tierThen: Statement
    private let segment: Statement
    private let assigner: Statement
    /// Units that were granted, tonight's reservations included.
    private var units: [Int32: Int] = [:]
    private var unitsOf: [Pair: Int] = [:]
    /// Who gets the codes that tonight's lines name.
    private var named: [CodeStock.Key: Int32] = [:]

    init(_ tools: CodeTools, _ table: ClaimTable) throws {
        self.tools = tools
        self.table = table
        stock = try CodeStock(tools.register, tools.connection)
        maker = CodeMaker(tools.register)
        tierThen = try tools.connection.prepare(
            """
            SELECT t.name FROM member_tier h JOIN tier t ON t.id = h.tier
            WHERE h.member = ? AND h.since < ? ORDER BY h.since DESC LIMIT 1
            """)
        segment = try tools.connection.prepare(
            "SELECT 1 FROM member_segment WHERE member = ? AND segment = ?")
        assigner = try tools.connection.prepare(
            """
            SELECT reason FROM code_event WHERE code = ? AND owner = ? AND after = 1
            ORDER BY night DESC, seq DESC LIMIT 1
            """)
    }

    /// What was wrong with a line that can't be a claim at all.
    struct Flaw {
        var verdict: Verdict
        var reason: Reason
    }

    /// Says what becomes of a claim, as far as its points allow; what it would get is reserved.
    func judge(_ claim: inout Claim) throws -> Flaw? {
        guard claim.date <= tools.day else {
            claim.wait(for: Reason.laterDay)
            return nil
        }
        guard let holder = try tools.holders.holder(of: claim.card) else {
            claim.wait(for: Reason.unknownMember.name)
            return nil
        }
        guard let reward = tools.register.rewards[claim.reward] else {
            return Flaw(verdict: .rejected, reason: .unknownReward)
        }
        claim.member = holder.member
        let tier = try tierOf(holder, on: claim.date)
        if let refusal = reward.refusal(of: try facts(claim, holder, tier, reward)) {
            refuse(&claim, refusal)
            return nil
        }
        if reward.hasCodes {
            if let flaw = try reserve(&claim, reward) { return flaw }
        } else {
            claim.goodDays = reward.goodDays(grantedOn: tools.day, from: nil, to: Lot.never)
        }
        guard claim.state == .granted else { return nil }
        if claim.how == .claim, claim.takesCode { claim.cost = reward.cost(tier: tier) }
        if claim.takesCode, claim.how != .replacement {
            units[claim.reward, default: 0] += 1
            unitsOf[Pair(reward: claim.reward, member: claim.member), default: 0] += 1
        }
        return nil
    }

    /// A grant waits for a unit or a code; a claim doesn't.
    private func refuse(_ claim: inout Claim, _ refusal: ClaimRefusal) {
        if refusal == .soldOut, claim.how != .claim {
            claim.wait(for: refusal.rawValue)
        } else {
            claim.refuse(refusal.rawValue)
        }
    }

    // MARK: Facts

    private func facts(
        _ claim: Claim, _ holder: CardHolders.Holder, _ tier: String, _ reward: Reward
    ) throws -> ClaimFacts {
        var facts = ClaimFacts(
            night: tools.day, claimedOn: claim.date,
            isChecked: claim.how == .claim || tools.terms.grants == .all,
            isActiveMember: holder.isActive, tier: tier)
        // He has had his unit.
        if claim.how == .replacement {
            facts.isChecked = false
            return facts
        }
        if reward.totalLimit != nil || reward.units != nil {
            let known = try units[claim.reward] ?? table.granted(claim.reward)
            units[claim.reward] = known
            facts.granted = known
        }
        if reward.memberLimit != nil {
            let pair = Pair(reward: claim.reward, member: claim.member)
            let known = try unitsOf[pair] ?? table.granted(claim.reward, to: claim.member)
            unitsOf[pair] = known
            facts.grantedToMember = known
        }
        for name in reward.segments where !facts.isInSegment {
            segment.bind(Int64(holder.member), at: 1)
            segment.bind(name, at: 2)
            facts.isInSegment = try segment.step()
            segment.reset()
        }
        return facts
    }

    /// Tonight's tier, or for a late claim that of the end of the day before its date.
    private func tierOf(_ holder: CardHolders.Holder, on date: CivilDate) throws -> String {
        guard date < tools.day else { return holder.tier }
        tierThen.bind(Int64(holder.member), at: 1)
        tierThen.bind(date, at: 2)
        defer { tierThen.reset() }
        return try tierThen.step() ? tierThen.string(0) : tools.program.tiers[0].name
    }

    // MARK: Codes

    private func reserve(_ claim: inout Claim, _ reward: Reward) throws -> Flaw? {
        guard claim.asked.isEmpty else { return try reserveNamed(&claim, reward) }
        var found = try stock.take(claim.reward, reward)
        if found == nil, reward.renewal == .atGrant,
            let days = reward.goodDays(grantedOn: tools.day, from: nil, to: Lot.never)
        {
            // What another claim had made and didn't take was in stock: this one is for him.
            let row = try maker.make(claim.reward, reward)
            stock.keep(CodeStock.Key(row))
            found = (row, days)
        }
        guard let (row, days) = found else {
            refuse(&claim, .soldOut)
            return nil
        }
        claim.code = row
        claim.goodDays = days
        return nil
    }

    /// A claim that names its code: some system handed it out by day.
    private func reserveNamed(_ claim: inout Claim, _ reward: Reward) throws -> Flaw? {
        let owner = try tools.register.owner(of: claim.reward)
        let key = CodeStock.Key(code: claim.asked, owner: owner)
        let known = try tools.register.find(claim.asked, owner: owner)
        if let known, known.reward != claim.reward {
            return Flaw(verdict: .conflict, reason: .otherReward)
        }
        let heir = named[key]
        var isToHolder = heir == claim.member
        if heir == nil, let known, known.state == .assigned {
            isToHolder = try tools.holders.areOfOne(known.card, claim.card)
        }
        let outcome = CodeMachine.outcome(
            of: .assigned(
                isToHolder: isToHolder,
                isFromOwner: !reward.owner.isEmpty && claim.system == reward.owner),
            in: heir == nil ? known?.state : .assigned, tools.terms.burns)
        if outcome.exceptions.contains(.doubleAssignment) { try noteDoubleAssignment(claim) }
        if let reason = outcome.reason { return Flaw(verdict: outcome.verdict, reason: reason) }
        // Another claim got it for him: nothing is left to do or to pay.
        claim.takesCode = try heir == nil && !(known?.state == .assigned && wasClaimed(key))
        let row = try known ?? made(claim, owner)
        claim.goodDays = reward.goodDays(
            grantedOn: claim.date, from: row.validFrom, to: row.expiresOn)
        let isGood = claim.goodDays.map { $0.upperBound >= tools.day } ?? false
        guard isGood || !claim.takesCode else {
            return Flaw(verdict: .rejected, reason: .alreadyExpired)
        }
        claim.code = row
        named[key] = claim.member
        stock.keep(key)
        return nil
    }

    /// What its owner hands out exists, though no file of codes named it.
    private func made(_ claim: Claim, _ owner: Int32) throws -> CodeRow {
        let row = CodeRow(
            code: claim.asked, owner: owner, reward: claim.reward, state: .available,
            card: tools.none, expiresOn: Lot.never, file: claim.file, line: claim.line,
            addedOn: tools.day, burnedIn: 0, burn: tools.none)
        try tools.register.add(row)
        return row
    }

    /// Whether a claim or grant assigned the code, and no file of codes.
    private func wasClaimed(_ key: CodeStock.Key) throws -> Bool {
        assigner.bind(key.code, at: 1)
        assigner.bind(Int64(key.owner), at: 2)
        defer { assigner.reset() }
        guard try assigner.step() else { return false }
        return Claim.reasons.contains(assigner.string(0))
    }

    private func noteDoubleAssignment(_ claim: Claim) throws {
        var entry = CodeExceptionBook.Entry(
            .doubleAssignment, system: 0, source: claim.id, code: claim.asked)
        entry.reward = claim.reward
        entry.card = claim.card
        try tools.exceptions.note(entry)
    }
}

extension Claim {
    /// The words of assignments in a code's history.
    static let reasons: Set<String> = ["claim", "grant"]

    var assignment: String { how == .claim ? "claim" : "grant" }
}

extension Reason {
    /// What a line waits for that is dated after the night.
    static let laterDay = "later_day"
}
