package import Loyalty
package import Settings

/// Which files of the inbox a job takes, and what their names say.
///
/// `*` is any run of characters and `?` any one, both without `/`. `{system}` and `{store}` are names of
/// letters, digits, `-` and `_`; `{date}` a day as `yyyy-MM-dd` or `yyyyMMdd`; `{reward}` any text without `/`. A pattern without a `/` is
/// held against the file's own name, whatever folder it lies in; one with a `/` against the path.
package struct FilePattern: Hashable, Sendable, CustomStringConvertible {
    /// What stands at the fields of a pattern; nil where it has no such field.
    package struct Fields: Hashable, Sendable {
        package var system: String?
        package var store: String?
        package var date: CivilDate?
        package var reward: String?

        package init(
            system: String? = nil, store: String? = nil, date: CivilDate? = nil,
            reward: String? = nil
        ) {
            self.system = system
            self.store = store
            self.date = date
            self.reward = reward
        }

        /// What the name says of every record of the file, by column.
        package var constants: [String: String] {
            var constants: [String: String] = [:]
            constants["system"] = system
            constants["store_id"] = store
            constants["reward_id"] = reward
            return constants
        }
    }

    enum Field: String, CaseIterable { case system, store, date, reward }

    enum Token: Hashable, Sendable {
        case literal(Unicode.Scalar)
        case anyOne
        case anyRun
        case field(Field)
    }

    /// As it was written.
    package let description: String
    let tokens: [Token]
    let isPath: Bool

    /// - Throws: `SettingsProblem` when the text is no pattern.
    package init(_ text: String) throws(SettingsProblem) {
        let folders = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !folders.contains(where: { ["", ".", ".."].contains($0) }) else {
            throw SettingsProblem("'\(text)' is no path within the inbox")
        }
        var tokens: [Token] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*":
                // Two stars say no more than one.
                if tokens.last != .anyRun { tokens.append(.anyRun) }
            case "?":
                tokens.append(.anyOne)
            case "{":
                let field = try FilePattern.field(&rest)
                guard !tokens.contains(.field(field)) else {
                    throw SettingsProblem("{\(field.rawValue)} stands twice in '\(text)'")
                }
                tokens.append(.field(field))
            case "}":
                throw SettingsProblem("a } without its { in '\(text)'")
            default:
                tokens.append(.literal(scalar))
            }
        }
        description = text
        self.tokens = tokens
        isPath = folders.count > 1
    }

    /// The field whose `{` has just been read.
    private static func field(
        _ rest: inout Substring.UnicodeScalarView
    ) throws(SettingsProblem) -> Field {
        guard let end = rest.firstIndex(of: "}") else {
            throw SettingsProblem("a { without its }")
        }
        let name = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        guard let field = Field(rawValue: name) else {
            let hint = Nearest.hint(for: name, among: Field.allCases.map(\.rawValue))
            throw SettingsProblem("unknown field {\(name)}\(hint)")
        }
        return field
    }

    /// Whether the pattern has a `{date}`: its files say which night they belong to.
    package var namesDate: Bool { tokens.contains(.field(.date)) }

    /// Whether the pattern has a `{system}`.
    package var namesSystem: Bool { tokens.contains(.field(.system)) }

    /// Whether the pattern has a `{store}`.
    package var namesStore: Bool { tokens.contains(.field(.store)) }

    /// Whether the pattern has a `{reward}`.
    package var namesReward: Bool { tokens.contains(.field(.reward)) }

    /// What the name of a file says, or nil when the pattern doesn't take it.
    ///
    /// Where a name could be read in several ways, fields and `*` take as little as they can, from the left;
    /// but a `{reward}` that may be one of the known rewards is the longest of these, since its id may hold
    /// what parts it from the rest.
    ///
    /// - Parameters:
    ///   - path: relative to the inbox.
    ///   - rewards: the ids of all rewards.
    package func match(_ path: String, rewards: Set<String> = []) -> Fields? {
        let scalars = Array(path.unicodeScalars)
        let name = scalars.split(separator: "/", omittingEmptySubsequences: false).last ?? []
        for known in namesReward && !rewards.isEmpty ? [rewards, nil] : [nil] {
            var matcher = Matcher(
                tokens: tokens, text: isPath ? scalars : Array(name), rewards: known)
            if matcher.matches(token: 0, at: 0) { return matcher.fields }
        }
        return nil
    }
}

/// One attempt to read a name by a pattern, going back where a choice was wrong.
private struct Matcher {
    let tokens: [FilePattern.Token]
    let text: [Unicode.Scalar]
    /// The only ones that a `{reward}` may be; nil: anything.
    let rewards: Set<String>?
    var fields = FilePattern.Fields()
    /// What failed once, as token × text position: without it many stars would take for ever.
    var failures: Set<Int> = []

    init(tokens: [FilePattern.Token], text: [Unicode.Scalar], rewards: Set<String>?) {
        self.tokens = tokens
        self.text = text
        self.rewards = rewards
    }

    mutating func matches(token: Int, at start: Int) -> Bool {
        guard token < tokens.count else { return start == text.count }
        let attempt = token * (text.count + 1) + start
        guard !failures.contains(attempt) else { return false }
        for end in ends(of: tokens[token], from: start) where matches(token: token + 1, at: end) {
            if case .field(let field) = tokens[token] { keep(field, start..<end) }
            return true
        }
        failures.insert(attempt)
        return false
    }

    /// Where a token that starts here may end, shortest first.
    private func ends(of token: FilePattern.Token, from start: Int) -> [Int] {
        switch token {
        case .literal(let scalar):
            return start < text.count && text[start] == scalar ? [start + 1] : []
        case .anyOne:
            return start < text.count && text[start] != "/" ? [start + 1] : []
        case .anyRun:
            return Array(start...run(from: start) { $0 != "/" })
        case .field(.system), .field(.store):
            let end = run(from: start, while: SystemName.allows)
            return end > start ? Array(start + 1...end) : []
        case .field(.reward):
            let end = run(from: start) { $0 != "/" }
            guard end > start else { return [] }
            guard let rewards else { return Array(start + 1...end) }
            return (start + 1...end).reversed().filter { rewards.contains(string(start..<$0)) }
        case .field(.date):
            return [start + 10, start + 8].filter { date(start..<$0) != nil }
        }
    }

    private func run(from start: Int, while allowed: (Unicode.Scalar) -> Bool) -> Int {
        text[start...].firstIndex { !allowed($0) } ?? text.count
    }

    private mutating func keep(_ field: FilePattern.Field, _ range: Range<Int>) {
        switch field {
        case .system: fields.system = string(range)
        case .store: fields.store = string(range)
        case .date: fields.date = date(range)
        case .reward: fields.reward = string(range)
        }
    }

    private func string(_ range: Range<Int>) -> String {
        String(String.UnicodeScalarView(text[range]))
    }

    private func date(_ range: Range<Int>) -> CivilDate? {
        guard range.upperBound <= text.count else { return nil }
        let written = string(range)
        guard range.count == 8 else { return CivilDate(written) }
        let (year, rest) = (written.prefix(4), written.dropFirst(4))
        return CivilDate("\(year)-\(rest.prefix(2))-\(rest.suffix(2))")
    }
}
