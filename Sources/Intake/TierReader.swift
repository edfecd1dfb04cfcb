internal import Loyalty
internal import Tabular

/// Reads tiers lines: tiers that members are given whatever their points.
final class TierReader: LineReading {
    private let context: FileContext
    private let batch: HandBatch
    private let tiers: [String]
    private let before: Int
    let columns: Columns
    private let card: Columns.Column
    private let tier: Columns.Column
    private let until: DateColumn
    private let syntax: CardSyntax
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.hand
        tiers = batches.tiers
        before = batch.tiers.count
        columns = try context.columns(header)
        card = columns["card_code"]
        tier = columns["tier"]
        until = try DateColumn("until", columns, context)
        syntax = try CardSyntax(context.layout)
    }

    func withdraw() {
        batch.tiers.removeLast(batch.tiers.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        _ = try columns.needed(card, record)
        let name = try columns.needed(tier, record).string
        let cardText = try syntax.read(card, record, columns)
        guard let index = tiers.firstIndex(of: name) else { throw LineFlaw(.unknownTier, tier) }
        let lastDay = try until.day(record, columns)
        batch.tiers.append(
            ForcedTier(
                card: batch.texts.copy(cardText), tier: Int32(index), until: lastDay.unlessNever,
                file: context.file, line: Int32(record.line)))
    }
}
