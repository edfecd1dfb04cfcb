import Intake
import Loyalty
import Settings

/// What program.yaml says of rewards and codes, read and judged.
struct CodeSettings {
    private(set) var terms = CodeTerms()
    /// The rewards that workflows assign and the file doesn't define.
    private(set) var missing: [Located<String>] = []

    /// - Parameter systems: those of the file, with what it says of their codes.
    init(_ map: SettingsMap, _ program: Program, _ systems: [CodeTerms.System]) {
        terms.systems = systems
        terms.integration = map.word("integration") ?? .separate
        terms.burns = map.map("burns", ProgramFile.burnsKeys).map { CodeTerms.Burns($0) } ?? .init()
        terms.grants = map.map("grants", SettingsKeys(["check"]))?.word("check") ?? .stock
        terms.rewardFields = CodeSettings.fields(map)
        terms.rewards = rewards(map, program)
        warnOfGrace(map)
        readWorkflows(map, program)
    }

    /// A system that hears of the others at night can't list by then what they did in the day before.
    private func warnOfGrace(_ map: SettingsMap) {
        guard terms.integration == .asynchronous else { return }
        let shared = Set(terms.rewards.flatMap { $0.mirrors.isEmpty ? [] : $0.systems })
        for system in terms.systems where shared.contains(system.name) && system.grace < 86_400 {
            map.reader.warn(
                "'\(system.name)' hears of the others a night later: with a 'grace' of less than a day "
                    + "what it has not heard of yet is a break", at: map.location(of: "systems"))
        }
    }

    private static func fields(_ map: SettingsMap) -> [CustomField] {
        guard let fields = map.map("fields", ProgramFile.fieldsKeys) else { return [] }
        let columns = RecordKind.rewards.columns.map(\.name)
        var known: [CustomField] = []
        for item in fields.items("rewards") ?? [] {
            guard let field = map.reader.map(item, "rewards", ProgramFile.fieldKeys),
                let name = field.text("name")
            else { continue }
            if known.contains(where: { $0.name == name }) {
                map.reader.fail("two fields are named '\(name)'", at: field.location(of: "name"))
            }
            if columns.contains(name) {
                map.reader.fail(
                    "'\(name)' is a column of rewards files already: name the field otherwise",
                    at: field.location(of: "name"))
            }
            known.append(CustomField(name: name, kind: field.word("type") ?? .text))
        }
        return known
    }

    private func rewards(_ map: SettingsMap, _ program: Program) -> [Reward] {
        let settings = RewardSettings(reader: map.reader, program: program, terms: terms)
        var rewards: [Reward] = []
        for item in map.items("rewards") ?? [] {
            guard let reward = settings.reward(item) else { continue }
            if rewards.contains(where: { $0.id == reward.id }) {
                map.reader.fail(
                    "two rewards have the id '\(reward.id)'", at: item.location(of: "id"))
            }
            rewards.append(reward)
        }
        return rewards
    }

    // MARK: Workflows

    private mutating func readWorkflows(_ map: SettingsMap, _ program: Program) {
        for item in map.items("workflows") ?? [] {
            guard let map = map.reader.map(item, "workflows", ProgramFile.workflowKeys),
                let workflow = CodeTerms.Workflow(map, program)
            else { continue }
            if terms.workflows.contains(workflow) {
                map.reader.fail("this workflow stands here twice", at: item.location)
            }
            terms.workflows.append(workflow)
            if !terms.rewards.contains(where: { $0.id == workflow.assign }) {
                missing.append(Located(workflow.assign, at: map.location(of: "assign")))
            }
        }
    }
}

extension SettingsNode {
    /// Where the value of a key stands, as a path; where there is none, the innermost map that is.
    ///
    /// - Parameter name: the item of a list, or the key of a map, that is meant in it.
    func location(of path: String, name: String = "") -> SettingsLocation {
        var place = self
        for key in path.split(separator: ".") {
            guard case .map(let entries) = place.value,
                let entry = entries.first(where: { $0.key == key })
            else { break }
            place = entry.node
        }
        switch place.value {
        case .list(let items):
            return items.first { $0.text == name }?.location ?? place.location
        case .map(let entries):
            return entries.first { $0.key == name }?.location ?? place.location
        case .blank, .text:
            return place.location
        }
    }
}

extension CodeTerms.System {
    /// What the map of a system says of its codes; its defaults where there is none.
    init(_ name: String, _ map: SettingsMap?) {
        self.init(name: name)
        guard let map else { return }
        if let duration = map.duration("grace") {
            if duration.seconds == nil {
                map.reader.fail(
                    "'grace' needs seconds, minutes, hours, days or weeks",
                    at: map.location(of: "grace"))
            }
            grace = duration.seconds ?? 0
        }
        if let burns: Burns = map.word("burns") { reportsBurns = burns == .report }
        onBurn = map.word("on_burn") ?? .delete
        renewAfterDays = map.renewAfter()
    }

    private enum Burns: String, CaseIterable { case report, none }
}

extension CodeTerms.Burns {
    fileprivate init(_ map: SettingsMap) {
        self.init()
        foreignCard = map.word("foreign_card") ?? foreignCard
        afterExpiry = map.word("after_expiry") ?? afterExpiry
        localAssignment = map.word("local_assignment") ?? localAssignment
    }
}

extension CodeTerms.Workflow {
    /// Events that Nightjar finds itself, with the condition that belongs to each; any other comes in files.
    static let derived = [
        "enrolled": "", "birthday": "", "tier_reached": "tier", "points_reached": "points",
        "order_over": "amount_over",
    ]

    fileprivate init?(_ map: SettingsMap, _ program: Program) {
        guard let event = map.text("event"), let assign = map.text("assign") else { return nil }
        self.init(event: event, assign: assign)
        let reader = map.reader
        if Self.derived[event] == nil,
            let near = Nearest.word(to: event, among: Self.derived.keys.sorted())
        {
            reader.warn(
                "'\(event)' must come in a file of events; did you mean '\(near)'?",
                at: map.location(of: "event"))
        }
        let conditions = map.map("where", ProgramFile.whereKeys)
        let own = Self.derived[event] ?? "subject"
        for key in ["subject", "tier", "amount_over", "points"] where key != own {
            guard let conditions, conditions.node(key) != nil else { continue }
            let owner = Self.derived.first { $0.value == key }?.key ?? "events of files"
            reader.fail(
                "'\(key)' belongs to \(owner), not to \(event)", at: conditions.location(of: key))
        }
        if own == "points" || own == "amount_over", conditions?.node(own) == nil {
            reader.fail(
                "\(event) needs 'where: { \(own): … }'",
                at: conditions?.location ?? map.location)
        }
        subject = conditions?.text("subject")
        tier = conditions?.text("tier")
        amountOver = conditions?.money("amount_over", program.currency)
        points = conditions?.integer("points", in: 1...1_000_000_000_000).map { Points($0) }
        if let tier, !program.tiers.contains(where: { $0.name == tier }) {
            let hint = Nearest.hint(for: tier, among: program.tiers.map(\.name))
            reader.fail(
                "no tier is named '\(tier)'\(hint)",
                at: conditions?.location(of: "tier") ?? map.location)
        }
    }
}

extension SettingsMap {
    /// The key `renew_after`: nights that a request for codes stays open.
    func renewAfter() -> Int? {
        parse("renew_after", as: "a number of days like '3 days'") { text in
            SettingsDuration(text)?.days.flatMap { (1...3_650).contains($0) ? $0 : nil }
        }
    }
}
