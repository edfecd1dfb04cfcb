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

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        _ = try columns.needed(card, record)
        let identity = try columns.identity(memberID, record)
        let mergedText = try columns.identity(mergedInto, record)
        let cardText = try syntax.read(card, record, columns)
        let replacedText = try syntax.read(replacesCard, record, columns)
        let segmentText = try columns.value(segments, record)
        let tierText = try columns.value(tier, record)
        var tierIndex: Int32 = -1
        if !tierText.isEmpty {
            let name = tierText.string
            guard let index = tiers.firstIndex(of: name) else { throw LineFlaw(.unknownTier, tier) }
            tierIndex = Int32(index)
        }
        guard let memberStatus = MemberRecord.Status(try columns.value(status, record)) else {
            throw LineFlaw(.valueUnknown, status)
        }
        let since = try tierSince.day(record, columns)
        let enrolled = try enrolledOn.day(record, columns)
        let expires = try cardExpiresOn.day(record, columns)
        let born = try birthday.day(record, columns)
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
