internal import Loyalty
internal import Storage

/// A return that must find the order it names.
struct ReturnToLink {
    var row: OrderRow
    var original: ByteText
    /// What tonight's file brought, where it came tonight.
    var order: IncomingOrder?
    /// Its packed `OrderLines` behind the first one, where its part of the night is gone before it is linked.
    var furtherLines: ByteText?
    /// Whether its verdict is counted already.
    var isCounted: Bool
    /// Until when it waits for its order, where it has done so since an earlier night.
    var waitsUntil: CivilDate?

    /// Where it was made, if tonight's file brought it.
    var place: Int32 { order?.place ?? -1 }

    /// Keeps its further lines for when its part of the night is gone.
    ///
    /// - Parameter texts: is there until it is linked or written to disk.
    mutating func keepLines(of part: OrderBatch, in texts: TextArena) {
        guard let extra = order?.extra, extra >= 0 else { return }
        let lines = part.extras[Int(extra)].furtherLines
        let bytes = texts.reserve(OrderLines.packedBytes(lines))
        OrderLines.pack(lines, into: bytes)
        furtherLines = ByteText(start: bytes, count: OrderLines.packedBytes(lines))
        order?.extra = -1
    }

    /// Counts its lines, unless they are counted already.
    func count(_ batch: OrderBatch, _ verdict: Verdict, in counts: inout [VerdictCounts]) {
        guard let order, !isCounted else { return }
        batch.count(order, verdict, in: &counts)
        guard let furtherLines else { return }
        for lines in OrderLines.unpack(furtherLines) {
            counts[Int(lines.file)][verdict] += Int(lines.lineCount)
        }
    }

    init(
        _ row: OrderRow, original: ByteText, order: IncomingOrder? = nil, isCounted: Bool = false,
        waitsUntil: CivilDate? = nil
    ) {
        self.row = row
        self.original = original
        self.order = order
        self.isCounted = isCounted
        self.waitsUntil = waitsUntil
    }
}

extension Settlement {
    /// Posts a sale, or what an exchange sold, and the points that it was paid with.
    mutating func post(_ row: OrderRow, _ link: ReturnToLink) throws {
        var accrual = row.accrual
        accrual.place = link.place
        let isReleased = link.order == nil
        if row.base > 0 { try post(accrual, to: row.member, isReleased: isReleased) }
        if row.pointsPaid > 0 { try post(row.charge, to: row.member, isReleased: isReleased) }
    }
}

/// Links returns to their orders, in the order in which the fold runs them, so that each knows what
/// earlier ones took.
struct ReturnLinker {
    let program: Program
    let day: CivilDate
    let registry: OrderRegistry
    let links: OrderLinks
    let restater: Restater
    let terms: TierTerms
    /// Owns what must outlast the return that it belongs to.
    let texts: TextArena
    /// Owns what is read for the return whose turn it is.
    private let ownTexts = TextArena()
    /// Orders that were cancelled tonight.
    let cancelled: Set<OrderIdentity>
    let batch: OrderBatch

    func link(
        _ queue: ReturnQueue, _ settlement: inout Settlement, _ files: [SettledFile]
    ) throws {
        let returns = try queue.sorted(texts)
        while let one = try returns.next() {
            ownTexts.removeAll()
            try link(one, returns, &settlement, files)
        }
    }

    private func link(
        _ one: ReturnToLink, _ returns: SortedReturns, _ settlement: inout Settlement,
        _ files: [SettledFile]
    ) throws {
        if !cancelled.isEmpty, cancelled.contains(one.row.identity) {
            count(one, .accepted, &settlement)
            return
        }
        func find() throws -> OrderRow? {
            one.original.isEmpty
                ? nil : try registry.findOriginal(one.row.system, one.original, ownTexts)
        }
        var found = try find()
        // What an exchange sold is posted before any of it comes back, whichever has the lower number.
        if let exchange = try found.flatMap(returns.take) {
            try link(exchange, returns, &settlement, files)
            found = try find()
        }
        let waits = found.map { $0.isSale && $0.state == .parked } ?? false
        let isMissing = found == nil && !one.original.isEmpty
        // `unlinked` waits for nothing: what is parked may never be somebody's.
        if waits || isMissing, program.missingOrder == .park {
            guard let until = one.waitsUntil else {
                try park(one, &settlement, files)
                return
            }
            guard until <= day else { return }
        }
        if one.waitsUntil != nil {
            let isGivenUp = waits || isMissing
            try registry.unpark(one.row, isGivenUp ? .givenUp : .released)
            if isGivenUp {
                settlement.giveUp(one.row)
            } else {
                settlement.totals.released += 1
            }
        }
        try post(one, waits ? nil : found, &settlement)
    }

    private func count(
        _ one: ReturnToLink, _ verdict: Verdict, _ settlement: inout Settlement
    ) {
        one.count(batch, verdict, in: &settlement.counts)
    }

    private func park(
        _ one: ReturnToLink, _ settlement: inout Settlement, _ files: [SettledFile]
    ) throws {
        var row = one.row
        row.state = .parked
        try registry.setState(row)
        count(one, .parked, &settlement)
        settlement.totals.missingOrder += 1
        try registry.park(
            row, .missingOrder, card: nil, original: one.original,
            until: day.adding(
                days: one.order.map { files[Int($0.file)].parkDays } ?? 30))
    }

    private func post(
        _ one: ReturnToLink, _ found: OrderRow?, _ settlement: inout Settlement
    ) throws {
        var row = one.row
        count(one, .accepted, &settlement)
        // What is itself a return is no order to return.
        let original = found.flatMap { $0.isSale ? $0 : nil }
        var member = row.member
        let own = one.waitsUntil == nil ? nil : try registry.holder(of: member)
        var holder = own
        if let original, program.returnsBy == .earner {
            member = original.member
            holder = try registry.holder(of: member)
            if row.kind == .return, let holder {
                row.terms = try terms.terms(of: holder, on: row.date)
            }
        }
        if row.kind == .return { row.member = member }
        row.state = state(row, found, row.kind == .exchange ? own : holder)
        if row.state != one.row.state || row.member != one.row.member || one.waitsUntil != nil {
            try registry.setState(row)
        }
        if one.order != nil, !one.isCounted {
            if row.state == .anonymous { settlement.totals.anonymous += 1 }
            if row.state == .notActive { settlement.totals.notActive += 1 }
        }
        if row.kind == .exchange, row.isPosted, !restater.isRelinked(row.identity) {
            try settlement.post(row, one)
        }
        guard row.returnedBase > 0 else { return }
        if row.kind == .exchange, let holder, !holder.isActive { member = 0 }
        try takeBack(row, for: member, found, original, one, &settlement)
    }

    /// Posts a return, or what came back of an exchange.
    private func takeBack(
        _ row: OrderRow, for member: Int32, _ found: OrderRow?, _ original: OrderRow?,
        _ one: ReturnToLink, _ settlement: inout Settlement
    ) throws {
        if let original {
            try links.add(row.identity, to: original.identity)
            if row.countsAsReturned {
                try registry.addReturned(row.returnedBase, to: original.identity)
            }
        }
        guard row.takesBack, found?.postsReturns ?? true, member > 0 else { return }
        var event = row.takingBack(original, one.original, returned: original?.returned ?? 0)
        event.place = one.place
        if event.terms == 0 { event.terms = try terms.terms(ofBack: row, for: member, registry) }
        if let original {
            event.sale?.capped = try restater.capped(of: original)
            if program.returnsAreCumulative, let excess = row.excess(over: original) {
                settlement.note(
                    LedgerException(.overReturn, of: row, amount: excess))
            }
            if original.pointsPaid > 0 { try restater.refund(row, of: original, &settlement) }
            if !program.allowsCorrections, original.member > 0, original.member != member {
                let order = OrderIdentity(system: original.system, id: texts.copy(original.id))
                settlement.presented.append(
                    PresentedReturn(
                        earner: original.member, order: order, event: settlement.special.count))
                return settlement.hold(event, to: member)
            }
        }
        try settlement.add(event, to: member)
    }

    /// - Parameter holder: whose points a return takes, and the card of what has waited, as of tonight.
    private func state(
        _ row: OrderRow, _ found: OrderRow?, _ holder: CardDirectory.Holder?
    ) -> OrderRow.State {
        if row.kind == .exchange {
            // Waiting has not judged its card yet.
            guard row.state == .parked else { return row.state }
        } else if let found {
            if found.state == .cancelled, !found.isWithdrawn { return .cancelled }
            if found.state == .notActive { return .notActive }
            if found.kind == .other { return .anonymous }
        }
        if row.member == 0 { return .anonymous }
        return holder.map(\.isActive) ?? (row.state != .notActive) ? .posted : .notActive
    }
}

extension Program {
    /// Whether what exceeds a sale is nobody's points.
    var returnsAreCumulative: Bool { accounts.contains { $0.returnRounding == .cumulative } }
}

extension OrderRow {
    /// Whether a return of it takes anything: what was counted only has nothing to take.
    var postsReturns: Bool {
        switch state {
        case .posted, .opening, .anonymous, .givenUp: kind != .other
        case .parked, .notActive, .cancelled: false
        }
    }

    /// What a return brings back beyond what was left of its order; nil for none.
    func excess(over original: OrderRow) -> MinorUnits? {
        let excess = returnedBase - max(0, original.earningBase - original.returned)
        return excess > 0 ? excess : nil
    }

    /// The return's event.
    ///
    /// - Parameter returned: what earlier returns took of the order.
    func takingBack(
        _ original: OrderRow?, _ named: ByteText, returned: MinorUnits
    ) -> OrderEvent {
        var event = OrderEvent(
            kind: .return, date: date, system: system, id: id, base: returnedBase,
            terms: Int(terms), originalSystem: original?.system ?? system, original: named)
        if let original {
            event.sale = OrderEvent.Sale(
                base: original.earningBase, returned: returned,
                terms: original.terms > 0 ? Int(original.terms) : nil,
                openingPoints: original.points)
        }
        return event
    }
}
