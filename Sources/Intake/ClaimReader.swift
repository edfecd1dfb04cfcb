internal import Loyalty
internal import Tabular

/// Reads claims lines: rewards that members take for points, or are given.
final class ClaimReader: LineReading {
    private let context: FileContext
    private let batch: CodeBatch
    private let before: Int
    let columns: Columns
    private var senders: Senders
    private let reward: RewardColumn
    private let id: Columns.Column
    private let claimedAt: TimeColumn
    private let card: Columns.Column
    private let kind: Columns.Column
    private let code: Columns.Column
    private let store: Columns.Column
    private let event: Columns.Column
    private let reason: Columns.Column
    private let cards: CardSyntax
    private let codes: CodeSyntax
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.codes
        before = batch.claims.count
        let columns = try context.columns(header)
        self.columns = columns
        senders = try Senders(context, columns, batch, times: ["claimed_at"])
        reward = RewardColumn(context, columns, batch)
        try reward.check()
        id = columns["claim_id"]
        claimedAt = try TimeColumn("claimed_at", columns, context)
        card = columns["card_code"]
        kind = columns["kind"]
        code = columns["code"]
        store = columns["store_id"]
        event = columns["event_id"]
        reason = columns["reason"]
        cards = try CardSyntax(context.layout)
        codes = try CodeSyntax(context.layout)
    }

    func withdraw() {
        batch.claims.removeLast(batch.claims.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let idText = try columns.ownIdentity(id, record)
        _ = try columns.needed(card, record)
        try senders.find(record, columns)
        let cardText = try cards.read(card, record, columns)
        var codeText = try columns.value(code, record)
        if !codeText.isEmpty { codeText = try codes.read(code, record, columns) }
        let eventText = try columns.identity(event, record)
        let why = try columns.name(reason, record)
        let rewardIndex = try reward.read(record, columns)
        let kindText = try columns.value(kind, record)
        let isGrant = kindText.equals("grant")
        guard isGrant || kindText.isEmpty || kindText.equals("claim") else {
            throw LineFlaw(.valueUnknown, kind)
        }
        let storeText = try senders.store(store, record, columns)
        let at = try senders.moment(claimedAt, record, columns)
        batch.claims.append(
            ClaimLine(
                id: batch.texts.copy(idText), claimedAt: at, card: batch.texts.copy(cardText),
                reward: rewardIndex, isGrant: isGrant, code: batch.texts.copy(codeText),
                store: batch.texts.copy(storeText), event: batch.texts.copy(eventText),
                reason: batch.texts.copy(why), file: context.file, line: Int32(record.line),
                system: senders.current.index))
    }
}
