package import Intake
package import Ledger
internal import Loyalty
package import Settings

/// The terms on which an ingest job takes files.
package struct IngestJob: Hashable, Sendable {
    /// What shows that a file is finished.
    package enum Evidence: String, CaseIterable, Sendable {
        /// Whatever there is.
        case any
        /// A file beside it that says what it must be: `NAME.manifest`.
        case manifest
        /// That, or one that says that it is finished: `NAME.done` or the layout's own.
        case marker
        /// One of them, or a last line as the layout says.
        case trailer
    }

    /// What becomes of a file that has been ingested.
    package enum AfterIngest: String, CaseIterable, Sendable { case archive, keep, delete }

    package var records: RecordKind
    /// Which files of the inbox are the job's.
    package var files: FilePattern
    package var layout: Located<String>
    /// Columns that are the same in every record.
    package var constants: [String: String]
    /// How long a file must have been left alone.
    package var quietSeconds: Int
    package var requiredEvidence: Evidence
    /// Whether an unknown column refuses the file.
    package var isStrict: Bool
    /// Whether a file is the whole day of its system: what an earlier file of that day had and this one
    /// lacks is taken back.
    package var isFullDay: Bool
    /// A file is refused when more lines are wrong than this many in a hundred and more than
    /// `maxRejectsLines`.
    package var maxRejectsPercent: Int
    package var maxRejectsLines: Int
    package var onChange: SettledFile.OnChange
    /// How long a parked line waits; nil is for ever.
    package var parkDays: Int?
    package var afterIngest: AfterIngest
    /// The files that must have come before the night reads any.
    package var expect: Expectation?
    /// Where the job file says which files are its own.
    package var filesLocation: SettingsLocation
}

extension IngestJob {
    static let keys = [
        "records", "files", "layout", "constants", "settle", "strict", "max_rejects", "on_change",
        "park", "after_ingest", "expect", "full_day",
    ]

    /// The terms of a job file; nil, with the errors noted, without its files or record kind.
    init?(_ map: SettingsMap) {
        let records = map.word("records", RecordKind.self)
        let files = map.parse("files") { (text) throws(SettingsProblem) in try FilePattern(text) }
        let layout = map.text("layout") ?? Layout.canonicalName
        let constants = map.node("constants")
        let settle = map.map("settle", SettingsKeys(["quiet", "require"]))
        let rejects = map.map("max_rejects", SettingsKeys(["percent", "lines"]))
        quietSeconds = settle.flatMap { IngestJob.quiet($0) } ?? 60
        requiredEvidence = settle?.word("require") ?? .any
        isStrict = map.boolean("strict") ?? false
        isFullDay = map.boolean("full_day") ?? false
        maxRejectsPercent = rejects?.integer("percent", in: 0...100) ?? 5
        maxRejectsLines = rejects?.integer("lines", in: 0...1_000_000_000) ?? 100
        onChange = map.word("on_change") ?? .correct
        parkDays = map.isNone("park") ? nil : IngestJob.park(map) ?? 30
        afterIngest = map.word("after_ingest") ?? .archive
        expect = Expectation(map)
        filesLocation = map.location(of: "files")
        guard let records, let files else { return nil }
        if files.namesStore, records.column("store_id") == nil {
            map.reader.fail(
                "'files': {store} is of no use, \(records.rawValue) have no store_id",
                at: map.location(of: "files"))
        }
        if isFullDay, records != .orders || !files.namesDate {
            map.reader.fail(
                records == .orders
                    ? "'full_day' needs to know which day a file is of: write {date} in 'files'"
                    : "'full_day' is for orders; \(records.rawValue) have no days",
                at: map.location(of: "full_day"))
        }
        self.records = records
        self.files = files
        self.layout = Located(layout, at: map.location(of: "layout"))
        self.constants = constants.map { map.reader.constants($0, of: records) } ?? [:]
    }

    private static func quiet(_ settle: SettingsMap) -> Int? {
        guard let duration = settle.duration("quiet") else { return nil }
        if duration.seconds == nil {
            settle.reader.fail(
                "'quiet' needs seconds, minutes, hours, days or weeks",
                at: settle.location(of: "quiet"))
        }
        return duration.seconds
    }

    private static func park(_ map: SettingsMap) -> Int? {
        guard let duration = map.duration("park") else { return nil }
        guard let days = duration.days else {
            map.reader.fail(
                "'park' counts nights: use days or weeks", at: map.location(of: "park"))
            return nil
        }
        if days == 0 {
            map.reader.warn(
                "'park' is 0: nothing waits for what may still come; none is no limit",
                at: map.location(of: "park"))
        }
        return days
    }
}
