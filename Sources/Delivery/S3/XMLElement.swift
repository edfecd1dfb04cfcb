/// An element of an XML document as S3 writes them: elements and texts; attributes are skipped.
struct XMLElement {
    private(set) var name = ""
    private(set) var children: [XMLElement] = []
    /// The text of an element without elements in it.
    private(set) var text = ""

    /// The root of a document; nil where the text is none.
    init?(_ document: String) {
        var rest = Substring(document).unicodeScalars
        guard let root = XMLElement(&rest, depth: 0) else { return nil }
        self = root
    }

    /// The text of the first element of a name that stands in this one.
    subscript(name: String) -> String? { first(name)?.text }

    func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    private static let deepest = 32

    /// What is left of a document, by scalars: a combining mark that begins a text would make one character with the `>`
    /// before it.
    private typealias Scalars = Substring.UnicodeScalarView

    /// Reads an element with all that is in it.
    private init?(_ rest: inout Scalars, depth: Int) {
        guard depth < XMLElement.deepest, let tag = XMLElement.tag(&rest) else { return nil }
        name = XMLElement.name(tag)
        guard !name.isEmpty else { return nil }
        if tag.last == "/" { return }
        while true {
            let scalars = rest.prefix { $0 != "<" }
            rest = rest[scalars.endIndex...]
            if children.isEmpty { text += XMLElement.unescaped(scalars) }
            if rest.dropFirst().first == "/" {
                guard let end = XMLElement.tag(&rest), XMLElement.name(end.dropFirst()) == name
                else { return nil }
                break
            }
            guard !rest.isEmpty, let child = XMLElement(&rest, depth: depth + 1) else { return nil }
            children.append(child)
        }
        if !children.isEmpty { text = "" }
    }

    private static func name(_ tag: Scalars) -> String {
        String(tag.prefix { !$0.properties.isWhitespace && $0 != "/" })
    }

    /// What stands between the next `<` and its `>`; declarations and comments are passed over.
    private static func tag(_ rest: inout Scalars) -> Scalars? {
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.first != "?", tag.first != "!" { return tag }
        }
        return nil
    }

    private static let entities: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    ]

    private static func unescaped(_ text: Scalars) -> String {
        guard text.contains("&") else { return String(text) }
        var plain = String.UnicodeScalarView()
        var rest = text
        while let scalar = rest.popFirst() {
            // No entity is longer; looking further would take for ever where there are many.
            guard scalar == "&", let end = rest.prefix(12).firstIndex(of: ";") else {
                plain.append(scalar)
                continue
            }
            let name = String(rest[..<end])
            if let known = entities[name] {
                plain.append(known)
            } else if name.hasPrefix("#"), let scalar = self.scalar(name.dropFirst()) {
                plain.append(scalar)
            } else {
                plain.append(contentsOf: "&\(name);".unicodeScalars)
            }
            rest = rest[rest.index(after: end)...]
        }
        return String(plain)
    }

    private static func scalar(_ number: Substring) -> Unicode.Scalar? {
        let value =
            number.hasPrefix("x") ? UInt32(number.dropFirst(), radix: 16) : UInt32(number)
        return value.flatMap { Unicode.Scalar($0) }
    }

    /// A text as it stands in a document.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let entity = entities.first(where: { $0.value == scalar }) {
                escaped.append(contentsOf: "&\(entity.key);".unicodeScalars)
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
