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

    func judge(_ record: CSVRecord) -> Reason? {
        guard let idText = columns.text(id, record), let cardText = columns.text(card, record),
            let kindText = columns.text(kind, record), let codeText = columns.text(code, record),
            let storeText = columns.text(store, record),
            let eventText = columns.text(event, record), let why = columns.text(reason, record)
        else { return .valueUnknown }
        guard !idText.isEmpty, !cardText.isEmpty else { return .missingField }
        if let reason = senders.find(record, columns) ?? cards.flaw(of: cardText)
            ?? (codeText.isEmpty ? nil : codes.flaw(of: codeText))
        {
            return reason
        }
        for text in [idText, storeText, eventText, why] where text.count > TextBuffer.capacity {
            return .textTooLong
        }
        if idText.isSpreadsheetDamage || eventText.isSpreadsheetDamage {
            return .spreadsheetDamage
        }
        let rewardIndex: Int32
        switch reward.read(record, columns) {
        case .reward(let index): rewardIndex = index
        case .missing: return .missingField
        case .unknown: return .unknownReward
        case .wordUnknown: return .valueUnknown
        }
        let isGrant = kindText.equals("grant")
        guard isGrant || kindText.isEmpty || kindText.equals("claim") else { return .valueUnknown }
        guard senders.allows(store: storeText) else { return .unknownStore }
        var at: LocalSeconds = 0
        if let reason = senders.read(claimedAt, record, columns, into: &at) { return reason }
        batch.claims.append(
            ClaimLine(
                id: batch.texts.copy(idText), claimedAt: at, card: batch.texts.copy(cardText),
                reward: rewardIndex, isGrant: isGrant, code: batch.texts.copy(codeText),
                store: batch.texts.copy(storeText), event: batch.texts.copy(eventText),
                reason: batch.texts.copy(why), file: context.file, line: Int32(record.line),
                system: senders.current.index))
        return nil
    }
}
