import Settings

/// How large the parts of a file may be, and how much memory a night takes.
package struct WorkspaceLimits: Hashable, Sendable {
    /// About what a night may take of memory, whatever comes.
    package var memoryBytes = 512 << 20
    /// Size of a file after decompression; `Int.max` is no limit.
    package var expandedBytes = 50 << 30
    /// How many times its size a file may grow; `Int.max` is no limit.
    package var expansionRatio = 200
    /// Length of one record.
    package var lineBytes = 1 << 20
    /// Fields of one record.
    package var fieldCount = 512

    package init() {}

    static let keys = SettingsKeys(["memory", "expanded", "ratio", "line", "fields"])

    /// Below this a night takes more than it is given, however few orders it has.
    static let leastMemory = 96 << 20
    /// What a night takes beside pages of the store and orders: the program, files and members at hand.
    private static let fixedBytes = 72 << 20

    /// What pages of the store may take.
    package var cacheBytes: Int { min(48 << 20, memoryBytes / 8) }
    /// Whether reports are made with few pages of the store in memory.
    package var isThrifty: Bool { memoryBytes < 256 << 20 }
    /// What sorting one file may take.
    package var sortBytes: Int { min(64 << 20, memoryBytes / 8) }
    /// What a night's orders may take before they are sorted on disk.
    package var orderBytes: Int { memoryBytes - WorkspaceLimits.fixedBytes - cacheBytes }

    init(_ map: SettingsMap) {
        if let bytes = map.bytes("memory") {
            memoryBytes = max(bytes, WorkspaceLimits.leastMemory)
            if bytes < WorkspaceLimits.leastMemory {
                let least = WorkspaceLimits.leastMemory >> 20
                map.reader.fail(
                    "'memory' must be at least \(least) MiB; no night gets by on less",
                    at: map.location(of: "memory"))
            }
        }
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
