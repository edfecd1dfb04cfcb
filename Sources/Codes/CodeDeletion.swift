package import Loyalty
package import Storage

/// Takes codes away that nobody has, as an operator asks; what a member has or has used stays.
package struct CodeDeletion {
    /// Which codes.
    package enum Scope: Hashable, Sendable {
        /// Those that came in a file: its path, or its name alone.
        case file(String)
        case reward(String)
        case all
    }

    /// What became of a reward's codes.
    package struct Line: Hashable, Sendable {
        package var reward: String
        package var owner: String
        package var had: Int64 = 0
        package var deleted: Int64 = 0
        /// A member has them, or has used them.
        package var kept: Int64 = 0
    }

    private let connection: Connection
    private let register: Register
    private let messages: CodeMessages

    package init(
        _ connection: Connection, terms: CodeTerms, currency: Currency, night: CivilDate
    ) throws {
        self.connection = connection
        register = try Register(
            connection, night: night, rewards: RewardBook(connection, night: night).list())
        messages = try CodeMessages(connection, terms, currency, register)
    }

    /// Voids what nobody has, and tells every system that knows it: mirrors first, so that none of them can
    /// sell what the owner has taken back.
    ///
    /// - Returns: a line a reward; none where the scope names nothing.
    package func run(_ scope: Scope) throws -> [Line] {
        let files = try files(of: scope)
        var lines: [Int32: Line] = [:]
        for (id, reward) in register.rewards.all where !reward.owner.isEmpty {
            if case .reward(let name) = scope, reward.id != name { continue }
            var line = Line(reward: reward.id, owner: reward.owner)
            try count(id, files, &line)
            if line.had > 0 { lines[id] = line }
        }
        for id in lines.keys.sorted() {
            lines[id]?.deleted = try void(id, files)
        }
        try register.counts.write()
        return lines.sorted { $0.key < $1.key }.map(\.value).sorted { $0.reward < $1.reward }
    }

    /// The files of the scope; nil: all.
    private func files(of scope: Scope) throws -> Set<Int64>? {
        guard case .file(let name) = scope else { return nil }
        var files: Set<Int64> = []
        try connection.forEach("SELECT id, path FROM file WHERE records = 'codes'") { row in
            let path = row.string(1)
            if path == name || path.hasSuffix("/" + name) { files.insert(row.integer(0)) }
        }
        return files
    }

    private func count(_ reward: Int32, _ files: Set<Int64>?, _ line: inout Line) throws {
        try connection.forEach(
            """
            SELECT file, available + assigned + burned + expired + voided, assigned + burned
            FROM code_count c WHERE reward = ? AND night = (SELECT max(night) FROM code_count
                WHERE reward = c.reward AND file = c.file)
            """, .integer(Int64(reward))
        ) { row in
            guard files?.contains(row.integer(0)) ?? true else { return }
            line.had += row.integer(1)
            line.kept += row.integer(2)
        }
    }

    private func void(_ reward: Int32, _ files: Set<Int64>?) throws -> Int64 {
        let systems = register.rewards[reward]?.systems ?? []
        let owner = try register.owner(of: reward)
        // The owner stands first in the list.
        let told =
            systems.filter { $0 != register.rewards[reward]?.owner }
            + systems.filter { $0 == register.rewards[reward]?.owner }
        var deleted: Int64 = 0
        for code in try available(reward, files) {
            guard var row = try register.find(code, owner: owner) else { continue }
            row.state = .voided
            try register.change(
                row, from: .available,
                CodeTransition(
                    at: register.night.midnight, system: 0, file: 0, line: 0, reason: "deleted",
                    source: ByteText(start: code.start, count: 0)))
            for system in told { try messages.tell(system, .delete, row) }
            deleted += 1
        }
        return deleted
    }

    /// Codes of a reward that nobody has, in the order in which they would be handed out.
    private func available(_ reward: Int32, _ files: Set<Int64>?) throws -> [ByteText] {
        var codes: [ByteText] = []
        try connection.forEach(
            """
            SELECT code, file FROM code INDEXED BY code_available
            WHERE reward = ? AND state = 0 ORDER BY expires_on, file, line, code
            """, .integer(Int64(reward))
        ) { row in
            guard files?.contains(row.integer(1)) ?? true else { return }
            codes.append(register.texts.copy(row.text(0)))
        }
        return codes
    }
}
