internal import Loyalty
internal import Tabular

/// Reads events lines: what members did, which workflows turn into grants.
final class EventReader: LineReading {
    private let context: FileContext
    private let batch: CodeBatch
    private let before: Int
    let columns: Columns
    private var senders: Senders
    private let id: Columns.Column
    private let occurredAt: TimeColumn
    private let card: Columns.Column
    private let event: Columns.Column
    private let subject: Columns.Column
    private let cards: CardSyntax
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.codes
        before = batch.events.count
        let columns = try context.columns(header)
        self.columns = columns
        senders = try Senders(context, columns, batch, times: ["occurred_at"])
        id = columns["event_id"]
        occurredAt = try TimeColumn("occurred_at", columns, context)
        card = columns["card_code"]
        event = columns["event"]
        subject = columns["subject"]
        cards = try CardSyntax(context.layout)
    }

    func withdraw() {
        batch.events.removeLast(batch.events.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) -> Reason? {
        guard let idText = columns.text(id, record), let cardText = columns.text(card, record),
            let eventText = columns.text(event, record),
            let subjectText = columns.text(subject, record)
        else { return .valueUnknown }
        guard !idText.isEmpty, !cardText.isEmpty, !eventText.isEmpty else { return .missingField }
        if let reason = senders.find(record, columns) ?? cards.flaw(of: cardText) {
            return reason
        }
        for text in [idText, eventText, subjectText] where text.count > TextBuffer.capacity {
            return .textTooLong
        }
        if idText.isSpreadsheetDamage { return .spreadsheetDamage }
        var at: LocalSeconds = 0
        if let reason = senders.read(occurredAt, record, columns, into: &at) { return reason }
        batch.events.append(
            EventLine(
                id: batch.texts.copy(idText), occurredAt: at, card: batch.texts.copy(cardText),
                event: batch.texts.copy(eventText), subject: batch.texts.copy(subjectText),
                file: context.file, line: Int32(record.line)))
        return nil
    }
}
