import Foundation
import Loyalty
import Storage
import TestSupport
import Testing

@Suite struct StoreTests {
    private let scratch: ScratchFolder
    private var path: String { scratch.path + "/nightjar.db" }

    init() throws { scratch = try ScratchFolder() }

    private func store() throws -> Store { try Store(path: path) }

    @Test func `a store is its owner's alone`() throws {
        _ = try store()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func `what is committed is on the disk, though power is lost`() throws {
        for _ in 1...2 {
            // 2: FULL, which syncs the log at each commit.
            #expect(try store().read { try $0.integer("PRAGMA synchronous") } == 2)
        }
    }

    @Test func `a transaction that throws leaves nothing`() throws {
        let store = try store()
        #expect(throws: CancellationError.self) {
            try store.write { connection in
                try connection.execute("INSERT INTO tier (name) VALUES ('gold')")
                throw CancellationError()
            }
        }
        #expect(try store.read { try $0.integer("SELECT count(*) FROM tier") } == 0)
    }

    @Test
    func `a store that can't grow says so, is worth another try, and leaves nothing half done`()
        throws
    {
        let store = try store()
        try store.write { try $0.execute("INSERT INTO tier (name) VALUES ('gold')") }
        let error = #expect(throws: StorageError.self) {
            try store.write { connection in
                // As on a full disk: what a transaction needs beyond these pages it doesn't get.
                let pages = try connection.integer("PRAGMA page_count") ?? 0
                try connection.execute("PRAGMA max_page_count = \(pages + 2)")
                for number in 0..<10_000 {
                    try connection.execute(
                        "INSERT INTO tier (name) VALUES ('a long name of a tier, number \(number)')"
                    )
                }
            }
        }
        #expect(error?.isTemporary == true)
        #expect("\(error as Any)".contains(path + ": the disk is full; free some space"))
        #expect(try store.read { try $0.integer("SELECT count(*) FROM tier") } == 1)
        try store.write { connection in
            try connection.execute("PRAGMA max_page_count = 1073741823")
            try connection.execute("INSERT INTO tier (name) VALUES ('silver')")
        }
        #expect(try store.read { try $0.integer("SELECT count(*) FROM tier") } == 2)
    }

    @Test func `a second connection reads what is committed, beside a transaction`() throws {
        let store = try store()
        try store.write { try $0.execute("INSERT INTO tier (name) VALUES ('gold')") }
        try store.write { connection in
            try connection.execute("INSERT INTO tier (name) VALUES ('silver')")
            let seen = try ReadingStore(path: path).read {
                try $0.integer("SELECT count(*) FROM tier")
            }
            #expect(seen == 1)
        }
    }

    @Test func `a store that a newer program wrote is refused`() throws {
        try store().write {
            try $0.execute("INSERT INTO grdb_migrations VALUES ('V999_of_next_year')")
        }
        #expect {
            _ = try store()
        } throws: { error in
            "\(error)" == "\(path): the store was written by a newer nightjar; run that one"
        }
    }

    @Test func `a file that is no store is refused and left as it is`() throws {
        try scratch.write(String(repeating: "no store at all\n", count: 100), to: "nightjar.db")
        #expect(throws: StorageError.self) { _ = try store() }
        #expect(try scratch.read("nightjar.db").hasPrefix("no store at all"))
    }

    @Test func `the schema refuses what must never be`() throws {
        let store = try store()
        for sql in [
            "INSERT INTO lot VALUES (1, 0, 'a', 1, 10, 11, 0, 0, NULL)",
            "INSERT INTO lot VALUES (1, 0, 'a', 1, 10, 0, 0, 0, NULL)",
            "INSERT INTO lot VALUES (1, 2, 'a', 1, 10, 10, 0, 0, NULL)",
            "INSERT INTO debt VALUES (1, 0, 0)",
            "INSERT INTO night (day, state) VALUES (1, 'half')",
            "INSERT INTO reject VALUES (99, 1, 'rejected', 'x', 'y')",
            "INSERT INTO posting (night, member, account, kind, system, source, points, date)"
                + " VALUES (1, 1, 0, 0, 1, 'a', 0, 1)",
        ] {
            #expect(throws: StorageError.self, "\(sql)") { try store.write { try $0.execute(sql) } }
        }
    }

    @Test func `texts, blobs and NULL come back as they went in`() throws {
        try store().write { connection in
            try connection.execute("CREATE TABLE t (a TEXT, b BLOB, c INTEGER, d BLOB NOT NULL)")
            try connection.execute(
                "INSERT INTO t VALUES (?, ?, ?, ?)", .text("é\u{1F600}"), .blob([0, 255]), .null,
                .blob([]))
            try connection.forEach("SELECT a, b, c, d FROM t") { row in
                #expect(row.string(0) == "é\u{1F600}")
                #expect(Array(row.blob(1)) == [0, 255])
                #expect(row.isNull(2))
                #expect(!row.isNull(3) && row.blob(3).isEmpty)
            }
        }
    }

    @Test(arguments: [0, 1, 15, 16, 17, 32, 100])
    func `rows go in in their order, however many a statement takes`(count: Int) throws {
        try store().write { connection in
            try connection.execute("CREATE TABLE t (a INTEGER PRIMARY KEY, b INTEGER)")
            let insert = try BulkInsert(connection, "INSERT OR IGNORE", into: "t", ["a", "b"])
            var asked = 0
            var changed = 0
            for _ in 0..<2 {
                try insert.rows(count) { row, statement, first in
                    statement.bind(Int64(row), at: first + 1)
                    statement.bind(Int64(row * row), at: first + 2)
                } done: { rows, changes in
                    asked += rows.count
                    changed += changes
                }
            }
            #expect(asked == 2 * count)
            #expect(changed == count)
            let sum = try connection.integer("SELECT total(b) FROM t") ?? 0
            #expect(sum == Int64((0..<count).reduce(0) { $0 + $1 * $1 }))
        }
    }
}
