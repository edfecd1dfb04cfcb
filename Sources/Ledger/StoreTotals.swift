internal import Loyalty
internal import Storage

/// What a night's orders came to, by store, channel and the member's tier.
///
/// Stores are known of tonight's orders only: points of an order that came in an earlier night stand
/// under no store.
final class StoreTotals {
    private struct Row {
        var place: Int32
        var tier: Int32
        var orders = 0
        var returns = 0
        var anonymous = 0
        var lines = 0
        var net: MinorUnits = 0
        /// By account.
        var accrued: [Points] = [0, 0]
        var returned: [Points] = [0, 0]
    }

    private let batch: OrderBatch
    private let tierCount: Int
    /// The place without store and channel.
    private let nowhere: Int32
    private var rows: [Row] = []
    /// By place and tier: the index of the row; -1 for none.
    private var slots: [Int32]
    /// Orders that may post and are no plain sales, by where their ids lie.
    private var indices: [UnsafePointer<UInt8>: Int32] = [:]

    /// Counts the orders that were seen for the first time.
    init(_ connection: Connection, _ batch: OrderBatch, _ settlement: Settlement) throws {
        self.batch = batch
        tierCount = Int(try connection.integer("SELECT max(id) FROM tier") ?? 0) + 1
        nowhere = [OrderBatch.placeSeparator].withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { batch.places.intern(ByteText(start: $0, count: 1)) } ?? 0
        }
        slots = Array(repeating: -1, count: batch.places.count * tierCount)
        for (index, tier) in settlement.admitted {
            let order = batch.orders[Int(index)]
            let row = row(order.place, tier)
            switch order.kind {
            case .return, .void: rows[row].returns += 1
            case .sale, .exchange, .other: rows[row].orders += 1
            }
            if order.card < 0 { rows[row].anonymous += 1 }
            rows[row].lines +=
                order.extra < 0
                ? Int(order.lineCount)
                : batch.lines(of: Int(index)).reduce(0) { $0 + Int($1.lineCount) }
            switch order.kind {
            case .sale, .return, .exchange: rows[row].net += order.net
            // It takes back what was sold, whatever its sign in the file.
            case .void: rows[row].net -= abs(order.net)
            // Nothing was sold.
            case .other: break
            }
        }
        for index in batch.orders.indices where settlement.terms[index] == 0 {
            let order = batch.orders[index]
            if order.card >= 0 || order.originalCount > 0 { indices[order.text] = Int32(index) }
        }
    }

    /// Counts a member's postings.
    ///
    /// - Parameter happenings: what tonight did to him; a posting and the order behind it share the
    ///   bytes of the order's id.
    func add(_ postings: [Posting], _ happenings: ArraySlice<UInt64>, tier: Int32) {
        for posting in postings where posting.kind == .accrue || posting.kind == .return {
            let account = Int(posting.account.rawValue)
            let row = row(place(of: posting.source, happenings), tier)
            if posting.kind == .accrue {
                rows[row].accrued[account] += posting.points
            } else {
                rows[row].returned[account] -= posting.points
            }
        }
    }

    private func place(of source: ByteText, _ happenings: ArraySlice<UInt64>) -> Int32 {
        for happening in happenings where happening & Settlement.specialBit == 0 {
            let order = batch.orders[Int(happening & (Settlement.specialBit - 1))]
            if order.text == source.start { return order.place }
        }
        return indices[source.start].map { batch.orders[Int($0)].place } ?? -1
    }

    @inline(__always)
    private func row(_ place: Int32, _ tier: Int32) -> Int {
        let place = place < 0 ? nowhere : place
        let slot = Int(place) * tierCount + Int(tier)
        if slots[slot] < 0 {
            slots[slot] = Int32(rows.count)
            rows.append(Row(place: place, tier: tier))
        }
        return Int(slots[slot])
    }

    func write(_ connection: Connection, night: CivilDate) throws {
        let insert = try connection.prepare(
            "INSERT INTO order_total VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for row in rows {
            insert.bind(night, at: 1)
            let place = batch.places.texts[Int(row.place)]
            insert.bind(place.store, at: 2)
            insert.bind(place.channel, at: 3)
            let numbers = [
                Int64(row.tier), Int64(row.orders), Int64(row.returns), Int64(row.anonymous),
                Int64(row.lines), row.net, row.accrued[0], row.returned[0], row.accrued[1],
                row.returned[1],
            ]
            for (column, number) in numbers.enumerated() {
                insert.bind(number, at: Int32(column) + 4)
            }
            try insert.run()
        }
    }
}

extension ByteText {
    /// The two parts of a place.
    fileprivate var store: String { part { $0.first } }
    fileprivate var channel: String { part { $0.last } }

    private func part(
        _ pick: ([UnsafeBufferPointer<UInt8>.SubSequence]) -> UnsafeBufferPointer<UInt8>
            .SubSequence?
    ) -> String {
        let bytes = UnsafeBufferPointer(start: start, count: count)
        let parts = bytes.split(
            separator: OrderBatch.placeSeparator, omittingEmptySubsequences: false)
        return pick(parts).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
