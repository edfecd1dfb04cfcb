internal import Settings

/// Reads a regular expression: letters, `.`, `[classes]`, `(groups)`, `|`, `?`, `*`, `+`, `{counts}`, and `\d`, `\w`, `\s`.
///
/// A class and what it leaves out is of ASCII; `.` and a class that begins with `^` take any other character too.
struct TextPatternParser {
    private let text: [UInt8]
    private var at = 0
    private static let deepest = 32
    private static let mostTimes = 255

    init(_ text: String) { self.text = Array(text.utf8) }

    private var byte: UInt8? { at < text.count ? text[at] : nil }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard self.byte == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    private func wrong(_ what: String) -> SettingsProblem {
        SettingsProblem(
            "\(what) in the regular expression '\(String(decoding: text, as: UTF8.self))'")
    }

    private func unknown(_ what: String) -> SettingsProblem {
        wrong(
            "'\(what)' is not in this version; letters, [classes], (groups), |, ?, *, +, {counts} are,"
        )
    }

    mutating func whole() throws(SettingsProblem) -> TextPattern.Part {
        let part = try alternatives(depth: 0)
        guard at == text.count else { throw wrong("a ) without its (") }
        return part
    }

    private mutating func alternatives(depth: Int) throws(SettingsProblem) -> TextPattern.Part {
        guard depth < TextPatternParser.deepest else { throw wrong("too many groups in groups") }
        var parts = [try sequence(depth: depth)]
        while take("|") { parts.append(try sequence(depth: depth)) }
        return parts.count == 1 ? parts[0] : .either(parts)
    }

    private mutating func sequence(depth: Int) throws(SettingsProblem) -> TextPattern.Part {
        var parts: [TextPattern.Part] = []
        while let byte, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            // The whole is matched in any case.
            let isStart = byte == UInt8(ascii: "^") && at == 0
            if isStart || byte == UInt8(ascii: "$") && at == text.count - 1 {
                at += 1
                continue
            }
            parts.append(try counted(try atom(depth: depth)))
        }
        return .sequence(parts)
    }

    /// A part with how often it stands there.
    private mutating func counted(
        _ part: TextPattern.Part
    ) throws(SettingsProblem) -> TextPattern.Part {
        let counted: TextPattern.Part
        if take("?") {
            counted = .times(part, 0, 1)
        } else if take("*") {
            counted = .times(part, 0, nil)
        } else if take("+") {
            counted = .times(part, 1, nil)
        } else if take("{") {
            let least = try number()
            let most = take(",") ? (byte == UInt8(ascii: "}") ? nil : try number()) : least
            guard take("}") else { throw wrong("a { without its }") }
            guard most ?? least >= least else { throw wrong("a count that ends before it begins") }
            counted = .times(part, least, most)
        } else {
            return part
        }
        if let byte, "?*+{".utf8.contains(byte) { throw wrong("a count behind another one") }
        return counted
    }

    private mutating func number() throws(SettingsProblem) -> Int {
        var number = 0
        let start = at
        while let byte, byte &- 48 <= 9, number <= TextPatternParser.mostTimes {
            number = number * 10 + Int(byte - 48)
            at += 1
        }
        guard at > start, number <= TextPatternParser.mostTimes else {
            throw wrong("a count is a number up to \(TextPatternParser.mostTimes):")
        }
        return number
    }

    private mutating func atom(depth: Int) throws(SettingsProblem) -> TextPattern.Part {
        let start = at
        let byte = text[at]
        at += 1
        switch byte {
        case UInt8(ascii: "("):
            if take("?"), !take(":") { throw unknown("(?") }
            let part = try alternatives(depth: depth + 1)
            guard take(")") else { throw wrong("a ( without its )") }
            return part
        case UInt8(ascii: "["): return try charactersOfClass()
        case UInt8(ascii: "."): return TextPatternParser.others(than: .init())
        case UInt8(ascii: "\\"):
            let (set, isOther) = try escape()
            return isOther ? TextPatternParser.others(than: set) : .byte(set)
        case UInt8(ascii: "^"), UInt8(ascii: "$"):
            throw wrong("a \(Character(Unicode.Scalar(byte))) amid")
        case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "{"):
            throw wrong("a count of nothing")
        default:
            // A character of several bytes is one part.
            while let more = self.byte, byte >= 0xC0, more & 0xC0 == 0x80 { at += 1 }
            return .sequence(text[start..<at].map { .byte(.init($0...$0)) })
        }
    }

    /// What a backslash stands for, or all other characters.
    private mutating func escape() throws(SettingsProblem) -> (TextPattern.ByteSet, isOther: Bool) {
        guard let byte else { throw wrong("a backslash at the end") }
        at += 1
        let letter = Character(Unicode.Scalar(byte))
        switch letter {
        case "d", "D": return (.init(48...57), letter == "D")
        case "w", "W": return (.init(48...57, 65...90, 95...95, 97...122), letter == "W")
        case "s", "S": return (.init(9...13, 32...32), letter == "S")
        default:
            guard byte < 128, !letter.isLetter, !letter.isNumber else {
                throw unknown("\\\(letter)")
            }
            return (.init(byte...byte), false)
        }
    }

    /// A class whose `[` has just been read.
    private mutating func charactersOfClass() throws(SettingsProblem) -> TextPattern.Part {
        let isOther = take("^")
        var set = TextPattern.ByteSet()
        if byte == UInt8(ascii: "]") { throw wrong("a class of nothing") }
        while !take("]") {
            guard let first = try character(&set) else { continue }
            guard byte == UInt8(ascii: "-"), at + 1 < text.count, text[at + 1] != UInt8(ascii: "]")
            else {
                set.insert(first)
                continue
            }
            at += 1
            guard let last = try character(&set), first <= last else {
                throw wrong("a range that ends before it begins")
            }
            set.formUnion(.init(first...last))
        }
        return isOther ? TextPatternParser.others(than: set) : .byte(set)
    }

    /// One character of a class; nil for an escape that is several, which are put into the set.
    private mutating func character(
        _ set: inout TextPattern.ByteSet
    ) throws(SettingsProblem) -> UInt8? {
        guard let byte else { throw wrong("a [ without its ]") }
        at += 1
        switch byte {
        case UInt8(ascii: "\\"):
            let start = at
            let (escaped, isOther) = try escape()
            if isOther { throw unknown("\\\(Character(Unicode.Scalar(text[start]))) in a class") }
            if text[start] | 32 >= 97, text[start] | 32 <= 122 {
                set.formUnion(escaped)
                return nil
            }
            return text[start]
        case UInt8(ascii: "["), UInt8(ascii: "]"):
            throw wrong("a bracket in a class, without a backslash before it,")
        case 128...: throw unknown("a character that is not ASCII in a class")
        default: return byte
        }
    }

    /// Any character but those of a set.
    private static func others(than set: TextPattern.ByteSet) -> TextPattern.Part {
        let more = TextPattern.Part.byte(.init(0x80...0xBF))
        return .either([
            .byte(set.otherASCII),
            .sequence([.byte(.init(0xC2...0xDF)), more]),
            .sequence([.byte(.init(0xE0...0xEF)), more, more]),
            .sequence([.byte(.init(0xF0...0xF4)), more, more, more]),
        ])
    }
}
