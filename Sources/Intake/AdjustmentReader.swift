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

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let id = try columns.ownIdentity(adjustment, record)
        _ = try columns.needed(card, record)
        let cardText = try syntax.read(card, record, columns)
        let kind = try context.account(account, record, columns)
        let pointsText = try columns.needed(points, record)
        guard let given = wholeNumber(pointsText, digits: 12), given != 0 else {
            throw LineFlaw(.numberInvalid, points, reading: pointsText)
        }
        _ = try columns.needed(reason, record)
        let why = try columns.name(reason, record)
        // Without a date it counts from the file's own day.
        let day = try effectiveOn.day(record, columns)
        batch.adjustments.append(
            Adjustment(
                id: batch.texts.copy(id), card: batch.texts.copy(cardText), account: kind,
                points: given, effectiveOn: day.unlessNever ?? context.day,
                reason: batch.texts.copy(why), file: context.file, line: Int32(record.line)))
    }
}
