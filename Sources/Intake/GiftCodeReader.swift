internal import Loyalty
internal import Tabular

/// Reads gift-codes lines: codes that members entered to get their points.
final class GiftCodeReader: LineReading {
    private let context: FileContext
    private let batch: CodeBatch
    private let before: Int
    let columns: Columns
    private var senders: Senders
    private let usedAt: TimeColumn
    private let card: Columns.Column
    private let code: Columns.Column
    private let cards: CardSyntax
    private let codes: CodeSyntax
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.codes
        before = batch.giftUses.count
        let columns = try context.columns(header)
        self.columns = columns
        senders = try Senders(context, columns, batch, times: ["used_at"])
        usedAt = try TimeColumn("used_at", columns, context)
        card = columns["card_code"]
        code = columns["code"]
        cards = try CardSyntax(context.layout)
        codes = try CodeSyntax(context.layout)
    }

    func withdraw() {
        batch.giftUses.removeLast(batch.giftUses.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        _ = try columns.needed(card, record)
        try senders.find(record, columns)
        let cardText = try cards.read(card, record, columns)
        let codeText = try codes.read(code, record, columns)
        let at = try senders.moment(usedAt, record, columns)
        batch.giftUses.append(
            GiftUse(
                code: batch.texts.copy(codeText), card: batch.texts.copy(cardText), usedAt: at,
                file: context.file, line: Int32(record.line)))
    }
}
