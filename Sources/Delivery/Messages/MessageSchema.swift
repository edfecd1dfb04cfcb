/// The JSON Schema (2020-12) of a message: what a receiver can rely on.
///
/// Made from the columns, so that it says what is sent; the files in Schemas/ are these texts.
package struct MessageSchema {
    /// The whole file.
    package let text: String

    package init(_ message: Message) {
        var properties = message.columns.map { ($0.name, MessageSchema.type(of: $0)) }
        var required = message.columns.filter { !$0.isOptional }.map(\.name) + ["schema"]
        properties.append(
            (
                "schema",
                .map([
                    ("const", .text(message.schema)),
                    ("description", .text("which schema it follows, and which version of it")),
                ])
            ))
        if let records = message.records {
            required.append(records.name)
            properties.append(
                (
                    records.name,
                    .map([
                        ("description", .text(records.about)),
                        ("items", MessageSchema.object(records.columns)), ("type", .text("array")),
                    ])
                ))
        }
        let schema = JSONText.map([
            ("$id", .text("urn:nightjar:message:\(message.kind.rawValue):\(Message.version)")),
            ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            ("description", .text(message.about)),
            ("properties", .map(properties.sorted { $0.0 < $1.0 })),
            ("required", .list(required.sorted().map { .text($0) })),
            ("title", .text(message.kind.rawValue)), ("type", .text("object")),
        ])
        text = schema.text(indent: "") + "\n"
    }

    private static func object(_ columns: [Message.Column]) -> JSONText {
        .map([
            (
                "properties",
                .map(columns.map { ($0.name, type(of: $0)) }.sorted { $0.0 < $1.0 })
            ),
            (
                "required",
                .list(columns.filter { !$0.isOptional }.map(\.name).sorted().map { .text($0) })
            ), ("type", .text("object")),
        ])
    }

    private static func type(of column: Message.Column) -> JSONText {
        func text(_ more: [(String, JSONText)] = []) -> [(String, JSONText)] {
            more + [("type", .text("string"))]
        }
        func map(of type: JSONText) -> [(String, JSONText)] {
            [("additionalProperties", type), ("type", .text("object"))]
        }
        let string = JSONText.map([("type", .text("string"))])
        var keys: [(String, JSONText)]
        switch column.form {
        case .text: keys = text()
        case .word(let words): keys = [("enum", .list(words.map { .text($0) }))]
        case .number: keys = [("type", .text("integer"))]
        case .ordinal: keys = [("minimum", .raw("1")), ("type", .text("integer"))]
        case .money: keys = text([("pattern", .text(#"^-?[0-9]+(\.[0-9]+)?$"#))])
        case .percent: keys = text([("pattern", .text(#"^[0-9]+\.[0-9]{2}$"#))])
        case .date, .night: keys = text([("format", .text("date"))])
        case .time:
            keys = text([
                ("pattern", .text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"))
            ])
        case .flag: keys = [("type", .text("boolean"))]
        case .texts: keys = [("items", string), ("type", .text("array"))]
        case .pairs: keys = map(of: string)
        case .counts: keys = map(of: .map([("type", .text("integer"))]))
        case .translations:
            keys = map(
                of: .map([
                    ("properties", .map([("description", string), ("name", string)])),
                    ("type", .text("object")),
                ]))
        }
        keys.append(("description", .text(column.about)))
        return .map(keys.sorted { $0.0 < $1.0 })
    }
}

/// A piece of JSON that people read too.
private indirect enum JSONText {
    case text(String)
    case raw(String)
    case list([JSONText])
    case map([(String, JSONText)])

    func text(indent: String) -> String {
        let deeper = indent + "  "
        switch self {
        case .text(let text):
            return "\""
                + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .raw(let text): return text
        case .list(let items):
            return "[" + items.map { $0.text(indent: deeper) }.joined(separator: ", ") + "]"
        case .map(let entries):
            let lines = entries.map { "\(deeper)\"\($0.0)\": \($0.1.text(indent: deeper))" }
            return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
