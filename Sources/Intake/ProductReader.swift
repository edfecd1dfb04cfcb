internal import Loyalty
internal import Tabular

/// Reads products lines.
final class ProductReader: LineReading {
    private let context: FileContext
    private let batch: HandBatch
    private let before: Int
    let columns: Columns
    private let product: Columns.Column
    private let facts: [Columns.Column]
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.hand
        before = batch.products.count
        columns = try context.columns(header)
        product = columns["product_id"]
        facts = ["category", "brand", "department"].map { [columns] in columns[$0] }
    }

    func withdraw() {
        batch.products.removeLast(batch.products.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let id = try columns.ownIdentity(product, record)
        let texts = try facts.map { (fact) throws(LineFlaw) in try columns.name(fact, record) }
        batch.products.append(
            Product(
                id: batch.texts.copy(id), category: batch.texts.copy(texts[0]),
                brand: batch.texts.copy(texts[1]), department: batch.texts.copy(texts[2]),
                file: context.file, line: Int32(record.line)))
    }
}
