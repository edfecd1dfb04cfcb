package import Delivery
package import Intake
internal import Settings

/// The terms on which a fetch job brings files from elsewhere.
package struct FetchJob: Hashable, Sendable {
    /// Which files there are the job's; nil where it names one file.
    package var pattern: FilePattern?
    package var terms: FetchTerms
    /// Where the file says which.
    var nameLocation: SettingsLocation

    /// The terms of a job file; nil, with the errors noted, where something is wrong.
    init?(_ map: SettingsMap) {
        pattern = map.parse("pattern") { (text) throws(SettingsProblem) in
            guard !text.contains("/") else {
                throw SettingsProblem("'\(text)' is no name: files of one folder are fetched")
            }
            return try FilePattern(text)
        }
        guard let terms = FetchTerms(map) else { return nil }
        self.terms = terms
        nameLocation = map.location(of: pattern == nil ? "from" : "pattern")
    }

    /// Whether the job takes a file of that name.
    package func takes(_ name: String) -> Bool { pattern.map { $0.match(name) != nil } ?? true }
}
