import Foundation
import Intake
import Loyalty
import Storage
import TestSupport
import Testing

/// Files in which the lines of an order stand apart, small and large ones, are read alike.
@Suite struct ScatteredOrderReaderTests {
    private static let columns =
        "order_id,system,ordered_at,store_id,terminal_id,card_code,product_id,quantity,line_amount\n"

    /// A file whose lines are of some orders, good and damaged ones, a few of them very long.
    private func lines(_ random: inout SplitMix64, _ count: Int) -> [String] {
        (0..<count).map { _ in
            let id = "A\(random.int(0...count / 3))"
            let system = random.pick(["pos", "pos", "ecom"])
            // What is asked of an order alone mustn't depend on which of its lines comes first.
            let card = "C\(id.utf8.count)"
            let damage = random.oneIn(400)
            let store =
                damage ? random.pick(["S\u{0}1", "", String(repeating: "s", count: 600)]) : "S1"
            let product =
                random.oneIn(200) ? String(repeating: "p", count: random.int(4_000...9_000)) : "P"
            let quantity = random.oneIn(300) ? "x" : "1"
            let end = random.oneIn(500) ? ",more" : ""
            let (day, terminal, euros) = (random.int(5...6), random.int(1...2), random.int(1...99))
            let goods = "\(product),\(quantity),\(euros).00\(end)"
            return "\(id),\(system),2026-11-1\(day)T10:00:00,\(store),T\(terminal),\(card),\(goods)"
        }
    }

    private func whatCameOf(_ file: ReadFile) -> [String] {
        let batch = file.batches.orders
        return batch.orders.map { order in
            let card = order.card < 0 ? "-" : batch.cards.texts[Int(order.card)].string
            let identity = "\(batch.systems[Int(order.system)]) \(order.id.string)"
            let lines = batch.lines(of: order).map { "\($0.line)+\($0.lineCount)" }
            return "\(identity) \(card) \(order.date) \(order.net) \(order.content) \(lines)"
        } + file.refusals
    }

    @Test(arguments: 0..<12) func `what memory doesn't hold is read as what it holds`(
        seed: Int
    ) throws {
        var random = SplitMix64(seed: seed)
        let key: [Layout.KeyPart] = random.pick([
            [.orderID], [.storeID, .terminalID, .businessDate, .orderID],
        ])
        let apart = Layout.orders {
            $0.isContiguous = false
            $0.orderKey = key
        }
        let lines = lines(&random, random.pick([40, 3_000]))
        let text = Self.columns + lines.map { $0 + "\n" }.joined()
        let plain = try ReadFile(text, apart, constants: [:])
        let spilled = try ReadFile(text, apart, constants: [:], sortBytes: 0)
        #expect(whatCameOf(spilled) == whatCameOf(plain), "seed \(seed)")
        #expect(spilled.entry.linesRead == lines.count)
        #expect(!spilled.orders.isEmpty)
        // Which day's order a line damages that has too many fields, only the reader's own order tells.
        guard key == [.orderID] else { return }
        let sorted = lines.map { ($0.split(separator: ",")[0...1].joined(separator: ","), $0) }
            .enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
        let together = try ReadFile(
            Self.columns + sorted.map { $0.element.1 + "\n" }.joined(), .canonical(.orders),
            constants: [:])
        #expect(Set(spilled.orders) == Set(together.orders), "seed \(seed)")
        #expect(spilled.refusals.count == together.refusals.count, "seed \(seed)")
    }

    @Test func `a file that is cut short leaves nothing, wherever its lines are`() throws {
        var random = SplitMix64(seed: 1)
        let apart = Layout.orders { $0.isContiguous = false }
        let text = Self.columns + lines(&random, 2_000).map { $0 + "\n" }.joined()
        let folder = try ScratchFolder()
        var batches = Batches(tiers: [])
        let runs = OrderRuns(folder: folder.path, memory: 20_000)
        batches.runs = runs
        let one = try ReadFile(text, apart, constants: [:], into: batches, sortBytes: 0)
        let before = runs.total(batches.orders)
        #expect(one.entry.refusal == nil && before > 0)
        let cut = try ReadFile(
            text.replacing("A", with: "B") + "A1,pos", apart, constants: [:], into: batches,
            file: 1,
            sortBytes: 0)
        let known = try ReadFile(
            text.replacing("A", with: "C"), apart, constants: [:], into: batches, file: 1,
            isKnown: true, sortBytes: 0)
        #expect(cut.refusals == ["truncated"] && known.entry.verdict == .duplicateFile)
        #expect(try runs.finish(batches.orders))
        var ids: [String] = []
        for system in batches.orders.systems.indices {
            try runs.parts(of: system, in: batches.orders) { part in
                ids += part.orders.map(\.id.string)
                return true
            }
        }
        #expect(ids.count == before && ids.allSatisfy { $0.hasPrefix("A") })
        #expect(try FolderContents(folder.path).files.isEmpty)
    }
}
