package import Delivery
import Foundation
package import Intake
package import Settings

/// All that an operator has written: the program, its jobs and the layouts of its files.
package struct WorkspaceSettings: Sendable {
    package var program: ProgramFile
    /// Each behind those it comes after.
    package var jobs: [JobFile]
    /// Those of layouts/, by name; the built-in ones are not among them.
    package var layouts: [String: Layout]
    /// Those of layouts/ for what goes out.
    package var outgoingLayouts: [OutgoingLayout]
    /// What is allowed and can't do what it says, by file and line.
    package var warnings: [SettingsError]

    /// Reads program.yaml, Jobs/*.yaml and layouts/*.yaml.
    ///
    /// - Parameter folder: the workspace.
    /// - Throws: `SettingsErrors` with all that is wrong in any of them.
    package init(folder: String) throws {
        var errors: [SettingsError] = []
        func gather<Value>(_ read: () throws -> Value) throws -> Value? {
            do {
                return try read()
            } catch let error as SettingsErrors {
                errors += error.errors
                return nil
            }
        }
        let program = try gather {
            let path = "\(folder)/\(ProgramFile.name)"
            return try ProgramFile(SettingsSource(name: ProgramFile.name, path: path))
        }
        let jobSources = try gather { try WorkspaceSettings.sources("Jobs", in: folder) } ?? []
        let jobs = try jobSources.compactMap { source in try gather { try JobFile(source) } }
        let layoutSources =
            try gather { try WorkspaceSettings.sources("layouts", in: folder) } ?? []
        let (outgoing, incoming) = layoutSources.partitioned(by: OutgoingLayout.isOne)
        let layouts = try incoming.compactMap { source in
            try gather { try LayoutFile.read(source) }
        }
        outgoingLayouts = try outgoing.compactMap { source in
            try gather { try OutgoingLayout(source) }
        }
        let endpoints = try gather { try WorkspaceSettings.endpoints(in: folder) } ?? []
        // With a file unread, a name that it defines would seem to be missing.
        guard var program, errors.isEmpty else { throw SettingsErrors(errors) }
        program.endpoints += endpoints
        let ordered = try gather { try JobOrder.sorted(jobs) } ?? jobs
        errors += WorkspaceSettings.check(layouts, of: jobs)
        errors += WorkspaceSettings.checkExpectations(of: jobs, layouts, program.systems)
        errors += WorkspaceSettings.checkItems(of: jobs, layouts)
        errors += WorkspaceSettings.checkSystems(of: jobs, layouts, known: program.systems)
        errors += RegisterJobs.check(jobs, program)
        errors += EndpointNames.check(jobs, program)
        errors += EndpointNames.check(layouts, outgoingLayouts, program)
        if !errors.isEmpty { throw SettingsErrors(errors) }
        program.codes.tell(program)
        self.program = program
        self.jobs = ordered
        self.layouts = Dictionary(layouts.map { ($0.name, $0) }) { first, _ in first }
        warnings =
            program.warnings + jobs.flatMap(\.warnings)
            + EndpointNames.idle(program, outgoingLayouts)
    }

    /// The layout of an ingest job.
    package func layout(of job: IngestJob) -> Layout {
        layout(named: job.layout.value) ?? Layout.canonical(job.records)
    }

    /// A layout by its name; nil for `canonical`, which is another one for each record kind.
    package func layout(named name: String) -> Layout? {
        layouts[name] ?? Layout.builtIn.first { $0.name == name }
    }

    /// The names that `layout(named:)` knows.
    package var layoutNames: [String] {
        (layouts.keys + Layout.builtIn.map(\.name)).sorted()
    }

    /// Those of endpoints.yaml; none where there is no such file.
    private static func endpoints(in folder: String) throws -> [EndpointTerms] {
        let path = "\(folder)/endpoints.yaml"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try EndpointTerms.file(SettingsSource(name: "endpoints.yaml", path: path))
    }

    /// The YAML files of a folder by name; none where there is no such folder.
    private static func sources(_ name: String, in folder: String) throws -> [SettingsSource] {
        let path = "\(folder)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        return try files.filter { !$0.hasPrefix(".") }.compactMap { file in
            let place = SettingsLocation(file: "\(name)/\(file)", line: 1, column: 1)
            if file.hasSuffix(".yml") {
                throw SettingsErrors([
                    SettingsError("files end in .yaml here; this one would not be read", at: place)
                ])
            }
            guard file.hasSuffix(".yaml") else { return nil }
            return try SettingsSource(name: place.file, path: "\(path)/\(file)")
        }
    }

    /// Two layouts of one name, and jobs whose layout is missing or of another record kind.
    private static func check(_ layouts: [Layout], of jobs: [JobFile]) -> [SettingsError] {
        var errors: [SettingsError] = []
        var known: [String: Layout] = [:]
        for layout in Layout.builtIn { known[layout.name] = layout }
        for layout in layouts {
            if let first = known[layout.name], let location = layout.location {
                let place = first.location.map { "\($0)" } ?? ""
                errors.append(
                    SettingsError(
                        "the layout '\(layout.name)' is defined at \(place) already", at: location))
            } else {
                known[layout.name] = layout
            }
        }
        for job in jobs {
            guard case .ingest(let terms) = job.work else { continue }
            if terms.requiredEvidence == .trailer, known[terms.layout.value]?.trailer == nil {
                errors.append(
                    SettingsError(
                        "the job requires a trailer, and the layout '\(terms.layout.value)' has none: "
                            + "no file would ever be finished", at: terms.layout.location))
            }
            guard terms.layout.value != Layout.canonicalName else { continue }
            let name = terms.layout.value
            guard let layout = known[name] else {
                let names = [Layout.canonicalName] + known.keys.sorted()
                errors.append(
                    SettingsError(
                        "no layout is named '\(name)'\(Nearest.hint(for: name, among: names))",
                        at: terms.layout.location))
                continue
            }
            if layout.records != terms.records {
                errors.append(
                    SettingsError(
                        "the layout '\(name)' is for \(layout.records.rawValue), "
                            + "the job for \(terms.records.rawValue)",
                        at: terms.layout.location))
            }
        }
        return errors
    }

    /// Expected files that could never come.
    private static func checkExpectations(
        of jobs: [JobFile], _ layouts: [Layout], _ systems: [ProgramFile.System]
    ) -> [SettingsError] {
        jobs.flatMap { job -> [SettingsError] in
            guard case .ingest(let terms) = job.work else { return [] }
            let layout = layouts.first { $0.name == terms.layout.value }
            return Expectation.errors(
                of: terms, systems: systems.map(\.name), constants: layout?.constants ?? [:])
        }
    }

    /// Jobs whose orders lack their lines while no job reads those.
    private static func checkItems(of jobs: [JobFile], _ layouts: [Layout]) -> [SettingsError] {
        let ingests = jobs.compactMap { job in
            if case .ingest(let terms) = job.work { terms } else { nil }
        }
        guard !ingests.contains(where: { $0.records == .orderItems }) else { return [] }
        return ingests.compactMap { terms in
            let layout = (layouts + Layout.builtIn).first { $0.name == terms.layout.value }
            guard layout?.lines == .orderItems else { return nil }
            return SettingsError(
                "the layout '\(terms.layout.value)' leaves the lines to order-items, "
                    + "and no job reads those", at: terms.layout.location)
        }
    }

    /// Constants that name a system which the program doesn't know.
    private static func checkSystems(
        of jobs: [JobFile], _ layouts: [Layout], known: [ProgramFile.System]
    ) -> [SettingsError] {
        let names = known.map(\.name)
        var claims = layouts.map { ($0.constants["system"], $0.location) }
        for job in jobs {
            guard case .ingest(let terms) = job.work else { continue }
            claims.append((terms.constants["system"], job.location))
        }
        return claims.compactMap { system, location in
            guard let system, let location, !names.contains(system) else { return nil }
            let hint = Nearest.hint(for: system, among: names)
            return SettingsError(
                "the constant system '\(system)' is none of \(ProgramFile.name)\(hint)",
                at: location)
        }
    }
}
