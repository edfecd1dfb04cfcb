internal import Loyalty
internal import Tabular

/// Reads an orders file in which the lines of an order stand apart: keeps them all until the file ends, then
/// reads them order by order.
///
/// It takes the memory of the file and about a third more.
final class ScatteredOrderReader: RecordReading {
    private let orders: OrderReader
    private let kept = KeptRecords()
    private var days: [Int32] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        orders = try OrderReader(context, header: header, into: batches)
    }

    var refusals: [LineRefusal] {
        get { orders.refusals }
        set { orders.refusals = newValue }
    }

    func read(_ records: ArraySlice<CSVRecord>) throws {
        for record in records {
            kept.append(record)
            days.append(try orders.keyDay(record))
        }
    }

    func withdraw() { orders.withdraw() }

    func withdrawKnown() { orders.withdrawKnown() }

    func finish() throws {
        let sorted = (0..<Int32(kept.count)).sorted { left, right in
            let order = orders.compare(kept[Int(left)], kept[Int(right)])
            if order != 0 { return order < 0 }
            let (one, other) = (days[Int(left)], days[Int(right)])
            return one != other ? one < other : left < right
        }
        var at = 0
        while at < sorted.count {
            let end = min(at + 4096, sorted.count)
            try orders.read(sorted[at..<end].map { kept[Int($0)] }[...])
            at = end
        }
        try orders.finish()
    }
}
