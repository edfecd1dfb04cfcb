package import Loyalty
package import Storage

/// Which of a night's orders were seen for the first time, a bit an order.
struct NewOrders {
    private var words: [UInt64] = []
    private(set) var count = 0

    mutating func append(_ isNew: Bool) {
        if count % 64 == 0 { words.append(0) }
        if isNew { words[count / 64] |= 1 << UInt64(count % 64) }
        count += 1
    }

    subscript(number: Int) -> Bool { words[number / 64] & 1 << UInt64(number % 64) != 0 }
}

extension Settlement {
    /// Notes which orders of the batch at hand are new: the next part of the night takes its place.
    mutating func noteNew() {
        for tier in admittedTiers { newOrders.append(tier >= 0) }
    }

    /// Hands out tonight's orders, and whether each was seen for the first time.
    ///
    /// - Parameter runs: the orders, where the batch doesn't hold them.
    package func forEachOrder(
        of batch: OrderBatch, _ runs: OrderRuns?,
        _ body: (_ order: IncomingOrder, _ isNew: Bool) throws -> Void
    ) throws {
        guard let runs else {
            for (index, order) in batch.orders.enumerated() { try body(order, isNew(index)) }
            return
        }
        var number = 0
        for system in settledSystems {
            try runs.parts(of: system, in: batch) { part in
                for order in part.orders {
                    try body(order, newOrders[number])
                    number += 1
                }
                return true
            }
        }
    }
}
