import TestSupport
import Testing

@testable import Storage

/// A store that an older version made, under the commands that only read.
@Suite struct OldStoreTests {
    private let shop: FreshShop
    private var store: String { shop.path + "/nightjar.db" }

    init() throws {
        shop = try FreshShop()
        try LedgerDump.change(
            store,
            """
            CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
            INSERT INTO grdb_migrations VALUES ('V001_orders_members_points');
            """ + V001.sql)
    }

    @Test func `75 and what to do, until a run has brought it up to date`() throws {
        try shop.folder.write("card_code\nC1\n", to: "members-1.csv")
        let file = shop.folder.path + "/members-1.csv"
        let commands = [["status"], ["verify"], ["explain", "C1"], ["check", file]]
        for command in commands {
            let result = try BuiltProgram.run(command + ["--workspace", shop.path])
            #expect(result.status == 75, "\(command)")
            #expect(
                result.errors
                    == "nightjar: \(store): the store is of an older version; 'nightjar run' brings it up to date\n",
                "\(command)")
        }
        try shop.drop("card_code\nC1\n", "members-1.csv")
        #expect(try shop.run("run", "--date", "\(shop.first)").status == 0)
        for command in commands {
            let result = try BuiltProgram.run(command + ["--workspace", shop.path])
            #expect(result.status == 0, "\(command): \(result.errors)")
        }
    }

    @Test func `a store of a newer version is left alone`() throws {
        #expect(try shop.run("run", "--date", "\(shop.first)").status == 0)
        try LedgerDump.change(store, "INSERT INTO grdb_migrations VALUES ('V999_of_next_year')")
        for command in [["status"], ["explain", "C1"], ["run"]] {
            let result = try BuiltProgram.run(command + ["--workspace", shop.path])
            #expect(result.status == 70, "\(command)")
            #expect(
                result.errors.contains("the store was written by a newer nightjar; run that one"),
                "\(command)")
        }
    }
}
