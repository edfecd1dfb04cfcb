package import Loyalty
internal import Storage

/// What the ledger must know of a file whose orders it settles.
package struct SettledFile {
    /// What to do with an order that was accepted before with other content.
    package enum OnChange: String, CaseIterable, Sendable { case correct, reject, duplicate }

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
    package var refusals: [Refusal] = []
    package var totals = OrderTotals()

    /// Member in the upper half, and below it what happens to him: the index of an order of the
    /// batch that simply earns or, with `specialBit`, an index into `special`.
    var happenings: [UInt64] = []
    var special: [OrderEvent] = []
    /// By order of the batch: the terms that it earns at.
    var terms: [Int32]
    /// By order of the batch: its member's tier, or 0, where it was seen for the first time; else -1.
    var admittedTiers: [Int32]
    /// Owns the texts of `special`.
    let texts = TextArena(blockBytes: 1 << 18)
    /// All terms of the store.
    var allTerms: [Terms] = []
    /// What few of the special events need.
    var details: [EventDetail] = []
    var exceptions: [LedgerException] = []
    /// Members with cards of tonight's orders, read meanwhile.
    let touched: Background<TouchedMembers>
    /// Special events of tonight by the order that they post.
    private var posted: [OrderIdentity: [Int]] = [:]

    static let specialBit: UInt64 = 1 << 31

    init(orders: Int, files: Int, _ touched: Background<TouchedMembers>) {
        self.touched = touched
        counts = Array(repeating: VerdictCounts(), count: files)
        terms = Array(repeating: 0, count: orders)
        admittedTiers = Array(repeating: -1, count: orders)
    }

    /// Notes an order that has waited in vain: its identity stays known, and a person should know.
    mutating func giveUp(_ row: OrderRow) {
        totals.givenUp += 1
        exceptions.append(LedgerException(.givenUp, of: row, amount: row.net))
    }

    mutating func add(_ event: OrderEvent, to member: Int32) {
        happenings.append(
            UInt64(UInt32(member)) << 32 | Settlement.specialBit | UInt64(special.count))
        special.append(event)
    }

    mutating func add(_ event: OrderEvent, _ detail: EventDetail, to member: Int32) {
        var event = event
        event.detail = Int32(details.count)
        details.append(detail)
        add(event, to: member)
    }

    /// Posts a sale, or the points that it was paid with, in a way that can be taken back tonight.
    mutating func post(_ event: OrderEvent, to member: Int32) {
        posted[OrderIdentity(system: event.system, id: event.id), default: []].append(special.count)
        add(event, to: member)
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
        happenings.removeAll { happening in
            guard happening & Settlement.specialBit == 0,
                members.contains(Int32(truncatingIfNeeded: happening >> 32))
            else { return false }
            return orders.contains(identity(Int(happening & (Settlement.specialBit - 1))))
        }
    }
}
