/// A file at a remote place with what lies beside it to say that it is finished.
struct RemoteGroup {
    var file: RemoteItem
    /// Its manifest, then its marker.
    var companions: [RemoteItem]

    /// In the order in which they get their names here.
    var items: [RemoteItem] { [file] + companions }

    /// What stands behind a file's name in those of its manifest and marker.
    static let endings = [manifest, marker]
    static let manifest = ".manifest"
    static let marker = ".done"

    /// What stands behind names of files that somebody still writes.
    private static let unfinished = [
        ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".uploading", ".swp", "~",
    ]

    /// Whether a name is that of a finished file, or of what lies beside one.
    static func isWanted(_ name: String, _ takes: (String) -> Bool) -> Bool {
        guard !name.hasPrefix("."), !unfinished.contains(where: { name.hasSuffix($0) }) else {
            return false
        }
        return takes(stem(name) ?? name)
    }

    /// Whether a name can be that of a file of the inbox, on any file system and in any message.
    static func isSafe(_ name: String) -> Bool {
        name.utf8.count <= 240
            && name.unicodeScalars.allSatisfy { scalar in
                scalar != "/" && scalar != "\\" && scalar != "\u{FFFD}"
                    && scalar.properties.generalCategory != .control
            }
    }

    /// A strange name as a message can bear it.
    static func shown(_ name: String) -> String {
        var shown = ""
        for scalar in name.unicodeScalars.prefix(80) {
            let isControl = scalar.properties.generalCategory == .control
            shown.unicodeScalars.append(isControl ? "?" : scalar)
        }
        return "'\(shown)'"
    }

    /// The name of the file that a manifest or a marker is for; nil for any other name.
    static func stem(_ name: String) -> String? {
        endings.first { name.hasSuffix($0) }.map { String(name.dropLast($0.count)) }
    }

    /// The files among what is listed, by name.
    static func groups(_ items: [RemoteItem], _ takes: (String) -> Bool) -> [RemoteGroup] {
        let byName = Dictionary(items.map { ($0.name, $0) }) { first, _ in first }
        return items.filter { stem($0.name) == nil && takes($0.name) }
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { file in
                RemoteGroup(file: file, companions: endings.compactMap { byName[file.name + $0] })
            }
    }

    /// Whether what is there shows that the file is finished.
    ///
    /// - Parameter now: seconds since 1970.
    func isFinished(_ terms: FetchTerms, now: Int) -> Bool {
        let hasManifest = companions.contains { $0.name.hasSuffix(RemoteGroup.manifest) }
        switch terms.requiredEvidence {
        case .manifest: return hasManifest
        case .marker: return !companions.isEmpty
        case .any:
            guard companions.isEmpty, let modifiedAt = file.modifiedAt else { return true }
            return now - modifiedAt >= terms.quietSeconds
        }
    }
}
