package import Loyalty
package import Storage

/// Settles the identities of a night's orders: which are new, which were there before, which wait.
///
/// Source: spec, part 0 'The order of a night', 2 and 'Returns'. All of it runs in the night's
/// transaction, before the fold.
package final class OrderSettler {
    private let program: Program
    private let day: CivilDate
    private let batch: OrderBatch
    private let files: [SettledFile]
    private let connection: Connection
    private let registry: OrderRegistry
    private let directory: CardDirectory
    private let tierTerms: TierTerms
    private let systems: [Int32]
    /// The batch's orders by the bytes of their ids.
    private let order: [Int32]

    private var settlement: Settlement
    private var returns: [ReturnToLink] = []
    /// Sales that were released tonight, by identity: a correction of the same night re-makes them.
    private var released: [Identity: Int] = [:]
    private let parking: Parking

    /// Prepares the settlement of a batch.
    ///
    /// - Parameters:
    ///   - files: those that its orders point at.
    ///   - storePath: the store's file, for a second connection: cards are looked up while orders
    ///     are sorted.
    package init(
        _ connection: Connection, program: Program, day: CivilDate, batch: OrderBatch,
        files: [SettledFile], storePath: String
    ) throws {
        self.program = program
        self.day = day
        self.batch = batch
        self.files = files
        self.connection = connection
        systems = try Names(connection).systems(batch.systems)
        registry = try OrderRegistry(connection, night: day)
        tierTerms = try TierTerms(program, day: day, connection)
        let cards = batch.cards
        let directory = Background {
            try ReadingStore(path: storePath).read { try CardDirectory(cards, $0) }
        }
        order = sortedTexts(batch.orders.count) { batch.orders[$0].id }
        self.directory = try directory.value()
        parking = Parking(connection, day: day)
        settlement = Settlement(orders: batch.orders.count, files: files.count)
        settlement.allTerms = tierTerms.all
    }

    /// Settles everything and says what the fold has to do.
    package func run() throws -> Settlement {
        for waiting in try parking.waiting(settlement.texts) { try release(waiting) }
        try accept()
        try ReturnLinker(
            program: program, day: day, registry: registry, terms: tierTerms,
            texts: settlement.texts,
            fileOf: { self.batch.orders[$0].file },
            linesOf: { Int(self.batch.orders[$0].lineCount) }
        ).link(&returns, &settlement, files)
        return settlement
    }

    // MARK: Tonight's orders

    /// Walks tonight's orders by identity and inserts them in that order, a block at a time.
    private func accept() throws {
        let bySystem = Set(systems).sorted()
        for system in bySystem {
            let own =
                bySystem.count == 1
                ? order
                : order.filter { systems[Int(batch.orders[Int($0)].system)] == system }
            try accept(own)
        }
    }

    private func accept(_ order: [Int32]) throws {
        var block: [Int] = []
        var start = 0
        while start < order.count {
            let first = Int(order[start])
            let id = batch.orders[first].id
            var end = start + 1
            while end < order.count, batch.orders[Int(order[end])].id == id { end += 1 }
            if end - start == 1 {
                block.append(first)
                if block.count == 4096 { try insert(&block) }
            } else {
                try settle(order[start..<end].map(Int.init))
            }
            start = end
        }
        try insert(&block)
    }

    private func insert(_ block: inout [Int]) throws {
        let rows = try block.map { try row(of: $0) }
        try registry.insert(rows, texts: settlement.texts) { index, existing in
            try change(block[index], existing)
        } new: { index in
            try admit(block[index], rows[index])
        }
        block.removeAll(keepingCapacity: true)
    }

    /// Several orders of one identity in one night: the first stands, until one differs.
    private func settle(_ versions: [Int]) throws {
        let first = batch.orders[versions[0]]
        let before = try registry.find(systems[Int(first.system)], first.id, settlement.texts)
        var standing = before
        var final: Int?
        for version in versions {
            if let current = standing {
                guard let replaced = try judge(version, current) else { continue }
                if let final { supersede(final, isFirst: before == nil && final == versions[0]) }
                standing = replaced
            } else {
                standing = try row(of: version)
            }
            final = version
        }
        guard let final else { return }
        if let before {
            try apply(final, over: before)
        } else {
            let row = try row(of: final)
            try registry.replace(row)
            try admit(final, row, as: final == versions[0] ? .accepted : .correction)
        }
    }

    /// A version that a later one of the same night took the place of: it was judged, it posts nothing.
    private func supersede(_ index: Int, isFirst: Bool) {
        count(index, isFirst ? .accepted : .correction)
        settlement.totals.correction += 1
    }

    /// An order whose identity is known: nil where the one that stands goes on standing, else its row.
    private func judge(_ index: Int, _ standing: OrderRow) throws -> OrderRow? {
        let order = batch.orders[index]
        let onChange = files[Int(order.file)].onChange
        if standing.state == .opening || standing.content == order.content
            || onChange == .duplicate
        {
            count(index, .duplicate)
            settlement.totals.duplicate += 1
            return nil
        }
        let isReturn = standing.kind == .return || order.kind == .return
        if onChange == .reject || (isReturn && standing.state != .parked) {
            refuse(index, isReturn ? .returnChanged : .orderChanged)
            return nil
        }
        return try row(of: index)
    }

    private func change(_ index: Int, _ existing: OrderRow) throws {
        guard try judge(index, existing) != nil else { return }
        try apply(index, over: existing)
    }

    /// A correction: the registry forgets the old content, the ledger reverses what it caused.
    private func apply(_ index: Int, over old: OrderRow) throws {
        var new = try row(of: index)
        new.returned = old.returned
        count(index, .correction)
        settlement.totals.correction += 1
        try registry.replace(new)
        if old.state == .parked { try registry.unpark(old, .replaced) }
        if new.state == .parked { try park(index, new) }
        if new.kind == .return, new.state == .posted {
            returns.append(ReturnToLink(new, original: batch.orders[index].original, index: nil))
            return
        }
        let isPosted = new.state == .posted && new.kind == .sale
        let identity = Identity(system: new.system, id: new.id.string)
        if let event = released[identity] {
            settlement.special[event].base = 0
            if isPosted { _ = settlement.add(accrual(new), to: new.member) }
            return
        }
        let hasOldEffect = old.state == .posted && old.member > 0
        if hasOldEffect {
            var event = accrual(new)
            event.kind = .correction
            event.oldBase = old.base
            event.oldTerms = old.terms > 0 ? Int(old.terms) : nil
            if !isPosted || old.member != new.member { event.base = 0 }
            if event.terms == 0 { event.terms = Int(old.terms) }
            if event.oldTerms != nil || event.base > 0 {
                _ = settlement.add(event, to: old.member)
            }
            if old.member == new.member { return }
        }
        if isPosted, new.base > 0 { _ = settlement.add(accrual(new), to: new.member) }
    }

    /// A new order: what it does depends on its card, its kind and its day.
    private func admit(_ index: Int, _ row: OrderRow, as verdict: Verdict = .accepted) throws {
        settlement.totals.new += 1
        let card = batch.orders[index].card
        settlement.admitted.append((Int32(index), card < 0 ? 0 : directory.holders[Int(card)].tier))
        switch row.state {
        case .posted where row.kind == .return:
            returns.append(
                ReturnToLink(row, original: batch.orders[index].original, index: index))
            return
        case .posted:
            if row.base > 0 {
                settlement.terms[index] = row.terms
                settlement.happenings.append(
                    UInt64(UInt32(row.member)) << 32 | UInt64(index))
            }
        case .anonymous: settlement.totals.anonymous += 1
        case .notActive: settlement.totals.notActive += 1
        case .parked:
            try park(index, row)
            count(index, .parked)
            return
        case .opening, .givenUp: break
        }
        count(index, verdict)
    }

    private func park(_ index: Int, _ row: OrderRow) throws {
        let order = batch.orders[index]
        let reason = row.date > day ? ParkReason.laterDay : .unknownMember
        if reason == .laterDay {
            settlement.totals.laterDay += 1
        } else {
            settlement.totals.unmatched += 1
        }
        try registry.park(
            row, reason, card: order.card < 0 ? nil : batch.cards.texts[Int(order.card)],
            original: order.originalCount == 0 ? nil : order.original,
            until: day.adding(days: files[Int(order.file)].parkDays))
    }

    private func count(_ index: Int, _ verdict: Verdict) {
        let order = batch.orders[index]
        settlement.counts[Int(order.file)][verdict] += Int(order.lineCount)
    }

    private func refuse(_ index: Int, _ reason: Reason) {
        let order = batch.orders[index]
        count(index, .conflict)
        settlement.totals.conflict += 1
        settlement.refusals.append(
            Refusal(
                file: order.file, line: order.line, lineCount: order.lineCount, verdict: .conflict,
                reason: reason))
    }

    // MARK: Rows and events

    private func row(of index: Int) throws -> OrderRow {
        let order = batch.orders[index]
        var row = OrderRow(
            system: systems[Int(order.system)], id: order.id, content: order.content,
            date: order.date, member: 0, kind: order.kind, state: .posted, net: order.net,
            base: order.kind == .return ? abs(order.base) : max(0, order.net > 0 ? order.base : 0),
            terms: 0, file: files[Int(order.file)].id, line: order.line)
        let holder = order.card < 0 ? nil : directory.holders[Int(order.card)]
        try place(&row, holder, isAnonymous: order.card < 0, hasOriginal: order.originalCount > 0)
        return row
    }

    /// State, member and terms by the card.
    private func place(
        _ row: inout OrderRow, _ holder: CardDirectory.Holder?, isAnonymous: Bool, hasOriginal: Bool
    ) throws {
        if let holder, holder.member > 0 {
            row.member = holder.member
            row.state = holder.isActive ? .posted : .notActive
            if row.kind == .return || (row.base > 0 && program.earns(on: row.date)) {
                row.terms = try tierTerms.terms(of: holder, on: row.date)
            }
        } else if row.kind == .return, hasOriginal, program.returnsBy == .earner {
            // The order says whose points they are, whoever brings the goods.
            row.state = .posted
        } else {
            row.state = isAnonymous ? .anonymous : .parked
        }
        if row.date > day { row.state = .parked }
    }

    private func accrual(_ row: OrderRow) -> OrderEvent {
        OrderEvent(
            kind: .accrual, date: row.date, system: row.system, id: row.id, base: row.base,
            terms: Int(row.terms))
    }

    // MARK: Parked orders

    /// Orders that waited for their member or their day, and for nothing any more.
    private func release(_ waiting: Parking.Waiting) throws {
        var row = waiting.row
        switch waiting.reason {
        case .missingOrder:
            returns.append(ReturnToLink(row, original: waiting.original, waiting: waiting))
            return
        case .laterDay where row.date > day, .unknownMember where waiting.holder == nil:
            guard waiting.until <= day else { return }
            row.state = .givenUp
            settlement.totals.givenUp += 1
            try registry.setState(row)
            try registry.unpark(row, .givenUp)
            return
        case .laterDay, .unknownMember: break
        }
        try place(
            &row, waiting.holder, isAnonymous: waiting.card.isEmpty,
            hasOriginal: !waiting.original.isEmpty)
        try registry.unpark(row, .released)
        if row.state == .parked {
            // Its day has come, its member has not.
            try registry.park(
                row, .unknownMember, card: waiting.card, original: waiting.original,
                until: waiting.until)
            return
        }
        settlement.totals.released += 1
        try registry.setState(row)
        guard row.state == .posted else { return }
        if row.kind == .return {
            returns.append(ReturnToLink(row, original: waiting.original, waiting: nil))
        } else if row.base > 0 {
            let event = settlement.add(accrual(row), to: row.member)
            released[Identity(system: row.system, id: row.id.string)] = event
        }
    }
}

private struct Identity: Hashable {
    var system: Int32
    var id: String
}
