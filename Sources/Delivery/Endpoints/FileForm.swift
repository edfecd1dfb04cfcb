internal import Settings

/// What tells the other side that a file is whole: the keys of endpoints that get files by name.
package struct FileForm: Hashable, Sendable {
    static let keys = ["done_marker"]

    /// Whether an empty file NAME.done follows each.
    package var doneMarker = false

    init(_ map: SettingsMap) {
        doneMarker = map.boolean("done_marker") ?? false
    }
}
