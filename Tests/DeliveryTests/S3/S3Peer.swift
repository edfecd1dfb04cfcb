import Delivery
import Foundation
import Loyalty
import TestSupport
import Testing

/// A bucket before an endpoint of kind s3.
final class S3Peer: Peer {
    private let fake = FakeS3()
    private let server: ScriptedServer
    private let other: ScriptedServer
    private let nginx: NginxServer
    private let folder: ScratchFolder
    private var last = 0

    init() throws {
        let fake = fake
        server = try ScriptedServer { fake.answer($0) }
        other = try ScriptedServer()
        nginx = try NginxServer()
        folder = try ScratchFolder()
    }

    let faults = Set(Fault.allCases).subtracting([.wrongHostKey, .someRefused])

    let secrets = ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a-t0k3n"]

    func endpoint(meeting fault: Fault?) throws -> any Endpoint {
        fake.meet(fault, redirect: other.url + "/bucket/")
        let url =
            switch fault {
            case .nobody: "http://127.0.0.1:\(try Loopback.freePort())"
            case .wrongCertificate: nginx.url(.otherName)
            default: server.url
            }
        return try EndpointText.s3(url + "/bucket/in/", timeout: Fault.timeout(fault)).endpoint(
            folder: folder.path, ["ID": "AKID", "SECRET": secrets[0], "TOKEN": secrets[1]])
    }

    func parcel(rows: Int) throws -> Parcel {
        last += 1
        let name = "reports-\(last).csv"
        try folder.write("a,b\n\(last),2\n", to: "outgoing/" + name)
        return try S3Peer.parcel(of: name, in: folder, id: last)
    }

    /// A parcel of a file of `outgoing/`.
    static func parcel(of name: String, in folder: ScratchFolder, id: Int = 1) throws -> Parcel {
        let path = folder.path + "/outgoing/" + name
        let file = OutgoingFile(
            file: "outgoing/" + name, name: name,
            bytes: try Data(contentsOf: URL(filePath: path)).count,
            sha256: try SHA256File.hex(path), rows: 1)
        let row = OutboxRow(
            id: Int64(id), night: CivilDate(days: 20_468), kind: "reports", subject: "",
            key: "key-\(id)", payload: Array(file.payload.utf8))
        return Parcel(key: row.key, rows: [row], isRepeated: false)
    }

    func count(of row: OutboxRow) throws -> Int {
        let file = try #require(OutgoingFile(payload: row.payload))
        return fake.writes(of: "/bucket/in/" + file.name)
    }

    func strays() throws -> [String] { other.requests.map { "\($0.method) \($0.path)" } }
}

extension EndpointText {
    static func s3(
        _ url: String, _ more: String = "", timeout: String = "20 seconds"
    ) -> EndpointText {
        EndpointText(
            """
            kind: s3
            url: \(url)
            region: eu-west-3
            auth: { access_key: env:ID, secret_key: env:SECRET, session_token: env:TOKEN }
            send: [reports]
            timeout: \(timeout)
            """ + more)
    }
}
