import Delivery
import Settings

/// What must hold of the names of endpoints, over all files.
enum EndpointNames {
    /// Two endpoints of one name, and jobs that push to one that there isn't.
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
        for job in jobs {
            guard case .push(let names) = job.work else { continue }
            for name in names where known[name.value] == nil {
                let hint = Nearest.hint(for: name.value, among: known.keys.sorted())
                errors.append(
                    SettingsError(
                        "no endpoint is named '\(name.value)'\(hint)", at: name.location))
            }
        }
        return errors
    }
}
