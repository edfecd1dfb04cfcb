internal import Loyalty

/// How a random shop's nights are made up.
extension RandomShop {
    mutating func addNight(_ date: CivilDate, _ number: Int) {
        var night = Night(date: date)
        addMembers(&night, number)
        addByHand(&night)
        var touched: Set<String> = []
        for _ in 0..<random.int(3...12) { addSale(&night, &touched) }
        for _ in 0..<random.int(0...5) { addReturn(&night, &touched) }
        if random.oneIn(2) { addVoid(&night, &touched) }
        if random.oneIn(2) { addExchange(&night, &touched) }
        for _ in 0..<random.int(0...4) { repeatOrder(&night, &touched) }
        if random.oneIn(3) {
            night.orders.append(Block(system: "pos", lines: [",\(date)T10:00:00,1,,A,1,1.00,,,,"]))
        }
        nights.append(night)
    }

    // MARK: Members

    private mutating func addMembers(_ night: inout Night, _ number: Int) {
        for (index, card) in cards.prefix(9).enumerated() {
            // Six from the first night, one more in each of the next, the last never.
            let isNew = number == 0 ? index < 6 : index == number + 5 && index < 8
            guard isNew || (index < min(6 + number, 8) && random.oneIn(5)) else { continue }
            let since = random.oneIn(2) ? "\(night.date.adding(days: -random.int(0...3)))" : ""
            // Every other one is known by an identity of his own.
            let id = index.isMultiple(of: 2) ? "M\(index)" : ""
            let status = random.oneIn(8) ? random.pick(["blocked", "closed"]) : "active"
            let until = random.oneIn(8) ? "\(night.date.adding(days: random.int(-1...1)))" : ""
            // A member may become another, who may become a third.
            let isMerged = !isNew && random.oneIn(3)
            let into = isMerged ? random.pick(cards.prefix(6).filter { $0 != card }) : ""
            night.members.append(
                "\(card),\(id),\(random.pick(RandomShop.tiers)),\(since),2024-01-01,\(status),"
                    + "\(until),,\(into)")
        }
        if random.oneIn(4) { night.members.append("\(cards[0]),,platinum,,,active,,,") }
        guard number > 0 else { return }
        if random.oneIn(3) {
            let index = random.pick([0, 2, 4])
            night.members.append("\(addCard()),M\(index),,,,active,,,")
        }
        if random.oneIn(3) {
            let old = random.pick(cards)
            night.members.append("\(addCard()),,,,,active,,\(old),")
        }
    }

    private mutating func addCard() -> String {
        // Before and behind the others in their order.
        cards.append("\(random.pick(["28", "30"]))\(100 + cards.count)")
        return cards[cards.count - 1]
    }

    /// Tiers, products and points by hand.
    private mutating func addByHand(_ night: inout Night) {
        if random.oneIn(3) {
            let until = random.oneIn(4) ? "" : "\(night.date.adding(days: random.int(-1...2)))"
            night.tiers.append("\(random.pick(cards)),\(random.pick(RandomShop.tiers)),\(until)")
        }
        if random.oneIn(3) {
            night.products.append("P\(random.int(0...2)),\(random.pick(["tea", "coffee"])),,")
        }
        for _ in 0..<random.int(0...2) {
            let later = random.oneIn(3) ? random.int(-2...2) : 0
            adjustments.append(
                Adjustment(
                    id: "J\(random.int(0...9))-\(adjustments.count)", card: random.pick(cards),
                    account: random.pick(["", "", "status"]),
                    points: random.oneIn(2) ? random.int(1...200) : -random.int(1...200),
                    day: night.date.adding(days: later)))
            night.adjustments.append(line(adjustments[adjustments.count - 1]))
        }
        guard random.oneIn(4), let index = adjustments.indices.randomElement(using: &random),
            !night.adjustments.contains(where: { $0.hasPrefix(adjustments[index].id + ",") })
        else { return }
        if random.oneIn(2) { adjustments[index].points = random.int(1...200) }
        night.adjustments.append(line(adjustments[index]))
    }

    private func line(_ adjustment: Adjustment) -> String {
        "\(adjustment.id),\(adjustment.card),\(adjustment.account),\(adjustment.points),"
            + "\(adjustment.day),goodwill"
    }

    // MARK: Orders

    private mutating func addSale(_ night: inout Night, _ touched: inout Set<String>) {
        let days = random.oneIn(4) ? random.pick([-2, -1, -1, 1, 1, 3]) : 0
        let amounts = (0..<random.int(1...3)).map { _ in
            random.oneIn(9) ? 0 : random.int(1...20_000)
        }
        var order = Order(
            id: "S\(random.int(0...9))-\(orders.count)", system: random.pick(["pos", "ecom"]),
            card: random.oneIn(6) ? "" : random.pick(cards), date: night.date.adding(days: days),
            amounts: amounts, isBroken: random.oneIn(12))
        if random.oneIn(6) {
            order.pointsPaid = random.int(1...150)
            order.discount = random.oneIn(3) ? 0 : min(amounts.reduce(0, +), order.pointsPaid * 10)
        }
        if random.oneIn(12) {
            order.kind = random.pick(["training", "suspended", "no_sale", "other"])
        }
        add(order, &night, &touched)
    }

    /// A sale to take something back of; sometimes one that comes a night later, or never.
    private mutating func original() -> (sale: Order, id: String)? {
        let sales = orders.filter {
            ["", "exchange"].contains($0.kind) && $0.amounts.contains { $0 > 0 }
        }
        guard !sales.isEmpty else { return nil }
        let sale = random.pick(sales)
        return (sale, random.oneIn(6) ? "S0-\(orders.count + random.int(1...8))" : sale.id)
    }

    private mutating func addReturn(_ night: inout Night, _ touched: inout Set<String>) {
        guard let (sale, original) = original() else { return }
        let whole = max(1, sale.amounts.reduce(0, +))
        // Sometimes more than was sold.
        let amount = random.oneIn(2) ? whole : random.int(1...(random.oneIn(6) ? whole * 2 : whole))
        var order = Order(
            id: "R\(random.int(0...9))-\(orders.count)", system: sale.system,
            card: random.oneIn(4) ? random.pick(cards) : sale.card, date: night.date,
            amounts: [-amount], original: random.oneIn(6) ? "" : original)
        if sale.pointsPaid > 0, random.oneIn(3) { order.pointsPaid = random.int(1...100) }
        add(order, &night, &touched)
    }

    /// A void under its own number, or under that of its order: of tonight, of before, or to come.
    private mutating func addVoid(_ night: inout Night, _ touched: inout Set<String>) {
        guard let (sale, original) = original() else { return }
        var void = Order(
            id: "V\(random.int(0...9))-\(orders.count)", system: sale.system, card: sale.card,
            date: night.date, amounts: [sale.amounts[0]], kind: "void", original: original)
        guard random.oneIn(2) else {
            add(void, &night, &touched)
            return
        }
        (void.id, void.original) = (original, "")
        // The order and its void are two versions: they lie apart.
        guard touched.insert(original + " void").inserted else { return }
        touched.insert(original)
        night.orders.append(Block(system: void.system, lines: lines(void), isCopy: true))
    }

    private mutating func addExchange(_ night: inout Night, _ touched: inout Set<String>) {
        guard let (sale, original) = original() else { return }
        let back = random.int(1...max(1, sale.amounts.reduce(0, +)))
        let order = Order(
            id: "X\(random.int(0...9))-\(orders.count)", system: sale.system,
            card: random.oneIn(4) ? random.pick(cards) : sale.card, date: night.date,
            amounts: [-back, random.oneIn(3) ? back : random.int(1...20_000)], kind: "exchange",
            original: original)
        add(order, &night, &touched)
    }

    /// An order of before comes again: as it was, or with other content.
    private mutating func repeatOrder(_ night: inout Night, _ touched: inout Set<String>) {
        let index = random.int(0...orders.count - 1)
        guard touched.insert(orders[index].id).inserted else {
            // It came tonight already: the same once more, in another file, but for its void.
            let known = night.orders.contains { $0.isCopy && $0.lines == lines(orders[index]) }
            guard !known, !touched.contains(orders[index].id + " void") else { return }
            night.orders.append(
                Block(system: orders[index].system, lines: lines(orders[index]), isCopy: true))
            return
        }
        if random.oneIn(2) {
            let sign = orders[index].amounts[0] < 0 ? -1 : 1
            orders[index].amounts[0] = sign * random.int(1...20_000)
            orders[index].isBroken = false
            if random.oneIn(3) { orders[index].card = random.pick(cards + [""]) }
            if random.oneIn(4), orders[index].pointsPaid > 0 {
                orders[index].pointsPaid = random.int(1...150)
            }
        }
        night.orders.append(Block(system: orders[index].system, lines: lines(orders[index])))
    }

    private mutating func add(_ order: Order, _ night: inout Night, _ touched: inout Set<String>) {
        touched.insert(order.id)
        orders.append(order)
        night.orders.append(Block(system: order.system, lines: lines(order)))
    }

    private func lines(_ order: Order) -> [String] {
        func money(_ amount: Int) -> String {
            let cents = abs(amount) % 100
            return "\(amount < 0 ? "-" : "")\(abs(amount) / 100).\(cents / 10)\(cents % 10)"
        }
        return order.amounts.enumerated().map { index, amount in
            let isBroken = order.isBroken && index == order.amounts.count - 1
            let pays = index == 0 && order.pointsPaid > 0
            return [
                order.id, "\(order.date)T1\(index):00:00", "ST1", order.card, "P\(index)",
                amount < 0 ? "-1" : "1", isBroken ? "\"1,OO\"" : money(amount), order.kind,
                order.original, pays ? "\(order.pointsPaid)" : "",
                pays && order.discount > 0 ? money(order.discount) : "",
            ].joined(separator: ",")
        }
    }
}
