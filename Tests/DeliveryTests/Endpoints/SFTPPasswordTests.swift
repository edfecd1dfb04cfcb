import Delivery
import TestSupport
import Testing

/// Logins to a real SSH server by password.
@Suite struct SFTPPasswordTests {
    private static let password = "s3same-0f-th3-t3st"

    private let server: SSHServer
    private var files: FilesPeer

    init() throws {
        server = try SSHServer(password: Self.password)
        files = try FilesPeer(
            target: server.folder.path + "/in", small: server.folder.path + "/small")
    }

    private mutating func deliver(_ password: String) throws -> (Verdict, OutboxRow) {
        let parcel = try files.parcel()
        let endpoint = try EndpointText(
            """
            kind: sftp
            url: sftp://\(server.user)@127.0.0.1:\(server.port)\(files.target)/
            password: env:PASSWORD
            known_hosts: \(server.knownHosts)
            send: [code-changes]
            """
        ).endpoint(folder: files.workspace.path, ["PASSWORD": password])
        var drive = try Drive(endpoint)
        return (try #require(drive.deliver(parcel)?.first), parcel.rows[0])
    }

    @Test mutating func `the right password lets a file in`() throws {
        let (verdict, row) = try deliver(Self.password)
        #expect(verdict == .acknowledged())
        #expect(try files.count(of: row, marked: false) == 1)
    }

    @Test mutating func `a wrong one stops the endpoint, and is not told`() throws {
        let (verdict, row) = try deliver("a wr0ng password")
        guard case .halted(let trouble) = verdict else {
            Issue.record("\(verdict)")
            return
        }
        #expect(trouble.text.contains("refuses our login"))
        #expect(!trouble.text.contains("wr0ng"))
        #expect(try files.count(of: row, marked: false) == 0)
        #expect(try server.said().contains("Failed password for teller"))
    }

    @Test func `files are fetched by password too`() throws {
        // Before the job's clock is read: a file of the second behind it is still being written.
        try server.folder.write("a,1\n", to: "in/a.csv")
        let fetching = try Fetching()
        fetching.environment = ["PASSWORD": Self.password]
        let outcome = try fetching.run(
            """
            from: sftp://\(server.user)@127.0.0.1:\(server.port)\(files.target)/
            pattern: "*.csv"
            password: env:PASSWORD
            known_hosts: \(server.knownHosts)
            settle: { quiet: 0 seconds }

            """)
        #expect(outcome.troubles == [] && outcome.names == ["a.csv"])
    }
}
