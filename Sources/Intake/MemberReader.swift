package import Loyalty
package import Tabular

/// Reads members lines.
package final class MemberReader: LineReading {
    private let context: FileContext
    private let batch: MemberBatch
    private let tiers: [String]
    private let columns: Columns
    private let card: Columns.Column
    private let memberID: Columns.Column
    private let tier: Columns.Column
    private let status: Columns.Column
    private let tierSince: Columns.Column
    private let tierSincePattern: DatePattern
    private let enrolledOn: Columns.Column
    private let enrolledOnPattern: DatePattern
    private let before: Int
    package var refusals: [LineRefusal] = []

    package init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.members
        before = batch.members.count
        tiers = batches.tiers
        columns = try context.columns(header)
        card = columns["card_code"]
        memberID = columns["member_id"]
        tier = columns["tier"]
        status = columns["status"]
        tierSince = columns["tier_since"]
        tierSincePattern = try context.pattern("tier_since")
        enrolledOn = columns["enrolled_on"]
        enrolledOnPattern = try context.pattern("enrolled_on")
    }

    package func withdraw() {
        batch.members.removeLast(batch.members.count - before)
        refusals.removeAll()
    }

    package func judge(_ record: CSVRecord) -> Reason? {
        if let reason = Reason(record.flaw) { return reason }
        guard record.fieldCount == columns.fieldCount else { return .fieldCount }
        guard let cardText = columns.text(card, record),
            let identity = columns.text(memberID, record),
            let tierText = columns.text(tier, record),
            let statusText = columns.text(status, record),
            let sinceText = columns.text(tierSince, record),
            let enrolledText = columns.text(enrolledOn, record)
        else { return .valueUnknown }
        guard !cardText.isEmpty else { return .missingField }
        guard cardText.count <= 255, identity.count <= 255 else { return .textTooLong }
        if cardText.isSpreadsheetDamage || identity.isSpreadsheetDamage {
            return .spreadsheetDamage
        }
        var tierIndex: Int32 = -1
        if !tierText.isEmpty {
            let name = tierText.string
            guard let index = tiers.firstIndex(of: name) else { return .unknownTier }
            tierIndex = Int32(index)
        }
        guard let memberStatus = MemberRecord.Status(statusText) else { return .valueUnknown }
        var since: CivilDate?
        if !sinceText.isEmpty {
            guard let date = tierSincePattern(sinceText)?.date else { return .dateInvalid }
            since = date
        }
        var enrolled: CivilDate?
        if !enrolledText.isEmpty {
            guard let date = enrolledOnPattern(enrolledText)?.date else { return .dateInvalid }
            enrolled = date
        }
        batch.members.append(
            MemberRecord(
                card: batch.texts.copy(cardText), memberID: batch.texts.copy(identity),
                tier: tierIndex, tierSince: since, enrolledOn: enrolled, status: memberStatus,
                file: context.file, line: Int32(record.line)))
        return nil
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
