import TestSupport
import Testing

/// The house: what each module may import, and which tables it may write.
@Suite struct HouseTests {
    /// The module table of ARCHITECTURE.md.
    private static let mayImport: [String: Set<String>] = [
        "Loyalty": [],
        "Tabular": ["Loyalty", "CScan"],
        "Settings": ["Foundation", "Yams"],
        "Storage": ["Loyalty", "Foundation", "GRDB", "GRDBSQLite", "CCrypto"],
        "Intake": [
            "Loyalty", "Tabular", "Settings", "Storage", "CCrypto", "CZlib", "CZstd", "CScan",
            "Foundation",
        ],
        "Ledger": ["Loyalty", "Storage", "CCrypto"],
        "Codes": ["Loyalty", "Settings", "Storage", "CCrypto", "Foundation"],
        "Delivery": [
            "Loyalty", "Settings", "Storage", "Tabular", "CCurl", "CCrypto", "CRename", "CZlib",
            "Foundation", "Glibc",
        ],
        "Reporting": [
            "Loyalty", "Settings", "Storage", "Tabular", "CCrypto", "CRename", "Foundation",
            "Dispatch", "Synchronization",
        ],
        "Runner": [
            "Loyalty", "Tabular", "Settings", "Storage", "Intake", "Ledger", "Codes", "Reporting",
            "Delivery", "Foundation",
        ],
        "Commands": [
            "Runner", "Loyalty", "ArgumentParser", "Foundation",
            // For what `verify` found, and what `code` shows.
            "Ledger", "Codes",
            // For the exit code of each kind of error.
            "Intake", "Reporting", "Settings", "Storage", "Delivery",
        ],
        "nightjar": ["Commands", "ArgumentParser"],
    ]

    /// Who writes which table; nobody else does.
    private static let tables: [String: Set<String>] = [
        "Storage": ["night", "night_total", "run", "job_run", "outbox"],
        "Codes": [
            "code_system", "reward", "reward_terms", "code", "code_event", "code_count",
            "code_flow",
            "burn", "burn_outcome", "code_exception", "claim", "claim_outcome", "reward_granted",
            "program_event", "gift_use", "reconciliation", "code_break", "refill_request",
            "low_stock",
        ],
        "Intake": ["file", "reject"],
        "Delivery": [
            "delivery_total", "delivery_exception", "endpoint_state", "fetched_file", "told",
            "notice",
        ],
        "Ledger": [
            "system", "tier", "terms", "member", "card", "member_tier", "orders", "parked", "lot",
            "debt", "expiring", "posting", "posting_range", "balance", "order_return", "day_order",
            "merge",
            "forced_tier", "former_card",
            "product",
            "adjustment", "member_segment", "exception", "liability", "expiring_points",
            "order_total", "tier_move", "kept_digest", "unfinished_forgetting", "program",
            "order_total", "tier_move", "member_change", "kept_digest", "unfinished_forgetting",
        ],
    ]

    /// Rows of the outbox are written by what causes them, and only delivery changes them.
    private static let alsoWritten: [String: Set<String>] = ["outbox": ["Delivery"]]

    @Test func `a module imports what stands below it`() {
        for file in SourceFile.sources {
            let allowed = Self.mayImport[file.module]
            #expect(allowed != nil, "\(file): a module that the table lacks")
            for name in file.imports where !(allowed ?? []).contains(name) {
                Issue.record("\(file): \(file.module) may not import \(name)")
            }
        }
        #expect(Set(SourceFile.sources.map(\.module)) == Set(Self.mayImport.keys))
    }

    @Test func `no type bears the name of its module`() {
        for file in SourceFile.sources {
            for line in file.code {
                for kind in ["struct", "class", "enum", "protocol", "actor"]
                where line.contains("\(kind) \(file.module) ")
                    || line.contains("\(kind) \(file.module):")
                {
                    Issue.record("\(file): a type \(file.module) hides its module")
                }
            }
        }
    }

    @Test func `a table is written by one module`() {
        let owners = Dictionary(
            uniqueKeysWithValues: Self.tables.flatMap { owner in owner.value.map { ($0, owner.key) }
            })
        var written: Set<String> = []
        for file in SourceFile.sources where !file.path.contains("/Storage/V0") {
            for table in file.writtenTables {
                #expect(
                    owners[table] == file.module
                        || Self.alsoWritten[table]?.contains(file.module) ?? false,
                    "\(file): writes the table \(table), which is \(owners[table] ?? "nobody")'s")
                written.insert(table)
            }
        }
        // Names.swift writes tables by a parameter.
        let byParameter: Set = [
            "system", "tier", "terms", "delivery_total", "delivery_exception", "endpoint_state",
            "fetched_file",
        ]
        #expect(Set(owners.keys).subtracting(written).isSubset(of: byParameter))
    }

    @Test func `every table of the schema has its writer`() throws {
        let schema = SourceFile.sources.filter { $0.path.contains("/Storage/V0") }.flatMap(\.lines)
        let tables = schema.compactMap { line -> String? in
            let words = line.split(separator: " ")
            return words.starts(with: ["CREATE", "TABLE"]) ? String(words[2]) : nil
        }
        // posting_kind and store_key are filled with the schema; orders_v2 became orders.
        let owned = Self.tables.values.reduce(into: Set(["posting_kind", "store_key"])) {
            $0.formUnion($1)
        }
        #expect(Set(tables).subtracting(["orders_v2"]) == owned)
    }
}

extension SourceFile {
    /// Tables named behind INSERT INTO, UPDATE, DELETE FROM or a bulk insert's `into:`.
    fileprivate var writtenTables: Set<String> {
        var tables: Set<String> = []
        for line in code {
            let words = line.split { " (\"',".contains($0) }.map(String.init)
            for (index, word) in words.enumerated().dropLast() {
                let before = index > 0 ? words[index - 1] : ""
                let isWrite =
                    (word == "INTO" && line.contains("INSERT")) || word == "into:"
                    || (word == "UPDATE" && before != "DO")
                    || (word == "FROM" && before == "DELETE")
                let table = words[index + 1]
                let isName = table.allSatisfy { $0.isLowercase || $0 == "_" }
                // `into:` is also a label of calls that have nothing to do with tables.
                if isWrite, isName, word != "into:" || line.contains("into: \"") {
                    tables.insert(table)
                }
            }
        }
        return tables
    }
}
