import Settings
import Tabular

/// What a date pattern of a layout may say.
///
/// `yyyy`; `M d H m s` once or twice each; `S` for as many decimals of a second; `X` or `XXX` for an
/// offset. Everything else that isn't a letter stands for itself, letters between single quotes too.
enum DateLetters {
    /// How often each letter may stand in a row.
    private static let widths: [Character: Set<Int>] = [
        "y": [4], "M": [1, 2], "d": [1, 2], "H": [1, 2], "m": [1, 2], "s": [1, 2],
        "S": Set(1...9), "X": [1, 3],
    ]

    /// The pattern, when it is one.
    static func checked(_ text: String) throws(SettingsProblem) -> String {
        var seen: Set<Character> = []
        var rest = Array(text)[...]
        while let first = rest.first {
            if first == "'" {
                rest = try afterQuote(rest.dropFirst())
                continue
            }
            let run = rest.prefix { $0 == first }
            guard first.isLetter else {
                rest = rest.dropFirst()
                continue
            }
            guard let widths = widths[first] else {
                throw SettingsProblem(
                    "'\(first)' is no letter of a date pattern: y M d H m s S X, others in quotes")
            }
            guard widths.contains(run.count) else {
                throw SettingsProblem(
                    "'\(String(run))' in a date pattern; say yyyy, M or MM, d or dd, and so on")
            }
            guard seen.insert(first).inserted else {
                throw SettingsProblem("'\(first)' stands twice in the date pattern")
            }
            rest = rest.dropFirst(run.count)
        }
        guard seen.isSuperset(of: "yMd"), DatePattern(text) != nil else {
            throw SettingsProblem("a date pattern needs y, M and d")
        }
        return text
    }

    /// What follows a quoted part whose first quote has just been read.
    private static func afterQuote(
        _ text: ArraySlice<Character>
    ) throws(SettingsProblem) -> ArraySlice<Character> {
        guard let end = text.firstIndex(of: "'") else {
            throw SettingsProblem("a quote is open in the date pattern")
        }
        return text[(end + 1)...]
    }
}
