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

    func judge(_ record: CSVRecord) -> Reason? {
        guard let cardText = columns.text(card, record),
            let tierText = columns.text(tier, record)
        else { return .valueUnknown }
        guard !cardText.isEmpty, !tierText.isEmpty else { return .missingField }
        if let reason = syntax.flaw(of: cardText) { return reason }
        let name = tierText.string
        guard let index = tiers.firstIndex(of: name) else { return .unknownTier }
        guard let lastDay = until.day(record, columns) else { return .dateInvalid }
        batch.tiers.append(
            ForcedTier(
                card: batch.texts.copy(cardText), tier: Int32(index), until: lastDay.unlessNever,
                file: context.file, line: Int32(record.line)))
        return nil
    }
}
