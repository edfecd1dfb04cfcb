package import Loyalty

/// The header of an order, or its items, while the other half is not there.
struct OrderHalf {
    var order: IncomingOrder
    var sums: OrderSums
    /// Its lines that don't follow its first one.
    var furtherLines: [OrderLines]
    /// Of a file that was ingested before: it serves a new other half, and no line of it counts again.
    var isKnown = false
}

/// Tonight's orders whose header and lines come in two files.
///
/// They are joined once all files are read, so that the files may come in any order. Of several versions of
/// one order the first header goes with the first items, the second with the second, and so on; the last
/// of the fewer goes with all that are left. Where a file comes again unchanged and only the other one is
/// corrected, the unchanged one serves once more.
package final class OrderHalves {
    var headers: [OrderHalf] = []
    var items: [OrderHalf] = []
    /// The ids of orders of which one half was refused by itself.
    var refused: [ByteText] = []
    /// The texts of all of them, and the cards that headers point into.
    let texts = TextArena(blockBytes: 1 << 18)
    let cards = TextTable()

    package init() {}

    /// How much there is of each, to go back to.
    struct Mark {
        var headers: Int
        var items: Int
        var refused: Int
    }

    var mark: Mark { Mark(headers: headers.count, items: items.count, refused: refused.count) }

    func cut(to mark: Mark) {
        headers.removeLast(headers.count - mark.headers)
        items.removeLast(items.count - mark.items)
        refused.removeLast(refused.count - mark.refused)
    }

    /// Keeps the halves of a file that was ingested before, without its lines.
    func forgetLines(since mark: Mark) {
        for index in mark.headers..<headers.count {
            headers[index].forgetLines()
            headers[index].isKnown = true
        }
        for index in mark.items..<items.count {
            items[index].forgetLines()
            items[index].isKnown = true
        }
    }

    /// Makes orders of headers and items; gives the lines of those that lack the other half.
    package func join(into batch: OrderBatch, _ program: Program) -> [Refusal] {
        guard !headers.isEmpty || !items.isEmpty else { return [] }
        headers.sort(by: OrderHalf.precedes)
        items.sort(by: OrderHalf.precedes)
        let doubtful = Set(refused)
        var refusals: [Refusal] = []
        var (header, item) = (headers[...], items[...])
        while let next = [header.first, item.first].compactMap(\.self).min(by: OrderHalf.precedes) {
            let allHeaders = header.prefix { $0.isSameOrder(as: next) }
            let allItems = item.prefix { $0.isSameOrder(as: next) }
            header = header.dropFirst(allHeaders.count)
            item = item.dropFirst(allItems.count)
            let (own, goods) = (OrderHalf.new(allHeaders), OrderHalf.new(allItems))
            if (own + goods).allSatisfy(\.isKnown) { continue }
            if own.isEmpty || goods.isEmpty {
                let missing: Reason = own.isEmpty ? .itemsWithoutOrder : .orderWithoutItems
                let reason = doubtful.contains(next.order.id) ? .orderHasRejectedLine : missing
                for half in own + goods { refusals += half.refusals(reason) }
            } else {
                refusals += join(own, goods, batch, program)
            }
        }
        // What orders one version of an identity behind the other is where they stand.
        batch.orders = batch.orders.enumerated().sorted { left, right in
            let (one, other) = (left.element, right.element)
            return (one.file, one.line, left.offset) < (other.file, other.line, right.offset)
        }.map(\.element)
        (headers, items, refused) = ([], [], [])
        return refusals
    }

    private func join(
        _ own: [OrderHalf], _ goods: [OrderHalf], _ batch: OrderBatch, _ program: Program
    ) -> [Refusal] {
        var refusals: [Refusal] = []
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
            if header.order.card >= 0 {
                header.order.card = batch.cards.intern(cards.texts[Int(header.order.card)])
            }
            header.order.net = sums.net
            header.order.content += items.order.content
            batch.add(
                header.order, sums, header.furtherLines + items.allLines, earnOn: program.earnOn)
        }
        return refusals
    }
}

extension OrderHalf {
    /// By identity, then by where they stand.
    fileprivate static func precedes(_ left: OrderHalf, _ right: OrderHalf) -> Bool {
        let (one, other) = (left.order, right.order)
        if one.system != other.system { return one.system < other.system }
        if one.id != other.id { return one.id < other.id }
        return (one.file, one.line) < (other.file, other.line)
    }

    fileprivate func isSameOrder(as other: OrderHalf) -> Bool {
        order.system == other.order.system && order.id == other.order.id
    }

    fileprivate var allLines: [OrderLines] {
        let first = OrderLines(file: order.file, line: order.line, lineCount: order.lineCount)
        return (order.lineCount == 0 ? [] : [first]) + furtherLines
    }

    fileprivate mutating func forgetLines() {
        order.lineCount = 0
        furtherLines = []
    }

    /// The new ones of an order's versions or, where there are none, the last of the known ones.
    fileprivate static func new(_ versions: ArraySlice<OrderHalf>) -> [OrderHalf] {
        let new = versions.filter { !$0.isKnown }
        return new.isEmpty ? Array(versions.suffix(1)) : new
    }

    fileprivate func refusals(_ reason: Reason) -> [Refusal] {
        allLines.map {
            Refusal(
                file: $0.file, line: $0.line, lineCount: $0.lineCount, verdict: .rejected,
                reason: reason)
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
            order.extra = Int32(extras.count)
            extras.append(extra)
        }
        orders.append(order)
    }
}
