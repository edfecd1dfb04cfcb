import Delivery
import Foundation
import Synchronization
import TestSupport
import Testing

/// Files that are fetched from real servers of SFTP and FTPS.
@Suite struct FetchServersTests {
    /// Writes a file there, a day old.
    private func put(_ text: String, _ path: String, age: Double = 86_400) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: path)
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test func `an SFTP server's files come once, are moved, and those still written stay`() throws
    {
        let fetching = try Fetching()
        let server = try SSHServer()
        let there = server.folder.path + "/in/"
        let lines = """
            from: sftp://\(server.user)@127.0.0.1:\(server.port)\(there)
            pattern: "*.csv"
            key: \(server.key(.ed25519))
            known_hosts: \(server.knownHosts)

            """
        try put("a,b\n1,2\n", there + "orders 1.csv")
        try put("young", there + "young.csv", age: 0)
        try put("marked", there + "marked.csv", age: 0)
        try put("", there + "marked.csv.done", age: 0)
        try put("x", there + "notes.txt")
        var outcome = try fetching.run(lines)
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["marked.csv", "marked.csv.done", "orders 1.csv"])
        #expect(try fetching.ingest("orders 1.csv") == "a,b\n1,2\n")
        #expect(try fetching.run(lines).names == [])

        try FileManager.default.createDirectory(
            atPath: there + "seen", withIntermediateDirectories: false)
        try put("a,b\n3,4\n", there + "orders 1.csv", age: 7_200)
        outcome = try fetching.run(lines + "after: move\nto: seen\n")
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["orders 1.csv"])
        #expect(try names(there + "seen").contains("orders 1.csv"))
        #expect(try !names(there).contains("orders 1.csv"))
        #expect(try fetching.ingest("orders 1.csv") == "a,b\n3,4\n")

        let stranger = try fetching.run(
            lines.replacing(server.knownHosts, with: server.wrongHosts))
        #expect(stranger.troubles.first?.contains("not the one in 'known_hosts'") ?? false)
        let refused = try fetching.run(
            lines.replacing(server.key(.ed25519), with: server.key(.stranger)))
        #expect(refused.troubles.first?.contains("refuses our login") ?? false)
    }

    @Test func `a download from an SFTP server goes on where it broke off`() throws {
        let fetching = try Fetching()
        let server = try SSHServer()
        let wire = try FaultyWire(to: server.port)
        try server.writeKnownHosts(alsoAt: [wire.port])
        let there = server.folder.path + "/in/"
        let content = String(repeating: "0123456789\n", count: 1_000_000)
        try put(content, there + "a.csv")
        let inbox = fetching.folder.path + "/inbox"
        let cutAt = Mutex(0)
        wire.fail(
            .cut(.reset) {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: inbox)) ?? []
                let sizes = names.map { name in
                    let status = try? FileManager.default.attributesOfItem(
                        atPath: inbox + "/" + name)
                    return status?[.size] as? Int ?? 0
                }
                let most = sizes.max() ?? 0
                return cutAt.withLock { cutAt in
                    guard cutAt == 0, most > 500_000 else { return false }
                    cutAt = most
                    return true
                }
            })
        let outcome = try fetching.run(
            """
            from: sftp://\(server.user)@127.0.0.1:\(wire.port)\(there)
            pattern: "*.csv"
            key: \(server.key(.ed25519))
            known_hosts: \(server.knownHosts)
            after: delete

            """)
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["a.csv"])
        #expect(cutAt.withLock { $0 } > 500_000)
        #expect(try fetching.ingest("a.csv") == content)
        #expect(try names(there) == [])
    }

    @Test func `an FTPS server's files come and are removed`() throws {
        let fetching = try Fetching()
        let folder = try ScratchFolder()
        let certificates = try Certificates(folder.path)
        let server = try VsftpdServer(certificates)
        let there = server.folder.path + "/files/in/"
        fetching.environment = ["PASSWORD": VsftpdServer.password]
        let lines = """
            from: ftp://\(VsftpdServer.user)@localhost:\(server.port)/in/
            pattern: "*.csv"
            password: env:PASSWORD
            ca: \(certificates.authority)
            after: delete

            """
        try put("a,b\n1,2\n", there + "orders 1.csv")
        try put("", there + "orders 1.csv.done")
        try put("young", there + "young.csv", age: 0)
        let outcome = try fetching.run(lines)
        #expect(outcome.troubles == [])
        #expect(outcome.names == ["orders 1.csv", "orders 1.csv.done"])
        #expect(try fetching.ingest("orders 1.csv") == "a,b\n1,2\n")
        #expect(try names(there) == ["young.csv"])
        fetching.environment = ["PASSWORD": "wrong"]
        #expect(
            try fetching.run(lines).troubles.first?.contains("refuses our login") ?? false)
    }
}
