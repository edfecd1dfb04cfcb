import Intake

extension WorkspaceSettings {
    /// Ingest jobs in the order in which they take files: orders come last.
    var ingestJobs: [(job: JobFile, terms: IngestJob)] {
        (jobs.filter(\.isTakenOver) + jobs.filter(\.isPosted)).compactMap { job in
            if case .ingest(let terms) = job.work { return (job, terms) }
            return nil
        }
    }

    /// Whether a path of the inbox is a file that a job takes, or the marker of one.
    func knows(_ path: String) -> Bool { isMarker(path) || takes(path) != nil }

    /// Whether a path is one of a layout's own markers.
    func isMarker(_ path: String) -> Bool {
        layouts.values.contains { $0.marker?.matches(path) ?? false }
    }

    /// What a file's name says to the first job that takes it; nil where none does.
    func takes(_ path: String) -> FilePattern.Fields? {
        for (_, terms) in ingestJobs {
            if let fields = terms.files.match(path) { return fields }
        }
        return nil
    }

    /// Whose file it is, where its name, its job or its layout says so.
    func system(of fields: FilePattern.Fields, _ terms: IngestJob) -> String? {
        fields.system ?? terms.constants["system"] ?? layout(of: terms).constants["system"]
    }

    /// The day that a file is the whole of; nil where it is none.
    func wholeDay(of fields: FilePattern.Fields, _ terms: IngestJob) -> IngestedFile.WholeDay? {
        guard terms.isFullDay, let day = fields.date else { return nil }
        return IngestedFile.WholeDay(system: system(of: fields, terms), day: day)
    }
}
