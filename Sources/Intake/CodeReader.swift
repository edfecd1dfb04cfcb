internal import Loyalty
internal import Tabular

/// Reads codes lines: the stock of a reward, and codes that members have from a program before this one.
final class CodeReader: LineReading {
    private let context: FileContext
    private let batch: CodeBatch
    private let before: Int
    let columns: Columns
    private var senders: Senders
    private let reward: RewardColumn
    private let code: Columns.Column
    private let points: Columns.Column
    private let state: Columns.Column
    private let card: Columns.Column
    private let store: Columns.Column
    private let expiresOn: DayColumn
    private let validFrom: DayColumn
    private let assignedAt: TimeColumn
    private let burnedAt: TimeColumn
    private let cards: CardSyntax
    private let codes: CodeSyntax
    private let hasHeader: Bool
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.codes
        before = batch.codes.count
        let columns = try context.columns(header)
        self.columns = columns
        senders = try Senders(
            context, columns, batch,
            times: ["expires_on", "valid_from", "assigned_at", "burned_at"])
        reward = RewardColumn(context, columns, batch)
        try reward.check()
        code = columns["code"]
        points = columns["points"]
        state = columns["state"]
        card = columns["card_code"]
        store = columns["store_id"]
        expiresOn = try DayColumn("expires_on", columns, context)
        validFrom = try DayColumn("valid_from", columns, context)
        assignedAt = try TimeColumn("assigned_at", columns, context)
        burnedAt = try TimeColumn("burned_at", columns, context)
        cards = try CardSyntax(context.layout)
        codes = try CodeSyntax(context.layout)
        hasHeader = context.layout.hasHeader
    }

    /// A comma in a file of one column is a code gone wrong, not a column too many.
    var wrongFieldCount: Reason { columns.fieldCount == 1 ? .codeSyntax : .fieldCount }

    func withdraw() {
        batch.codes.removeLast(batch.codes.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let codeText = try codes.read(code, record, columns)
        try senders.find(record, columns)
        let cardText = try cards.read(card, record, columns)
        if !hasHeader, Headings.has(codeText) { throw LineFlaw(.headerLine) }
        let rewardIndex = try reward.read(record, columns)
        let storeText = try senders.store(store, record, columns)
        let lastDay = try senders.lastDay(expiresOn, 0, record, columns)
        let firstDay = try senders.day(validFrom, 1, record, columns)
        let pointsText = try columns.value(points, record)
        var worth: Points?
        if !pointsText.isEmpty {
            worth = wholeNumber(pointsText, digits: 12)
            guard let worth, worth > 0 else {
                throw LineFlaw(.numberInvalid, points, reading: pointsText)
            }
        }
        var line = CodeLine(
            code: codeText, reward: rewardIndex, expiresOn: lastDay,
            validFrom: firstDay.unlessNever, points: worth, card: cardText, store: storeText,
            file: context.file, line: Int32(record.line))
        try judgeState(record, &line)
        line.code = batch.texts.copy(codeText)
        line.card = batch.texts.copy(cardText)
        line.store = batch.texts.copy(storeText)
        batch.codes.append(line)
    }

    /// Who has had the code, as far as the line says.
    private func judgeState(_ record: CSVRecord, _ line: inout CodeLine) throws(LineFlaw) {
        let word = try columns.value(state, record)
        if !word.isEmpty {
            line.state = CodeLine.State(word)
            if line.state == nil { throw LineFlaw(.valueUnknown, state) }
        }
        line.assignedAt = try senders.past(assignedAt, 2, record, columns)
        line.burnedAt = try senders.past(burnedAt, 3, record, columns)
        switch line.state {
        case nil, .available:
            // A code that somebody has is no stock; systems tell it by the card or the date alone.
            if line.burnedAt != nil {
                line.state = .burned
            } else if !line.card.isEmpty {
                line.state = .assigned
            }
        case .assigned:
            if line.burnedAt != nil {
                line.state = .burned
            } else if line.card.isEmpty {
                throw LineFlaw(.missingField, card)
            }
        case .burned: break
        case .expired, .voided, .delete: line.burnedAt = nil
        }
    }
}

extension CodeLine.State {
    /// The word in a codes file.
    fileprivate init?(_ word: ByteText) {
        if word.equals("available") {
            self = .available
        } else if word.equals("assigned") {
            self = .assigned
        } else if word.equals("burned") {
            self = .burned
        } else if word.equals("expired") {
            self = .expired
        } else if word.equals("voided") {
            self = .voided
        } else if word.equals("delete") {
            self = .delete
        } else {
            return nil
        }
    }
}
