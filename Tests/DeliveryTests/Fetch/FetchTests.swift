import Delivery
import Foundation
import TestSupport
import Testing

/// Files that are fetched, from a folder: the place is plain, so that all else shows.
@Suite struct FetchTests {
    @Test func `a file comes once, whole, with a marker that says so`() throws {
        let fetching = try Fetching()
        try fetching.put("a,b\n1,2\n", "orders-1.csv")
        try fetching.put("x", "notes.txt")
        let outcome = try fetching.run()
        #expect(outcome.names == ["orders-1.csv"])
        #expect(outcome.bytes == 8)
        #expect(outcome.troubles == [])
        #expect(try fetching.inbox == ["orders-1.csv", "orders-1.csv.done"])
        #expect(try fetching.there == ["notes.txt", "orders-1.csv"])
        #expect(try fetching.ingest("orders-1.csv") == "a,b\n1,2\n")
        #expect(try fetching.run().names == [])
        #expect(try fetching.inbox == [])
    }

    @Test func `it is removed there once it is safe here`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "a.csv")
        #expect(try fetching.run("after: delete\n").names == ["a.csv"])
        #expect(try fetching.there == [])
        // Another of the same name is another file.
        _ = try fetching.ingest("a.csv")
        try fetching.put("2", "a.csv")
        #expect(try fetching.run("after: delete\n").names == ["a.csv"])
        #expect(try fetching.ingest("a.csv") == "2")
    }

    @Test func `it is moved there, never over another`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "a.csv")
        try fetching.put("0", "done/a.csv")
        var outcome = try fetching.run("after: move\nto: done\n")
        #expect(outcome.names == ["a.csv"])
        // It has come all the same: no night need wait for it.
        #expect(outcome.troubles == [])
        let remark = try #require(outcome.remarks.first)
        #expect(remark.hasPrefix("a.csv: it came, and can't be moved to done/ there: "))
        #expect(remark.hasSuffix("File exists"))
        #expect(try fetching.there == ["a.csv", "done"])
        try FileManager.default.removeItem(
            at: fetching.folder.url.appending(path: "there/done/a.csv"))
        outcome = try fetching.run("after: move\nto: done\n")
        #expect(outcome.names == [])
        #expect(outcome.troubles == [])
        #expect(try fetching.there == ["done"])
        #expect(try fetching.folder.read("there/done/a.csv") == "1")
    }

    @Test func `a folder of the workspace is found wherever the run was started`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "two words 100%.csv")
        let terms = "from: file:there/\npattern: \"*.csv\"\nafter: move\nto: done\n"
        try FileManager.default.createDirectory(
            at: fetching.folder.url.appending(path: "there/done"), withIntermediateDirectories: true
        )
        let outcome = try fetching.run(terms)
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["two words 100%.csv"])
        #expect(try fetching.folder.read("there/done/two words 100%.csv") == "1")
    }

    @Test func `a file that somebody still writes is left alone`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "young.csv", age: 20)
        try fetching.put("1", ".hidden.csv")
        try fetching.put("1", "a.csv.part")
        try fetching.put("1", "b.csv.filepart")
        #expect(try fetching.run().names == [])
        #expect(try fetching.inbox == [])
        #expect(try fetching.run("settle: { quiet: 10 seconds }\n").names == ["young.csv"])
    }

    @Test func `a file that is written anew meanwhile comes with the next run`() throws {
        let fetching = try Fetching()
        try fetching.put("first", "a.csv")
        fetching.meanwhile = { try fetching.put("other", "a.csv", age: 3_600) }
        let outcome = try fetching.run("after: delete\n")
        #expect(outcome.names == [])
        #expect(
            outcome.troubles == ["a.csv: changed while it was fetched; it comes with the next run"])
        #expect(try fetching.there == ["a.csv"])
        // What has come of it is no part of what is there now.
        fetching.meanwhile = {}
        try fetching.put("third", "a.csv", age: 1_800)
        #expect(try fetching.run("after: delete\n").names == ["a.csv"])
        #expect(try fetching.ingest("a.csv") == "third")
        #expect(try fetching.there == [])
    }

    @Test func `a marker is better than the quiet time, and may be required`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "a.csv", age: 0)
        try fetching.put("", "a.csv.done", age: 0)
        try fetching.put("1", "b.csv")
        try fetching.put("1", "c.csv", age: 0)
        try fetching.put("{}", "c.csv.manifest", age: 0)
        var outcome = try fetching.run("settle: { require: manifest }\n")
        #expect(outcome.names == ["c.csv", "c.csv.manifest"])
        outcome = try fetching.run("settle: { require: marker }\n")
        #expect(outcome.names == ["a.csv", "a.csv.done"])
        #expect(try fetching.inbox == ["a.csv", "a.csv.done", "c.csv", "c.csv.manifest"])
        // What lies beside a file goes with it there.
        outcome = try fetching.run("after: delete\n")
        #expect(outcome.names == ["b.csv"])
        #expect(
            try fetching.there.filter { !$0.hasPrefix("b") } == [
                "a.csv", "a.csv.done", "c.csv", "c.csv.manifest",
            ])
    }

    @Test func `the same bytes under the same name come once, however they are dated`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "a.csv")
        try fetching.run()
        _ = try fetching.ingest("a.csv")
        try fetching.put("1", "a.csv", age: 4_000)
        let outcome = try fetching.run()
        #expect(outcome.names == [])
        #expect(
            outcome.remarks == ["a.csv: came before with the same bytes; it is not taken again"])
        #expect(try fetching.inbox == [])
        #expect(try fetching.run().remarks == [])
        // A file of another name is expected under its own: the night says what becomes of it.
        try fetching.put("1", "b.csv")
        #expect(try fetching.run().names == ["b.csv"])
    }

    @Test func `a file that can't have its name yet waits for it, and the place is told later`()
        throws
    {
        let fetching = try Fetching()
        try fetching.folder.write("mine", to: "inbox/a.csv")
        try fetching.put("1", "a.csv")
        var outcome = try fetching.run("after: delete\n")
        #expect(outcome.names == [])
        #expect(
            outcome.troubles.count == 1 && outcome.troubles[0].contains("another file of that name")
        )
        #expect(try fetching.there == ["a.csv"])
        #expect(try fetching.folder.read("inbox/a.csv") == "mine")
        // As a run that was killed before it could name the file: it goes on, whatever became of the place.
        #expect(try fetching.ingest("a.csv") == "mine")
        outcome = try fetching.run("after: delete\n")
        #expect(outcome.troubles == [])
        #expect(try fetching.there == [])
        #expect(try fetching.ingest("a.csv") == "1")
        #expect(try fetching.inbox == [])
    }

    @Test func `a file that waits for its name is kept, whatever becomes of it there`() throws {
        let fetching = try Fetching()
        try fetching.folder.write("mine", to: "inbox/a.csv")
        try fetching.put("1", "a.csv")
        #expect(try fetching.run().troubles.count == 1)
        try FileManager.default.removeItem(atPath: fetching.folder.path + "/there/a.csv")
        #expect(try fetching.run().troubles.count == 1)
        #expect(try fetching.ingest("a.csv") == "mine")
        try fetching.run()
        #expect(try fetching.ingest("a.csv") == "1")
    }

    @Test func `nothing says that another file of that name is finished`() throws {
        let fetching = try Fetching()
        try fetching.folder.write("half of mi", to: "inbox/a.csv")
        try fetching.put("1", "a.csv")
        try fetching.put("", "a.csv.done")
        try fetching.put("{}", "a.csv.manifest")
        #expect(try fetching.run("after: delete\n").troubles.count == 1)
        #expect(try fetching.inbox.filter { !$0.hasPrefix(".") } == ["a.csv"])
        #expect(try fetching.there == ["a.csv", "a.csv.done", "a.csv.manifest"])
        // Nor does the run that goes on.
        try fetching.run("after: delete\n")
        #expect(try fetching.inbox.filter { !$0.hasPrefix(".") } == ["a.csv"])
        #expect(try fetching.ingest("a.csv") == "half of mi")
        #expect(try fetching.run("after: delete\n").troubles == [])
        #expect(try fetching.inbox == ["a.csv", "a.csv.done", "a.csv.manifest"])
        #expect(try fetching.folder.read("inbox/a.csv") == "1")
        #expect(try fetching.there == [])
    }

    @Test func `a download that broke off goes on, and one of another version does not`() throws {
        let fetching = try Fetching()
        try fetching.put("0123456789", "a.csv")
        fetching.freeBytes = 0
        #expect(try fetching.run().troubles.first?.contains("make room") ?? false)
        fetching.freeBytes = 1 << 40
        try fetching.folder.write("stale", to: "inbox/.fetch-00000000-1.part")
        #expect(try fetching.run().names == ["a.csv"])
        #expect(try fetching.ingest("a.csv") == "0123456789")
        // Only its own are the job's to remove.
        #expect(try fetching.inbox == [".fetch-00000000-1.part"])
    }

    @Test func `names that can't be files of the inbox are told of`() throws {
        let fetching = try Fetching()
        try fetching.put("1", "a\nb.csv")
        try fetching.put("1", "c\\d.csv")
        try fetching.put("1", String(repeating: "e", count: 245) + ".csv")
        let outcome = try fetching.run()
        #expect(outcome.names == [])
        #expect(outcome.remarks.count == 3)
        #expect(outcome.remarks.contains { $0.hasPrefix("'a?b.csv' can't be the name") })
        #expect(try fetching.inbox == [])
    }

    @Test func `a file may be too long, and a folder missing`() throws {
        let fetching = try Fetching()
        fetching.mostBytes = 3
        try fetching.put("1234", "a.csv")
        try fetching.put("123", "b.csv")
        var outcome = try fetching.run()
        #expect(outcome.names == ["b.csv"])
        #expect(outcome.troubles.first?.hasPrefix("a.csv: has 4 bytes, more than 3") ?? false)
        outcome = try fetching.run("from: file:///nowhere/at/all/\npattern: \"*\"\n")
        #expect(outcome.troubles == ["file://: /nowhere/at/all/: No such file or directory"])
    }

    @Test func `settings of fetch jobs are checked`() throws {
        func errors(_ lines: String) -> String { Fetching.errors(lines) }
        #expect(errors("from: file:///in/\npattern: x\n") == "")
        #expect(errors("from: gopher://x/\npattern: x\n").contains("must begin with sftp://"))
        #expect(errors("from: https://x/a.csv\nafter: delete\n").contains("a URL can only be read"))
        #expect(errors("from: https://x/in/\n").contains("names no file"))
        #expect(errors("from: https://x/a\npattern: x\n").contains("a URL is one file"))
        #expect(errors("from: file:///in/\n").contains("'pattern' is needed"))
        #expect(errors("from: file:///in/\npattern: x\nafter: move\n").contains("needs 'to'"))
        #expect(
            errors("from: file:///in/\npattern: x\nto: done\n").contains("is for 'after: move'"))
        #expect(
            errors("from: file:///in/\npattern: x\nregion: r\n")
                == "4:9: 'region' is for s3, not for file")
        #expect(
            errors("from: sftp://x/in/\npattern: x\n") == """
                1:1: 'known_hosts' is needed for sftp
                1:1: sftp logs in by 'key' or by 'password': say one of them
                2:7: 'from' says no user: sftp://USER@x/folder/
                """)
        let secret = errors("from: sftp://me:hunter2@x/in/\npattern: x\n")
        #expect(secret.contains("has a password in it") && !secret.contains("hunter2"))
    }

    @Test func `a secret that can't be had is said so`() throws {
        let fetching = try Fetching()
        let outcome = try fetching.run(
            "from: https://shop.example/a.csv\nauth: { bearer: env:SHOP_TOKEN }\n")
        #expect(outcome.troubles == ["the environment variable SHOP_TOKEN is not set"])
    }
}
