package import Loyalty

/// A few nights of a small shop, made from a seed: members that come and change tier, sales, returns,
/// re-sent and corrected orders, late and early ones, unknown cards, broken lines.
///
/// Within one night no order comes in two versions, and copies of an order lie in files of their own:
/// all else may stand in any file and in any place of it, and the night must be the same.
package struct RandomShop {
    /// Lines that stand together in a file.
    package struct Block {
        package var system: String
        package var lines: [String]
        package var isCopy = false
    }

    package struct Night {
        package var date: CivilDate
        package var members: [String] = []
        package var orders: [Block] = []
    }

    /// A file as it is dropped.
    package struct File {
        package var name: String
        package var text: String
    }

    private struct Order {
        var id: String
        var system: String
        var card: String
        var date: CivilDate
        var amounts: [Int]
        var original = ""
        var isBroken = false
    }

    package let seed: Int
    package private(set) var nights: [Night] = []
    private var random: SplitMix64
    private var orders: [Order] = []
    private let cards = (1...9).map { "290000000000\($0)" }
    private static let tiers = ["bronze", "silver", "gold"]
    private static let membersHeader = "card_code,tier,tier_since,enrolled_on,status"
    private static let ordersHeader =
        "order_id,ordered_at,store_id,card_code,product_id,quantity,line_amount,original_order_id"

    package init(seed: Int, nights count: Int = 5) {
        self.seed = seed
        random = SplitMix64(seed: seed)
        // Over a leap day.
        let first = CivilDate("2024-02-26") ?? CivilDate(days: 0)
        for number in 0..<count { addNight(first.adding(days: number), number) }
    }

    // MARK: The workspace

    /// The files of the workspace; terms and policies come of the seed.
    package var workspace: [(name: String, text: String)] {
        var random = SplitMix64(seed: seed &+ 1_000_003)
        let returns = random.pick(["only_pending", "within_balance", "debit"])
        let program = """
            version: 1
            program: random-shop
            timezone: Europe/Paris
            currency: EUR
            opens_on: \(nights[0].date)
            earn_on: gross
            returns_by: \(random.pick(["earner", "presenter"]))
            missing_order: \(random.pick(["park", "unlinked"]))
            accounts:
              spend:
                ratio: \(random.pick(["1", "0.5", "2"]))
                rounding: \(random.pick(["floor", "nearest", "ceil"]))
                hold_days: \(random.int(0...2))
                expiry: { after: \(random.int(2...4)) days }
                returns: \(returns)
                return_rounding: \(random.pick(["cumulative", "each"]))
                returns_take: \(random.pick(["pending_first", "soonest"]))
              status: { returns: debit }
            tiers:
              - { name: bronze }
              - { name: silver, multiplier: 1.25 }
              - { name: gold, multiplier: { spend: 1.5, status: 1 } }
            systems: { pos: {}, ecom: { timezone: UTC } }

            """
        let settle = "settle: { quiet: 0 seconds }"
        return [
            ("program.yaml", program),
            (
                "Jobs/members.yaml",
                """
                version: 1
                job: members
                kind: ingest
                records: members
                files: "members-{date}*.csv"
                \(settle)

                """
            ),
            (
                "Jobs/orders.yaml",
                """
                version: 1
                job: orders
                kind: ingest
                after: [members]
                records: orders
                files: "orders-{system}-{date}*.csv"
                park: \(random.int(1...3)) days
                \(settle)

                """
            ),
            ("Jobs/points.yaml", "version: 1\njob: points\nkind: points\nafter: [orders]\n"),
            (
                "Jobs/reports.yaml",
                """
                version: 1
                job: reports
                kind: report
                after: [points]
                reports: [{ report: summary }, { report: postings }, { report: balances }, \
                { report: orders }, { report: liability }, { report: expiring }, { report: exceptions }, \
                { report: unmatched }, { report: rejects }, { report: files }]

                """
            ),
        ]
    }

    // MARK: The files of a night

    /// The night's files, one a kind and system, copies apart.
    package func files(of night: Night) -> [File] {
        var files = [file("members-\(night.date).csv", RandomShop.membersHeader, night.members)]
        for system in ["pos", "ecom"] {
            for isCopy in [false, true] {
                let own = night.orders.filter { $0.system == system && $0.isCopy == isCopy }
                let name = "orders-\(system)-\(night.date)\(isCopy ? "-copies" : "").csv"
                files.append(file(name, RandomShop.ordersHeader, own.flatMap(\.lines)))
            }
        }
        return files
    }

    /// The same records in other files: shuffled, cut between orders, with names and folders that
    /// sort in any order.
    package func files(of night: Night, shuffledBy random: inout SplitMix64) -> [File] {
        var files: [File] = []
        let members = night.members.shuffled(using: &random).map { [$0] }
        for part in cut(members, &random) {
            files.append(
                file(name("members-\(night.date)", &random), RandomShop.membersHeader, part))
        }
        for system in ["pos", "ecom"] {
            for isCopy in [false, true] {
                let own = night.orders.filter { $0.system == system && $0.isCopy == isCopy }
                for part in cut(own.shuffled(using: &random).map(\.lines), &random) {
                    let stem = "orders-\(system)-\(night.date)"
                    files.append(file(name(stem, &random), RandomShop.ordersHeader, part))
                }
            }
        }
        return files.shuffled(using: &random)
    }

    /// The file's name is in a column that no layout knows: no two files have the same bytes.
    private func file(_ name: String, _ header: String, _ lines: [String]) -> File {
        let rows = [header + ",dropped_as"] + lines.map { $0 + "," + name }
        return File(name: name, text: rows.map { $0 + "\n" }.joined())
    }

    private func name(_ stem: String, _ random: inout SplitMix64) -> String {
        let folder = random.pick(["", "", "a/", "z/", "m/n/"])
        return folder + stem + "-\(random.int(0...999_999)).csv"
    }

    private func cut(_ blocks: [[String]], _ random: inout SplitMix64) -> [[String]] {
        var parts: [[String]] = [[]]
        for block in blocks {
            if random.oneIn(4) { parts.append([]) }
            parts[parts.count - 1] += block
        }
        return parts
    }

    // MARK: Making it up

    private mutating func addNight(_ date: CivilDate, _ number: Int) {
        var night = Night(date: date)
        addMembers(&night, number)
        var touched: Set<String> = []
        for _ in 0..<random.int(3...12) { addSale(&night, number, &touched) }
        for _ in 0..<random.int(0...5) { addReturn(&night, number, &touched) }
        for _ in 0..<random.int(0...4) { repeatOrder(&night, &touched) }
        if random.oneIn(3) {
            night.orders.append(Block(system: "pos", lines: [",\(date)T10:00:00,1,,A,1,1.00,"]))
        }
        nights.append(night)
    }

    private mutating func addMembers(_ night: inout Night, _ number: Int) {
        for (index, card) in cards.enumerated() {
            // Six from the first night, one more in each of the next, the last never.
            let isNew = number == 0 ? index < 6 : index == number + 5 && index < 8
            guard isNew || (index < min(6 + number, 8) && random.oneIn(5)) else { continue }
            let since = random.oneIn(2) ? "\(night.date.adding(days: -random.int(0...3)))" : ""
            let status = random.oneIn(8) ? random.pick(["blocked", "closed"]) : "active"
            night.members.append(
                "\(card),\(random.pick(RandomShop.tiers)),\(since),2024-01-01,\(status)")
        }
        if random.oneIn(4) { night.members.append("\(cards[0]),platinum,,,active") }
    }

    private mutating func addSale(_ night: inout Night, _ number: Int, _ touched: inout Set<String>)
    {
        let days = random.oneIn(4) ? random.pick([-2, -1, -1, 1, 1, 3]) : 0
        let amounts = (0..<random.int(1...3)).map { _ in
            random.oneIn(9) ? 0 : random.int(1...20_000)
        }
        let order = Order(
            id: "S\(random.int(0...9))-\(orders.count)", system: random.pick(["pos", "ecom"]),
            card: random.oneIn(6) ? "" : random.pick(cards), date: night.date.adding(days: days),
            amounts: amounts, isBroken: random.oneIn(12))
        add(order, &night, &touched)
    }

    private mutating func addReturn(
        _ night: inout Night, _ number: Int, _ touched: inout Set<String>
    ) {
        let sales = orders.filter { $0.original.isEmpty && $0.amounts[0] > 0 }
        guard !sales.isEmpty else { return }
        let sale = random.pick(sales)
        // Sometimes of an order that comes a night later, or never.
        let original = random.oneIn(5) ? "S0-\(orders.count + random.int(1...8))" : sale.id
        let whole = sale.amounts.reduce(0, +)
        let order = Order(
            id: "R\(random.int(0...9))-\(orders.count)", system: sale.system,
            card: random.oneIn(4) ? random.pick(cards) : sale.card, date: night.date,
            amounts: [-(random.oneIn(2) ? whole : random.int(1...max(1, whole)))],
            original: random.oneIn(6) ? "" : original)
        add(order, &night, &touched)
    }

    /// An order of before comes again: as it was, or a sale with other content.
    private mutating func repeatOrder(_ night: inout Night, _ touched: inout Set<String>) {
        let index = random.int(0...orders.count - 1)
        guard touched.insert(orders[index].id).inserted else {
            // It came tonight already: the same once more, in another file.
            let known = night.orders.contains { $0.isCopy && $0.lines == lines(orders[index]) }
            guard !known else { return }
            night.orders.append(
                Block(system: orders[index].system, lines: lines(orders[index]), isCopy: true))
            return
        }
        if orders[index].amounts[0] > 0, random.oneIn(2) {
            orders[index].amounts[0] = random.int(1...20_000)
            orders[index].isBroken = false
            if random.oneIn(3) { orders[index].card = random.pick(cards + [""]) }
        }
        night.orders.append(Block(system: orders[index].system, lines: lines(orders[index])))
    }

    private mutating func add(_ order: Order, _ night: inout Night, _ touched: inout Set<String>) {
        touched.insert(order.id)
        orders.append(order)
        night.orders.append(Block(system: order.system, lines: lines(order)))
    }

    private func lines(_ order: Order) -> [String] {
        order.amounts.enumerated().map { index, amount in
            let quantity = amount < 0 ? -1 : 1
            let cents = abs(amount) % 100
            let sign = amount < 0 ? "-" : ""
            let isBroken = order.isBroken && index == order.amounts.count - 1
            let money = isBroken ? "1,OO" : "\(sign)\(abs(amount) / 100).\(cents / 10)\(cents % 10)"
            return [
                order.id, "\(order.date)T1\(index):00:00", "ST1", order.card, "P\(index)",
                "\(quantity)", isBroken ? "\"\(money)\"" : money, order.original,
            ].joined(separator: ",")
        }
    }
}
