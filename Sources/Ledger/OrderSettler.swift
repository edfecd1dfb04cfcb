package import Loyalty
package import Storage

/// Settles the identities of a night's orders: which are new, which were there before, which wait.
///
/// Source: spec, part 0 'The order of a night', 2 and 'Returns'. All of it runs in the night's
/// transaction, before the fold.
package final class OrderSettler {
    let program: Program
    let day: CivilDate
    /// The orders at hand: all of the night or, where memory shouldn't hold them, a part.
    var batch: OrderBatch
    let files: [SettledFile]
    let connection: Connection
    let registry: OrderRegistry
    var directory: CardDirectory
    private let tierTerms: TierTerms
    let systems: [Int32]
    /// The batch's orders by the bytes of their ids.
    private let order: [Int32]
    /// Where the orders are that memory doesn't hold; nil where the batch has all.
    let runs: OrderRuns?
    let storePath: String
    /// By order of a part: whether its texts are kept for longer.
    var isKept: [Bool] = []
    /// What files had that are the whole of a day; nil where none of tonight's is.
    let wholeDays: DayOrders?
    /// Sales that the register may ask for.
    var largeSales: [OrderIdentity] = []
    let salesOver: MinorUnits?

    /// What is known so far; `run` hands it over.
    var settlement: Settlement
    /// Owns the texts of what is read.
    let texts: TextArena
    /// Owns those of rows that are held against tonight's orders, until the next block of them.
    private let blockTexts = TextArena()
    let returns: ReturnQueue
    var voids: [ReturnToLink] = []
    /// Those of them that have waited since an earlier night.
    var releasedLinks: Set<OrderIdentity> = []
    /// Sales whose wait ended tonight.
    var releasedSales: [OrderIdentity] = []
    /// Orders that were cancelled tonight, and whose they are.
    var cancelled: Set<OrderIdentity> = []
    var cancelledOf: Set<Int32> = []
    private let parking: Parking
    let links: OrderLinks
    let restater: Restater

    /// Prepares the settlement of a batch.
    ///
    /// - Parameters:
    ///   - runs: the orders, where the batch doesn't hold them.
    ///   - files: those that its orders point at.
    ///   - refused: where lines go that are refused.
    ///   - salesOver: sales of more than this are asked for by `news`.
    ///   - storePath: the store's file, for a second connection: cards are looked up while orders
    ///     are sorted.
    package init(
        _ connection: Connection, program: Program, day: CivilDate, batch: OrderBatch,
        runs: OrderRuns? = nil, files: [SettledFile], refused: RefusedLines,
        salesOver: MinorUnits? = nil, storePath: String
    ) throws {
        self.program = program
        self.day = day
        self.batch = batch
        self.runs = runs
        self.files = files
        self.salesOver = salesOver
        self.storePath = storePath
        self.connection = connection
        systems = try Names(connection).systems(batch.systems)
        registry = try OrderRegistry(connection, night: day)
        tierTerms = try TierTerms(program, day: day, connection)
        let cards = batch.cards
        let background = Background {
            try ReadingStore(path: storePath).read {
                try CardDirectory(cards, memberCount: MemberTiers.count($0), $0)
            }
        }
        order = sortedTexts(batch.orders.count) { batch.orders[$0].id }
        let tiers = try MemberTiers(connection, for: cards.count)
        var directory = try background.value()
        try directory.findTiers(tiers)
        self.directory = directory
        parking = Parking(connection, day: day)
        settlement = Settlement(files: files.count, refused: refused)
        texts = settlement.texts
        settlement.stores = try StoreTotals(connection, places: batch.places)
        if let runs {
            settlement.eventRuns = EventRuns(runs)
        } else {
            let holders = directory.holders
            settlement.touched = Background {
                try ReadingStore(path: storePath).read { try TouchedMembers(holders, day, $0) }
            }
        }
        settlement.allTerms = tierTerms.all
        wholeDays =
            files.contains { $0.wholeDay != nil } ? try DayOrders(connection) : nil
        returns = ReturnQueue(runs?.anotherSorter())
        links = try OrderLinks(
            connection, texts: settlement.texts, sortedBy: runs?.anotherSorter())
        restater = try Restater(
            connection, program: program, registry: registry, links: links, terms: tierTerms,
            texts: settlement.texts)
    }

    /// Settles everything and says what the fold has to do.
    package func run() throws -> Settlement {
        try MergeBook(connection, night: day).post(&settlement)
        for waiting in try parking.waiting(settlement.texts) { try release(waiting) }
        try accept()
        try withdraw()
        try cancel()
        try restater.gather()
        try ReturnLinker(
            program: program, day: day, registry: registry, links: links, restater: restater,
            terms: tierTerms, texts: settlement.texts, cancelled: cancelled, batch: batch
        ).link(returns, &settlement, files)
        voids = []
        try restater.run(&settlement)
        try links.write()
        // What others add to it must not make a copy of all of it.
        defer { settlement = Settlement(files: 0, refused: settlement.refused) }
        return settlement
    }

    // MARK: Tonight's orders

    /// Walks tonight's orders by identity and inserts them in that order, a block at a time.
    private func accept() throws {
        let bySystem = Set(systems).sorted()
        if let runs {
            for system in bySystem {
                if let index = systems.firstIndex(of: system) { try accept(partsOf: index, runs) }
            }
            return
        }
        settlement.begin(batch)
        for system in bySystem {
            let own =
                bySystem.count == 1
                ? order
                : order.filter { systems[Int(batch.orders[Int($0)].system)] == system }
            try accept(own)
        }
        try noteAccepted()
    }

    func accept(_ order: [Int32]) throws {
        var block: [Int] = []
        var start = 0
        while start < order.count {
            let first = Int(order[start])
            let id = batch.orders[first].id
            var end = start + 1
            while end < order.count, batch.orders[Int(order[end])].id == id { end += 1 }
            if end - start == 1 {
                block.append(first)
                // What a block looks at must still be in the cache when its rows were inserted.
                if block.count == 256 { try insert(&block) }
            } else {
                try settle(order[start..<end].map(Int.init))
            }
            start = end
        }
        try insert(&block)
    }

    private func insert(_ block: inout [Int]) throws {
        // A void is looked at again when all orders have been settled; what others do is on disk by then.
        for index in block where batch.orders[index].kind == .void { keep(index) }
        blockTexts.removeAll()
        let rows = try block.map { try row(of: $0) }
        try registry.insert(rows, texts: blockTexts) { index, existing in
            try change(block[index], existing)
        } new: { index in
            try admit(block[index], rows[index])
        }
        block.removeAll(keepingCapacity: true)
    }

    /// Several orders of one identity in one night: the first stands, until one differs; a void ends
    /// them all, wherever it stands.
    private func settle(_ versions: [Int]) throws {
        let voids = versions.filter { batch.orders[$0].kind == .void }
        guard voids.isEmpty || voids.count == versions.count else {
            try settle(versions.filter { batch.orders[$0].kind != .void })
            for index in voids {
                let order = batch.orders[index]
                if let row = try registry.find(
                    systems[Int(order.system)], order.id, settlement.texts)
                {
                    try change(index, row)
                }
            }
            return
        }
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
        keep(final)
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
        let cancels = order.kind == .void && standing.kind != .void
        let isKnown =
            standing.isOpening && !cancels || standing.state == .cancelled && cancels
            || standing.content == order.content && !standing.isOpening
        if isKnown || onChange == .duplicate {
            count(index, .duplicate)
            settlement.totals.duplicate += 1
            return nil
        }
        if onChange == .reject {
            try refuse(index, .orderChanged)
            return nil
        }
        // A correction comes soon and says the same day; a counter that began anew doesn't.
        let days = abs(Int(order.date.days) - Int(standing.date.days))
        if order.kind != .void, standing.kind != .void, days > 1 {
            try refuse(index, .reusedReceipt)
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
        keep(index)
        var old = old
        old.id = texts.copy(old.id)
        count(index, .correction)
        settlement.totals.correction += 1
        if batch.orders[index].kind == .void, old.kind != .void {
            try cancel(old)
            return
        }
        settlement.noteCorrection(batch.orders[index])
        var new = try row(of: index)
        new.returned = old.returned
        new.version = old.version
        // What earned before earns on while the program pauses, on the terms of before.
        if new.terms == 0, new.earns, old.member == new.member, hasEarned(old) {
            new.terms = old.terms
        }
        let meetsItsVoid = try old.kind == .void && registry.waitsForItself(old)
        // A void is final: what comes of the order later is known, and posts nothing.
        if meetsItsVoid || old.state == .cancelled && !old.isWithdrawn {
            new.state = .cancelled
            try registry.replace(new)
            if old.state == .parked { try registry.unpark(old, .released) }
            if meetsItsVoid { settlement.totals.voided += 1 }
            return
        }
        if old.state == .parked { try registry.unpark(old, .replaced) }
        let isReleased = takeBackRelease(of: old)
        if isFast(old, new), !isReleased {
            try registry.replace(new)
            try park(index, ifParked: new)
            try correct(old, new, place: batch.orders[index].place)
            return
        }
        try registry.replace(new)
        try park(index, ifParked: new)
        // A void that becomes something else leaves the order that it named.
        let isRestated =
            old.version > 1 || old.returned > 0 || old.isReturn || old.kind == .void
            || old.isPosted && !isReleased
        if isRestated { try restater.restate(old, wasPosted: !isReleased) }
        try post(
            new,
            ReturnToLink(
                new, original: batch.orders[index].original, order: batch.orders[index],
                isCounted: true),
            isRestated: isRestated)
    }

    private func hasEarned(_ order: OrderRow) -> Bool {
        order.earns && order.terms > 0
            && settlement.allTerms[Int(order.terms)].earnings.contains {
                $0.points(of: order.base, scale: program.currency.scale) > 0
            }
    }

    /// What was released tonight and is corrected tonight was not posted yet.
    private func takeBackRelease(of order: OrderRow) -> Bool {
        guard releasedLinks.contains(order.identity) else {
            return settlement.withdraw(order.identity)
        }
        returns.remove(order.identity)
        voids.removeAll { $0.row.identity == order.identity }
        return true
    }

    /// Whether the row alone tells what was posted.
    private func isFast(_ old: OrderRow, _ new: OrderRow) -> Bool {
        old.kind == .sale && new.kind == .sale && old.isPosted && old.version == 1
            && old.returned == 0 && old.pointsPaid == 0 && new.pointsPaid == 0
            && program.allowsCorrections
    }

    private func correct(_ old: OrderRow, _ new: OrderRow, place: Int32) throws {
        var event = new.accrual
        event.kind = .correction
        event.place = place
        event.oldBase = old.base
        event.oldTerms = old.terms > 0 ? Int(old.terms) : nil
        if !new.isPosted || old.member != new.member { event.base = 0 }
        if event.terms == 0 { event.terms = Int(old.terms) }
        if event.oldTerms != nil || event.base > 0 { try settlement.add(event, to: old.member) }
        guard old.member != new.member, new.earns else { return }
        var accrual = new.accrual
        accrual.place = place
        try settlement.post(accrual, to: new.member)
    }

    /// What an order does that is not one of the many that simply earn.
    ///
    /// - Parameter isRestated: its sale is posted by the restatement.
    func post(_ row: OrderRow, _ link: ReturnToLink, isRestated: Bool) throws {
        switch (row.kind, row.state) {
        case (_, .parked), (_, .opening), (_, .givenUp), (_, .cancelled), (.other, _): break
        case (.void, _): voids.append(keepingLines(link, in: settlement.texts))
        case (.return, _), (.exchange, _): try returns.add(keepingLines(link, in: batch.texts))
        case (.sale, _):
            if row.isPosted, !isRestated { try settlement.post(row, link) }
        }
    }

    /// A new order: what it does depends on its card, its kind and its day.
    private func admit(_ index: Int, _ row: OrderRow, as verdict: Verdict = .accepted) throws {
        settlement.totals.new += 1
        let card = Int(batch.orders[index].card)
        settlement.admittedTiers[index] = card < 0 ? 0 : directory.holders[card].tier
        if batch.orders[index].extra >= 0 { try registry.replace(row) }
        switch row.state {
        case .parked: try park(index, row)
        case _ where row.kind != .sale && row.kind != .other:
            let link = ReturnToLink(
                row, original: batch.orders[index].original, order: batch.orders[index],
                isCounted: verdict == .correction)
            if verdict == .correction { count(index, verdict) }
            try post(row, link, isRestated: false)
            return
        case .posted:
            if row.base > 0 {
                settlement.terms[index] = row.terms
                settlement.happenings.append(
                    UInt64(UInt32(row.member)) << 32 | UInt64(index))
            }
            if row.pointsPaid > 0 { try settlement.post(row.charge, to: row.member) }
        case .anonymous:
            if let unpaid = LedgerException(unpaid: row) { settlement.note(unpaid) }
            if row.kind == .other {
                settlement.totals.neverEarn += 1
            } else {
                settlement.totals.anonymous += 1
            }
        case .notActive:
            if let unpaid = LedgerException(unpaid: row) { settlement.note(unpaid) }
            if directory.holders[card].isActive {
                settlement.totals.cardExpired += 1
            } else {
                settlement.totals.notActive += 1
            }
        case .opening, .givenUp, .cancelled: break
        }
        count(index, row.state == .parked ? .parked : verdict)
    }

    func park(_ index: Int, ifParked row: OrderRow) throws {
        if row.state == .parked { try park(index, row) }
    }

    func park(_ index: Int, _ row: OrderRow) throws {
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

    private func count(_ index: Int, _ verdict: Verdict) { count(batch.orders[index], verdict) }

    func count(_ order: IncomingOrder, _ verdict: Verdict) {
        batch.count(order, verdict, in: &settlement.counts)
    }

    private func refuse(_ index: Int, _ reason: Reason) throws {
        count(index, .conflict)
        settlement.totals.conflict += 1
        for lines in batch.lines(of: batch.orders[index]) {
            try settlement.refused.add(
                Refusal(
                    file: lines.file, line: lines.line, lineCount: lines.lineCount,
                    verdict: .conflict, reason: reason))
        }
    }

    // MARK: Rows and events

    private func row(of index: Int) throws -> OrderRow {
        let order = batch.orders[index]
        let base: MinorUnits =
            switch order.kind {
            case .sale: order.net > 0 ? max(0, order.base) : 0
            case .return: abs(order.base)
            case .exchange: max(0, order.base)
            case .void, .other: 0
            }
        var row = OrderRow(
            system: systems[Int(order.system)], id: order.id, content: order.content,
            date: order.date, member: 0, kind: order.kind, state: .posted, net: order.net,
            base: base, terms: 0, file: files[Int(order.file)].id, line: order.line)
        if order.extra >= 0 {
            row.pointsPaid = batch.extras[Int(order.extra)].pointsPaid
            row.returnBase = batch.extras[Int(order.extra)].returnBase
        }
        let holder = order.card < 0 ? nil : directory.holders[Int(order.card)]
        try place(&row, holder, isAnonymous: order.card < 0, hasOriginal: order.originalCount > 0)
        return row
    }

    /// State, member and terms by the card.
    func place(
        _ row: inout OrderRow, _ holder: CardDirectory.Holder?, isAnonymous: Bool, hasOriginal: Bool
    ) throws {
        if row.kind == .void {
            row.state = .posted
        } else if row.kind == .other {
            row.state = .anonymous
        } else if let holder, holder.member > 0 {
            row.member = holder.member
            row.state = holder.isActive && row.date <= holder.expiresOn ? .posted : .notActive
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
}
