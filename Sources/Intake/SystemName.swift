/// The name of a system, as program.yaml, file names and layouts give it.
package enum SystemName {
    /// Whether a character may be part of one: a letter, a digit, `-` or `_`.
    package static func allows(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
    }

    /// Whether a text is a name.
    package static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy(allows)
    }
}
