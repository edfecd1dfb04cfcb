import Settings

/// How large the parts of a file may be.
package struct WorkspaceLimits: Hashable, Sendable {
    /// Size of a file after decompression; `Int.max` is no limit.
    package var expandedBytes = 50 << 30
    /// How many times its size a file may grow; `Int.max` is no limit.
    package var expansionRatio = 200
    /// Length of one record.
    package var lineBytes = 1 << 20
    /// Fields of one record.
    package var fieldCount = 512

    package init() {}

    static let keys = SettingsKeys(
        ["expanded", "ratio", "line", "fields"], later: ["memory": "512 MiB"])

    init(_ map: SettingsMap) {
        lineBytes = WorkspaceLimits.size(map, "line", from: 1) ?? lineBytes
        fieldCount = map.integer("fields", in: 1...100_000) ?? fieldCount
        // `none` has a meaning only where something is guarded against, not where it is kept.
        expandedBytes =
            map.isNone("expanded")
            ? Int.max : WorkspaceLimits.size(map, "expanded", from: 1) ?? expandedBytes
        expansionRatio =
            map.isNone("ratio")
            ? Int.max : map.integer("ratio", in: 1...1_000_000) ?? expansionRatio
    }

    private static func size(_ map: SettingsMap, _ key: String, from least: Int) -> Int? {
        guard let bytes = map.bytes(key) else { return nil }
        if bytes < least {
            map.reader.fail("'\(key)' must be at least \(least) B", at: map.location(of: key))
        }
        return bytes
    }
}
