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

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let idText = try columns.ownIdentity(id, record)
        _ = try columns.needed(card, record)
        _ = try columns.needed(event, record)
        try senders.find(record, columns)
        let cardText = try cards.read(card, record, columns)
        let eventText = try columns.name(event, record)
        let subjectText = try columns.name(subject, record)
        let at = try senders.moment(occurredAt, record, columns)
        batch.events.append(
            EventLine(
                id: batch.texts.copy(idText), occurredAt: at, card: batch.texts.copy(cardText),
                event: batch.texts.copy(eventText), subject: batch.texts.copy(subjectText),
                file: context.file, line: Int32(record.line)))
    }
}
