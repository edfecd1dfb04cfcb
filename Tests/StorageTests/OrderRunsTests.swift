import Loyalty
import Storage
import TestSupport
import Testing

/// Orders that memory shouldn't hold come back whole, by system and id, and in the order in which they came.
@Suite struct OrderRunsTests {
    private let folder: ScratchFolder
    private let batch = OrderBatch()

    init() throws { folder = try ScratchFolder() }

    /// `pos A C1 of B`: system, id, card (`-` for none), original order.
    private func add(_ line: String, at number: Int32) {
        let words = line.split(separator: " ").map(String.init)
        let original = words.count > 4 ? words[4] : ""
        let text = batch.texts.copy(words[1] + original)
        let system = batch.system(named: words[0])
        let card = words[2] == "-" ? -1 : batch.cards.intern(batch.texts.copy(words[2]))
        let extra = number % 3 == 0 ? -1 : batch.add(self.extra(of: number))
        batch.orders.append(
            IncomingOrder(
                id: ByteText(start: text.start, count: words[1].utf8.count),
                originalCount: original.utf8.count, kind: original.isEmpty ? .sale : .return,
                system: system, card: card, file: 0, line: number, lineCount: 1,
                date: CivilDate(days: 20_000), net: 100 * Int64(number), base: 7,
                content: ContentHash(high: UInt64(number), low: 1), extra: extra, place: 3))
    }

    /// What the orders of two lines in three have: the more further lines, the later they come.
    private func extra(of number: Int32) -> OrderExtra {
        OrderExtra(
            pointsPaid: Int64(number), returnBase: 5,
            furtherLines: (0..<number % 350).map {
                OrderLines(file: $0, line: number, lineCount: 2)
            })
    }

    /// The parts of a system, each order as it was added, behind it its line.
    private func parts(_ runs: OrderRuns, of system: Int) throws -> [[String]] {
        var parts: [[String]] = []
        try runs.parts(of: system, in: batch) { part in
            parts.append(
                part.orders.map { order in
                    let card = order.card < 0 ? "-" : part.cards.texts[Int(order.card)].string
                    let original = order.original.isEmpty ? "" : " of " + order.original.string
                    #expect(order.net == 100 * Int64(order.line) && order.base == 7)
                    #expect(order.content == ContentHash(high: UInt64(order.line), low: 1))
                    #expect(order.place == 3)
                    let extra = order.extra < 0 ? nil : part.extras[Int(order.extra)]
                    #expect(extra == (order.line % 3 == 0 ? nil : self.extra(of: order.line)))
                    let system = batch.systems[Int(order.system)]
                    return "\(system) \(order.id.string) \(card)\(original) \(order.line)"
                })
            return true
        }
        return parts
    }

    @Test func `orders come by system and id, all of one id in one part`() throws {
        let runs = OrderRuns(folder: folder.path, memory: 0)
        let lines = [
            "pos B C1", "ecom A C2", "pos AB - of B", "pos A C1", "pos B C3", "ecom A C1",
            "pos A B",
        ]
        for (number, line) in lines.enumerated() {
            add(line, at: Int32(number))
            try runs.relieve(batch)
            #expect(batch.orders.isEmpty)
        }
        #expect(try runs.finish(batch))
        #expect(
            try parts(runs, of: 0) == [
                ["pos A C1 3", "pos A B 6"], ["pos AB - of B 2"], ["pos B C1 0", "pos B C3 4"],
            ])
        #expect(try parts(runs, of: 1) == [["ecom A C2 1", "ecom A C1 5"]])
        #expect(try parts(runs, of: 2) == [])
    }

    @Test func `orders of a file that is taken back are gone, wherever they are`() throws {
        let runs = OrderRuns(folder: folder.path, memory: 600)
        for number in 0..<4 { add("pos A\(number) C1", at: Int32(number)) }
        try runs.relieve(batch)
        let before = runs.total(batch)
        #expect(before == 4 && batch.orders.isEmpty)
        for number in 4..<8 {
            add("pos A\(number) C1", at: Int32(number))
            if number == 6 { try runs.relieve(batch) }
        }
        #expect(batch.orders.count == 1)
        runs.withdraw(to: before, batch)
        #expect(batch.orders.isEmpty)
        add("pos A5 C2", at: 8)
        #expect(try runs.finish(batch))
        let all = try parts(runs, of: 0).flatMap(\.self)
        #expect(all == ["pos A0 C1 0", "pos A1 C1 1", "pos A2 C1 2", "pos A3 C1 3", "pos A5 C2 8"])
    }

    @Test func `what memory holds stays in the batch`() throws {
        let runs = OrderRuns(folder: folder.path, memory: 1 << 20)
        for number in 0..<100 { add("pos A\(number) C1", at: Int32(number)) }
        try runs.relieve(batch)
        runs.withdraw(to: 60, batch)
        #expect(batch.orders.count == 60)
        #expect(try !runs.finish(batch))
        #expect(batch.orders.count == 60)
    }

    @Test func `thousands of orders come in the order of their ids`() throws {
        var random = SplitMix64(seed: 9)
        let runs = OrderRuns(folder: folder.path, memory: 1 << 16)
        var wanted: [String] = []
        for number in 0..<9000 {
            let id = "\(random.int(0...99_999))"
            wanted.append("pos \(id) C\(number % 7)")
            add(wanted[number], at: Int32(number))
            try runs.relieve(batch)
        }
        #expect(try runs.finish(batch))
        let sorted = wanted.enumerated().sorted { left, right in
            let (one, other) = (
                left.element.split(separator: " ")[1], right.element.split(separator: " ")[1]
            )
            return one != other ? one < other : left.offset < right.offset
        }.map { "\($0.element) \($0.offset)" }
        #expect(try parts(runs, of: 0).flatMap(\.self) == sorted)
    }

    @Test func `a folder that can't be written is named`() throws {
        let runs = OrderRuns(folder: folder.path + "/nowhere", memory: 0)
        add("pos A C1", at: 0)
        let error = #expect(throws: StorageError.self) {
            try runs.relieve(batch)
            _ = try runs.finish(batch)
        }
        #expect("\(try #require(error))".contains("nowhere"))
    }
}
