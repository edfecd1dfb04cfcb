package import Loyalty
internal import Storage

extension OrderSettler {
    /// What the register asks of tonight's orders, once they are settled.
    package func news(_ questions: LedgerQuestions) throws -> LedgerNews {
        var news = LedgerNews()
        guard questions.salesOver != nil || questions.returns else { return news }
        var names: [Int32: String] = [:]
        try connection.forEach("SELECT id, name FROM system") {
            names[Int32($0.integer(0))] = $0.string(1)
        }
        if let amount = questions.salesOver {
            news.sales = try sales(over: amount).map { row in
                LedgerNews.Sale(
                    system: names[row.system] ?? "", id: row.id, member: row.member,
                    date: row.date, net: row.net)
            }
        }
        if questions.returns {
            news.returns = try returnedWhole().map {
                LedgerNews.Return(system: names[$0.system] ?? "", id: $0.id)
            }
        }
        return news
    }

    /// Sales of members that tonight's files brought or corrected, or whose wait ended.
    private func sales(over amount: MinorUnits) throws -> [OrderRow] {
        let night = try connection.prepare("SELECT night FROM orders WHERE system = ? AND id = ?")
        var identities = Set(releasedSales)
        for identity in largeSales {
            night.bind(Int64(identity.system), at: 1)
            night.bind(identity.id, at: 2)
            // Another night's order that only came again is no news.
            if try night.step(), night.date(0) == day { identities.insert(identity) }
            night.reset()
        }
        return try rows(identities).filter {
            $0.kind == .sale && $0.state == .posted && $0.member > 0 && $0.net > amount
        }
    }

    /// Orders that tonight's returns and voids left nothing of.
    private func returnedWhole() throws -> [OrderIdentity] {
        var whole = cancelled
        let scratch = TextArena()
        try links.forEachNamed { order in
            scratch.removeAll()
            guard let row = try registry.find(order.system, order.id, scratch), row.isReturnedWhole
            else { return }
            whole.insert(OrderIdentity(system: order.system, id: texts.copy(order.id)))
        }
        return try rows(whole).filter(\.isReturnedWhole).map(\.identity)
    }

    private func rows(_ identities: Set<OrderIdentity>) throws -> [OrderRow] {
        try identities.sorted { $0.system == $1.system ? $0.id < $1.id : $0.system < $1.system }
            .compactMap { try registry.find($0.system, $0.id, texts) }
    }
}

extension OrderRow {
    /// Whether nothing is left of it.
    fileprivate var isReturnedWhole: Bool {
        state == .cancelled || isSale && earningBase > 0 && returned >= earningBase
    }
}
