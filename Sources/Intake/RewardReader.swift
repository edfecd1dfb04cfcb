internal import Loyalty
internal import Settings
internal import Tabular

/// Reads rewards lines: the definitions of rewards, with every key of program.yaml as a column.
final class RewardReader: LineReading {
    private let context: FileContext
    private let batch: CodeBatch
    private let before: Int
    let columns: Columns
    private let fields: RewardFields
    private let validFrom: DayColumn
    private let expiresOn: DayColumn
    private var times: [LocalTimes]
    private let systems: Set<String>
    private let tiers: Set<String>
    var refusals: [LineRefusal] = []

    init(_ context: FileContext, header: CSVRecord, into batches: Batches) throws {
        self.context = context
        batch = batches.codes
        before = batch.rewards.count
        let own = context.moreKeys
        let columns = try context.columns(header) {
            own.contains($0) || Translation(column: $0) != nil
        }
        self.columns = columns
        fields = RewardFields(columns, context)
        validFrom = try DayColumn("valid_from", columns, context)
        expiresOn = try DayColumn("expires_on", columns, context)
        let system = columns["system"].constant.string
        times = try ["valid_from", "expires_on"].map { try context.times($0, system: system) }
        systems = Set(context.codes.systems.map(\.name))
        tiers = Set(batches.tiers.filter { !$0.isEmpty })
    }

    func withdraw() {
        batch.rewards.removeLast(batch.rewards.count - before)
        refusals.removeAll()
    }

    func judge(_ record: CSVRecord) throws(LineFlaw) {
        let reward = try reward(record)
        guard reward.flaws(systems: systems, tiers: tiers).isEmpty, allows(reward) else {
            throw LineFlaw(.rewardInvalid)
        }
        batch.rewards.append(
            RewardLine(reward: reward, file: context.file, line: Int32(record.line)))
    }

    /// Whether the integration has what the reward asks for: mirrors, where systems hear of one another.
    private func allows(_ reward: Reward) -> Bool {
        switch context.codes.integration {
        case .realTime, .asynchronous: true
        case .separate, .identification: reward.mirrors.isEmpty
        }
    }

    private func reward(_ record: CSVRecord) throws(LineFlaw) -> Reward {
        let read = fields.reading(record)
        let id = try columns.ownIdentity(columns["reward_id"], record).string
        let name = try columns.needed(columns["name"], record).string
        var reward = Reward(id: id, name: name, kind: try kind(read))
        reward.status = try read.word("status") ?? .active
        try readCost(read, &reward)
        try readWorth(read, &reward)
        reward.price = try read.money("price") ?? 0
        reward.taxRate = try read.percent("tax_rate") ?? 0
        // A badge has no codes: what is said of all rewards of the file is not said of it.
        if reward.kind != .badge || read.isInLine("owner") {
            reward.owner = try read.text("owner")
        }
        if reward.kind != .badge || read.isInLine("mirrors") {
            // One list for all rewards of a file may name the owner too: it mirrors nothing.
            let owner = reward.owner
            reward.mirrors = try read.list("mirrors").filter { $0 != owner }
        }
        reward.channels = try read.list("channels")
        reward.holdDays = try read.count("hold_days") ?? 0
        reward.validity = try validity(record, read)
        reward.totalLimit = try read.count("total_limit")
        reward.memberLimit = try read.count("member_limit")
        reward.tiers = try read.list("tiers")
        reward.segments = try read.list("segments")
        reward.minPurchase = try read.money("min_purchase")
        try readStock(read, &reward)
        reward.texts = try texts(record, read)
        return reward
    }

    /// Its type; where no column says one, what its value is tells.
    private func kind(_ read: RewardFields.Reading) throws(LineFlaw) -> Reward.Kind {
        if let kind: Reward.Kind = try read.word("type") { return kind }
        return try read.word("value_type") ?? .custom
    }

    /// One cost, or one for each tier: `bronze:120;gold:80`.
    private func readCost(_ read: RewardFields.Reading, _ reward: inout Reward) throws(LineFlaw) {
        guard try read.text("cost_points").contains(":") else {
            reward.cost = try read.points("cost_points") ?? 0
            return
        }
        for (tier, text) in try read.pairs("cost_points") {
            guard let cost = RewardFields.points(text) else {
                throw LineFlaw(.numberInvalid, columns["cost_points"])
            }
            reward.costByTier[tier] = cost
        }
    }

    private func readWorth(_ read: RewardFields.Reading, _ reward: inout Reward) throws(LineFlaw) {
        // Some systems have one column for both and say in another one which it is.
        switch try read.text("value_type") {
        case "", "value": reward.value = try read.money("value")
        case "percentage": reward.percent = try read.percent("value")
        default: throw LineFlaw(.valueUnknown, columns["value_type"])
        }
        reward.percent = try read.percent("percent") ?? reward.percent
        reward.products = try read.list("product")
        reward.points = try read.points("points")
    }

    /// A window, else a length of time: `1 year`, or `1` with its unit in a column of its own.
    private func validity(
        _ record: CSVRecord, _ read: RewardFields.Reading
    ) throws(LineFlaw) -> Reward.Validity {
        let from = try validFrom.day(record, columns, &times[0])
        let to = try expiresOn.lastDay(record, columns, &times[1])
        if from != Lot.never || to != Lot.never {
            return .window(from: from.unlessNever, to: to.unlessNever)
        }
        var length = try read.text("valid_for")
        if length.isEmpty { return .open }
        let unit = try read.text("valid_unit")
        if !unit.isEmpty { length += " " + unit }
        guard let period = SettingsDuration(length).flatMap({ Period($0) }) else {
            throw LineFlaw(.valueUnknown, columns["valid_for"])
        }
        return .after(period)
    }

    private func readStock(_ read: RewardFields.Reading, _ reward: inout Reward) throws(LineFlaw) {
        reward.units = try read.count("units")
        reward.threshold = try read.count("stock_threshold")
        reward.refillTo = try read.count("refill_to")
        reward.renewal = try read.word("renewal") ?? .generated
        // What its owner generates, Nightjar does where that is itself.
        if reward.owner == Reward.program, reward.renewal == .generated {
            reward.renewal = .program
        }
        let lapse = try read.text("renew_after")
        guard !lapse.isEmpty else { return }
        guard let days = SettingsDuration(lapse)?.days else {
            throw LineFlaw(.valueUnknown, columns["renew_after"])
        }
        reward.renewAfterDays = days
    }

    private func texts(
        _ record: CSVRecord, _ read: RewardFields.Reading
    ) throws(LineFlaw) -> RewardTexts {
        var texts = RewardTexts()
        texts.description = try read.text("description")
        texts.image = try read.text("image")
        texts.brandName = try read.text("brand")
        texts.brandDescription = try read.text("brand_description")
        texts.brandImage = try read.text("brand_image")
        texts.moreInfo = try read.text("more_info")
        texts.pushText = try read.text("push_text")
        for (key, value) in try read.pairs("labels") { texts.labels[key] = value }
        texts.categories = try read.list("categories")
        texts.isFeatured = try read.boolean("featured")
        texts.isPublic = try read.boolean("public")
        for (column, position) in columns.more {
            let bytes = record[position]
            let text = columns.isNull(bytes) ? "" : bytes.string
            if let field = context.codes.rewardFields.first(where: { $0.name == column }) {
                guard text.unicodeScalars.count <= CustomField.mostCharacters else {
                    throw LineFlaw(.textTooLong, position)
                }
                guard field.flaw(of: text) == nil else {
                    throw LineFlaw(.valueUnknown, position)
                }
                if !text.isEmpty { texts.customFields[column] = text }
            } else if let part = Translation(column: column), !text.isEmpty {
                part.add(text, to: &texts)
            }
        }
        return texts
    }
}

/// A column of a reward's name or description in another language: `name_pl`, `description_pt-BR`.
private struct Translation {
    let isName: Bool
    let language: String

    init?(column: String) {
        let parts = column.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "name" || parts[0] == "description",
            parts[1].wholeMatch(of: /[a-z]{2,3}(-[A-Za-z0-9]{2,8})*/) != nil
        else { return nil }
        isName = parts[0] == "name"
        language = String(parts[1])
    }

    func add(_ text: String, to texts: inout RewardTexts) {
        var known =
            texts.translations[language] ?? RewardTexts.Translation(name: "", description: "")
        if isName { known.name = text } else { known.description = text }
        texts.translations[language] = known
    }
}

extension Period {
    /// The calendar's part of a length of time, a thousand years at most; nil for hours and less.
    fileprivate init?(_ duration: SettingsDuration) {
        switch duration.unit {
        case .months where duration.count <= 12_000: self = .months(duration.count)
        case .years where duration.count <= 1_000: self = .months(duration.count * 12)
        default:
            guard let days = duration.days, days <= 365_000 else { return nil }
            self = .days(days)
        }
    }
}
