/// An element of an XML document as S3 writes them: elements and texts; attributes are skipped.
struct XMLElement {
    private(set) var name: Substring = ""
    private(set) var children: [XMLElement] = []
    /// The text of an element without elements in it.
    private(set) var text = ""

    /// The root of a document; nil where the text is none.
    init?(_ document: String) {
        var rest = Substring(document)
        guard let root = XMLElement(&rest, depth: 0) else { return nil }
        self = root
    }

    /// The text of the first element of a name that stands in this one.
    subscript(name: String) -> String? { first(name)?.text }

    func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    private static let deepest = 32

    /// Reads an element with all that is in it.
    private init?(_ rest: inout Substring, depth: Int) {
        guard depth < XMLElement.deepest, let tag = XMLElement.tag(&rest) else { return nil }
        name = tag.prefix { !$0.isWhitespace && $0 != "/" }
        guard !name.isEmpty else { return nil }
        if tag.hasSuffix("/") { return }
        while true {
            let characters = rest.prefix { $0 != "<" }
            rest = rest[characters.endIndex...]
            if children.isEmpty { text += XMLElement.unescaped(characters) }
            if rest.hasPrefix("</") {
                guard let end = XMLElement.tag(&rest) else { return nil }
                guard end.dropFirst().prefix(while: { !$0.isWhitespace }) == name else {
                    return nil
                }
                break
            }
            guard !rest.isEmpty, let child = XMLElement(&rest, depth: depth + 1) else { return nil }
            children.append(child)
        }
        if !children.isEmpty { text = "" }
    }

    /// What stands between the next `<` and its `>`; declarations and comments are passed over.
    private static func tag(_ rest: inout Substring) -> Substring? {
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if !tag.hasPrefix("?"), !tag.hasPrefix("!") { return tag }
        }
        return nil
    }

    private static let entities: [Substring: Character] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    ]

    private static func unescaped(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        var plain = ""
        var rest = text
        while let character = rest.popFirst() {
            // No entity is longer; looking further would take for ever where there are many.
            guard character == "&", let end = rest.prefix(12).firstIndex(of: ";") else {
                plain.append(character)
                continue
            }
            let name = rest[..<end]
            if let known = entities[name] {
                plain.append(known)
            } else if name.hasPrefix("#"), let scalar = scalar(name.dropFirst()) {
                plain.unicodeScalars.append(scalar)
            } else {
                plain += "&\(name);"
            }
            rest = rest[rest.index(after: end)...]
        }
        return plain
    }

    private static func scalar(_ number: Substring) -> Unicode.Scalar? {
        let value =
            number.hasPrefix("x") ? UInt32(number.dropFirst(), radix: 16) : UInt32(number)
        return value.flatMap { Unicode.Scalar($0) }
    }

    /// A text as it stands in a document.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            let entity = entities.first { $0.value == character }
            escaped += entity.map { "&\($0.key);" } ?? String(character)
        }
        return escaped
    }
}
