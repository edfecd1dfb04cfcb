import Delivery
import Intake
import Loyalty
import Settings

/// What must hold of the names of endpoints and of their layouts, over all files.
enum EndpointNames {
    /// Two endpoints of one name, and jobs and systems that name one that there isn't.
    static func check(_ jobs: [JobFile], _ program: ProgramFile) -> [SettingsError] {
        var errors: [SettingsError] = []
        var known: [String: SettingsLocation] = [:]
        for endpoint in program.endpoints {
            if let first = known[endpoint.name] {
                errors.append(
                    SettingsError(
                        "the endpoint '\(endpoint.name)' is defined at \(first) already",
                        at: endpoint.location))
            }
            known[endpoint.name] = endpoint.location
        }
        var names: [Located<String>] = []
        for job in jobs {
            if case .push(let endpoints) = job.work { names += endpoints }
        }
        names += program.systems.compactMap(\.endpoint)
        for name in names where known[name.value] == nil {
            let hint = Nearest.hint(for: name.value, among: known.keys.sorted())
            errors.append(
                SettingsError("no endpoint is named '\(name.value)'\(hint)", at: name.location))
        }
        return errors
    }

    /// Outgoing layouts of one name, and endpoints whose layout is missing or of what they aren't sent.
    static func check(
        _ layouts: [Layout], _ outgoing: [OutgoingLayout], _ program: ProgramFile
    ) -> [SettingsError] {
        var errors: [SettingsError] = []
        var known: [String: SettingsLocation?] = [:]
        for layout in layouts + Layout.builtIn { known[layout.name] = layout.location }
        for layout in outgoing {
            if known[layout.name] != nil, let location = layout.location {
                errors.append(
                    SettingsError("there is a layout '\(layout.name)' already", at: location))
            }
            known[layout.name] = layout.location
        }
        for endpoint in program.endpoints {
            var kinds: Set<MessageKind> = []
            for name in endpoint.layouts {
                guard let layout = outgoing.first(where: { $0.name == name.value }) else {
                    let hint = Nearest.hint(for: name.value, among: outgoing.map(\.name))
                    errors.append(
                        SettingsError(
                            "no layout with 'messages' is named '\(name.value)'\(hint)",
                            at: name.location))
                    continue
                }
                if !endpoint.send.contains(layout.kind) {
                    errors.append(
                        SettingsError(
                            "the layout '\(name.value)' is for \(layout.kind.rawValue), which 'send' "
                                + "doesn't name", at: name.location))
                } else if !kinds.insert(layout.kind).inserted {
                    errors.append(
                        SettingsError(
                            "two layouts are for \(layout.kind.rawValue)", at: name.location))
                }
                if endpoint.format == .jsonLines {
                    errors.append(
                        SettingsError(
                            "JSON Lines have no layout: leave 'layout' or 'format' out",
                            at: name.location))
                }
            }
        }
        return errors
    }

    /// Endpoints, systems and layouts of which nothing comes.
    static func idle(_ program: ProgramFile, _ outgoing: [OutgoingLayout]) -> [SettingsError] {
        var warnings: [SettingsError] = []
        let codes: Set<MessageKind> = [.codeChanges, .codes, .replenishment]
        for endpoint in program.endpoints {
            let isNamed = program.systems.contains { $0.endpoint?.value == endpoint.name }
            for kind in endpoint.send where codes.contains(kind) && !isNamed {
                warnings.append(
                    SettingsError(
                        "'\(endpoint.name)' is sent no \(kind.rawValue): it is the 'endpoint' of no system",
                        at: endpoint.location))
            }
        }
        for system in program.systems {
            guard let name = system.endpoint else { continue }
            let told = program.codes.system(system.name)?.told ?? []
            if told.isEmpty {
                warnings.append(
                    SettingsError(
                        "'\(name.value)' is sent neither code-changes nor replenishment nor codes: "
                            + "'\(system.name)' is told nothing", at: name.location))
            }
        }
        let used = Set(program.endpoints.flatMap(\.layouts).map(\.value))
        for layout in outgoing where !used.contains(layout.name) {
            guard let location = layout.location else { continue }
            warnings.append(
                SettingsError("no endpoint uses the layout '\(layout.name)'", at: location))
        }
        return warnings
    }
}

extension CodeTerms {
    /// Says of each system where it hears of its codes, and of which changes.
    mutating func tell(_ program: ProgramFile) {
        for (index, system) in systems.enumerated() {
            let own = program.systems.first { $0.name == system.name }?.endpoint
            guard let endpoint = program.endpoints.first(where: { $0.name == own?.value }) else {
                continue
            }
            systems[index].endpoint = endpoint.name
            systems[index].told = Set(endpoint.send.flatMap(\.rowsOfRegister))
        }
    }
}

extension [SettingsSource] {
    /// Those of which something is true, and the others.
    func partitioned(
        by isOne: (SettingsSource) -> Bool
    ) -> (those: [SettingsSource], others: [SettingsSource]) {
        (filter(isOne), filter { !isOne($0) })
    }
}
