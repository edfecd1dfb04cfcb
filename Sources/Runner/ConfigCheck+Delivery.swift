internal import Delivery
internal import Intake
internal import Settings

extension ConfigCheck {
    /// Endpoints that nothing is pushed to, and files that are fetched for nobody.
    static func unheard(_ settings: WorkspaceSettings) -> [SettingsError] {
        var warnings: [SettingsError] = []
        var pushes: [[String]] = []
        for case .push(let names) in settings.jobs.map(\.work) { pushes.append(names.map(\.value)) }
        let isEachPushed = pushes.contains { $0.isEmpty }
        for endpoint in settings.program.endpoints
        where !isEachPushed && !pushes.joined().contains(endpoint.name) {
            warnings.append(
                SettingsError(
                    "no push job sends to '\(endpoint.name)': what it should get waits for 'nightjar deliver'; "
                        + "name it in the 'endpoints' of one", at: endpoint.location))
        }
        let ingest = settings.ingestJobs.map(\.terms.files)
        for case .fetch(let fetch) in settings.jobs.map(\.work) {
            let isTaken =
                if let pattern = fetch.pattern {
                    ingest.contains { $0.overlap(with: pattern) != .none }
                } else {
                    settings.takes(fetch.terms.fileName) != nil
                }
            guard !isTaken else { continue }
            warnings.append(
                SettingsError(
                    "no ingest job takes files of such a name: what is fetched stays in the inbox; "
                        + "make the 'files' of one match", at: fetch.nameLocation))
        }
        return warnings
    }

    /// Secrets that can't be had here, of endpoints and of fetch jobs.
    ///
    /// Cron starts nights in another environment than a shell's, so they may be there at night, or here alone.
    static func secrets(
        _ settings: WorkspaceSettings, folder: String, _ environment: (String) -> String?
    ) -> [SettingsError] {
        var warnings: [SettingsError] = []
        func warn(_ what: String, _ error: SecretError, _ location: SettingsLocation) {
            warnings.append(
                SettingsError(
                    "run from here, \(what): \(error.text); nights need it where cron starts them",
                    at: location))
        }
        for endpoint in settings.program.endpoints {
            do throws(SecretError) {
                _ = try endpoint.endpoint(folder: folder, environment)
            } catch {
                warn("'\(endpoint.name)' would get nothing", error, endpoint.location)
            }
        }
        for job in settings.jobs {
            guard case .fetch(let fetch) = job.work,
                let error = fetch.terms.missingSecret(folder: folder, environment)
            else { continue }
            warn("'\(job.name)' would bring nothing", error, job.location)
        }
        return warnings
    }
}
