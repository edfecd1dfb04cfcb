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

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        try senders.find(record, columns)
        let codeText = try codes.read(code, record, columns)
        let cardText = try cards.read(card, record, columns)
        let idText = try columns.identity(id, record)
        let orderText = try columns.identity(order, record)
        let storeText = try senders.store(store, record, columns)
        let channelText = try columns.name(channel, record)
        let kindText = try columns.value(kind, record)
        let isReversal = kindText.equals("reverse")
        guard isReversal || kindText.isEmpty || kindText.equals("burn") else {
            throw LineFlaw(.valueUnknown, kind)
        }
        let at = try senders.moment(burnedAt, record, columns)
        let (paid, given) = (try amount(orderAmount, record), try amount(discount, record))
        batch.burns.append(
            BurnLine(
                system: senders.current.index, id: batch.texts.copy(idText), burnedAt: at,
                store: batch.texts.copy(storeText), channel: batch.texts.copy(channelText),
                card: batch.texts.copy(cardText), code: batch.texts.copy(codeText),
                order: batch.texts.copy(orderText), orderAmount: paid,
                // Some tills write what they gave with a minus.
                discount: given.map { abs($0) }, isReversal: isReversal, file: context.file,
                line: Int32(record.line)))
    }

    /// An amount; nil where it is left out.
    private func amount(
        _ column: Columns.Column, _ record: CSVRecord
    ) throws(LineFlaw) -> MinorUnits? {
        let text = try columns.value(column, record)
        if text.isEmpty { return nil }
        guard let amount = numbers.money(text, decimals: decimals),
            amount.magnitude <= Currency.mostMinorUnits.magnitude
        else { throw LineFlaw(.amountInvalid, column, reading: text) }
        return amount
    }
}
