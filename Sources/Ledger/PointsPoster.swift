package import Loyalty
package import Storage

/// What a night did to one account, and to all members together.
package struct AccountTotals: Hashable, Sendable {
    /// What all members held before the night and after it: lots less debts.
    package var opening: Points = 0
    package var closing: Points = 0
    /// Points of the night's postings by kind, signed.
    package var byKind = [Points](repeating: 0, count: Posting.Kind.allCases.count)

    package init() {}

    package subscript(kind: Posting.Kind) -> Points { byKind[Int(kind.rawValue)] }
}

/// Runs the fold over the members that the night touches, in member order, and writes what it posts:
/// the only writer of lots, postings, debts and balances.
package final class PointsPoster {
    private let connection: Connection
    private let program: Program
    private let day: CivilDate
    private let batch: OrderBatch
    private var settlement: Settlement
    private let systems: [Int32]
    private var fold: Fold
    private let storePath: String
    private let chain: NightChain
    private let open: OpenPoints
    private let stores: StoreTotals?
    /// Whether memory shouldn't hold all orders.
    private var isThrifty: Bool { settlement.eventRuns != nil }
    /// The claims whose cost was paid.
    package private(set) var paidClaims: Set<ByteText> = []
    private let claimTexts = TextArena()
    /// The members whose spend points reached what is watched.
    package private(set) var crossings: [LedgerNews.Crossing] = []
    private let watched: [Points]
    /// Hears how much is done, of how much.
    private let progress: (Int, Int) -> Void

    /// Prepares the posting of a settled batch.
    ///
    /// - Parameters:
    ///   - storePath: the store's file, for a second connection: states are read and folded
    ///     while those before them are written.
    ///   - before: the night chain's hash before this night.
    ///   - watched: points whose reaching the register asks for.
    package init(
        _ connection: Connection, program: Program, day: CivilDate, batch: OrderBatch,
        settlement: Settlement, storePath: String, after before: [UInt8],
        watching watched: [Points] = [], progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws {
        self.connection = connection
        self.program = program
        self.day = day
        self.batch = batch
        self.settlement = settlement
        self.progress = progress
        self.watched = watched
        systems = try Names(connection).systems(batch.systems)
        fold = Fold(
            program: program, day: day, terms: settlement.allTerms, details: settlement.details)
        self.storePath = storePath
        chain = try NightChain(
            connection, after: before, sortedBy: settlement.eventRuns?.anotherSorter())
        open = OpenPoints(night: day)
        stores = settlement.stores
    }

    /// Posts the night and says what it came to, by account, and the hash of its link of the chain.
    ///
    /// - Parameter opening: what all members held before, by account.
    package func run(
        opening: [Points]
    ) throws -> (accounts: [AccountTotals], hash: [UInt8]) {
        var totals = program.accounts.map { _ in AccountTotals() }
        for index in totals.indices where index < opening.count {
            totals[index].opening = opening[index]
            totals[index].closing = opening[index]
        }
        var happenings = settlement.happenings
        happenings.sort()
        try learnCaps(happenings)
        let slices = try MemberSlices(
            happenings, batch.orders, settlement, expiring: expiringMembers())
        let writer = try StateWriter(connection, night: day)
        var hash: [UInt8] = []
        let folded = ReadAhead<StateChanges>(depth: 2) { [self] hand in
            try ReadingStore(path: storePath, isThrifty: isThrifty).read { connection in
                let reader = try StateReader(connection)
                let holders = try HolderReader(connection, settlement.touched?.value())
                var changes = StateChanges(night: day)
                while let slice = try slices.next(changes.texts) {
                    changes.count = slice.count
                    try reader.load(slice.members[...], texts: changes.texts)
                    try holders.load(slice.members)
                    try run(slice, reader, holders, changes, &totals)
                    guard hand(changes) else { return }
                    changes = StateChanges(night: day)
                }
                hash = try chain.hash()
            }
        }
        var done = 0
        var exceptions = settlement.exceptions
        let texts = TextArena()
        do {
            while let changes = try folded.next() {
                try writer.write(changes)
                // The slice's texts go with it.
                for exception in changes.exceptions { exceptions.append(exception.kept(in: texts)) }
                done += changes.count
                progress(done, slices.count)
            }
            progress(slices.count, slices.count)
        } catch {
            folded.abandon()
            throw error
        }
        try ExceptionBook(connection, night: day).write(exceptions)
        try connection.execute("DELETE FROM expiring WHERE expires_on <= ?", .date(day))
        try stores?.write(connection, night: day)
        try open.write(connection, after: day.adding(days: -1))
        try ExpiringPoints(connection, night: day).note(program.expiring)
        return (totals, hash)
    }

    /// Folds those whose orders others brought back, to learn what `max` takes of them tonight.
    private func learnCaps(_ happenings: [UInt64]) throws {
        guard !settlement.presented.isEmpty else { return }
        var events: [Int32: [OrderEvent]] = [:]
        for one in settlement.presented { events[one.earner] = [] }
        let texts = TextArena()
        for happening in happenings where events[happening.member] != nil {
            let slice = MemberSlice(orders: batch.orders, terms: settlement.terms)
            events[happening.member]?.append(event(happening, slice))
        }
        if let runs = try settlement.eventRuns?.reader() {
            while let member = runs.member {
                if events[member] != nil { events[member]?.append(event(runs, texts)) }
                try runs.step()
            }
        }
        try ReadingStore(path: storePath, isThrifty: isThrifty).read { connection in
            let reader = try StateReader(connection)
            let earners = events.keys.sorted()
            try reader.load(earners[...], texts: texts)
            for earner in earners {
                var state = MemberState()
                var postings: [Posting] = []
                reader.take(earner, into: &state)
                let own = (events[earner] ?? []).sorted(by: OrderEvent.precedes)
                fold.run(&state, own, into: &postings)
                for one in settlement.presented where one.earner == earner { add(state, to: one) }
            }
        }
    }

    private func add(_ earner: MemberState, to one: PresentedReturn) {
        for account in Account.Kind.allCases {
            guard let lot = earner.lot(one.order.system, one.order.id, account) else { continue }
            let capped = earner.lots[lot].capped
            let index = Int(account.rawValue)
            if let part = one.part {
                let detail = Int(settlement.special[one.event].detail)
                fold.details[detail].parts[part].sale?.capped[index] += capped
            } else {
                settlement.special[one.event].sale?.capped[index] += capped
            }
        }
    }

    /// Members with a lot whose last day is the business date or before, in order.
    private func expiringMembers() throws -> [Int32] {
        var members: [Int32] = []
        try connection.forEach(
            "SELECT DISTINCT member FROM expiring WHERE expires_on <= ? ORDER BY member",
            .date(day)
        ) { members.append(Int32($0.integer(0))) }
        return members
    }

    /// Folds a slice of members.
    private func run(
        _ slice: MemberSlice, _ reader: StateReader, _ holders: HolderReader,
        _ changes: StateChanges, _ totals: inout [AccountTotals]
    ) throws {
        let happenings = slice.happenings
        var at = 0
        var state = MemberState()
        var events: [OrderEvent] = []
        var postings: [Posting] = []
        for member in slice.members {
            state.removeAll()
            reader.take(member, into: &state)
            let holder = try holders.take(member)
            events.removeAll(keepingCapacity: true)
            while at < happenings.count, happenings[at].member == member {
                events.append(event(happenings[at], slice))
                at += 1
            }
            if events.count > 1 { events.sort(by: OrderEvent.precedes) }
            postings.removeAll(keepingCapacity: true)
            let before = total(state)
            open.add(state, sign: -1)
            fold.run(&state, events, into: &postings)
            open.add(state)
            guard !postings.isEmpty else { continue }
            notePaid(events, postings)
            if !watched.isEmpty { noteCrossings(member, before.spend, total(state).spend) }
            if postings.count > 1 { postings.sort(by: Posting.precedes) }
            add(postings, before, state, &totals)
            stores?.add(postings, events, tier: holder.tier)
            try chain.add(postings, token: holder.token)
            changes.add(member, holder.tier, state, postings, accounts: program.accounts)
        }
    }

    /// A claim is paid whole or not at all: one posting of it tells.
    private func notePaid(_ events: [OrderEvent], _ postings: [Posting]) {
        guard settlement.hasClaims else { return }
        for event in events where event.kind == .claim {
            let isPaid = postings.contains {
                $0.kind == .redeem && $0.source == event.id && $0.system == event.system
            }
            if isPaid { paidClaims.insert(claimTexts.copy(event.id)) }
        }
    }

    private func noteCrossings(_ member: Int32, _ before: Points, _ after: Points) {
        for points in watched where before < points && points <= after {
            crossings.append(LedgerNews.Crossing(member: member, points: points))
        }
    }

    private func event(_ happening: UInt64, _ slice: MemberSlice) -> OrderEvent {
        let index = Int(happening & (Settlement.specialBit - 1))
        guard happening & Settlement.specialBit != 0 else {
            return event(of: slice.orders[index], slice.terms[index])
        }
        return happening & MemberSlice.sliceBit == 0
            ? settlement.special[index] : slice.events[index & Int(MemberSlice.sliceBit - 1)]
    }

    private func event(_ runs: EventRuns.Reader, _ texts: TextArena) -> OrderEvent {
        if runs.isEvent { return runs.event(texts) }
        let (order, terms) = runs.order(texts)
        return event(of: order, terms)
    }

    private func event(of order: IncomingOrder, _ terms: Int32) -> OrderEvent {
        var event = OrderEvent(
            kind: .accrual, date: order.date, system: systems[Int(order.system)], id: order.id,
            base: order.base, terms: Int(terms))
        event.place = order.place
        return event
    }

    private func total(_ state: MemberState) -> (spend: Points, status: Points) {
        var spend = -state.debts[0]
        var status = -state.debts[1]
        for lot in state.lots {
            switch lot.account {
            case .spend: spend += lot.remaining
            case .status: status += lot.remaining
            }
        }
        return (spend, status)
    }

    /// Counts the postings and, apart from them, what the lots really became: the two must agree.
    private func add(
        _ postings: [Posting], _ before: (spend: Points, status: Points), _ state: MemberState,
        _ totals: inout [AccountTotals]
    ) {
        let after = total(state)
        for index in totals.indices {
            switch program.accounts[index].kind {
            case .spend: totals[index].closing += after.spend - before.spend
            case .status: totals[index].closing += after.status - before.status
            }
        }
        for posting in postings {
            for index in totals.indices where program.accounts[index].kind == posting.account {
                totals[index].byKind[Int(posting.kind.rawValue)] += posting.points
            }
        }
    }
}
