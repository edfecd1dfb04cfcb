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
    }

    /// What the orders of a row came to in points.
    ///
    /// Apart from the row: postings come in member order, and meet the rows of many stores in the cache.
    private struct Sums {
        var accrued: Points = 0
        var returned: Points = 0

        mutating func add(_ accrued: Points, _ returned: Points) {
            self.accrued += accrued
            self.returned += returned
        }
    }

    private let places: TextTable
    private let tierCount: Int
    /// The place without store and channel.
    private let nowhere: Int32
    private var rows: [Row] = []
    /// By row.
    private var spend: [Sums] = []
    private var status: [Sums] = []
    /// By place and tier: the index of the row; -1 for none.
    private var slots: [Int32]

    /// - Parameter places: all of the night's.
    init(_ connection: Connection, places: TextTable) throws {
        self.places = places
        tierCount = Int(try connection.integer("SELECT max(id) FROM tier") ?? 0) + 1
        nowhere = [OrderBatch.placeSeparator].withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { places.intern(ByteText(start: $0, count: 1)) } ?? 0
        }
        slots = Array(repeating: -1, count: places.count * tierCount)
    }

    /// Counts the orders that were seen for the first time.
    func count(_ batch: OrderBatch, _ settlement: Settlement) {
        for (index, order) in batch.orders.enumerated() {
            let tier = settlement.admittedTiers[index]
            if tier >= 0 { count(order, batch, &rows[row(order.place, tier)]) }
        }
    }

    private func count(_ order: IncomingOrder, _ batch: OrderBatch, _ row: inout Row) {
        switch order.kind {
        case .return, .void: row.returns += 1
        case .sale, .exchange, .other: row.orders += 1
        }
        if order.card < 0 { row.anonymous += 1 }
        row.lines +=
            order.extra < 0
            ? Int(order.lineCount)
            : batch.lines(of: order).reduce(0) { $0 + Int($1.lineCount) }
        switch order.kind {
        case .sale, .return, .exchange: row.net += order.net
        // It takes back what was sold, whatever its sign in the file.
        case .void: row.net -= abs(order.net)
        // Nothing was sold.
        case .other: break
        }
    }

    /// Counts a member's postings.
    ///
    /// - Parameter events: what tonight did to him; a posting and the event behind it share the bytes of the
    ///   order's id.
    func add(_ postings: [Posting], _ events: [OrderEvent], tier: Int32) {
        for posting in postings {
            let (accrued, returned): (Points, Points)
            switch posting.kind {
            case .accrue: (accrued, returned) = (posting.points, 0)
            case .return: (accrued, returned) = (0, -posting.points)
            default: continue
            }
            let event = events.first { $0.id.start == posting.source.start }
            let row = row(event?.place ?? -1, tier)
            switch posting.account {
            case .spend: spend[row].add(accrued, returned)
            case .status: status[row].add(accrued, returned)
            }
        }
    }

    @inline(__always)
    private func row(_ place: Int32, _ tier: Int32) -> Int {
        let place = place < 0 ? nowhere : place
        let slot = Int(place) * tierCount + Int(tier)
        if slots[slot] < 0 {
            slots[slot] = Int32(rows.count)
            rows.append(Row(place: place, tier: tier))
            spend.append(Sums())
            status.append(Sums())
        }
        return Int(slots[slot])
    }

    func write(_ connection: Connection, night: CivilDate) throws {
        let insert = try connection.prepare(
            "INSERT INTO order_total VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        for (index, row) in rows.enumerated() {
            insert.bind(night, at: 1)
            let place = places.texts[Int(row.place)]
            insert.bind(place.store, at: 2)
            insert.bind(place.channel, at: 3)
            let numbers = [
                Int64(row.tier), Int64(row.orders), Int64(row.returns), Int64(row.anonymous),
                Int64(row.lines), row.net, spend[index].accrued, spend[index].returned,
                status[index].accrued, status[index].returned,
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
