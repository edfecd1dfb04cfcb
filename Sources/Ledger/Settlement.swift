package import Loyalty
package import Storage

/// What the ledger must know of a file whose orders it settles.
package struct SettledFile {
    package typealias OnChange = Loyalty.OnChange

    /// The store's integer of the file.
    package var id: Int64
    package var onChange: OnChange
    /// How many days its parked orders wait.
    package var parkDays: Int
    /// The day that the file is all of, where it is.
    package var wholeDay: WholeDay?
    /// Whether lines of it were refused: it can't say what its day lacks.
    package var hasRefusals = false

    package init(id: Int64, onChange: OnChange, parkDays: Int) {
        self.id = id
        self.onChange = onChange
        self.parkDays = parkDays
    }
}

/// Which files are of one day: those of one job, system and date.
package struct WholeDay: Hashable, Sendable {
    package var job: String
    package var system: String?
    package var day: CivilDate

    package init(job: String, system: String?, day: CivilDate) {
        self.job = job
        self.system = system
        self.day = day
    }
}

/// A return of an order whose lot is another member's: what `max` takes of that lot tonight is known when
/// that member's night is.
struct PresentedReturn {
    var earner: Int32
    var order: OrderIdentity
    /// Index into the special events, and of the part of what it restates.
    var event: Int
    var part: Int?
}

/// How many orders came to what.
package struct OrderTotals: Hashable, Sendable {
    /// Neither duplicate nor correction nor conflict, whatever their card.
    package var new = 0
    package var duplicate = 0
    package var correction = 0
    package var conflict = 0
    /// Of the new ones: without a card, with a card that nobody has, of members that are not active.
    package var anonymous = 0
    package var unmatched = 0
    package var notActive = 0
    /// Of the new ones: returns whose order is not known, and orders of a later day.
    package var missingOrder = 0
    package var laterDay = 0
    /// Of earlier nights: what is parked no longer.
    package var released = 0
    package var givenUp = 0
    /// Of the new ones: of types that never earn, and with cards that had expired.
    package var neverEarn = 0
    package var cardExpired = 0
    /// Cancelled by a void, and because a full day lacks them.
    package var voided = 0
    package var withdrawn = 0

    package init() {}
}

/// The orders of a night once their identities are settled: what became of each, and what the fold
/// has to do.
package struct Settlement {
    /// By the batch's file index, in lines.
    package var counts: [VerdictCounts]
    /// Where refused lines go.
    package let refused: RefusedLines
    package var totals = OrderTotals()

    /// Member in the upper half, and below it what happens to him: the index of an order of the
    /// batch that simply earns or, with `specialBit`, an index into `special`.
    var happenings: [UInt64] = []
    var special: [OrderEvent] = []
    /// By order of the batch: the terms that it earns at.
    var terms: [Int32] = []
    /// By order of the batch: its member's tier, or 0, where it was seen for the first time; else -1.
    var admittedTiers: [Int32] = []
    /// What the night does to members, where memory shouldn't hold all of it.
    var eventRuns: EventRuns?
    /// What the night comes to, store by store.
    var stores: StoreTotals?
    /// Owns the texts of `special`.
    let texts = TextArena(blockBytes: 1 << 18)
    /// All terms of the store.
    var allTerms: [Terms] = []
    /// What few of the special events need.
    var details: [EventDetail] = []
    var exceptions: [LedgerException] = []
    /// Whether any event is a claim, so that the others needn't be looked at.
    var hasClaims = false
    /// Members with cards of tonight's orders, read meanwhile; nil where memory shouldn't hold them.
    var touched: Background<TouchedMembers>?
    /// Returns by others than who bought.
    var presented: [PresentedReturn] = []
    private var corrections: Set<Int64> = []
    /// Special events of tonight by the order that they post.
    private var posted: [OrderIdentity: [Int]] = [:]

    static let specialBit: UInt64 = 1 << 31

    init(files: Int, refused: RefusedLines) {
        counts = Array(repeating: VerdictCounts(), count: files)
        self.refused = refused
    }

    /// Begins with the orders of a batch: the whole night, or a part of it.
    mutating func begin(_ batch: OrderBatch) {
        terms = Array(repeating: 0, count: batch.orders.count)
        admittedTiers = Array(repeating: -1, count: batch.orders.count)
    }

    /// Notes an order that has waited in vain: its identity stays known, and a person should know.
    mutating func giveUp(_ row: OrderRow) {
        totals.givenUp += 1
        note(LedgerException(.givenUp, of: row, amount: row.net))
    }

    /// Notes what a person should look at, and keeps its texts.
    mutating func note(_ exception: LedgerException) {
        exceptions.append(exception.kept(in: texts))
    }

    /// Notes an order that takes the place of one that an earlier night knew.
    mutating func noteCorrection(_ order: IncomingOrder) {
        corrections.insert(Settlement.place(of: order))
    }

    /// Whether an order that stands was seen for the first time.
    package func isNew(_ order: IncomingOrder) -> Bool {
        !corrections.contains(Settlement.place(of: order))
    }

    /// Its file and line, which outlive the part of the night that it is in.
    private static func place(of order: IncomingOrder) -> Int64 {
        Int64(order.file) << 32 | Int64(order.line)
    }

    /// Adds an event.
    mutating func add(_ event: OrderEvent, to member: Int32) throws {
        guard let eventRuns else { return hold(event, to: member) }
        try eventRuns.add(event, to: member, goesWithOrder: false)
    }

    /// Adds an event that is looked at again before the fold.
    mutating func hold(_ event: OrderEvent, to member: Int32) {
        var event = event
        if eventRuns != nil {
            event.id = texts.copy(event.id)
            event.original = texts.copy(event.original)
        }
        happenings.append(
            UInt64(UInt32(member)) << 32 | Settlement.specialBit | UInt64(special.count))
        special.append(event)
    }

    mutating func add(_ event: OrderEvent, _ detail: EventDetail, to member: Int32) {
        var event = event
        event.detail = Int32(details.count)
        details.append(detail)
        hold(event, to: member)
    }

    /// The systems of their own in whose names the register's points are posted.
    ///
    /// No system of program.yaml can bear the name of a burn's: an order and a burn of one number stay apart.
    static func system(of points: CodePoints) -> String {
        switch points.kind {
        case .claim: "claims"
        case .charge, .chargeBack: "burns:" + points.system.string
        case .gift: "gift-codes"
        }
    }

    /// Takes what the register decided to the fold: claims, charges, gift codes.
    package mutating func add(_ points: [CodePoints], _ connection: Connection) throws {
        hasClaims = points.contains { $0.kind == .claim }
        var systems: [String: Int32] = [:]
        let names = Set(points.map(Settlement.system)).sorted()
        for (name, id) in zip(names, try Names(connection).systems(names)) { systems[name] = id }
        let history = PostedEffects(connection, texts: texts)
        let survivors = try Survivors(connection)
        for entry in points {
            let system = systems[Settlement.system(of: entry)] ?? 0
            let kind: OrderEvent.Kind =
                switch entry.kind {
                case .claim: .claim
                case .charge: .charge
                case .chargeBack: .restatement
                case .gift: .gift
                }
            var event = OrderEvent(
                kind: kind, date: CivilDate(local: entry.at), system: system, id: entry.id,
                base: entry.points, terms: 0)
            event.holdDays = Int32(entry.holdDays)
            guard entry.kind == .chargeBack else {
                try add(event, to: entry.member)
                continue
            }
            event.base = 0
            let effects = try history.effects(
                of: [OrderIdentity(system: system, id: entry.id)],
                on: survivors.selves(of: entry.member))
            add(event, EventDetail(effects: effects), to: entry.member)
        }
    }

    /// Posts a sale, or the points that it was paid with, in a way that can be taken back tonight.
    ///
    /// - Parameter isReleased: whether it waited until tonight, and may still be corrected by tonight's files.
    mutating func post(
        _ event: OrderEvent, to member: Int32, isReleased: Bool = false
    ) throws {
        if let eventRuns, !isReleased {
            return try eventRuns.add(event, to: member, goesWithOrder: true)
        }
        let id = texts.copy(event.id)
        posted[OrderIdentity(system: event.system, id: id), default: []].append(special.count)
        hold(event, to: member)
    }

    /// The points that an order pays with tonight, where it does.
    func charge(of order: OrderIdentity) -> Int? {
        posted[order]?.last { special[$0].kind == .charge }
    }

    /// Takes back what an order posted tonight by special events; false where there was nothing.
    mutating func withdraw(_ order: OrderIdentity) -> Bool {
        guard let indices = posted.removeValue(forKey: order) else { return false }
        for index in indices {
            // A sale of nothing posts nothing.
            special[index].kind = .accrual
            special[index].base = 0
        }
        return true
    }

    /// Takes back what orders of the batch post by themselves.
    mutating func withdraw(
        _ orders: Set<OrderIdentity>, of members: Set<Int32>,
        identity: (_ index: Int) -> OrderIdentity
    ) {
        eventRuns?.withdraw(orders, of: members)
        happenings.removeAll { happening in
            guard happening & Settlement.specialBit == 0,
                members.contains(Int32(truncatingIfNeeded: happening >> 32))
            else { return false }
            return orders.contains(identity(Int(happening & (Settlement.specialBit - 1))))
        }
    }
}
