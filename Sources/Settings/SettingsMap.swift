/// A map of a settings file with its declared keys, read key by key.
///
/// Every accessor gives nil both for a key that isn't there and for a value that is wrong; the
/// wrong one is noted with the reader, so a caller may go on with the default.
package struct SettingsMap {
    package let reader: SettingsReader
    package let location: SettingsLocation
    private let keys: SettingsKeys
    private let entries: [SettingsEntry]

    init(
        reader: SettingsReader, keys: SettingsKeys, entries: [SettingsEntry],
        location: SettingsLocation
    ) {
        self.reader = reader
        self.keys = keys
        self.entries = entries
        self.location = location
    }

    /// The value of a key, unread.
    package func node(_ key: String) -> SettingsNode? {
        precondition(keys.known.contains(key), "the key '\(key)' is not declared")
        return entries.first { $0.key == key }?.node
    }

    /// Where the value of a key stands, or, without one, the map.
    package func location(of key: String) -> SettingsLocation { node(key)?.location ?? location }

    /// Whether the value says that there is no limit.
    package func isNone(_ key: String) -> Bool { node(key)?.text == "none" }

    /// A text that isn't empty.
    package func text(_ key: String) -> String? {
        guard let text = textOrEmpty(key) else { return nil }
        if text.isEmpty { reader.fail("'\(key)' is empty", at: location(of: key)) }
        return text.isEmpty ? nil : text
    }

    /// A text; `""` is one.
    package func textOrEmpty(_ key: String) -> String? {
        node(key).flatMap { reader.text($0, key) }
    }

    /// What a text stands for; `form` says what is needed: `a date like 2026-01-31`.
    package func parse<Value>(
        _ key: String, as form: String, _ parse: (String) -> Value?
    ) -> Value? {
        node(key).flatMap { reader.parse($0, key, as: form, parse) }
    }

    /// What a text stands for, by a parser that says itself what is wrong.
    package func parse<Value>(
        _ key: String, _ parse: (String) throws(SettingsProblem) -> Value
    ) -> Value? {
        guard let node = node(key) else { return nil }
        return reader.parse(node, key, parse)
    }

    /// A whole number within bounds, both good.
    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        let form = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return parse(key, as: form) { text in
            guard let number = SettingsReader.digits(text) else { return nil }
            return range.contains(number) ? number : nil
        }
    }

    /// `true` or `false`.
    package func boolean(_ key: String) -> Bool? {
        parse(key, as: "true or false") { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        }
    }

    /// One word of a set; `later` are those that a later version will know.
    package func word<Word: CaseIterable & RawRepresentable>(
        _ key: String, _ type: Word.Type = Word.self, later: [String] = []
    ) -> Word? where Word.RawValue == String {
        node(key).flatMap { reader.word($0, key, later: later) }
    }

    /// A length of time.
    package func duration(_ key: String) -> SettingsDuration? {
        parse(key, as: SettingsDuration.form) { SettingsDuration($0) }
    }

    /// A size in bytes: `512 MiB`.
    package func bytes(_ key: String) -> Int? {
        parse(key, as: "a size like '512 MiB' (B, KiB, MiB, GiB, TiB)") { SettingsReader.size($0) }
    }

    /// The items of a list.
    package func items(_ key: String) -> [SettingsNode]? {
        node(key).flatMap { reader.items($0, key) }
    }

    /// A list of texts, each with its place; `""` is one.
    package func texts(_ key: String) -> [Located<String>]? {
        items(key)?.compactMap { item in
            reader.text(item, key).map { Located($0, at: item.location) }
        }
    }

    /// The entries of a map whose keys are the operator's own.
    package func entries(_ key: String) -> [SettingsEntry]? {
        node(key).flatMap { reader.entries($0, key) }
    }

    /// A map from the operator's own words to texts.
    package func pairs(_ key: String) -> [String: String]? {
        entries(key).map { reader.pairs($0) }
    }

    /// A map with declared keys.
    package func map(_ key: String, _ keys: SettingsKeys) -> SettingsMap? {
        node(key).flatMap { reader.map($0, key, keys) }
    }
}

extension SettingsReader {
    /// Entries as a dictionary of texts; those that aren't texts are noted and left out.
    package func pairs(_ entries: [SettingsEntry]) -> [String: String] {
        var pairs: [String: String] = [:]
        for entry in entries { pairs[entry.key] = text(entry.node, entry.key) }
        return pairs
    }
}
