import Settings

/// What a date pattern of a layout may say.
///
/// `yyyy`, and `M d H m s` once or twice each; everything else that isn't a letter stands for
/// itself, letters between single quotes too, and two single quotes are one.
enum DateLetters {
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
            guard "yMdHms".contains(first) else {
                throw SettingsProblem(
                    "'\(first)' is no letter of a date pattern: y M d H m s, others in quotes")
            }
            guard first == "y" ? run.count == 4 : run.count <= 2 else {
                throw SettingsProblem(
                    "'\(String(run))' in a date pattern; 'yyyy', and the others once or twice")
            }
            guard seen.insert(first).inserted else {
                throw SettingsProblem("'\(first)' stands twice in the date pattern")
            }
            rest = rest.dropFirst(run.count)
        }
        guard seen.isSuperset(of: "yMd") else {
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
