internal import Loyalty
internal import Tabular

/// Reads members lines.
final class MemberReader: LineReading {
    private let context: FileContext
    private let batch: MemberBatch
    private let tiers: [String]
    let columns: Columns
    private let card: Columns.Column
    private let memberID: Columns.Column
    private let tier: Columns.Column
    private let status: Columns.Column
    private let replacesCard: Columns.Column
    private let mergedInto: Columns.Column
    private let segments: Columns.Column
    private let birthday: DateColumn
    private let tierSince: DateColumn
    private let enrolledOn: DateColumn
    private let cardExpiresOn: DateColumn
    private let syntax: CardSyntax
    private let before: Int
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.members
        before = batch.members.count
        tiers = batches.tiers
        columns = try context.columns(header)
        card = columns["card_code"]
        memberID = columns["member_id"]
        tier = columns["tier"]
        status = columns["status"]
        replacesCard = columns["replaces_card"]
        mergedInto = columns["merged_into"]
        segments = columns["segments"]
        birthday = try DateColumn("birthday", columns, context)
        tierSince = try DateColumn("tier_since", columns, context)
        enrolledOn = try DateColumn("enrolled_on", columns, context)
        cardExpiresOn = try DateColumn("card_expires_on", columns, context)
        syntax = try CardSyntax(context.layout)
    }

    func withdraw() {
        batch.members.removeLast(batch.members.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) -> Reason? {
        guard let cardText = columns.text(card, record),
            let identity = columns.text(memberID, record),
            let tierText = columns.text(tier, record),
            let statusText = columns.text(status, record),
            let replacedText = columns.text(replacesCard, record),
            let mergedText = columns.text(mergedInto, record),
            let segmentText = columns.text(segments, record)
        else { return .valueUnknown }
        guard !cardText.isEmpty else { return .missingField }
        for text in [identity, mergedText] {
            if text.count > TextBuffer.capacity { return .textTooLong }
            if text.isSpreadsheetDamage { return .spreadsheetDamage }
        }
        if let reason = syntax.flaw(of: cardText) ?? syntax.flaw(of: replacedText) {
            return reason
        }
        var tierIndex: Int32 = -1
        if !tierText.isEmpty {
            let name = tierText.string
            guard let index = tiers.firstIndex(of: name) else { return .unknownTier }
            tierIndex = Int32(index)
        }
        guard let memberStatus = MemberRecord.Status(statusText) else { return .valueUnknown }
        guard let since = tierSince.day(record, columns),
            let enrolled = enrolledOn.day(record, columns),
            let expires = cardExpiresOn.day(record, columns),
            let born = birthday.day(record, columns)
        else { return .dateInvalid }
        batch.members.append(
            MemberRecord(
                card: batch.texts.copy(cardText), memberID: batch.texts.copy(identity),
                tier: tierIndex, tierSince: since.unlessNever, enrolledOn: enrolled.unlessNever,
                status: memberStatus, cardExpiresOn: expires.unlessNever,
                replacesCard: batch.texts.copy(replacedText),
                mergedInto: batch.texts.copy(mergedText),
                segments: segments.isGiven ? batch.texts.copy(segmentText) : nil,
                birthday: birthday.isGiven ? born.unlessNever?.monthAndDay ?? 0 : nil,
                file: context.file,
                line: Int32(record.line)))
        return nil
    }
}

extension CivilDate {
    /// 229 for 29 February.
    fileprivate var monthAndDay: Int32 {
        let (_, month, day) = civil
        return Int32(month * 100 + day)
    }
}

extension MemberRecord.Status {
    /// The word in a members file; no word is active.
    fileprivate init?(_ text: ByteText) {
        if text.isEmpty || text.equals("active") {
            self = .active
        } else if text.equals("blocked") {
            self = .blocked
        } else if text.equals("closed") {
            self = .closed
        } else if text.equals("erased") {
            self = .erased
        } else {
            return nil
        }
    }
}
