internal import Loyalty
internal import Storage

extension BreakActions {
    /// Tells each system what the night did to the codes that it shares: only where the systems learn of
    /// one another at night.
    ///
    /// What was used or taken back first, then what was given and what is new.
    func tellAcross() throws {
        guard terms.integration == .asynchronous else { return }
        try tellChanges { $0.state.isOpen ? nil : .delete }
        try tellChanges { $0.state == .assigned ? .assign : nil }
        try tellNew()
    }

    /// Whether a system has yet to be told that there is such a code.
    private func isNews(_ row: CodeRow, to system: String) throws -> Bool {
        try row.addedOn == day && register.system(system) != row.owner
    }

    /// - Parameter kind: what is told of a code as it stands; nil: nothing.
    private func tellChanges(_ kind: (CodeRow) -> CodeMessages.Kind?) throws {
        let changed = try connection.prepare(
            """
            SELECT DISTINCT code, owner FROM code_event WHERE night = ? ORDER BY code, owner
            """)
        changed.bind(day, at: 1)
        while try changed.step() {
            scratch.removeAll()
            guard
                let row = try register.find(
                    changed.text(0), owner: Int32(changed.integer(1)), into: scratch),
                let kind = kind(row), let reward = register.rewards[row.reward]
            else { continue }
            let teller = try self.teller(of: row)
            for system in reward.systems where try register.system(system) != teller {
                if kind == .delete {
                    try messages.end(system, row)
                } else if try !isNews(row, to: system) {
                    try messages.tell(system, kind, row)
                }
            }
        }
    }

    /// The system that told of what happened last: it knows; 0: Nightjar itself.
    private func teller(of row: CodeRow) throws -> Int32 {
        lastTeller.bind(row.code, at: 1)
        lastTeller.bind(Int64(row.owner), at: 2)
        lastTeller.bind(day, at: 3)
        defer { lastTeller.reset() }
        return try lastTeller.step() ? Int32(lastTeller.integer(0)) : 0
    }

    /// Sends codes that came tonight to those that don't own them.
    private func tellNew() throws {
        let came = try connection.integer(
            "SELECT 1 FROM code_flow WHERE night = ? AND imported + generated > 0 LIMIT 1",
            .date(day))
        guard came != nil else { return }
        let new = try connection.prepare(
            """
            SELECT \(Register.columns) FROM code WHERE added_on = ? AND state < 2 ORDER BY code, owner
            """)
        new.bind(day, at: 1)
        while try new.step() {
            scratch.removeAll()
            let row = register.row(new, into: scratch)
            guard let reward = register.rewards[row.reward] else { continue }
            for system in reward.systems where try register.system(system) != row.owner {
                try messages.tell(system, .add, row)
                if row.state == .assigned { try messages.tell(system, .assign, row) }
            }
        }
    }
}
