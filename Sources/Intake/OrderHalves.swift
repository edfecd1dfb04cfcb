package import Loyalty
package import Storage

/// Tonight's orders whose header and lines come in two files.
///
/// They are joined once all files are read, so that the files may come in any order: until then they are sorted,
/// where memory shouldn't hold them on disk. Of several versions of
/// one order the first header goes with the first items, the second with the second, and so on; the last
/// of the fewer goes with all that are left. Where a file comes again unchanged and only the other one is
/// corrected, the unchanged one serves once more.
package final class OrderHalves {
    private var sorter: SortedRuns?
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)
    /// How many were added.
    private(set) var count = 0
    /// Those of files that were taken back, and of files that were ingested before.
    private var withdrawn: [Range<Int>] = []
    private var known: [Range<Int>] = []

    package init() {}

    deinit { key.deallocate() }

    /// Makes ready for the halves of a file.
    func begin(_ context: FileContext) {
        guard sorter == nil else { return }
        // The other half is for the file's lines where they stand apart.
        sorter = SortedRuns(folder: context.spillFolder, memory: context.sortBytes / 2)
    }

    func add(_ half: OrderHalf) throws {
        try add(HalfKey.write(half.order, number: count, into: key), bodyBytes: half.packedBytes) {
            half.pack(into: $0)
        }
    }

    /// Notes an order of which one half was refused by itself.
    func add(refused id: ByteText) throws {
        try add(HalfKey.write(refused: id, number: count, into: key), bodyBytes: 0) { _ in }
    }

    private func add(
        _ key: ByteText, bodyBytes: Int, pack: (UnsafeMutableRawPointer) -> Void
    ) throws {
        // Only an `OrderReader` adds, and its initialiser begins: a file can't bring it about.
        guard let sorter else { preconditionFailure("no file was begun") }
        try sorter.add(key, bodyBytes: bodyBytes, pack: pack)
        count += 1
    }

    /// Takes back the newest ones, down to a number.
    func cut(to mark: Int) {
        if count > mark { withdrawn.append(mark..<count) }
    }

    /// Keeps the halves of a file that was ingested before, without its lines.
    func forgetLines(since mark: Int) {
        if count > mark { known.append(mark..<count) }
    }

    /// Makes orders of headers and items; gives the lines of those that lack the other half.
    ///
    /// - Parameter runs: takes orders that memory shouldn't hold.
    package func join(
        into batch: OrderBatch, _ runs: OrderRuns? = nil, program: Program
    ) throws -> [Refusal] {
        guard let sorter else { return [] }
        defer { (self.sorter, count, withdrawn, known) = (nil, 0, [], []) }
        let sorted = try sorter.sorted()
        var joining = OrderJoining(batch: batch, program: program)
        while try sorted.next() {
            let key = HalfKey(sorted.key)
            let number = key.number
            if withdrawn.contains(where: { $0.contains(number) }) { continue }
            if joining.begin(key) { try runs?.relieve(batch) }
            guard !key.isOfRefused else { continue }
            joining.add(
                key, sorted.body, isKnown: known.contains { $0.contains(number) })
        }
        joining.end()
        // What orders one version of an identity behind the other is where they stand.
        let inOrder = batch.orders.indices.sorted { left, right in
            let (one, other) = (batch.orders[left], batch.orders[right])
            return (one.file, one.line, left) < (other.file, other.line, right)
        }
        batch.orders = inOrder.map { batch.orders[$0] }
        return joining.refusals
    }
}

/// Joins the halves of one order after the other.
private struct OrderJoining {
    let batch: OrderBatch
    let program: Program
    private(set) var refusals: [Refusal] = []
    private var headers: [OrderHalf] = []
    private var items: [OrderHalf] = []
    /// The identity at hand, and the last id of which one half was refused.
    private var identity: [UInt8] = []
    private var refused: TextBuffer
    private let texts = TextArena(blockBytes: 1 << 12)
    private let refusedTexts = TextArena(blockBytes: 1 << 8)

    init(batch: OrderBatch, program: Program) {
        self.batch = batch
        self.program = program
        refused = TextBuffer(in: refusedTexts)
    }

    /// Joins the order before where a key is of another one; says whether it is.
    mutating func begin(_ key: HalfKey) -> Bool {
        let own = UnsafeBufferPointer(start: key.identity.start, count: key.identity.count)
        if own.elementsEqual(identity) { return false }
        end()
        identity = Array(own)
        if key.isOfRefused { refused.set(key.id) }
        return true
    }

    mutating func add(_ key: HalfKey, _ body: UnsafeRawBufferPointer, isKnown: Bool) {
        var half = OrderHalf(key, body, into: texts)
        half.isKnown = isKnown
        if isKnown { half.forgetLines() }
        switch half.part {
        case .header: headers.append(half)
        case .items: items.append(half)
        }
    }

    /// Joins the order at hand.
    mutating func end() {
        defer {
            headers.removeAll(keepingCapacity: true)
            items.removeAll(keepingCapacity: true)
            texts.removeAll()
        }
        let (own, goods) = (OrderJoining.new(headers), OrderJoining.new(items))
        guard let one = own.first ?? goods.first, !(own + goods).allSatisfy(\.isKnown) else {
            return
        }
        guard own.isEmpty || goods.isEmpty else { return join(own, goods) }
        let missing: Reason = own.isEmpty ? .itemsWithoutOrder : .orderWithoutItems
        let reason = refused.holds(one.order.id) ? .orderHasRejectedLine : missing
        for half in own + goods { refusals += half.refusals(reason) }
    }

    /// The new ones of an order's versions or, where there are none, the last of the known ones.
    private static func new(_ versions: [OrderHalf]) -> [OrderHalf] {
        let new = versions.filter { !$0.isKnown }
        return new.isEmpty ? versions.suffix(1) : new
    }

    private mutating func join(_ own: [OrderHalf], _ goods: [OrderHalf]) {
        for version in 0..<max(own.count, goods.count) {
            var header = own[min(version, own.count - 1)]
            var items = goods[min(version, goods.count - 1)]
            // A line counts once, with the first version that it is part of.
            if version >= own.count { header.forgetLines() }
            if version >= goods.count { items.forgetLines() }
            var sums = items.sums
            sums.kind = header.sums.kind
            sums.pointsPaid = header.sums.pointsPaid
            sums.pointsDiscount = header.sums.pointsDiscount
            guard batch.takes(sums, program.largestNight) else {
                refusals += header.refusals(.amountInvalid) + items.refusals(.amountInvalid)
                continue
            }
            var order = header.order
            let text = batch.texts.reserve(Int(order.idCount) + Int(order.originalCount))
            text.update(from: order.text, count: Int(order.idCount) + Int(order.originalCount))
            order.text = UnsafePointer(text)
            order.card = header.card.isEmpty ? -1 : batch.cards.intern(header.card)
            order.net = sums.net
            order.content += items.order.content
            batch.add(order, sums, header.furtherLines + items.allLines, earnOn: program.earnOn)
        }
    }
}

extension OrderBatch {
    /// Whether the night's sums stay within 64 bits with an order more.
    func takes(_ sums: OrderSums, _ largestNight: MinorUnits) -> Bool {
        guard sums.largest <= largestNight - amounts else { return false }
        amounts += sums.largest
        return true
    }

    /// Adds an order with what its sums make of it.
    func add(
        _ plain: IncomingOrder, _ sums: OrderSums, _ furtherLines: [OrderLines],
        earnOn: Program.EarnOn
    ) {
        var order = plain
        var extra: OrderExtra
        (order.kind, order.base, extra) = sums.settled(earnOn: earnOn)
        extra.furtherLines = furtherLines
        if extra != OrderExtra() {
            order.extra = add(extra)
        }
        orders.append(order)
    }
}
