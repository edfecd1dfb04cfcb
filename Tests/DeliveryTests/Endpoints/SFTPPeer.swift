import Delivery
import Foundation
import TestSupport

/// An OpenSSH server that gives SFTP alone, before an endpoint of kind sftp.
final class SFTPPeer: FilesServer {
    let server: SSHServer
    let wire: FaultyWire
    var files: FilesPeer
    private let disk: SmallDisk?
    var isFailing = false
    var port: Int { server.port }

    init() throws {
        server = try SSHServer()
        wire = try FaultyWire(to: server.port)
        try server.writeKnownHosts(alsoAt: [wire.port])
        let folder = server.folder.path
        disk = SmallDisk.isPossible ? try SmallDisk(folder + "/small", kibibytes: 64) : nil
        files = try FilesPeer(target: folder + "/in", small: folder + "/small")
    }

    var faults: Set<Fault> {
        let all: Set<Fault> = [
            .timeout, .timeoutBehind, .resetBefore, .resetInAnswer, .truncated, .drip, .nobody,
            .wrongHostKey, .refusedLogin,
        ]
        return disk == nil ? all : all.union([.full])
    }

    let secrets = ["PRIVATE KEY"]

    func endpoint(meeting fault: Fault?) throws -> any Endpoint {
        let port = try way(meeting: fault)
        return try EndpointText(
            """
            kind: sftp
            url: sftp://\(server.user)@127.0.0.1:\(port)\(fault == .full ? files.small : files.target)/
            key: file:\(server.key(fault == .refusedLogin ? .stranger : .ed25519))
            known_hosts: file:\(fault == .wrongHostKey ? server.wrongHosts : server.knownHosts)
            send: [code-changes]
            done_marker: true
            timeout: \(files.timeout(fault))
            """
        ).endpoint(folder: files.workspace.path)
    }
}
