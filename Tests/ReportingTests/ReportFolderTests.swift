import Foundation
import Loyalty
import Reporting
import Storage
import TestSupport
import Testing

/// A night's folder comes into its place whole, and only where it has changed.
@Suite struct ReportFolderTests {
    private func store() throws -> ReportStore {
        try ReportStore(
            """
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-17}, 'posted', NULL, NULL);
            INSERT INTO night_total VALUES ({2026-11-17}, 1, 'lines_read', 12);
            """)
    }

    private func inode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }

    @Test func `the first folder is created, with all files in the order asked for`() throws {
        let store = try store()
        let published = try store.publish(.of("summary"), .of("postings"), .of("files"))
        #expect(published.outcome == .created)
        #expect(published.night == CivilDate("2026-11-17"))
        #expect(published.path == store.reports + "/2026-11-17")
        #expect(published.files.map(\.report) == ["summary", "postings", "files"])
        #expect(published.files.map(\.name) == ["summary.csv", "postings.csv", "files.csv"])
        #expect(published.files.map(\.rows) == [1, 0, 0])
        #expect(published.files[0].bytes == lines("name,value", "lines_read,12").utf8.count)
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/files.csv",
                "2026-11-17/postings.csv", "2026-11-17/summary.csv",
            ])
    }

    @Test func `the same bytes leave the folder alone`() throws {
        let store = try store()
        try store.publish(.of("summary"), .of("files"))
        let before = try inode(store.reports + "/2026-11-17")
        let published = try store.publish(.of("summary"), .of("files"))
        #expect(published.outcome == .same)
        #expect(published.files.map(\.rows) == [1, 0])
        #expect(try inode(store.reports + "/2026-11-17") == before)
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/files.csv",
                "2026-11-17/summary.csv",
            ])
    }

    @Test func `other bytes, files more or fewer, replace the folder`() throws {
        let store = try store()
        try store.publish(.of("summary"))
        try store.run("UPDATE night_total SET value = 13")
        #expect(try store.publish(.of("summary")).outcome == .replaced)
        #expect(
            try store.scratch.read("reports/2026-11-17/summary.csv")
                == lines("name,value", "lines_read,13"))
        #expect(try store.publish(.of("summary"), .of("files")).outcome == .replaced)
        #expect(try store.publish(.of("files")).outcome == .replaced)
        try store.scratch.write("x", to: "reports/2026-11-17/notes/a.txt")
        #expect(try store.publish(.of("files")).outcome == .replaced)
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/files.csv",
            ])
        try store.scratch.write("x", to: "reports/2026-11-17/.hidden")
        #expect(try store.publish(.of("files")).outcome == .replaced)
        #expect(try store.publish(.of("files")).outcome == .same)
    }

    @Test func `what a killed run left behind is removed`() throws {
        let store = try store()
        try store.scratch.write("half", to: "reports/.2026-11-17.new/summary.csv")
        try store.scratch.write("half", to: "reports/.2026-11-17.new/deep/er.csv")
        #expect(try store.publish(.of("summary")).outcome == .created)
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/summary.csv",
            ])
        // Killed after the exchange: the old one stands under the new one's name.
        try store.scratch.write("old", to: "reports/.2026-11-17.new/summary.csv")
        #expect(try store.publish(.of("summary")).outcome == .same)
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/summary.csv",
            ])
    }

    @Test func `a file or a link in the night's place is replaced, and what it points to is not`()
        throws
    {
        let store = try store()
        try store.scratch.write("a file", to: "reports/2026-11-17")
        #expect(try store.publish(.of("summary")).outcome == .replaced)
        try FileManager.default.removeItem(atPath: store.reports + "/2026-11-17")
        try store.scratch.write("mine", to: "elsewhere/a.txt")
        try FileManager.default.createSymbolicLink(
            atPath: store.reports + "/2026-11-17",
            withDestinationPath: store.scratch.path + "/elsewhere")
        #expect(try store.publish(.of("summary")).outcome == .replaced)
        #expect(try store.scratch.read("elsewhere/a.txt") == "mine")
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/summary.csv",
            ])
    }

    @Test func `a closed night's folder can be made again when later nights have run`() throws {
        let store = try store()
        try store.run(
            """
            INSERT INTO member (id, card, member_id, tier, status, enrolled_on, since)
                VALUES (1, 'a', NULL, 1, 0, NULL, 0);
            INSERT INTO parked VALUES
                (1, 'T1', {2026-11-17}, 'unknown_member', 'b', NULL, 5, {2026-12-17}, NULL, NULL);
            INSERT INTO balance VALUES ({2026-11-17}, 1, 0, 5, 0, 0, NULL, 0, 1);
            """)
        try store.publish(.of("summary"), .of("unmatched"), .of("balances"), .of("postings"))
        try store.run(
            """
            UPDATE parked SET ended_on = {2026-11-18}, outcome = 'released';
            INSERT INTO balance VALUES ({2026-11-18}, 1, 0, 6, 0, 0, NULL, 0, 2);
            INSERT INTO posting VALUES
                (1, {2026-11-18}, 1, 0, 0, 1, 'T1', 1, 'T1', 1, {2026-11-17}, NULL, NULL);
            INSERT INTO night (day, state, first_posting, last_posting)
                VALUES ({2026-11-18}, 'closed', 1, 1);
            INSERT INTO night_total VALUES ({2026-11-18}, 1, 'lines_read', 1);
            """)
        let again = try store.publish(
            .of("summary"), .of("unmatched"), .of("balances"), .of("postings"))
        #expect(again.outcome == .same)
        #expect(again.files.map(\.rows) == [1, 1, 1, 0])
    }

    @Test func `a failure publishes nothing and leaves nothing behind`() throws {
        let store = try store()
        try store.publish(.of("summary"))
        try store.run("DROP VIEW ledger; DROP TABLE posting; UPDATE night_total SET value = 99")
        #expect(throws: StorageError.self) { try store.publish(.of("summary"), .of("postings")) }
        #expect(
            try store.listing() == [
                "2026-11-17", "2026-11-17/datapackage.json", "2026-11-17/summary.csv",
            ])
        #expect(
            try store.scratch.read("reports/2026-11-17/summary.csv")
                == lines("name,value", "lines_read,12"))
    }

    @Test func `a reports folder that can't be made is said`() throws {
        let store = try store()
        try store.scratch.write("in the way", to: "reports")
        let error = #expect(throws: ReportingError.self) { try store.publish(.of("summary")) }
        #expect(error?.isTemporary == false)
        #expect(error?.description.hasPrefix("\(store.reports): can't be made: ") == true)
    }
}
