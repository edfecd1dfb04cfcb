import Intake
import Loyalty
import Storage
import TestSupport
import Testing

/// Headers and items that memory doesn't hold are joined as those that it holds.
@Suite struct SpilledHalvesTests {
    private struct File {
        var isHeaders: Bool
        var text: String
        var isKnown: Bool
        var isApart: Bool
    }

    /// Headers and items of some orders in any number of files: several versions, halves that lack the other one,
    /// wrong lines, files that are cut short and files that are known.
    private func files(_ random: inout SplitMix64) -> [File] {
        let ids = random.pick([3, 900])
        let count = random.int(2...7)
        return (0..<count).map { index in
            let isHeaders = index == 0 || (index > 1 && random.oneIn(2))
            var lines: [String] = []
            for _ in 0..<random.int(1...ids * 2) {
                let id = "A\(random.int(1...ids))"
                let system = random.pick(["pos", "ecom"])
                if isHeaders {
                    let day = random.oneIn(50) ? "never" : "2026-11-16T10:00:00"
                    let card = random.oneIn(5) ? "" : "C\(random.int(1...9))"
                    let original = random.oneIn(9) ? "A\(random.int(1...ids))" : ""
                    lines.append(
                        "\(id),\(system),\(day),S1,\(card),\(original),\(random.int(0...3))")
                } else {
                    let quantity = random.oneIn(60) ? "x" : "1"
                    lines.append("\(id),\(system),\(quantity),\(random.int(1...99)).00")
                }
            }
            let header =
                isHeaders
                ? "order_id,system,ordered_at,store_id,card_code,original_order_id,points_paid"
                : "order_id,system,quantity,line_amount"
            let text = ([header] + lines).map { $0 + "\n" }.joined()
            return File(
                isHeaders: isHeaders, text: random.oneIn(6) ? text + "A1,pos" : text,
                isKnown: random.oneIn(6), isApart: !isHeaders && random.oneIn(2))
        }
    }

    /// What a night of files comes to: its orders in the order in which they are settled, and the refused lines.
    private func night(
        _ files: [File], sortBytes: Int, memory: Int?
    ) throws -> (orders: [String], refusals: [String]) {
        let folder = try ScratchFolder()
        var batches = Batches(tiers: [])
        if let memory { batches.runs = OrderRuns(folder: folder.path, memory: memory) }
        for (index, file) in files.enumerated() {
            var layout =
                file.isHeaders
                ? Layout.orders { $0.lines = .orderItems } : Layout.canonical(.orderItems)
            layout.isContiguous = !file.isApart
            _ = try ReadFile(
                file.text, layout, constants: [:], into: batches, file: Int32(index),
                isKnown: file.isKnown, sortBytes: sortBytes)
        }
        let refusals = try batches.halves.join(
            into: batches.orders, batches.runs, program: .plain)
        var orders: [(id: String, text: String)] = []
        func add(_ batch: OrderBatch) {
            for order in batch.orders {
                let card = order.card < 0 ? "-" : batch.cards.texts[Int(order.card)].string
                let extra = order.extra < 0 ? nil : batch.extras[Int(order.extra)]
                let amounts = "\(order.net) \(order.content) paid \(extra?.pointsPaid ?? 0)"
                let text =
                    "\(card) of \(order.original.string) \(amounts) \(batch.lines(of: order))"
                orders.append(("\(order.system) \(order.id.string)", text))
            }
        }
        if let runs = batches.runs, try runs.finish(batches.orders) {
            for system in batches.orders.systems.indices {
                try runs.parts(of: system, in: batches.orders) { part in
                    add(part)
                    return true
                }
            }
        } else {
            add(batches.orders)
        }
        #expect(try FolderContents(folder.path).files.isEmpty)
        // Those of one identity stay in their order.
        let inOrder = orders.indices.sorted { left, right in
            (orders[left].id, left) < (orders[right].id, right)
        }
        return (
            inOrder.map { orders[$0].id + " " + orders[$0].text }, refusals.map { "\($0)" }
        )
    }

    @Test(arguments: 0..<20) func `the same orders and refusals, wherever they were`(
        seed: Int
    ) throws {
        var random = SplitMix64(seed: seed)
        let files = files(&random)
        let plain = try night(files, sortBytes: 64 << 20, memory: nil)
        for (sortBytes, memory) in [(0, nil), (64 << 20, 0), (0, 0), (0, 30_000)] {
            let spilled = try night(files, sortBytes: sortBytes, memory: memory)
            #expect(spilled.orders == plain.orders, "seed \(seed), \(sortBytes)")
            #expect(spilled.refusals == plain.refusals, "seed \(seed), \(sortBytes)")
        }
    }

    @Test func `the files have something of everything`() throws {
        var reasons: Set<String> = []
        var orders = 0
        for seed in 0..<20 {
            var random = SplitMix64(seed: seed)
            let night = try night(files(&random), sortBytes: 0, memory: 0)
            orders += night.orders.count
            for reason in [Reason.orderWithoutItems, .itemsWithoutOrder, .orderHasRejectedLine]
            where night.refusals.contains(where: { $0.contains("\(reason)") }) {
                reasons.insert(reason.name)
            }
        }
        #expect(orders > 1_000 && reasons.count == 3, "\(orders) \(reasons)")
    }
}
