import Intake

extension WorkspaceSettings {
    /// Ingest jobs in the order in which they take files: orders come last.
    var ingestJobs: [(job: JobFile, terms: IngestJob)] {
        (jobs.filter(\.isTakenOver) + jobs.filter(\.isPosted)).compactMap { job in
            if case .ingest(let terms) = job.work { return (job, terms) }
            return nil
        }
    }

    /// What a file's name says to the first job that takes it; nil where none does.
    func takes(_ path: String) -> FilePattern.Fields? {
        for (_, terms) in ingestJobs {
            if let fields = terms.files.match(path) { return fields }
        }
        return nil
    }
}
