/// Reads the tree of one file and gathers all that is wrong with it.
///
/// Reading goes on after an error with whatever default stands in; `finish` throws what was
/// gathered, so no value read beside an error is ever used.
package final class SettingsReader {
    /// The root of the file.
    package let root: SettingsNode
    package private(set) var errors: [SettingsError] = []
    /// What is allowed and can't do what it says.
    package private(set) var warnings: [SettingsError] = []

    /// - Throws: `SettingsErrors` when the source is no YAML that we allow.
    package init(_ source: SettingsSource) throws {
        root = try source.tree()
    }

    /// Notes an error.
    package func fail(_ message: String, at location: SettingsLocation) {
        errors.append(SettingsError(message, at: location))
    }

    /// Notes a warning.
    package func warn(_ message: String, at location: SettingsLocation) {
        warnings.append(SettingsError(message, at: location))
    }

    /// Every error noted, to be thrown where reading can't go on; there must be one.
    package var failure: SettingsErrors { SettingsErrors(errors) }

    /// The end of reading.
    ///
    /// - Throws: `SettingsErrors` with every error noted.
    package func finish() throws {
        if !errors.isEmpty { throw failure }
    }

    /// Opens the map that is the whole file, and checks the version that heads it.
    ///
    /// - Parameter keys: without `version`.
    /// - Throws: `SettingsErrors` when there is nothing to read further.
    package func file(_ keys: SettingsKeys) throws -> SettingsMap {
        guard case .map(let entries) = root.value else {
            fail("the file must be a map of keys, not \(root.summary)", at: root.location)
            throw failure
        }
        guard let version = entries.first(where: { $0.key == "version" }) else {
            fail("'version: 1' is needed at the top", at: root.location)
            throw failure
        }
        guard version.node.text == "1" else {
            // The keys of another version are not ours to judge.
            fail(
                "version \(version.node.summary) is not known; this program reads version 1",
                at: version.node.location)
            throw failure
        }
        var keys = keys
        keys.known.insert("version", at: 0)
        guard let map = map(root, "file", keys) else { throw failure }
        return map
    }

    /// The value of a key of the file before it is opened, for files whose keys depend on one.
    package func peek(_ key: String) -> SettingsNode? {
        guard case .map(let entries) = root.value else { return nil }
        return entries.first { $0.key == key }?.node
    }

    /// The text of a scalar; `label` is the key it belongs to.
    package func text(_ node: SettingsNode, _ label: String) -> String? {
        switch node.value {
        case .text(let text):
            return text
        case .blank:
            fail("'\(label)' has no value", at: node.location)
        case .list, .map:
            fail("'\(label)' needs one value, not \(node.summary)", at: node.location)
        }
        return nil
    }

    /// What a scalar's text stands for.
    ///
    /// - Parameter form: what is needed, with its article: `a whole number`.
    package func parse<Value>(
        _ node: SettingsNode, _ label: String, as form: String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let text = text(node, label) else { return nil }
        guard let value = parse(text) else {
            fail("'\(label)' needs \(form), not '\(text)'", at: node.location)
            return nil
        }
        return value
    }

    /// What a scalar's text stands for, by a parser that says itself what is wrong.
    package func parse<Value>(
        _ node: SettingsNode, _ label: String, _ parse: (String) throws(SettingsProblem) -> Value
    ) -> Value? {
        guard let text = text(node, label) else { return nil }
        do throws(SettingsProblem) {
            return try parse(text)
        } catch {
            fail("'\(label)': \(error.message)", at: node.location)
            return nil
        }
    }

    /// One word of a set.
    ///
    /// - Parameter later: words of the set that a later version will know.
    package func word<Word: CaseIterable & RawRepresentable>(
        _ node: SettingsNode, _ label: String, later: [String] = []
    ) -> Word? where Word.RawValue == String {
        guard let text = text(node, label) else { return nil }
        if let word = Word(rawValue: text) { return word }
        if later.contains(text) {
            fail("'\(text)' for '\(label)' is not in this version", at: node.location)
            return nil
        }
        let words = Word.allCases.map(\.rawValue)
        let hint = Nearest.hint(for: text, among: words + later)
        let form = words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
        fail("'\(label)' needs \(form), not '\(text)'\(hint)", at: node.location)
        return nil
    }

    /// The items of a list.
    package func items(_ node: SettingsNode, _ label: String) -> [SettingsNode]? {
        if case .list(let items) = node.value { return items }
        needs("a list", node, label)
        return nil
    }

    /// The entries of a map, whatever their keys.
    package func entries(_ node: SettingsNode, _ label: String) -> [SettingsEntry]? {
        if case .map(let entries) = node.value { return entries }
        needs("a map", node, label)
        return nil
    }

    private func needs(_ form: String, _ node: SettingsNode, _ label: String) {
        if case .blank = node.value {
            fail("'\(label)' has no value", at: node.location)
        } else {
            fail("'\(label)' needs \(form), not \(node.summary)", at: node.location)
        }
    }
}
