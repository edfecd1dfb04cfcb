internal import Loyalty
internal import Storage

/// What other systems are told of codes: a row of the outbox an effect, for delivery to send.
///
/// The payload is the code as it stands, with what its reward is worth and what it may be used on, as one
/// JSON object whose keys are sorted.
final class CodeMessages {
    enum Kind: String {
        case add = "code-add"
        case assign = "code-assign"
        case burn = "code-burn"
        case delete = "code-delete"
    }

    /// What of a payload is the same for all codes of a reward, in the order of its keys.
    private struct Pieces {
        var channels = ""
        var fields = ""
        var minimum = ""
        var percent = ""
        var worth = ""
        var type = ""
        var value = ""
    }

    private let outbox: Outbox
    private let night: CivilDate
    private let terms: CodeTerms
    private let rewards: RewardList
    private let decimals: Int
    private var pieces: [Int32: Pieces] = [:]
    private var names: [Int32: String] = [:]
    private let name: Statement

    init(
        _ connection: Connection, _ terms: CodeTerms, _ currency: Currency, _ register: Register
    ) throws {
        outbox = try Outbox(connection, night: register.night)
        night = register.night
        rewards = register.rewards
        self.terms = terms
        decimals = currency.decimals
        name = try connection.prepare("SELECT name FROM code_system WHERE id = ?")
    }

    /// Tells a system of a code; said once a night however often it is asked for, and not at all to one
    /// whose endpoint is not sent such changes.
    func tell(_ system: String, _ kind: Kind, _ row: CodeRow) throws {
        guard let endpoint = endpoint(of: system, kind.rawValue) else { return }
        let owner = try name(of: row.owner)
        let key = EffectKey.key([
            night.description, system, kind.rawValue, owner, row.code.string,
        ])
        try outbox.enqueue(
            endpoint: endpoint, kind: kind.rawValue, subject: row.code, key: key,
            payload: payload(row, kind, system))
    }

    /// Tells a system that a code can't be used any more, in the way that it wants to be told.
    func end(_ system: String, _ row: CodeRow) throws {
        let isBurned = row.state == .burned && terms.system(system)?.onBurn == .burn
        try tell(system, isBurned ? .burn : .delete, row)
    }

    /// Asks a system for more codes of a reward.
    func request(_ system: String, _ reward: Reward, quantity: Int64, subject: ByteText) throws {
        guard let endpoint = endpoint(of: system, "replenishment") else { return }
        let key = EffectKey.key([night.description, system, "replenishment", reward.id])
        try outbox.enqueue(
            endpoint: endpoint, kind: "replenishment", subject: subject, key: key,
            payload: "{\"night\":\"\(night)\",\"quantity\":\(quantity),"
                + "\"reward_id\":\(JSON.text(reward.id)),\"schema\":\"replenishment/1\","
                + "\"system\":\(JSON.text(system))}")
    }

    /// Where a system hears of something; nil where nobody tells it.
    private func endpoint(of system: String, _ kind: String) -> String? {
        guard let system = terms.system(system), system.told.contains(kind) else { return nil }
        return system.endpoint
    }

    private func name(of system: Int32) throws -> String {
        if let name = names[system] { return name }
        name.bind(Int64(system), at: 1)
        defer { name.reset() }
        let found = try name.step() ? name.string(0) : ""
        names[system] = found
        return found
    }

    // MARK: Payload

    private func payload(_ row: CodeRow, _ kind: Kind, _ system: String) -> String {
        let pieces = pieces(of: row.reward)
        var text = "{"
        if let at = row.assignedAt { text += "\"assigned_at\":\"\(JSON.time(at))\"," }
        if let at = row.burnedAt, at > 0 { text += "\"burned_at\":\"\(JSON.time(at))\"," }
        if !row.card.isEmpty { text += "\"card_code\":\(JSON.text(row.card.string))," }
        text += "\"change\":\"\(kind.rawValue.dropFirst("code-".count))\","
        text += pieces.channels + "\"code\":" + JSON.text(row.code.string) + "," + pieces.fields
        let lastDay = min(row.expiresOn, rewards[row.reward]?.lastDay ?? Lot.never)
        if lastDay != Lot.never { text += "\"expires_on\":\"\(lastDay)\"," }
        text += pieces.minimum + "\"night\":\"\(night)\"," + pieces.percent
        if let points = row.points { text += "\"points\":\(points)," }
        text += pieces.worth + "\"schema\":\"code-changes/1\",\"state\":\"\(row.state.name)\","
        text += "\"system\":\(JSON.text(system))," + pieces.type
        if let day = row.validFrom { text += "\"valid_from\":\"\(day)\"," }
        text += pieces.value
        if text.last == "," { text.removeLast() }
        return text + "}"
    }

    private func pieces(of id: Int32) -> Pieces {
        if let known = pieces[id] { return known }
        guard let reward = rewards[id] else {
            return Pieces()
        }
        func list(_ key: String, _ texts: [String]) -> String {
            if texts.isEmpty { return "" }
            return "\"\(key)\":[" + texts.map { JSON.text($0) }.joined(separator: ",") + "],"
        }
        func money(_ key: String, _ amount: MinorUnits?) -> String {
            amount.map { "\"\(key)\":\"\(JSON.money($0, decimals: decimals))\"," } ?? ""
        }
        let fields = reward.texts.customFields.sorted { $0.key < $1.key }
            .map { JSON.text($0.key) + ":" + JSON.text($0.value) }.joined(separator: ",")
        let made = Pieces(
            channels: list("channels", reward.channels),
            fields: fields.isEmpty ? "" : "\"custom_fields\":{\(fields)},",
            minimum: money("min_purchase", reward.minPurchase),
            percent: reward.percent.map { "\"percent\":\"\(JSON.money(Int64($0), decimals: 2))\"," }
                ?? "",
            worth: list("product", reward.products) + "\"reward_id\":\(JSON.text(reward.id)),",
            type: "\"type\":\"\(reward.kind.rawValue)\",", value: money("value", reward.value))
        pieces[id] = made
        return made
    }
}

/// The few forms of JSON that messages need.
enum JSON {
    /// A string with its quotes.
    static func text(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default:
                if scalar.value < 32 {
                    let digits = String(scalar.value, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out + "\""
    }

    /// `2026-01-31T18:30:00`, on the clocks of the program's zone.
    static func time(_ at: LocalSeconds) -> String {
        let day = CivilDate(local: at)
        let second = at - day.midnight
        func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
        return "\(day)T" + two(second / 3600) + ":" + two(second / 60 % 60) + ":"
            + two(second % 60)
    }

    /// An amount in the currency's unit: `25.00`.
    static func money(_ amount: MinorUnits, decimals: Int) -> String {
        let digits = String(amount.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = amount < 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
