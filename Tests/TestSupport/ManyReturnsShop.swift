package import Loyalty

/// Nights of a shop in which half of all orders are returns, voids, exchanges and corrections, and one
/// system's lines stand apart, made from a seed; terms and policies are those of `RandomShop`.
package struct ManyReturnsShop {
    package struct Night {
        package var date: CivilDate
        package var files: [RandomShop.File] = []
    }

    private struct Order {
        var id: String
        var system: String
        var card: String
        var date: CivilDate
        var amounts: [Int]
        var kind: String
        var original = ""
        var pointsPaid = 0
    }

    package let workspace: [(name: String, text: String)]
    package private(set) var nights: [Night] = []
    private var random: SplitMix64
    private var orders: [Order] = []
    private let cards = (1...12).map { "290000000000\($0)" }
    private static let header =
        "order_id,ordered_at,store_id,card_code,quantity,line_amount,kind,original_order_id,points_paid"

    /// - Parameter orders: how many each night has.
    package init(seed: Int, nights count: Int = 3, orders size: Int) {
        random = SplitMix64(seed: seed)
        let shop = RandomShop(seed: seed, nights: count)
        workspace =
            shop.workspace.map { name, text in
                let isOfPoints = name == "Jobs/points.yaml"
                return (
                    name, isOfPoints ? text.replacing("[orders]", with: "[orders, apart]") : text
                )
            } + [
                (
                    "Jobs/apart.yaml",
                    """
                    version: 1
                    job: apart
                    kind: ingest
                    after: [orders]
                    records: orders
                    files: "apart-{system}-{date}.csv"
                    layout: apart
                    settle: { quiet: 0 seconds }

                    """
                ),
                (
                    "layouts/apart.yaml",
                    "version: 1\nlayout: apart\nrecords: orders\ncontiguous: false\n"
                ),
            ]
        for night in shop.nights { addNight(night.date, size) }
    }

    private mutating func addNight(_ date: CivilDate, _ size: Int) {
        var night = Night(date: date)
        if nights.isEmpty {
            // Some of them nobody knows: their orders wait.
            let members = cards.dropLast(2).map { "\($0),\(random.pick(RandomShop.tiers))\n" }
            night.files.append(
                RandomShop.File(
                    name: "members-\(date).csv", text: "card_code,tier\n" + members.joined()))
        }
        let known = orders.indices
        var tonight: [Order] = []
        var corrected: Set<Int> = []
        for _ in 0..<size {
            if !known.isEmpty, random.oneIn(5) {
                let index = random.int(0...known.count - 1)
                guard orders[index].kind == "sale", corrected.insert(index).inserted else {
                    continue
                }
                orders[index].amounts = amounts()
                tonight.append(orders[index])
            } else {
                let order = newOrder(date)
                orders.append(order)
                tonight.append(order)
            }
        }
        for system in ["pos", "ecom"] {
            let own = tonight.filter { $0.system == system }.shuffled(using: &random)
            // An order's lines stand together at the till; the web shop writes them as it finds them.
            var lines = own.flatMap(lines)
            if system == "ecom" { lines.shuffle(using: &random) }
            let name = (system == "ecom" ? "apart" : "orders") + "-\(system)-\(date).csv"
            let text = ([ManyReturnsShop.header] + lines).map { $0 + "\n" }.joined()
            night.files.append(RandomShop.File(name: name, text: text))
        }
        nights.append(night)
    }

    private mutating func newOrder(_ date: CivilDate) -> Order {
        let system = random.pick(["pos", "pos", "ecom"])
        var order = Order(
            id: "\(system)-\(orders.count)", system: system, card: random.pick(cards), date: date,
            amounts: amounts(), kind: "sale")
        let isSale = orders.isEmpty || random.oneIn(2)
        if isSale {
            if system == "pos", random.oneIn(4) { order.pointsPaid = random.int(1...90) }
            return order
        }
        // What a void or a return names may be one, too, or unknown.
        let original = random.pick(orders)
        order.original = random.oneIn(12) ? "unknown-\(orders.count)" : original.id
        if original.system != system { order.original = original.id }
        order.kind = random.pick(["return", "return", "return", "void", "exchange"])
        switch order.kind {
        case "return": order.amounts = [-random.int(1...original.amounts[0].magnitude.asInt)]
        case "void": order.amounts = [original.amounts[0]]
        default: order.amounts = [-random.int(1...3_000), random.int(1...9_000)]
        }
        return order
    }

    private mutating func amounts() -> [Int] {
        (0..<random.int(1...3)).map { _ in random.int(100...12_000) }
    }

    private func lines(_ order: Order) -> [String] {
        order.amounts.enumerated().map { index, amount in
            let paid = index == 0 && order.pointsPaid > 0 ? "\(order.pointsPaid)" : ""
            let cents = amount.magnitude % 100
            let money =
                (amount < 0 ? "-" : "")
                + "\(amount.magnitude / 100).\(cents < 10 ? "0" : "")\(cents)"
            return [
                order.id, "\(order.date)T1\(order.id.utf8.count % 10):00:00", "S1", order.card,
                amount < 0 ? "-1" : "1", money, order.kind, order.original, paid,
            ].joined(separator: ",")
        }
    }
}

extension UInt {
    fileprivate var asInt: Int { Int(self) }
}
