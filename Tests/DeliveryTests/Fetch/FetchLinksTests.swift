import Delivery
import Foundation
import TestSupport
import Testing

/// Links in the folder of a server that files are fetched from.
@Suite struct FetchLinksTests {
    @Test func `a link to a file is one, a link to a folder is none and nobody hears of it`() throws
    {
        let fetching = try Fetching()
        let server = try SSHServer()
        let there = server.folder.path + "/in/"
        let files = FileManager.default
        try files.createDirectory(atPath: there + "old", withIntermediateDirectories: false)
        for (name, text) in [("real.csv", "a,1\n"), ("old/other.csv", "b,2\n")] {
            try Data(text.utf8).write(to: URL(filePath: there + name))
            try files.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -86_400)],
                ofItemAtPath: there + name)
        }
        try files.createSymbolicLink(atPath: there + "all.csv", withDestinationPath: "old")
        try files.createSymbolicLink(
            atPath: there + "latest.csv", withDestinationPath: "old/other.csv")
        let lines = """
            from: sftp://\(server.user)@127.0.0.1:\(server.port)\(there)
            pattern: "*.csv"
            key: \(server.key(.ed25519))
            known_hosts: \(server.knownHosts)

            """
        for names in [["latest.csv", "real.csv"], []] {
            let outcome = try fetching.run(lines)
            #expect(outcome.names == names)
            #expect(outcome.troubles == [] && outcome.remarks == [])
        }
        #expect(try fetching.ingest("latest.csv") == "b,2\n")
    }
}
