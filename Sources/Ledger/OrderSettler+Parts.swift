internal import Loyalty
internal import Storage

extension OrderSettler {
    /// Settles the orders of a system part by part; while one is settled, the cards of the next one are
    /// looked up.
    func accept(partsOf system: Int, _ runs: OrderRuns) throws {
        let night = batch
        let parts = ReadAhead<(OrderBatch, CardDirectory)>(depth: 1) { [storePath] hand in
            try ReadingStore(path: storePath, isThrifty: true).read { connection in
                try runs.parts(of: system, in: night) { part in
                    hand((part, try CardDirectory(part.cards, connection)))
                }
            }
        }
        do {
            while let (part, cards) = try parts.next() {
                (batch, directory) = (part, cards)
                isKept = Array(repeating: false, count: part.orders.count)
                settlement.begin(part)
                try accept(part.orders.indices.map { Int32($0) })
                try noteAccepted()
            }
        } catch {
            parts.abandon()
            throw error
        }
        batch = night
    }

    /// Keeps the texts of an order that is asked for again when its part of the night is gone.
    func keep(_ index: Int) {
        guard runs != nil, !isKept[index] else { return }
        isKept[index] = true
        let order = batch.orders[index]
        let text = ByteText(start: order.text, count: Int(order.idCount) + Int(order.originalCount))
        batch.orders[index].text = settlement.texts.copy(text).start
    }

    /// What is linked when its part of the night is gone, with its lines.
    func keepingLines(_ link: ReturnToLink, in texts: TextArena) -> ReturnToLink {
        guard runs != nil else { return link }
        var link = link
        link.keepLines(of: batch, in: texts)
        return link
    }

    /// Notes what is asked of the orders at hand when they have all been accepted.
    func noteAccepted() throws {
        if let salesOver {
            for (index, order) in batch.orders.enumerated()
            where order.kind == .sale && order.net > salesOver {
                keep(index)
                largeSales.append(batch.orders[index].identity(systems))
            }
        }
        try noteWholeDays()
        settlement.stores?.count(batch, settlement)
        try settlement.eventRuns?.take(&settlement, batch, systems)
    }

    private func noteWholeDays() throws {
        guard let wholeDays else { return }
        var orders: [Int: [OrderIdentity]] = [:]
        for order in batch.orders where files[Int(order.file)].wholeDay != nil {
            orders[Int(order.file), default: []].append(order.identity(systems))
        }
        for (file, orders) in orders.sorted(by: { $0.key < $1.key }) {
            try wholeDays.add(orders, of: files[file].id)
        }
    }
}

extension IncomingOrder {
    /// Its identity in the store.
    ///
    /// - Parameter systems: the store's integers, by the batch's.
    func identity(_ systems: [Int32]) -> OrderIdentity {
        OrderIdentity(system: systems[Int(system)], id: id)
    }
}
