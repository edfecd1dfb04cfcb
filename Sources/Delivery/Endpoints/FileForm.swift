package import Settings

/// How the files of an endpoint look, and what tells the other side that one is whole: the keys that all endpoints of files have.
package struct FileForm: Hashable, Sendable {
    package enum Format: String, CaseIterable, Sendable { case csv, jsonl }

    static let keys = ["format", "layout", "done_marker"]

    package var format = Format.csv
    /// The layout that names and orders the columns; nil for Nightjar's own.
    package var layout: Located<String>?
    /// Whether an empty file NAME.done follows each.
    package var doneMarker = false

    init(_ map: SettingsMap) {
        format = map.word("format") ?? .csv
        layout = map.text("layout").map { Located($0, at: map.location(of: "layout")) }
        doneMarker = map.boolean("done_marker") ?? false
    }
}
