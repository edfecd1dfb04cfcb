import Yams

extension SettingsSource {
    /// The tree of the file.
    ///
    /// Anchors, aliases, merges, explicit tags, keys that stand twice and more than one document
    /// are refused: a reader of the file must see at a key what it is, and nowhere else.
    ///
    /// - Throws: `SettingsErrors`.
    package func tree() throws -> SettingsNode {
        do {
            return try composed(text())
        } catch let error as SettingsError {
            throw SettingsErrors([error])
        }
    }

    private func composed(_ text: String) throws -> SettingsNode {
        var builder = TreeBuilder(file: name)
        do {
            // Without rules, no text is taken for a number, a date or a null.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            let root = try parser.singleRoot()
            guard let root, !TreeBuilder.isBlank(root) else {
                throw SettingsError("the file is empty", at: builder.start)
            }
            // The nodes hold their anchors weakly: they live as long as the parser.
            let tree = withExtendedLifetime(parser) { builder.node(root) }
            guard builder.errors.isEmpty else { throw SettingsErrors(builder.errors) }
            return tree
        } catch let error as YamlError {
            throw located(error, text: text)
        }
    }

    private func located(_ error: YamlError, text: String) -> SettingsError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            if let place = tabIndent(text, line: mark.line) {
                return SettingsError("a tab indents this line; use spaces", at: place)
            }
            return SettingsError("not YAML: \(problem)", at: place(mark))
        case .composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                return SettingsError(
                    "a second document begins here; one file holds one", at: place(mark))
            }
            return SettingsError("an alias (*) is not allowed; write it out", at: place(mark))
        case .duplicatedKeysInMapping(let keys, let context):
            return SettingsError(
                "the key '\(keys.first ?? "")' stands twice in this map", at: place(context.mark))
        default:
            let start = SettingsLocation(file: name, line: 1, column: 1)
            return SettingsError("not YAML: \(error)", at: start)
        }
    }

    private func place(_ mark: Mark) -> SettingsLocation {
        SettingsLocation(file: name, line: mark.line, column: mark.column)
    }

    /// Where a tab stands in the indentation of a line or of the one before it.
    private func tabIndent(_ text: String, line: Int) -> SettingsLocation? {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for number in [line, line - 1] where lines.indices.contains(number - 1) {
            let indent = lines[number - 1].prefix { $0 == " " || $0 == "\t" }
            if let tab = indent.firstIndex(of: "\t") {
                let column = indent.distance(from: indent.startIndex, to: tab) + 1
                return SettingsLocation(file: name, line: number, column: column)
            }
        }
        return nil
    }
}

/// Turns the parser's nodes into ours and notes what we don't allow.
private struct TreeBuilder {
    let file: String
    var errors: [SettingsError] = []

    init(file: String) { self.file = file }

    var start: SettingsLocation { SettingsLocation(file: file, line: 1, column: 1) }

    /// Whether nothing was written; two quotes are something.
    static func isBlank(_ node: Node) -> Bool {
        if case .scalar(let scalar) = node {
            scalar.string.isEmpty && scalar.style == .plain
        } else {
            false
        }
    }

    mutating func node(_ node: Node) -> SettingsNode {
        let place = location(node.mark)
        // An alias is a copy of what it names, anchor included: looking no further at either keeps
        // aliases of aliases from growing without end.
        if hasAnchor(node) {
            errors.append(
                SettingsError(
                    "anchors (&) and aliases (*) are not allowed; write it out", at: place))
            return SettingsNode(.blank, at: place)
        }
        if hasTag(node) {
            errors.append(
                SettingsError("a tag (!) is not allowed; the key decides the type", at: place))
        }
        switch node {
        case .scalar(let scalar):
            return SettingsNode(
                TreeBuilder.isBlank(node) ? .blank : .text(scalar.string), at: place)
        case .sequence(let sequence):
            return SettingsNode(.list(sequence.map { self.node($0) }), at: place)
        case .mapping(let mapping):
            return SettingsNode(.map(mapping.compactMap { entry($0.key, $0.value) }), at: place)
        case .alias:
            return SettingsNode(.blank, at: place)
        }
    }

    private mutating func entry(_ key: Node, _ value: Node) -> SettingsEntry? {
        let place = location(key.mark)
        guard case .text(let name) = node(key).value else {
            errors.append(SettingsError("a key must be a word", at: place))
            return nil
        }
        guard name != "<<" else {
            errors.append(SettingsError("a merge (<<) is not allowed; write it out", at: place))
            return nil
        }
        return SettingsEntry(key: name, at: place, node: node(value))
    }

    private func location(_ mark: Mark?) -> SettingsLocation {
        SettingsLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private func hasAnchor(_ node: Node) -> Bool {
        switch node {
        case .scalar(let scalar): scalar.anchor != nil
        case .sequence(let sequence): sequence.anchor != nil
        case .mapping(let mapping): mapping.anchor != nil
        case .alias: true
        }
    }

    /// Whether a tag was written.
    ///
    /// The parser gives quoted scalars and keys that it compared the tag of a text, as if it had
    /// been written; one more on them says nothing new.
    private func hasTag(_ node: Node) -> Bool {
        let (tag, usual): (Tag, Tag.Name) =
            switch node {
            case .scalar(let scalar): (scalar.tag, .str)
            case .sequence(let sequence): (sequence.tag, .seq)
            case .mapping(let mapping): (mapping.tag, .map)
            case .alias(let alias): (alias.tag, .str)
            }
        return !["", usual.rawValue].contains(tag.rawValue)
    }
}
