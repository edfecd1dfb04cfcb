package import Loyalty

/// A few nights of a small shop, made from a seed: members that come, change tier and card and become
/// one; sales, returns, voids, exchanges, points paid; re-sent and corrected orders, late and early ones,
/// unknown cards, broken lines; points and tiers by hand, products.
///
/// Within one night no record comes in two versions, but for an order and its void, and copies of an
/// order lie in files of their own: all else may stand in any file and in any place of it, and the
/// night must be the same.
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
        package var tiers: [String] = []
        package var products: [String] = []
        package var adjustments: [String] = []
        package var orders: [Block] = []
    }

    /// A file as it is dropped.
    package struct File {
        package var name: String
        package var text: String
    }

    struct Order {
        var id: String
        var system: String
        var card: String
        var date: CivilDate
        var amounts: [Int]
        var kind = ""
        var original = ""
        var pointsPaid = 0
        var discount = 0
        var isBroken = false
    }

    struct Adjustment {
        var id: String
        var card: String
        var account: String
        var points: Int
        var day: CivilDate
    }

    /// The kinds of records, each of which has files of its own.
    private static let kinds: [(records: String, header: String)] = [
        (
            "members",
            "card_code,member_id,tier,tier_since,enrolled_on,status,card_expires_on,replaces_card,"
                + "merged_into"
        ),
        ("tiers", "card_code,tier,until"),
        ("products", "product_id,category,brand,department"),
        ("adjustments", "adjustment_id,card_code,account,points,effective_on,reason"),
    ]

    package let seed: Int
    package internal(set) var nights: [Night] = []
    var random: SplitMix64
    var orders: [Order] = []
    var adjustments: [Adjustment] = []
    /// Cards of members of their own, then those that come as second ones or take another's place.
    var cards = (1...9).map { "290000000000\($0)" }
    static let tiers = ["bronze", "silver", "gold"]
    private static let ordersHeader =
        "order_id,ordered_at,store_id,card_code,product_id,quantity,line_amount,kind,"
        + "original_order_id,points_paid,points_discount"

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
        let expiries = [
            "{ after: \(random.int(2...4)) days }", "{ after: 1 day, count_from: active }",
            "{ after: 1 day, end_of: month }", "{ fixed: 02-29 }", "{ period: P }",
        ]
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
                expiry: \(random.pick(expiries))
                returns: \(returns)
                return_rounding: \(random.pick(["cumulative", "each"]))
                returns_take: \(random.pick(["pending_first", "soonest"]))
                refund_expired: \(random.pick(["expire", "{ grace: 2 days }"]))
                spend_order: \(random.pick(["soonest", "fifo"]))
                max: \(random.pick(["none", "none", "300"]))
              status: { returns: debit }
            periods:
              - { id: P, from: 2024-02-01, to: 2024-02-27, expires_on: 2024-02-28 }
              - { id: P, from: 2024-02-28, to: 2024-03-31, expires_on: 2024-03-31 }
            tiers:
              - { name: bronze }
              - { name: silver, multiplier: 1.25 }
              - { name: gold, multiplier: { spend: 1.5, status: 1 } }
            systems: { pos: {}, ecom: { timezone: UTC } }

            """
        let settle = "settle: { quiet: 0 seconds }"
        let byHand = RandomShop.kinds.enumerated().map {
            index, kind -> (name: String, text: String) in
            let before = index == 0 ? "" : RandomShop.kinds[index - 1].records
            let park = kind.records == "adjustments" ? "park: \(random.int(1...3)) days" : ""
            return (
                "Jobs/\(kind.records).yaml",
                """
                version: 1
                job: \(kind.records)
                kind: ingest
                after: [\(before)]
                records: \(kind.records)
                files: "\(kind.records)-{date}*.csv"
                \(park)
                \(settle)

                """
            )
        }
        return byHand + [
            ("program.yaml", program),
            (
                "Jobs/orders.yaml",
                """
                version: 1
                job: orders
                kind: ingest
                after: [adjustments]
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
        var files = RandomShop.kinds.map { kind in
            file("\(kind.records)-\(night.date).csv", kind.header, night.lines(kind.records))
        }
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
        for kind in RandomShop.kinds {
            let lines = night.lines(kind.records).shuffled(using: &random).map { [$0] }
            for part in cut(lines, &random) {
                let stem = "\(kind.records)-\(night.date)"
                files.append(file(name(stem, &random), kind.header, part))
            }
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
}

extension RandomShop.Night {
    /// The lines of a kind of records that are no orders.
    fileprivate func lines(_ records: String) -> [String] {
        switch records {
        case "members": members
        case "tiers": tiers
        case "products": products
        default: adjustments
        }
    }
}
