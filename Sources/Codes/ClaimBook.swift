internal import Loyalty
internal import Storage

/// Judges claims and grants: what they get is reserved before the fold and assigned after it.
///
/// Points and code change together or not at all: what the fold didn't take all of is not assigned.
final class ClaimBook {
    private let tools: CodeTools
    private let table: ClaimTable
    private let judge: ClaimJudge
    private let events: EventBook
    private let earned: EarnedCodes
    /// What tonight's claims came to, in their order, until the fold has spoken.
    private var tonight: [Claim] = []

    init(_ tools: CodeTools) throws {
        self.tools = tools
        table = try ClaimTable(tools.connection, night: tools.day, texts: tools.register.texts)
        judge = try ClaimJudge(tools, table)
        events = try EventBook(tools)
        earned = try EarnedCodes(tools)
    }

    /// What the workflows must hear of the ledger.
    func questions() throws -> LedgerQuestions {
        try events.workflows.questions(returns: earned.isThere())
    }

    /// Judges tonight's claims and events, and what waits, and asks the fold for the points.
    func run(_ verdicts: inout CodeVerdicts, _ points: inout [CodePoints]) throws {
        try table.followMerges()
        var claims: [Claim] = []
        for var claim in try table.waiting() {
            guard try earned.isLost(claim) else {
                claims.append(claim)
                continue
            }
            claim.refuse(ClaimRefusal.orderReturned.rawValue)
            tonight.append(claim)
        }
        claims += try settle(&verdicts)
        claims += try events.run(&verdicts).filter { try table.isSame($0) == nil }
        claims.sort(by: Claim.precedes)
        for claim in claims where !claim.asked.isEmpty {
            let owner = try tools.register.owner(of: claim.reward)
            judge.stock.keep(CodeStock.Key(code: claim.asked, owner: owner))
        }
        for var claim in claims where try decide(&claim, &verdicts) {
            if claim.state == .granted, claim.cost > 0 {
                points.append(
                    CodePoints(
                        kind: .claim, member: claim.member, at: claim.claimedAt, id: claim.id,
                        points: claim.cost))
            }
            tonight.append(claim)
        }
    }

    /// Assigns what was paid or is free; then grants what the fold caused, and voids the codes of orders
    /// that came back.
    func apply(paid: Set<ByteText>, news: LedgerNews) throws {
        for var claim in tonight {
            if claim.cost > 0, claim.state == .granted, !paid.contains(claim.id) {
                claim.refuse(ClaimRefusal.notEnoughPoints.rawValue)
            }
            try finish(claim)
        }
        tonight.removeAll()
        let caused = try events.workflows.grants(news).filter { try table.isSame($0) == nil }
        var none = CodeVerdicts(files: 0)
        for var claim in caused.sorted(by: Claim.precedes) where try decide(&claim, &none) {
            try finish(claim)
        }
        try table.writeGranted()
        try earned.run(news.returns)
    }

    /// Gives a member a code in place of one that another got; nil where none is left.
    func replace(_ id: ByteText, card: ByteText, reward: Int32) throws -> CodeRow? {
        var claim = Claim(
            id: id, how: .replacement, claimedAt: tools.day.midnight, card: card, reward: reward,
            asked: tools.none, event: tools.none, order: tools.none, file: 0, line: 0,
            until: tools.day.adding(days: EventBook.parkDays))
        var none = CodeVerdicts(files: 0)
        guard try table.isSame(claim) == nil, try decide(&claim, &none) else { return nil }
        try finish(claim)
        return claim.state == .granted ? claim.code : nil
    }

    /// Keeps a code from being handed out: something happened to it after the stock was looked at.
    func keep(_ code: CodeStock.Key) { judge.stock.keep(code) }

    // MARK: Lines

    /// Tonight's lines by their ids: the first stands, for ever.
    private func settle(_ verdicts: inout CodeVerdicts) throws -> [Claim] {
        let batch = tools.batch
        var claims: [Claim] = []
        var places: [ByteText: Int] = [:]
        for line in batch.claims {
            let name = batch.names.texts[Int(line.reward)].string
            guard let reward = tools.register.rewards.id(of: name) else {
                verdicts.count(line.file, line.line, .rejected, .unknownReward)
                continue
            }
            let file = tools.files[Int(line.file)]
            let claim = Claim(
                id: line.id, how: line.isGrant ? .admin : .claim, claimedAt: line.claimedAt,
                card: line.card, reward: reward, asked: line.code, event: line.event,
                order: tools.none, file: file.id, line: line.line,
                system: line.system < 0 ? "" : batch.names.texts[Int(line.system)].string,
                until: tools.day.adding(days: file.parkDays), batchFile: line.file)
            let known = try places[claim.id].map { claims[$0].says(claim) } ?? table.isSame(claim)
            switch known {
            case nil:
                places[claim.id] = claims.count
                claims.append(claim)
            case true?: verdicts.count(line.file, line.line, .duplicate)
            case false? where file.onChange == .duplicate:
                verdicts.count(line.file, line.line, .duplicate)
            case false?: verdicts.count(line.file, line.line, .conflict, .recordChanged)
            }
        }
        return claims
    }

    /// Judges a claim and counts its line; false where the line is refused and nothing is kept of it.
    private func decide(_ claim: inout Claim, _ verdicts: inout CodeVerdicts) throws -> Bool {
        let flaw = try judge.judge(&claim)
        if let flaw {
            if let file = claim.batchFile {
                verdicts.count(file, claim.line, flaw.verdict, flaw.reason)
                return false
            }
            claim.refuse(flaw.reason.name)
        } else if let file = claim.batchFile {
            verdicts.count(file, claim.line, claim.state == .waits ? .parked : .accepted)
        }
        if claim.state == .waits, !claim.waitedFor.isEmpty, claim.until <= tools.day {
            try giveUp(&claim)
        }
        return true
    }

    /// What has waited in vain: a person should know.
    private func giveUp(_ claim: inout Claim) throws {
        let isSoldOut = claim.reason == ClaimRefusal.soldOut.rawValue
        var entry = CodeExceptionBook.Entry(
            isSoldOut ? .soldOut : .givenUp, system: 0, source: claim.id, code: claim.asked)
        entry.reward = claim.reward
        entry.card = claim.card
        entry.detail = claim.reason
        try tools.exceptions.note(entry)
        claim.state = .givenUp
        claim.reason = CodeException.givenUp.rawValue
    }

    // MARK: After the fold

    private func finish(_ claim: Claim) throws {
        if claim.state == .granted, claim.takesCode, var row = claim.code {
            let before = row.state
            row.state = .assigned
            row.card = claim.card
            row.validFrom = claim.goodDays?.lowerBound
            row.expiresOn = claim.goodDays?.upperBound ?? row.expiresOn
            // What the register hands out late is not assigned before the night's own day.
            let at =
                claim.asked.isEmpty ? max(claim.claimedAt, tools.day.midnight) : claim.claimedAt
            row.assignedAt = at
            try tools.register.change(
                row, from: before,
                CodeTransition(
                    at: at, system: try systemID(claim), file: claim.file, line: claim.line,
                    reason: claim.assignment, source: claim.id))
        }
        try table.enter(claim)
    }

    /// Who handed the code out; 0: Nightjar itself.
    private func systemID(_ claim: Claim) throws -> Int32 {
        claim.asked.isEmpty || claim.system.isEmpty
            ? 0 : try tools.register.system(claim.system)
    }
}

extension Claim {
    /// Whether another line of this id says the same.
    fileprivate func says(_ other: Claim) -> Bool {
        how == other.how && claimedAt == other.claimedAt && card == other.card
            && reward == other.reward && asked == other.asked && event == other.event
    }
}
