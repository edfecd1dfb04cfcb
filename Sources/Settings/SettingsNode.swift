/// A part of a settings file: a text, a list or a map, and where it begins.
///
/// Every scalar is its text: what the text means is decided by the key that reads it, so that
/// `no`, `1e3` or `12-31` never turn into something else on the way.
package struct SettingsNode: Hashable, Sendable {
    package indirect enum Value: Hashable, Sendable {
        /// A key without anything after it; quotes make an empty text of it.
        case blank
        case text(String)
        case list([SettingsNode])
        /// In the order of the file.
        case map([SettingsEntry])
    }

    package var value: Value
    package var location: SettingsLocation

    package init(_ value: Value, at location: SettingsLocation) {
        self.value = value
        self.location = location
    }

    /// The text of a scalar.
    package var text: String? {
        if case .text(let text) = value { text } else { nil }
    }

    /// What the value is, in an operator's words: `'60 days'`, `a list`.
    package var summary: String {
        switch value {
        case .blank: "nothing"
        case .text(let text): "'\(text)'"
        case .list: "a list"
        case .map: "a map"
        }
    }
}

/// One key of a map with its value.
package struct SettingsEntry: Hashable, Sendable {
    package var key: String
    /// Where the key stands; the value has a location of its own.
    package var location: SettingsLocation
    package var node: SettingsNode

    package init(key: String, at location: SettingsLocation, node: SettingsNode) {
        self.key = key
        self.location = location
        self.node = node
    }
}
