package import Delivery
import Intake
package import Loyalty
package import Reporting
package import Settings

/// program.yaml, read and judged.
package struct ProgramFile: Sendable {
    package static let name = "program.yaml"

    /// Who sends files.
    package struct System: Hashable, Sendable {
        package var name: String
        /// The IANA zone of its times; nil is the program's.
        package var timezone: String?
        /// The stores that its records may name; nil where all are good.
        package var stores: [String]?
        /// The endpoint at which it hears of its codes.
        package var endpoint: Located<String>?

        package init(name: String, timezone: String? = nil, stores: [String]? = nil) {
            self.name = name
            self.timezone = timezone
            self.stores = stores
        }
    }

    /// The hours in which a night runs, as minutes after midnight in the program's zone.
    package struct Window: Hashable, Sendable {
        /// The night may start.
        package var startsMinutes = 150
        /// The night should have ended; after `startsMinutes`.
        package var untilMinutes = 420

        package init() {}
    }

    package var program: Program
    package var night: Window
    /// In the order of the file.
    package var systems: [System]
    package var limits: WorkspaceLimits
    /// What it says of rewards and codes.
    package var codes: CodeTerms
    /// In the order of the file; those of endpoints.yaml come behind them.
    package var endpoints: [EndpointTerms]
    /// How reports show cards where their job says nothing.
    package var cards: ReportRequest.Cards
    /// How reports show codes where their job says nothing.
    package var codeText: ReportRequest.Codes
    /// How long files and refused lines are kept.
    package var keep: Retention
    /// The rewards that workflows assign and this file doesn't define: files of rewards may.
    package var missingRewards: [Located<String>]
    /// What is allowed and can't do what it says.
    package var warnings: [SettingsError]

    /// Reads the file.
    ///
    /// - Throws: `SettingsErrors` with all that is wrong.
    package init(_ source: SettingsSource) throws {
        let reader = try SettingsReader(source)
        let map = try reader.file(ProgramFile.keys)
        let program = Program(map)
        night = map.map("night", Window.keys).map { Window($0) } ?? Window()
        let places = ProgramFile.systems(map)
        systems = places.map(\.files)
        limits =
            map.map("limits", WorkspaceLimits.keys).map { WorkspaceLimits($0) }
            ?? WorkspaceLimits()
        let privacy = map.map("privacy", ProgramFile.privacyKeys)
        cards = privacy?.word("cards") ?? .plain
        codeText = privacy?.word("codes") ?? .masked
        keep = privacy?.map("keep", ProgramFile.keepKeys).map { Retention($0) } ?? Retention()
        ProgramFile.checkMatch(map)
        endpoints = map.node("endpoints") == nil ? [] : EndpointTerms.all(map, "endpoints")
        // What rewards say is judged by currency and tiers.
        let terms = program.map { CodeSettings(map, $0, places.map(\.codes)) }
        codes = terms?.terms ?? CodeTerms()
        missingRewards = terms?.missing ?? []
        try reader.finish()
        guard let program else { throw reader.failure }
        self.program = program
        warnings = reader.warnings
    }

    /// The stores of each system that lists them.
    package var stores: [String: [String]] {
        var stores: [String: [String]] = [:]
        for system in systems { stores[system.name] = system.stores }
        return stores
    }

    /// How a record finds its member: this version knows one way.
    private enum Match: String, CaseIterable { case cardCode = "card_code" }

    private static func checkMatch(_ map: SettingsMap) {
        let later = ["member_id", "contact_id", "email_hash", "phone_hash"]
        let items = map.items("match")
        for item in items ?? [] {
            let _: Match? = map.reader.word(item, "match", later: later)
        }
        if items?.isEmpty ?? false {
            map.reader.fail("'match' needs card_code", at: map.location(of: "match"))
        }
    }

    /// The stores of a system; none for `all`.
    private static func stores(_ system: SettingsMap) -> [String]? {
        guard let node = system.node("stores"), node.text != "all" else { return nil }
        let stores = system.texts("stores")
        if stores?.isEmpty ?? false {
            system.reader.fail(
                "'stores' is empty: name some, or say all", at: system.location(of: "stores"))
        }
        return stores?.map(\.value)
    }

    /// Each system, as one that sends files and as one that holds codes.
    private static func systems(
        _ map: SettingsMap
    ) -> [(files: System, codes: CodeTerms.System)] {
        let entries = map.entries("systems") ?? []
        return entries.map { entry in
            if !SystemName.isValid(entry.key) {
                map.reader.fail(
                    "the name of a system is of letters, digits, - and _, not '\(entry.key)'",
                    at: entry.location)
            }
            if entry.key == Reward.program {
                map.reader.fail(
                    "no system can be named '\(Reward.program)': as an owner it stands for Nightjar",
                    at: entry.location)
            }
            let system = map.reader.map(entry.node, entry.key, systemKeys)
            var files = System(
                name: entry.key, timezone: system?.timeZone("timezone"),
                stores: system.flatMap { stores($0) })
            if let system, let name = system.text("endpoint") {
                files.endpoint = Located(name, at: system.location(of: "endpoint"))
            }
            return (files, CodeTerms.System(entry.key, system))
        }
    }
}

extension ProgramFile.Window {
    fileprivate static let keys = SettingsKeys(["starts", "until"])

    fileprivate init(_ map: SettingsMap) {
        startsMinutes = map.timeOfDay("starts") ?? startsMinutes
        untilMinutes = map.timeOfDay("until") ?? untilMinutes
        if untilMinutes <= startsMinutes {
            map.reader.fail("the night ends before it starts", at: map.location(of: "until"))
        }
    }
}
