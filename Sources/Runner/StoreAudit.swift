internal import Codes
internal import Delivery
internal import Foundation
package import Ledger
internal import Loyalty
internal import Storage

/// Checks everything that must hold of a workspace's store, and changes nothing.
package struct StoreAudit {
    /// In the order in which it was found.
    package let findings: [Finding]
    /// How many were found of each invariant, those that are not listed too.
    package let counts: [Invariant: Int]

    /// Reads the whole store.
    ///
    /// - Parameter limit: how many findings of each invariant are listed.
    package init(
        _ workspace: Workspace, limit: Int, progress: @escaping (String, Int, Int) -> Void
    ) throws {
        guard FileManager.default.fileExists(atPath: workspace.storePath) else {
            throw RunnerError.noStore(workspace.folder)
        }
        do {
            let found = try ReadingStore(path: workspace.storePath).read { connection in
                let findings = Findings(connection, limit: limit)
                progress("reading the file", 0, 1)
                try StoreAudit.checkFile(connection, findings)
                // What is not even whole can't be read in order.
                guard findings.list.isEmpty else { return findings }
                try StoreAudit.checkReferences(connection, findings)
                try NightAudit(connection, program: workspace.program, findings: findings).run()
                try LedgerAudit(connection, program: workspace.program, findings: findings) {
                    progress("replaying the ledger", $0, $1)
                }.run()
                progress("replaying the register", 0, 1)
                try RegisterAudit(connection) { rule, night, text in
                    try findings.add(Invariant(rule), night: night, text)
                }.run()
                try DeliveryAudit(connection) { endpoint, text in
                    try findings.add(.deliveries, "\(endpoint): \(text)")
                }.run()
                return findings
            }
            findings = found.list
            counts = found.counts
        } catch let error as StorageError where !error.isTemporary {
            findings = [Finding(invariant: .file, text: "\(error)")]
            counts = [.file: 1]
        }
    }

    /// SQLite's own checks.
    private static func checkFile(_ connection: Connection, _ findings: Findings) throws {
        try connection.forEach("PRAGMA integrity_check(100)") { row in
            let text = row.string(0)
            if text != "ok" { try findings.add(.file, text) }
        }
    }

    /// What is named by number and, being named by millions of rows, is not declared to SQLite.
    private static let references: [(table: String, column: String, target: String)] = [
        ("card", "member", "member"), ("member_tier", "member", "member"),
        ("member_tier", "tier", "tier"), ("lot", "member", "member"),
        ("debt", "member", "member"), ("posting", "member", "member"),
        ("posting", "kind", "posting_kind"), ("balance", "member", "member"),
        ("orders", "member", "member"), ("orders", "terms", "terms"), ("orders", "file", "file"),
        ("adjustment", "member", "member"), ("adjustment", "file", "file"),
        ("merge", "victim", "member"), ("merge", "survivor", "member"),
        ("forced_tier", "member", "member"), ("member", "merged_into", "member"),
        ("code", "owner", "code_system"), ("code", "reward", "reward"),
        ("claim", "reward", "reward"), ("burn", "system", "code_system"), ("burn", "file", "file"),
    ]

    private static func checkReferences(_ connection: Connection, _ findings: Findings) throws {
        try connection.forEach("PRAGMA foreign_key_check") { row in
            let (table, id, target) = (row.string(0), row.integer(1), row.string(2))
            try findings.add(.references, "\(table) \(id) names what is not in \(target)")
        }
        for (table, column, target) in references {
            try connection.forEach(
                """
                SELECT a.\(column), count(*) FROM \(table) a LEFT JOIN \(target) b ON b.id = a.\(column)
                WHERE a.\(column) IS NOT NULL AND b.id IS NULL GROUP BY 1
                """
            ) { row in
                try findings.add(
                    .references,
                    "\(row.integer(1)) rows of \(table) name \(target) \(row.integer(0)), which is not there"
                )
            }
        }
    }
}

extension Invariant {
    /// What a rule of the register is among all that must hold.
    fileprivate init(_ rule: RegisterAudit.Rule) {
        switch rule {
        case .history: self = .codeHistory
        case .burns: self = .codeBurns
        case .claims: self = .codeClaims
        case .counts: self = .codeCounts
        case .flows: self = .codeFlows
        case .outbox: self = .outbox
        }
    }
}
