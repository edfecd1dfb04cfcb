internal import Loyalty
internal import Storage
internal import Tabular

/// Reads an orders file in which the lines of an order stand apart: sorts them all, where memory shouldn't hold
/// them on disk, then reads them order by order.
final class ScatteredOrderReader: RecordReading {
    private let orders: OrderReader
    private let sorter: SortedRuns
    private let key = UnsafeMutablePointer<UInt8>.allocate(capacity: SortedRuns.mostBytes)

    /// So many bytes of lines are read at a time.
    private static let batchBytes = 1 << 18

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        orders = try OrderReader(context, header: header, into: batches)
        // The other half is for orders that come in two files.
        sorter = SortedRuns(folder: context.spillFolder, memory: context.sortBytes / 2)
    }

    deinit { key.deallocate() }

    var refusals: [LineRefusal] { orders.refusals }

    func read(_ records: ArraySlice<CSVRecord>) throws {
        for record in records {
            try sorter.add(
                orders.sortingKey(of: record, into: key), bodyBytes: record.packedBytes
            ) { record.pack(into: $0) }
        }
    }

    func withdraw() { orders.withdraw() }

    func withdrawKnown() { orders.withdrawKnown() }

    func finish() throws {
        let sorted = try sorter.sorted()
        let batch = KeptRecords()
        while try sorted.next() {
            batch.append(sorted.body)
            guard batch.bytes >= ScatteredOrderReader.batchBytes else { continue }
            try orders.read(batch.records[...])
            batch.removeAll()
        }
        try orders.read(batch.records[...])
        try orders.finish()
    }
}
