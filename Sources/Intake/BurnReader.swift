internal import Loyalty
internal import Tabular

/// Reads burns lines: codes that were used at a till or in a web shop, and such uses taken back.
final class BurnReader: LineReading {
    private let context: FileContext
    private let batch: CodeBatch
    private let before: Int
    let columns: Columns
    private var senders: Senders
    private let id: Columns.Column
    private let burnedAt: TimeColumn
    private let store: Columns.Column
    private let channel: Columns.Column
    private let card: Columns.Column
    private let code: Columns.Column
    private let order: Columns.Column
    private let orderAmount: Columns.Column
    private let discount: Columns.Column
    private let kind: Columns.Column
    private let cards: CardSyntax
    private let codes: CodeSyntax
    private let numbers: NumberFormat
    private let decimals: Int
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.codes
        before = batch.burns.count
        let columns = try context.columns(header)
        self.columns = columns
        senders = try Senders(context, columns, batch, times: ["burned_at"], isNeeded: true)
        id = columns["burn_id"]
        burnedAt = try TimeColumn("burned_at", columns, context)
        store = columns["store_id"]
        channel = columns["channel"]
        card = columns["card_code"]
        code = columns["code"]
        order = columns["order_id"]
        orderAmount = columns["order_amount"]
        discount = columns["discount_amount"]
        kind = columns["kind"]
        cards = try CardSyntax(context.layout)
        codes = try CodeSyntax(context.layout)
        numbers = context.numbers
        decimals = context.program.currency.decimals
    }

    func withdraw() {
        batch.burns.removeLast(batch.burns.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) -> Reason? {
        guard let idText = columns.text(id, record), let storeText = columns.text(store, record),
            let channelText = columns.text(channel, record),
            let cardText = columns.text(card, record), let codeText = columns.text(code, record),
            let orderText = columns.text(order, record), let kindText = columns.text(kind, record)
        else { return .valueUnknown }
        if let reason = senders.find(record, columns) ?? codes.flaw(of: codeText)
            ?? cards.flaw(of: cardText)
        {
            return reason
        }
        for text in [idText, orderText, storeText, channelText]
        where text.count > TextBuffer.capacity {
            return .textTooLong
        }
        if idText.isSpreadsheetDamage || orderText.isSpreadsheetDamage {
            return .spreadsheetDamage
        }
        guard senders.allows(store: storeText) else { return .unknownStore }
        let isReversal = kindText.equals("reverse")
        guard isReversal || kindText.isEmpty || kindText.equals("burn") else {
            return .valueUnknown
        }
        var at: LocalSeconds = 0
        if let reason = senders.read(burnedAt, record, columns, into: &at) { return reason }
        var (paid, given): (MinorUnits?, MinorUnits?) = (nil, nil)
        guard read(orderAmount, record, into: &paid), read(discount, record, into: &given) else {
            return .amountInvalid
        }
        batch.burns.append(
            BurnLine(
                system: senders.current.index, id: batch.texts.copy(idText), burnedAt: at,
                store: batch.texts.copy(storeText), channel: batch.texts.copy(channelText),
                card: batch.texts.copy(cardText), code: batch.texts.copy(codeText),
                order: batch.texts.copy(orderText), orderAmount: paid,
                // Some tills write what they gave with a minus.
                discount: given.map { abs($0) }, isReversal: isReversal, file: context.file,
                line: Int32(record.line)))
        return nil
    }

    /// Reads an amount that may be left out; false where it is none.
    private func read(
        _ column: Columns.Column, _ record: CSVRecord, into amount: inout MinorUnits?
    ) -> Bool {
        guard let text = columns.text(column, record) else { return false }
        if text.isEmpty { return true }
        guard let read = numbers.money(text, decimals: decimals),
            read.magnitude <= Currency.mostMinorUnits.magnitude
        else { return false }
        amount = read
        return true
    }
}
