internal import Loyalty
internal import Tabular

/// Reads opening-lots lines.
final class OpeningLotReader: LineReading {
    private let context: FileContext
    private let batch: OpeningBatch
    let columns: Columns
    private let before: Int
    private let lot: Columns.Column
    private let card: Columns.Column
    private let account: Columns.Column
    private let earnedOn: DateColumn
    private let activeOn: DateColumn
    private let expiresOn: DateColumn
    private let syntax: CardSyntax
    private let points: Columns.Column
    private let remaining: Columns.Column
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.opening
        before = batch.lots.count
        try context.checkOpening()
        let columns = try context.columns(header)
        self.columns = columns
        lot = columns["lot_id"]
        card = columns["card_code"]
        account = columns["account"]
        earnedOn = try DateColumn("earned_on", columns, context)
        activeOn = try DateColumn("active_on", columns, context)
        expiresOn = try DateColumn("expires_on", columns, context)
        syntax = try CardSyntax(context.layout)
        points = columns["points"]
        remaining = columns["remaining"]
    }

    func withdraw() {
        batch.lots.removeLast(batch.lots.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let id = try columns.ownIdentity(lot, record)
        _ = try columns.needed(card, record)
        let cardText = try syntax.read(card, record, columns)
        let kind = try context.account(account, record, columns)
        let earnedOn = try earnedOn.day(record, columns)
        guard earnedOn != Lot.never else { throw LineFlaw(.dateInvalid, columns["earned_on"]) }
        let activeOn = try activeOn.day(record, columns)
        let expiresOn = try expiresOn.day(record, columns)
        let all = try number(points, record)
        let left = try number(remaining, record)
        guard left > 0, left <= all else { throw LineFlaw(.numberInvalid, remaining) }
        batch.lots.append(
            OpeningLot(
                id: batch.texts.copy(id), card: batch.texts.copy(cardText), account: kind,
                earnedOn: earnedOn, activeOn: activeOn.unlessNever ?? earnedOn,
                expiresOn: expiresOn, points: all, remaining: left, file: context.file,
                line: Int32(record.line)))
    }

    private func number(
        _ column: Columns.Column, _ record: CSVRecord
    ) throws(LineFlaw) -> Points {
        let text = try columns.value(column, record)
        guard let number = wholeNumber(text, digits: 12) else {
            throw LineFlaw(.numberInvalid, column, reading: text)
        }
        return number
    }
}
