/// Seconds since 1970-01-01T00:00:00 on the clocks of the program's zone: days and their times, no instants.
package typealias LocalSeconds = Int64

extension CivilDate {
    /// The day that a local time falls on.
    package init(local seconds: LocalSeconds) {
        self.init(
            days: Int32(
                truncatingIfNeeded: seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400))
    }

    /// Its first moment.
    package var midnight: LocalSeconds { LocalSeconds(days) * 86_400 }
}

/// One line of a file of codes.
///
/// Texts that the line leaves out are empty.
package struct CodeLine {
    /// What the file says of the code; `delete` voids it if nobody has it.
    package enum State: UInt8, Sendable {
        case available, assigned, burned, expired, voided, delete
    }

    package var code: ByteText
    /// Index into the batch's names.
    package var reward: Int32
    /// The last good day; `Lot.never` without one.
    package var expiresOn: CivilDate
    package var validFrom: CivilDate?
    package var points: Points?
    /// Nil where the file has no such column: a new code is available.
    package var state: State?
    package var card: ByteText
    package var assignedAt: LocalSeconds?
    package var burnedAt: LocalSeconds?
    package var store: ByteText
    package var file: Int32
    package var line: Int32

    package init(
        code: ByteText, reward: Int32, expiresOn: CivilDate, validFrom: CivilDate? = nil,
        points: Points? = nil, state: State? = nil, card: ByteText, assignedAt: LocalSeconds? = nil,
        burnedAt: LocalSeconds? = nil, store: ByteText, file: Int32, line: Int32
    ) {
        self.code = code
        self.reward = reward
        self.expiresOn = expiresOn
        self.validFrom = validFrom
        self.points = points
        self.state = state
        self.card = card
        self.assignedAt = assignedAt
        self.burnedAt = burnedAt
        self.store = store
        self.file = file
        self.line = line
    }
}

/// One line of a burn report.
package struct BurnLine {
    /// The reporting system: index into the batch's names.
    package var system: Int32
    /// Empty where the file has none: (system, code, burned_at, order_id) is its identity then.
    package var id: ByteText
    package var burnedAt: LocalSeconds
    package var store: ByteText
    package var channel: ByteText
    package var card: ByteText
    package var code: ByteText
    package var order: ByteText
    /// Minor units; nil where the line leaves it out.
    package var orderAmount: MinorUnits?
    package var discount: MinorUnits?
    package var isReversal: Bool
    package var file: Int32
    package var line: Int32

    package init(
        system: Int32, id: ByteText, burnedAt: LocalSeconds, store: ByteText, channel: ByteText,
        card: ByteText, code: ByteText, order: ByteText, orderAmount: MinorUnits? = nil,
        discount: MinorUnits? = nil, isReversal: Bool = false, file: Int32, line: Int32
    ) {
        self.system = system
        self.id = id
        self.burnedAt = burnedAt
        self.store = store
        self.channel = channel
        self.card = card
        self.code = code
        self.order = order
        self.orderAmount = orderAmount
        self.discount = discount
        self.isReversal = isReversal
        self.file = file
        self.line = line
    }
}

/// One line of a file of claims: a member takes a reward, or an admin gives him one.
package struct ClaimLine {
    package var id: ByteText
    package var claimedAt: LocalSeconds
    package var card: ByteText
    /// Index into the batch's names.
    package var reward: Int32
    /// A grant is free.
    package var isGrant: Bool
    /// The code that the system handed out itself; empty: the register chooses.
    package var code: ByteText
    package var store: ByteText
    package var event: ByteText
    package var reason: ByteText
    package var file: Int32
    package var line: Int32
    /// The system that handed it out: index into the batch's names; -1: nobody says.
    package var system: Int32

    package init(
        id: ByteText, claimedAt: LocalSeconds, card: ByteText, reward: Int32, isGrant: Bool,
        code: ByteText, store: ByteText, event: ByteText, reason: ByteText, file: Int32,
        line: Int32, system: Int32 = -1
    ) {
        self.system = system
        self.id = id
        self.claimedAt = claimedAt
        self.card = card
        self.reward = reward
        self.isGrant = isGrant
        self.code = code
        self.store = store
        self.event = event
        self.reason = reason
        self.file = file
        self.line = line
    }
}

/// One line of a file of events, which workflows turn into grants.
package struct EventLine {
    package var id: ByteText
    package var occurredAt: LocalSeconds
    package var card: ByteText
    package var event: ByteText
    package var subject: ByteText
    package var file: Int32
    package var line: Int32

    package init(
        id: ByteText, occurredAt: LocalSeconds, card: ByteText, event: ByteText, subject: ByteText,
        file: Int32, line: Int32
    ) {
        self.id = id
        self.occurredAt = occurredAt
        self.card = card
        self.event = event
        self.subject = subject
        self.file = file
        self.line = line
    }
}

/// One use of a gift code.
package struct GiftUse {
    package var code: ByteText
    package var card: ByteText
    package var usedAt: LocalSeconds
    package var file: Int32
    package var line: Int32

    package init(
        code: ByteText, card: ByteText, usedAt: LocalSeconds, file: Int32, line: Int32
    ) {
        self.code = code
        self.card = card
        self.usedAt = usedAt
        self.file = file
        self.line = line
    }
}

/// One line of a rewards file.
package struct RewardLine {
    package var reward: Reward
    package var file: Int32
    package var line: Int32

    package init(reward: Reward, file: Int32, line: Int32) {
        self.reward = reward
        self.file = file
        self.line = line
    }
}

/// Tonight's records of rewards and codes, each kind in the order (path, SHA-256, line).
package final class CodeBatch {
    package var rewards: [RewardLine] = []
    package var codes: [CodeLine] = []
    package var burns: [BurnLine] = []
    package var claims: [ClaimLine] = []
    package var events: [EventLine] = []
    package var giftUses: [GiftUse] = []
    /// Systems and rewards by the integers that the lines bear.
    package let names = TextTable()
    package let texts = TextArena(blockBytes: 1 << 20)

    package init() {}
}

/// Points that the register asks the fold for.
package struct CodePoints {
    package enum Kind: UInt8, Sendable {
        /// All of the cost, or the claim is refused.
        case claim
        /// A burn of a code that nobody had: what no lot covers is recorded.
        case charge
        /// All that the charge of a burn took: the burn was corrected.
        case chargeBack
        /// What a gift code gives.
        case gift
    }

    package var kind: Kind
    package var member: Int32
    package var at: LocalSeconds
    /// The claim, the burn or the gift code.
    package var id: ByteText
    /// More than zero.
    package var points: Points
    /// Days before points of a gift can be spent.
    package var holdDays: Int
    /// Who reported a burn that is charged; else empty.
    package var system: ByteText

    package init(
        kind: Kind, member: Int32, at: LocalSeconds, id: ByteText, points: Points,
        holdDays: Int = 0, system: ByteText? = nil
    ) {
        self.kind = kind
        self.member = member
        self.at = at
        self.id = id
        self.points = points
        self.holdDays = holdDays
        self.system = system ?? ByteText(start: id.start, count: 0)
    }
}
