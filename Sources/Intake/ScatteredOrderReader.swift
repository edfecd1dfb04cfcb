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

    var refusals: [LineRefusal] {
        get { orders.refusals }
        set { orders.refusals = newValue }
    }

    func read(_ records: ArraySlice<CSVRecord>) throws {
        for record in records {
            try sorter.add(sortingKey(of: record), bodyBytes: record.packedBytes) {
                record.pack(into: $0)
            }
        }
    }

    /// Writes the key by which the lines of one order come to stand together: the fields that tell orders apart
    /// and, where it does, the day.
    private func sortingKey(of record: CSVRecord) throws -> ByteText {
        var count = 0
        func put(_ byte: UInt8) {
            key[count] = byte
            count += 1
        }
        for field in orders.identity {
            let text = record.field(field)
            // A longer one is of no order: of each it is refused. So four of them fit in, each byte doubled.
            for index in 0..<min(text.count, 2 * TextBuffer.capacity) {
                put(text[index])
                // A damaged line may hold a NUL, which mustn't end its field.
                if text[index] == 0 { put(1) }
            }
            put(0)
            put(0)
        }
        let day = UInt32(bitPattern: try orders.keyDay(record)) ^ 1 << 31
        for shift in [24, 16, 8, 0] as [UInt32] { put(UInt8(truncatingIfNeeded: day >> shift)) }
        return ByteText(start: key, count: count)
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
