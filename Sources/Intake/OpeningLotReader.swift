package import Loyalty
package import Tabular

/// Reads opening-lots lines.
package final class OpeningLotReader: LineReading {
    private let context: FileContext
    private let batch: OpeningBatch
    private let columns: Columns
    private let before: Int
    private let lot: Columns.Column
    private let card: Columns.Column
    private let account: Columns.Column
    private let dates: [(column: Columns.Column, pattern: DatePattern)]
    private let points: Columns.Column
    private let remaining: Columns.Column
    package var refusals: [LineRefusal] = []

    package init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
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
            (columns[$0], try context.pattern($0))
        }
        points = columns["points"]
        remaining = columns["remaining"]
    }

    package func withdraw() {
        batch.lots.removeLast(batch.lots.count - before)
        refusals.removeAll()
    }

    package func judge(_ record: CSVRecord) -> Reason? {
        if let reason = Reason(record.flaw) { return reason }
        guard record.fieldCount == columns.fieldCount else { return .fieldCount }
        guard let id = columns.text(lot, record), let cardText = columns.text(card, record),
            let accountText = columns.text(account, record)
        else { return .valueUnknown }
        guard !id.isEmpty, !cardText.isEmpty else { return .missingField }
        guard id.count <= 255, cardText.count <= 255 else { return .textTooLong }
        if cardText.isSpreadsheetDamage || id.isSpreadsheetDamage { return .spreadsheetDamage }
        let kind: Account.Kind
        if accountText.isEmpty || accountText.equals("spend") {
            kind = .spend
        } else if accountText.equals("status"), context.program.accounts.count > 1 {
            kind = .status
        } else {
            return .valueUnknown
        }
        guard let earnedOn = date(0, record), earnedOn != Lot.never,
            let activeOn = date(1, record), let expiresOn = date(2, record)
        else { return .dateInvalid }
        guard let pointsText = columns.text(points, record),
            let remainingText = columns.text(remaining, record),
            let all = wholeNumber(pointsText, digits: 12),
            let left = wholeNumber(remainingText, digits: 12), left > 0, left <= all
        else { return .numberInvalid }
        batch.lots.append(
            OpeningLot(
                id: batch.texts.copy(id), card: batch.texts.copy(cardText), account: kind,
                earnedOn: earnedOn, activeOn: activeOn == Lot.never ? earnedOn : activeOn,
                expiresOn: expiresOn, points: all, remaining: left, file: context.file,
                line: Int32(record.line)))
        return nil
    }

    /// A date of the lot; `Lot.never` where there is none.
    private func date(_ index: Int, _ record: CSVRecord) -> CivilDate? {
        let (column, pattern) = dates[index]
        guard let text = columns.text(column, record) else { return nil }
        if text.isEmpty || columns.isNever(text) { return Lot.never }
        return pattern(text)?.date
    }
}
