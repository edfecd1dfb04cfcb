import Foundation

extension SettingsMap {
    /// The name of a time zone of the IANA database: `Europe/Paris`, `UTC`.
    package func timeZone(_ key: String) -> String? {
        node(key).flatMap { reader.timeZone($0, key) }
    }
}

extension SettingsReader {
    /// The name of a time zone of the IANA database; `label` is the key it belongs to.
    package func timeZone(_ node: SettingsNode, _ label: String) -> String? {
        guard let text = text(node, label) else { return nil }
        guard SettingsReader.isTimeZone(text) else {
            let hint = Nearest.hint(for: text, among: TimeZone.knownTimeZoneIdentifiers.sorted())
            fail(
                "'\(label)' needs a time zone like 'Europe/Paris', not '\(text)'\(hint)",
                at: node.location)
            return nil
        }
        return text
    }

    /// Whether the zone exists.
    ///
    /// Abbreviations and offsets are refused, though Foundation takes them: `CET` or `GMT+1` mean
    /// something else in every country, or in summer.
    private static func isTimeZone(_ text: String) -> Bool {
        if ["UTC", "GMT"].contains(text) { return true }
        return text.contains("/") && TimeZone(identifier: text) != nil
    }
}
