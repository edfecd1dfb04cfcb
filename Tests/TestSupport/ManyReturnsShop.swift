package import Loyalty

/// Nights of a shop in which half of all orders are returns, voids, exchanges and corrections, and one
/// system's lines stand apart, made from a seed; terms and policies are those of `RandomShop`.
///
/// The till may send headers and items in two files.
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

    private let isHalved: Bool

    /// - Parameters:
    ///   - orders: how many each night has.
    ///   - isHalved: whether the till sends headers and items apart.
    package init(seed: Int, nights count: Int = 3, orders size: Int, isHalved: Bool = false) {
        random = SplitMix64(seed: seed)
        self.isHalved = isHalved
        let shop = RandomShop(seed: seed, nights: count)
        workspace =
            shop.workspace.map { name, text in
                let isOfPoints = name == "Jobs/points.yaml"
                return (
                    name,
                    isOfPoints ? text.replacing("[orders]", with: "[orders, apart, items]") : text
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
            ] + ManyReturnsShop.halves
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
            if isHalved, system == "pos" {
                addHalves(own, date, &night)
                continue
            }
            let name = (system == "ecom" ? "apart" : "orders") + "-\(system)-\(date).csv"
            let text = ([ManyReturnsShop.header] + lines).map { $0 + "\n" }.joined()
            night.files.append(RandomShop.File(name: name, text: text))
        }
        nights.append(night)
    }

    /// The jobs and layouts of headers and items.
    private static var halves: [(name: String, text: String)] {
        [("heads", "orders"), ("items", "order-items")].flatMap { name, records in
            [
                (
                    "Jobs/\(name).yaml",
                    """
                    version: 1
                    job: \(name)
                    kind: ingest
                    after: [adjustments]
                    records: \(records)
                    files: "\(name)-{system}-{date}*.csv"
                    layout: \(name)
                    settle: { quiet: 0 seconds }

                    """
                ),
                (
                    "layouts/\(name).yaml",
                    "version: 1\nlayout: \(name)\nrecords: \(records)\n"
                        + (name == "items" ? "contiguous: false\n" : "lines: order-items\n")
                ),
            ]
        }
    }

    /// A file of headers, which may lack one, and two of items, in any order; some of them are wrong.
    private mutating func addHalves(_ own: [Order], _ date: CivilDate, _ night: inout Night) {
        let columns = ManyReturnsShop.header.split(separator: ",").map(String.init)
        var headers: [String] = []
        var items: [String] = []
        for order in own {
            for (index, line) in lines(order).enumerated() {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                if index == 0, !random.oneIn(30) {
                    let kept: ArraySlice<Substring> = fields[0...3] + fields[6...8]
                    headers.append(kept.joined(separator: ","))
                }
                let quantity: Substring = random.oneIn(40) ? "x" : fields[4]
                items.append("\(fields[0]),\(quantity),\(fields[5])")
            }
        }
        items.shuffle(using: &random)
        let half = items.count / 2
        let headerColumns = (columns[0...3] + columns[6...8]).joined(separator: ",")
        let itemColumns = "order_id," + columns[4...5].joined(separator: ",")
        func add(_ name: String, _ header: String, _ lines: some Sequence<String>) {
            let text = header + "\n" + lines.map { $0 + "\n" }.joined()
            night.files.append(RandomShop.File(name: name + ".csv", text: text))
        }
        add("heads-pos-\(date)", headerColumns, headers)
        add("items-pos-\(date)-1", itemColumns, items[..<half])
        add("items-pos-\(date)-2", itemColumns, items[half...])
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
