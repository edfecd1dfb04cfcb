/// The keys that a map may have.
package struct SettingsKeys: Sendable {
    /// Keys that are read.
    package var known: [String]
    /// Those of them that must be there.
    package var needed: [String]
    /// Keys of a later version, with the value that is their default and so changes nothing.
    package var later: [String: SettingsDefault]
    /// Keys that belong elsewhere, with the sentence that says where.
    package var elsewhere: [String: String]

    package init(
        _ known: [String], needed: [String] = [], later: [String: SettingsDefault] = [:],
        elsewhere: [String: String] = [:]
    ) {
        precondition(needed.allSatisfy(known.contains), "a needed key is not declared")
        self.known = known
        self.needed = needed
        self.later = later
        self.elsewhere = elsewhere
    }

    /// What an unknown key may have been meant for; what is read comes first.
    fileprivate var candidates: [String] { known + later.keys.sorted() }
}

/// The default of a key that this version doesn't read.
///
/// Written as in the file: a text, a list, or a map of which the file may give any part.
package indirect enum SettingsDefault: Hashable, Sendable {
    /// Whatever it says, it would change something.
    case absent
    case text(String)
    case list([SettingsDefault])
    case map([String: SettingsDefault])

    /// Whether a value written in a file is this default.
    package func matches(_ node: SettingsNode) -> Bool {
        switch (self, node.value) {
        case (.text(let text), .text(let written)):
            text == written
        case (.list(let items), .list(let written)):
            items.count == written.count && zip(items, written).allSatisfy { $0.matches($1) }
        case (.map(let items), .map(let written)):
            written.allSatisfy { items[$0.key]?.matches($0.node) ?? false }
        default:
            false
        }
    }
}

extension SettingsDefault: ExpressibleByStringLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(arrayLiteral elements: SettingsDefault...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, SettingsDefault)...) {
        self = .map(Dictionary(uniqueKeysWithValues: elements))
    }
}

extension SettingsReader {
    /// Opens a map: every key it has must be declared, every needed one must be there.
    ///
    /// - Parameter label: the key that the map is the value of.
    /// - Returns: nil, with the error noted, when the node is no map.
    package func map(_ node: SettingsNode, _ label: String, _ keys: SettingsKeys) -> SettingsMap? {
        guard let entries = entries(node, label) else { return nil }
        var meant: Set<String> = []
        for entry in entries where !keys.known.contains(entry.key) {
            check(undeclared: entry, keys)
            if let key = Nearest.word(to: entry.key, among: keys.candidates) { meant.insert(key) }
        }
        // One that is misspelt is not missing too.
        for key in keys.needed
        where !entries.contains(where: { $0.key == key }) && !meant.contains(key) {
            fail("'\(key)' is needed", at: node.location)
        }
        return SettingsMap(reader: self, keys: keys, entries: entries, location: node.location)
    }

    private func check(undeclared entry: SettingsEntry, _ keys: SettingsKeys) {
        if let accepted = keys.later[entry.key] {
            if !accepted.matches(entry.node) {
                fail("'\(entry.key)' is not in this version", at: entry.location)
            }
        } else if let sentence = keys.elsewhere[entry.key] {
            fail(sentence, at: entry.location)
        } else {
            let hint = Nearest.hint(for: entry.key, among: keys.candidates)
            let list = "; the keys here are \(keys.known.joined(separator: ", "))"
            fail("unknown key '\(entry.key)'\(hint.isEmpty ? list : hint)", at: entry.location)
        }
    }
}
