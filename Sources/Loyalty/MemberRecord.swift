/// One line of a members file.
package struct MemberRecord {
    package enum Status: UInt8, Sendable { case active, blocked, closed, erased }

    package var card: ByteText
    /// The member's own identity; empty where the file has none.
    package var memberID: ByteText
    /// Index into the batch's tiers; -1 where the line names none.
    package var tier: Int32
    package var tierSince: CivilDate?
    package var enrolledOn: CivilDate?
    package var status: Status
    /// The last day on which the card is good; nil has none.
    package var cardExpiresOn: CivilDate?
    /// The card that this one takes the place of; empty for none.
    package var replacesCard: ByteText
    /// The card, or else the member's identity, of the member whom this one is merged into; empty for
    /// none.
    package var mergedInto: ByteText
    /// The names of his segments, `;` between them; nil where the file has no such column.
    package var segments: ByteText?
    /// Month and day, 229 for 29 February; 0 for none; nil where the file has no such column.
    package var birthday: Int32?
    /// Index into the batch's files, and the line.
    package var file: Int32
    package var line: Int32

    package init(
        card: ByteText, memberID: ByteText, tier: Int32, tierSince: CivilDate?,
        enrolledOn: CivilDate?, status: Status, cardExpiresOn: CivilDate? = nil,
        replacesCard: ByteText? = nil, mergedInto: ByteText? = nil, segments: ByteText? = nil,
        birthday: Int32? = nil, file: Int32, line: Int32
    ) {
        self.segments = segments
        self.birthday = birthday
        self.card = card
        self.memberID = memberID
        self.tier = tier
        self.tierSince = tierSince
        self.enrolledOn = enrolledOn
        self.status = status
        self.cardExpiresOn = cardExpiresOn
        self.replacesCard = replacesCard ?? ByteText(start: card.start, count: 0)
        self.mergedInto = mergedInto ?? ByteText(start: card.start, count: 0)
        self.file = file
        self.line = line
    }
}

/// Tonight's member lines, in the order (path, SHA-256, line).
package final class MemberBatch {
    package var members: [MemberRecord] = []
    package let texts = TextArena(blockBytes: 1 << 20)

    package init() {}
}

/// A tier that a member is given by hand or file, whatever his points.
package struct ForcedTier {
    package var card: ByteText
    /// Index into the batch's tiers.
    package var tier: Int32
    /// The last day on which it is forced; nil has none.
    package var until: CivilDate?
    package var file: Int32
    package var line: Int32

    package init(card: ByteText, tier: Int32, until: CivilDate?, file: Int32, line: Int32) {
        self.card = card
        self.tier = tier
        self.until = until
        self.file = file
        self.line = line
    }
}

/// Points that are given or taken by hand.
package struct Adjustment {
    package var id: ByteText
    package var card: ByteText
    package var account: Account.Kind
    /// Signed; never 0.
    package var points: Points
    /// The day from which it counts.
    package var effectiveOn: CivilDate
    package var reason: ByteText
    package var file: Int32
    package var line: Int32

    package init(
        id: ByteText, card: ByteText, account: Account.Kind, points: Points,
        effectiveOn: CivilDate, reason: ByteText, file: Int32, line: Int32
    ) {
        self.id = id
        self.card = card
        self.account = account
        self.points = points
        self.effectiveOn = effectiveOn
        self.reason = reason
        self.file = file
        self.line = line
    }
}

/// A product as a products file describes it.
package struct Product {
    package var id: ByteText
    /// Empty where the line leaves them out.
    package var category: ByteText
    package var brand: ByteText
    package var department: ByteText
    package var file: Int32
    package var line: Int32

    package init(
        id: ByteText, category: ByteText, brand: ByteText, department: ByteText, file: Int32,
        line: Int32
    ) {
        self.id = id
        self.category = category
        self.brand = brand
        self.department = department
        self.file = file
        self.line = line
    }
}

/// Tonight's forced tiers, adjustments and products, each in the order (path, SHA-256, line).
package final class HandBatch {
    package var tiers: [ForcedTier] = []
    package var adjustments: [Adjustment] = []
    package var products: [Product] = []
    package let texts = TextArena(blockBytes: 1 << 16)

    package init() {}
}

/// A lot from before the first night.
package struct OpeningLot {
    package var id: ByteText
    package var card: ByteText
    package var account: Account.Kind
    package var earnedOn: CivilDate
    package var activeOn: CivilDate
    package var expiresOn: CivilDate
    package var points: Points
    package var remaining: Points
    package var file: Int32
    package var line: Int32

    package init(
        id: ByteText, card: ByteText, account: Account.Kind, earnedOn: CivilDate,
        activeOn: CivilDate, expiresOn: CivilDate, points: Points, remaining: Points, file: Int32,
        line: Int32
    ) {
        self.id = id
        self.card = card
        self.account = account
        self.earnedOn = earnedOn
        self.activeOn = activeOn
        self.expiresOn = expiresOn
        self.points = points
        self.remaining = remaining
        self.file = file
        self.line = line
    }
}

/// An order from before the first night: known, so that a re-send of it is a duplicate.
package struct OpeningOrder {
    package var system: Int32
    package var id: ByteText
    /// Empty for an anonymous order.
    package var card: ByteText
    package var date: CivilDate
    package var net: MinorUnits
    package var points: Points
    package var file: Int32
    package var line: Int32

    package init(
        system: Int32, id: ByteText, card: ByteText, date: CivilDate, net: MinorUnits,
        points: Points, file: Int32, line: Int32
    ) {
        self.system = system
        self.id = id
        self.card = card
        self.date = date
        self.net = net
        self.points = points
        self.file = file
        self.line = line
    }
}

/// What there was before the first night.
package final class OpeningBatch {
    package var lots: [OpeningLot] = []
    package var orders: [OpeningOrder] = []
    package var systems: [String] = []
    package let texts = TextArena(blockBytes: 1 << 20)

    package init() {}
}

/// What became of a line that was right by itself.
package enum Verdict: UInt8, CaseIterable, Sendable {
    case accepted, duplicate, correction, parked, rejected, conflict
}

/// What to do with a record that was accepted before with other content.
package enum OnChange: String, CaseIterable, Sendable { case correct, reject, duplicate }

/// How many lines got each verdict.
package struct VerdictCounts: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: Verdict.allCases.count)

    package init() {}

    package subscript(verdict: Verdict) -> Int {
        get { counts[Int(verdict.rawValue)] }
        set { counts[Int(verdict.rawValue)] = newValue }
    }

    package var total: Int { counts.reduce(0, +) }

    package static func += (sum: inout VerdictCounts, more: VerdictCounts) {
        for index in sum.counts.indices { sum.counts[index] += more.counts[index] }
    }
}

/// A line that was refused after it was read: which, and why.
package struct Refusal: Hashable, Sendable {
    /// Index into the batch's files, and the line.
    package var file: Int32
    package var line: Int32
    package var lineCount: Int32
    package var verdict: Verdict
    package var reason: Reason

    package init(file: Int32, line: Int32, lineCount: Int32, verdict: Verdict, reason: Reason) {
        self.file = file
        self.line = line
        self.lineCount = lineCount
        self.verdict = verdict
        self.reason = reason
    }
}
