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
    private let dates: [DateColumn]
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
        dates = try ["earned_on", "active_on", "expires_on"].map {
            try DateColumn($0, columns, context)
        }
        syntax = try CardSyntax(context.layout)
        points = columns["points"]
        remaining = columns["remaining"]
    }

    func withdraw() {
        batch.lots.removeLast(batch.lots.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) -> Reason? {
        guard let id = columns.text(lot, record), let cardText = columns.text(card, record),
            let accountText = columns.text(account, record)
        else { return .valueUnknown }
        guard !id.isEmpty, !cardText.isEmpty else { return .missingField }
        guard id.count <= TextBuffer.capacity else { return .textTooLong }
        if id.isSpreadsheetDamage { return .spreadsheetDamage }
        if let reason = syntax.flaw(of: cardText) { return reason }
        guard let kind = context.account(accountText) else { return .valueUnknown }
        guard let earnedOn = dates[0].day(record, columns), earnedOn != Lot.never,
            let activeOn = dates[1].day(record, columns),
            let expiresOn = dates[2].day(record, columns)
        else { return .dateInvalid }
        guard let pointsText = columns.text(points, record),
            let remainingText = columns.text(remaining, record),
            let all = wholeNumber(pointsText, digits: 12),
            let left = wholeNumber(remainingText, digits: 12), left > 0, left <= all
        else { return .numberInvalid }
        batch.lots.append(
            OpeningLot(
                id: batch.texts.copy(id), card: batch.texts.copy(cardText), account: kind,
                earnedOn: earnedOn, activeOn: activeOn.unlessNever ?? earnedOn,
                expiresOn: expiresOn, points: all, remaining: left, file: context.file,
                line: Int32(record.line)))
        return nil
    }
}
