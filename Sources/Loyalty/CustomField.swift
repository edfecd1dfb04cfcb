/// A field that a program gives every reward beside the usual ones.
///
/// Source: spec, part 8 'fields'.
package struct CustomField: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable { case text, number, date, boolean }

    package static let mostCharacters = 255

    package var name: String
    package var kind: Kind

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// What is wrong with a value, as a sentence that follows the field's name; nil where it is good.
    ///
    /// An empty value is none, whatever the type.
    package func flaw(of value: String) -> String? {
        if value.unicodeScalars.count > CustomField.mostCharacters {
            return "has more than \(CustomField.mostCharacters) characters"
        }
        let isGood =
            switch kind {
            case .text: true
            case .number: CustomField.isNumber(value)
            case .date: CivilDate(value) != nil
            case .boolean: value == "true" || value == "false"
            }
        if isGood || value.isEmpty { return nil }
        return switch kind {
        case .text: nil
        case .number: "is a number like 12.5, not '\(value)'"
        case .date: "is a date like 2026-01-31, not '\(value)'"
        case .boolean: "is true or false, not '\(value)'"
        }
    }

    /// Digits, with a sign and decimals or without.
    private static func isNumber(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count <= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
            }
    }
}
