internal import Loyalty
internal import Tabular

/// Reads adjustments lines: points that are given or taken by hand.
final class AdjustmentReader: LineReading {
    private let context: FileContext
    private let batch: HandBatch
    private let before: Int
    let columns: Columns
    private let adjustment: Columns.Column
    private let card: Columns.Column
    private let account: Columns.Column
    private let points: Columns.Column
    private let effectiveOn: DateColumn
    private let reason: Columns.Column
    private let syntax: CardSyntax
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.hand
        before = batch.adjustments.count
        columns = try context.columns(header)
        adjustment = columns["adjustment_id"]
        card = columns["card_code"]
        account = columns["account"]
        points = columns["points"]
        effectiveOn = try DateColumn("effective_on", columns, context)
        reason = columns["reason"]
        syntax = try CardSyntax(context.layout)
    }

    func withdraw() {
        batch.adjustments.removeLast(batch.adjustments.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) -> Reason? {
        guard let id = columns.text(adjustment, record), let cardText = columns.text(card, record),
            let accountText = columns.text(account, record),
            let pointsText = columns.text(points, record),
            let why = columns.text(reason, record)
        else { return .valueUnknown }
        guard !id.isEmpty, !cardText.isEmpty, !pointsText.isEmpty, !why.isEmpty else {
            return .missingField
        }
        guard id.count <= TextBuffer.capacity, why.count <= TextBuffer.capacity else {
            return .textTooLong
        }
        if id.isSpreadsheetDamage { return .spreadsheetDamage }
        if let reason = syntax.flaw(of: cardText) { return reason }
        guard let kind = context.account(accountText) else { return .valueUnknown }
        guard let given = wholeNumber(pointsText, digits: 12), given != 0 else {
            return .numberInvalid
        }
        // Without a date it counts from the file's own day.
        guard let day = effectiveOn.day(record, columns) else { return .dateInvalid }
        batch.adjustments.append(
            Adjustment(
                id: batch.texts.copy(id), card: batch.texts.copy(cardText), account: kind,
                points: given, effectiveOn: day.unlessNever ?? context.day,
                reason: batch.texts.copy(why), file: context.file, line: Int32(record.line)))
        return nil
    }
}
