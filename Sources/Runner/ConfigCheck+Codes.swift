internal import Codes
internal import Delivery
internal import Foundation
internal import Intake
internal import Loyalty
internal import Settings
internal import Storage

extension ConfigCheck {
    /// What of rewards and codes can't do what it says.
    static func codes(_ workspace: Workspace, _ places: ProgramPlaces) throws -> [SettingsError] {
        // Without a store that this program can read there is nothing to hold the files against.
        let store =
            FileManager.default.fileExists(atPath: workspace.storePath)
            ? try? ReadingStore(path: workspace.storePath) : nil
        var warnings =
            idle(workspace.settings, places) + deaf(workspace.settings.program, places)
        guard let store else {
            return warnings + unknown(workspace.settings.program, among: [])
        }
        try store.read { connection in
            let opensOn = workspace.program.opensOn
            let list = try RewardBook(connection, night: opensOn).list()
            warnings += unknown(workspace.settings.program, among: list.all.map(\.reward.id))
            guard let last = try RunLog(connection).lastClosed(since: opensOn) else { return }
            warnings += try busyMirrors(workspace, list, last, connection, places)
            warnings += try ended(workspace, list, last, connection, places)
        }
        return warnings
    }

    /// Rewards and workflows for which a job is missing.
    private static func idle(
        _ settings: WorkspaceSettings, _ places: ProgramPlaces
    ) -> [SettingsError] {
        var warnings: [SettingsError] = []
        let (jobs, terms) = (settings.jobs, settings.program.codes)
        if !terms.rewards.isEmpty || !terms.workflows.isEmpty,
            !jobs.contains(where: { $0.kind == .codes })
        {
            let place = places[terms.rewards.isEmpty ? "workflows" : "rewards"]
            warnings.append(
                SettingsError("no job is of the kind 'codes': nobody gets a reward", at: place))
            return warnings
        }
        for reward in terms.rewards where reward.needsFiles && !RegisterJobs.takes(.codes, jobs) {
            warnings.append(
                SettingsError(
                    "no job takes codes: '\(reward.id)' stays sold out",
                    at: places.reward(reward.id, key: "owner")))
        }
        if !RegisterJobs.takes(.events, jobs) {
            for event in Set(terms.workflows.map(\.event)).sorted()
            where CodeTerms.Workflow.derived[event] == nil {
                warnings.append(
                    SettingsError(
                        "no job takes events: nothing is ever given for '\(event)'",
                        at: places["workflows"]))
            }
        }
        return warnings
    }

    /// Systems that the integration leaves without what they must hear.
    private static func deaf(
        _ program: ProgramFile, _ places: ProgramPlaces
    ) -> [SettingsError] {
        let terms = program.codes
        switch terms.integration {
        case .realTime, .asynchronous:
            let shared = Set(terms.rewards.flatMap { $0.mirrors.isEmpty ? [] : $0.systems })
            return terms.systems.filter {
                shared.contains($0.name) && !$0.told.contains("code-add")
            }.map { system in
                SettingsError(
                    "nothing is sent to '\(system.name)': it has no 'endpoint' that is sent code-changes",
                    at: places["integration"])
            }
        case .identification:
            let sent = Set(program.endpoints.flatMap(\.send))
            return [MessageKind.members, .balances].filter { !sent.contains($0) }.map { kind in
                SettingsError(
                    "the tills are never told \(kind.rawValue): no endpoint is sent them",
                    at: places["integration"])
            }
        case .separate: return []
        }
    }

    /// Rewards that workflows assign and that no file has brought yet.
    private static func unknown(_ program: ProgramFile, among known: [String]) -> [SettingsError] {
        program.missingRewards.filter { !known.contains($0.value) }.map { reward in
            let hint = Nearest.hint(
                for: reward.value, among: known + program.codes.rewards.map(\.id))
            return SettingsError(
                "no reward has the id '\(reward.value)' yet; a file of rewards must bring it\(hint)",
                at: reward.location)
        }
    }

    /// Owners of codes that less is burned at than at one of their mirrors.
    private static func busyMirrors(
        _ workspace: Workspace, _ list: RewardList, _ last: CivilDate, _ connection: Connection,
        _ places: ProgramPlaces
    ) throws -> [SettingsError] {
        var burns: [String: [String: Int64]] = [:]
        try connection.forEach(
            """
            SELECT r.name, s.name, count(DISTINCT o.id) FROM burn_outcome o
            JOIN reward r ON r.id = o.reward JOIN code_system s ON s.id = o.system
            WHERE o.night > ? AND o.is_reversal = 0 GROUP BY r.name, s.name
            """, .date(last.adding(days: -28))
        ) { burns[$0.string(0), default: [:]][$0.string(1)] = $0.integer(2) }
        let own = workspace.settings.program.codes.rewards
        let files = list.all.map(\.reward).filter { reward in !own.contains { $0.id == reward.id } }
        return (own + files).compactMap { reward in
            let counts = burns[reward.id] ?? [:]
            let owned = counts[reward.owner] ?? 0
            let busiest = reward.mirrors.max { (counts[$0] ?? 0, $1) < (counts[$1] ?? 0, $0) }
            guard let mirror = busiest, let count = counts[mirror], count > owned else {
                return nil
            }
            return SettingsError(
                "the mirror '\(mirror)' of '\(reward.id)' reported \(count) burns in 28 nights, its owner "
                    + "'\(reward.owner)' \(owned): the busier system should own the codes",
                at: places.reward(reward.id, key: "owner"))
        }
    }

    /// Rewards whose window has ended while members still have codes of them.
    private static func ended(
        _ workspace: Workspace, _ list: RewardList, _ last: CivilDate, _ connection: Connection,
        _ places: ProgramPlaces
    ) throws -> [SettingsError] {
        try workspace.settings.program.codes.rewards.compactMap { reward in
            guard reward.lastDay <= last, let id = list.id(of: reward.id) else { return nil }
            let count =
                try connection.integer(
                    "SELECT count(*) FROM code INDEXED BY code_assigned WHERE reward = ? AND state = 1",
                    .integer(Int(id))) ?? 0
            guard count > 0 else { return nil }
            return SettingsError(
                "'\(reward.id)' ended on \(reward.lastDay), and members have \(count) codes of it: the next "
                    + "night writes them off", at: places.reward(reward.id, key: "valid.to"))
        }
    }
}

extension Reward {
    /// Whether its codes come in files.
    fileprivate var needsFiles: Bool {
        status == .active && kind != .badge && renewal != .program && renewal != .atGrant
    }
}
