internal import Loyalty
internal import Storage

/// A return that must find the order it names.
struct ReturnToLink {
    var row: OrderRow
    var original: ByteText
    /// Index in the batch, where it came tonight and is not yet counted.
    var index: Int?
    /// Where it has waited for its order since an earlier night.
    var waiting: Parking.Waiting?

    init(_ row: OrderRow, original: ByteText, index: Int?) {
        self.row = row
        self.original = original
        self.index = index
    }

    init(_ row: OrderRow, original: ByteText, waiting: Parking.Waiting?) {
        self.row = row
        self.original = original
        self.waiting = waiting
    }
}

/// Links returns to their orders, in the order in which the fold runs them, so that each knows what
/// earlier ones took.
struct ReturnLinker {
    let program: Program
    let day: CivilDate
    let registry: OrderRegistry
    let terms: TierTerms
    let texts: TextArena
    let batch: OrderBatch

    func link(
        _ returns: inout [ReturnToLink], _ settlement: inout Settlement, _ files: [SettledFile]
    ) throws {
        returns.sort { left, right in
            if left.row.date != right.row.date { return left.row.date < right.row.date }
            if left.row.id != right.row.id { return left.row.id < right.row.id }
            return left.row.system < right.row.system
        }
        for one in returns { try link(one, &settlement, files) }
    }

    private func link(
        _ one: ReturnToLink, _ settlement: inout Settlement, _ files: [SettledFile]
    ) throws {
        let found =
            one.original.isEmpty
            ? nil : try registry.findOriginal(one.row.system, one.original, texts)
        // What is itself a return is no order to return.
        let original = found.flatMap { $0.kind == .sale ? $0 : nil }
        let waits = original.map { $0.state == .parked } ?? false
        let isMissing = found == nil && !one.original.isEmpty
        // `unlinked` waits for nothing: what is parked may never be somebody's.
        if waits || isMissing, program.missingOrder == .park {
            guard let waiting = one.waiting else {
                try park(one, &settlement, files)
                return
            }
            guard waiting.until <= day else { return }
        }
        if one.waiting != nil {
            let isGivenUp = waits || isMissing
            try registry.unpark(one.row, isGivenUp ? .givenUp : .released)
            if isGivenUp { settlement.totals.givenUp += 1 } else { settlement.totals.released += 1 }
        }
        try post(one, waits ? nil : original, &settlement)
    }

    private func park(
        _ one: ReturnToLink, _ settlement: inout Settlement, _ files: [SettledFile]
    ) throws {
        var row = one.row
        row.state = .parked
        try registry.setState(row)
        var parkDays = 30
        if let index = one.index {
            batch.count(index, .parked, in: &settlement.counts)
            parkDays = files[Int(batch.orders[index].file)].parkDays
        }
        settlement.totals.missingOrder += 1
        try registry.park(
            row, .missingOrder, card: nil, original: one.original,
            until: day.adding(days: parkDays))
    }

    private func post(
        _ one: ReturnToLink, _ original: OrderRow?, _ settlement: inout Settlement
    ) throws {
        var row = one.row
        if let index = one.index {
            batch.count(index, .accepted, in: &settlement.counts)
        }
        if let original, program.returnsBy == .earner {
            row.member = original.member
            if let holder = try registry.holder(of: original.member) {
                row.terms = try terms.terms(of: holder, on: row.date)
            }
        }
        row.state = row.member > 0 ? .posted : .anonymous
        if row.state == .anonymous, one.index != nil { settlement.totals.anonymous += 1 }
        if row.state != one.row.state || row.member != one.row.member || one.waiting != nil {
            try registry.setState(row)
        }
        var event = OrderEvent(
            kind: .return, date: row.date, system: row.system, id: row.id, base: row.base,
            terms: Int(row.terms), originalSystem: row.system, original: one.original)
        if let original {
            event.originalSystem = original.system
            event.sale = OrderEvent.Sale(
                base: original.earningBase, returned: original.returned,
                terms: original.terms > 0 ? Int(original.terms) : nil,
                openingPoints: original.points)
            let room = max(0, original.earningBase - original.returned)
            if min(row.base, room) > 0 {
                try registry.addReturned(min(row.base, room), to: original)
            }
        }
        guard row.member > 0, row.base > 0 else { return }
        _ = settlement.add(event, to: row.member)
    }
}

extension OrderRow {
    /// What the order earned on; an opening order earned on its net amount.
    fileprivate var earningBase: MinorUnits {
        state == .opening ? max(0, net) : base
    }
}
